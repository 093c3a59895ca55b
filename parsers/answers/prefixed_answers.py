"""Answers that begin with a known word and go on with a value: "late 20 traffic", "decline (too far)".

Third parties answer like this from a telephone, in the first line. The value is read by what the answer takes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from config.policy import AnswerSpec, DetailSpec, all_words
from parsers.reading import Answer, FoundDetail

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BETWEEN = " \t:;,.-–—/\"'“”()[]{}，。：；、！!"
_NUMBER = re.compile(r"\d{1,6}")
_ISO = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?")
_LOCAL = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_MINUTES = re.compile(r"\s*(?:minutes?|mins?|minuti|Minuten|m|分钟|分鐘|分)(?![a-z])\.?", re.IGNORECASE)


def read_prefixed_answer(
    line: str, answers: Mapping[str, AnswerSpec], *, languages: Sequence[str], question: str = ""
) -> Answer | None:
    """Return the answer whose word the line begins with, if that answer takes or brings something; else None.

    The longest word counts. `Answer.rest` is what follows the word.
    """
    text = unicodedata.normalize("NFKC", line).strip()
    folded = text.casefold()
    best: tuple[int, str] | None = None
    for name, spec in answers.items():
        takes = spec.takes != "nothing" or spec.brings
        words = dict.fromkeys(word for code in languages for word in all_words(spec.words, code))
        for word in words if takes else ():
            known_word = unicodedata.normalize("NFKC", word).casefold().strip()
            if (
                folded.startswith(known_word)
                and _is_whole_word(folded, known_word)
                and (best is None or len(known_word) > best[0])
            ):
                best = (len(known_word), name)
    return Answer(question, best[1], text[best[0] :].strip(_BETWEEN)) if best else None


def _is_whole_word(text: str, word: str) -> bool:
    """Whether the word ends there and is not the beginning of a longer one."""
    after = text[len(word) : len(word) + 1]
    return not after or bool(_CJK.search(word)) or not (after.isalnum() or after == "_")


def split_number(text: str) -> tuple[str, str]:
    """Return the first number in a text and the text around it; both may be empty."""
    found = _NUMBER.search(text)
    return _without_span(text, found.start(), found.end(), found[0]) if found else ("", text)


def split_minutes(text: str) -> tuple[str, str]:
    """Return the first number of minutes in a text, without its unit, and the text around it."""
    found = _NUMBER.search(text)
    if not found:
        return "", text
    unit = _MINUTES.match(text, found.end())
    return _without_span(text, found.start(), unit.end() if unit else found.end(), found[0])


def split_date(text: str) -> tuple[str, str]:
    """Return the first date in a text in ISO form, and the text around it; both may be empty.

    Reads 2026-05-20, 20.5.2026 and 2026年5月20日, and does not check that the day exists.
    """
    found = _ISO.search(text) or _LOCAL.search(text)
    if not found:
        return "", text
    parts = found.groups() if found.re is _ISO else found.groups()[::-1]
    return _without_span(text, found.start(), found.end(), f"{int(parts[0]):04}-{int(parts[1]):02}-{int(parts[2]):02}")


def _without_span(text: str, start: int, end: int, value: str) -> tuple[str, str]:
    """Return a value and the text without the span it was read from."""
    around = " ".join(part for part in (text[:start].strip(_BETWEEN), text[end:].strip(_BETWEEN)) if part)
    return value, around


def read_labelled_details(text: str, specs: Mapping[str, DetailSpec]) -> tuple[FoundDetail, ...]:
    """Return the details given in lines of the form "label: value", with the value as written.

    So "none" or a dash answers a question for a detail that must be answered.
    """
    found = []
    for line in unicodedata.normalize("NFKC", text).split("\n"):
        label, colon, value = line.partition(":")
        name = next((name for name, spec in specs.items() if label.strip(" *-•").casefold() in _labels(spec)), "")
        if colon and name and value.strip():
            found.append(FoundDetail(name, value.strip(), value.strip(), "text"))
    return tuple(found)


def _labels(spec: DetailSpec) -> set[str]:
    return {word.casefold() for word in (*spec.label.values(), *all_words(spec.labels))}
