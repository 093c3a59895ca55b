"""Classify a text: which kind of case it is, from the words by which each kind of a policy is recognised."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from config.policy import EVERY_LANGUAGE, KindSpec
from parsers.wordlists import any_pattern, wordlist

_LOOKED_AT = 12_000  # characters of the text
_BEGINNING = 400  # characters: people name what they complain about early
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NEGATION = re.compile(rf"(?<!\w)(?:{any_pattern(wordlist('answers')['negation']['words'])})(?!\w)", re.IGNORECASE)
_CLAUSE = re.compile(r"[.,;:!?\n。，；！？]| but | ma | aber | mais | pero | mas | maar | ale | но | але ")
_OTHER_LANGUAGE = 0.5  # factor for a word of a language that the mail is not in
_NEGATED = 0.2  # factor for a word with a negation just before it
_REPEATED = 3  # mentions of one word that count; more add nothing
_LEAST = 0.8  # weight below which no kind is recognised
_CLEAR = 0.6  # share of the total weight from which a kind is clear


def detect_kind(
    text: str, kinds: Mapping[str, KindSpec], language: str, subject: str = ""
) -> tuple[str, float, tuple[str, ...]]:
    """Return the kind of case, how certain it is (0 to 1), and the words that show it; kind "" if it is unclear.

    A longer phrase weighs more than a word, a word early or in the subject more than a late one, a negated word ("the
    technician was not rude") little. A word also matches with another ending. Fallback kinds are never recognised: they
    take what is unclear.
    """
    whole = f"{subject}\n{text[:_LOOKED_AT]}"
    weights: dict[str, float] = {}
    reasons: dict[str, list[str]] = {}
    for name, spec in kinds.items():
        if not spec.fallback:
            weights[name], reasons[name] = _weigh(whole, spec.words, language, len(subject) + _BEGINNING)
    total = sum(weights.values())
    if not total:
        return "", 0.0, ()
    best = max(weights, key=lambda name: weights[name])
    share = weights[best] / total
    certainty = round(share * (1 - math.exp(-weights[best])), 3)
    if weights[best] < _LEAST or share < _CLEAR:
        shown = [f"{name}: {', '.join(found)}" for name, found in reasons.items() if found]
        return "", certainty, tuple(shown)
    return best, certainty, tuple(reasons[best])


def _weigh(text: str, words: Mapping[str, tuple[str, ...]], language: str, early: int) -> tuple[float, list[str]]:
    """Return what a kind's words weigh in a text, and which were found; a word shared by languages counts once."""
    weights: dict[str, float] = {}
    lowered = text.lower()
    for code, group in words.items():
        in_language = not language or code in (language, language.split("-", maxsplit=1)[0], EVERY_LANGUAGE)
        if not in_language and not _same_script(group, text):
            continue
        for word in group:
            if next(iter(word.split()), "\0")[:3].lower() not in lowered:
                continue  # a quick check: most words are absent, and matching their endings costs ten times as much
            found = _weight_of(word, text, early) * (1.0 if in_language else _OTHER_LANGUAGE)
            weights[word.casefold()] = max(found, weights.get(word.casefold(), 0.0))
    return sum(weights.values()), [word for word, weight in weights.items() if weight]


def _same_script(group: tuple[str, ...], text: str) -> bool:
    return not group or bool(_CJK.search(group[0])) == bool(_CJK.search(text))


def _weight_of(word: str, text: str, early: int) -> float:
    """Return what the mentions of one word weigh together."""
    weight, length = 0.0, 1.0 + 0.5 * (len(word.split()) - 1)
    for count, match in enumerate(islice(_inflected(word).finditer(text), _REPEATED), 1):
        position = 1.3 if match.start() < early else 1.0
        negation = _NEGATED if not _has_negation(word) and _is_negated(text, match.start()) else 1.0
        weight += length * position * negation / count
    return weight


def _has_negation(word: str) -> bool:
    return bool(_NEGATION.search(word))


def _is_negated(text: str, at: int) -> bool:
    """Whether a negation stands among the three words before, in the same clause."""
    before = text[max(0, at - 30) : at]
    clause = _CLAUSE.split(before)[-1]
    return bool(_NEGATION.search(" ".join(clause.split()[-3:])))


@lru_cache(maxsize=4096)
def _inflected(word: str) -> re.Pattern[str]:
    """A pattern for a word in its inflected forms.

    The last vowel of a long word may differ, and up to three letters may follow.
    """
    plain = word.strip()
    if _CJK.search(plain):
        return re.compile(re.escape(plain))
    parts = [re.escape(part) for part in plain.split()]
    last = plain.split()[-1] if parts else ""
    if last.isalpha() and len(last) >= 6 and last[-1].lower() in "aeiouyàèéìòùаяоеиыуюіїαοιη":
        parts[-1] = re.escape(last[:-1]) + r"\w{0,3}"
    elif last.isalpha() and len(last) >= 4:
        parts[-1] += r"\w{0,3}"
    body = r"[\s-]{1,3}".join(parts)
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
