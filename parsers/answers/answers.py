"""Read the answer a mail gives to an open question, and recognise mails that only say thank you.

An answer stands at the beginning ("Yes, please"), alone, as the number of an option, or in words that have only one
meaning ("I am not satisfied"). If it is taken back ("yes, but …"), a question, conditional or contradicted, it is no
answer, and a person reads the mail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.policy import AnswerSpec, all_words
from config.references import REFERENCE
from parsers.reading import Answer
from parsers.spans import outermost_spans
from parsers.wordlists import any_pattern, wordlist

_LOOKED_AT = 4000  # characters of the text
_MOST_HITS = 200  # answer words in one text; more are implausible
_SHORT = 40  # words: in a longer mail only the beginning can answer
_DISTINCTIVE = 5  # letters from which a single word can be an answer inside a sentence
_TAKES_FIGURE = frozenset({"number", "minutes"})
_WORDS = wordlist("answers")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_GREETING = re.compile(
    rf"\s*(?:{any_pattern(_WORDS['greetings']['words'])})(?!\w)[^\n.,!?:，。！：]{{0,50}}(?:[,.!:，。！：]|\n|$)\s*",
    re.IGNORECASE,
)
_POLITE = re.compile(rf"\s{{0,2}}(?:{any_pattern(_WORDS['polite']['words'])})(?!\w)", re.IGNORECASE)
_UNLESS = re.compile(rf"(?<!\w)(?:{any_pattern(map(re.escape, _WORDS['unless']['words']))})(?!\w)", re.IGNORECASE)
_BUT = re.compile(rf"(?<!\w)(?:{any_pattern(map(re.escape, _WORDS['but']['words']))})(?!\w)", re.IGNORECASE)
_CJK_BUT = re.compile("但|不过|不過|可是|でも|しかし|ただ|如果|除非|もし")
_NEGATION = re.compile(
    rf"(?<!\w)(?:{any_pattern(_WORDS['negation']['words'])})(?!\w)|[不没沒未]|ない|ません", re.IGNORECASE
)
_OPTION_NUMBER = re.compile(
    rf"\s*(?:{any_pattern(_WORDS['option']['words'])})?[\s:.#]{{0,3}}(\d{{1,6}})(?!\d|[.,:/-]\d|\w)[\s.):,;!个個番号項]*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*(?:$|[.,;:!\n\r–—-]|[。，；：！、])")
_SENTENCE = re.compile(r"(?<=[.!?\n。！？])\s*")
_SUBJECT_TAG = re.compile(rf"\[[^\]]{{0,60}}\]|{REFERENCE}")
_SUBJECT_PREFIX = re.compile(rf"\s*(?:\[[^\]]{{0,60}}\]|[\w.]{{1,6}}\s?:|{REFERENCE})\s*", re.IGNORECASE)
_THANKS = re.compile(rf"(?:{any_pattern(_WORDS['thanks']['words'])})", re.IGNORECASE)
_POLITE_WORDS = re.compile(rf"(?:{any_pattern(_WORDS['thanks']['words'] + _WORDS['thanks']['kind'])})", re.IGNORECASE)
_POLITE_WORDS_CJK = re.compile(rf"(?:{any_pattern(_WORDS['thanks']['words'] + _WORDS['thanks']['cjk_kind'])})")
_MARKS = re.compile(r"[^\w\s'’]+")


@dataclass(frozen=True, slots=True)
class _AnswerWords:
    """Words of an answer found in a text, with their span."""

    answer: str
    start: int
    end: int


def read_answer(
    reply: str, subject: str, answers: Mapping[str, AnswerSpec], *, languages: Sequence[str], question: str = ""
) -> Answer | None:
    """Return the answer to a question that the new text gives, or without text the subject; None if none is clear.

    `languages` are the case's first, then the policy's. `Answer.rest` is the text around the answer's words.
    """
    text = without_greeting(unicodedata.normalize("NFKC", reply[:_LOOKED_AT]).strip())
    for group in _language_groups(languages):
        found = _read_text(text, answers, group) if text else _from_subject(subject, answers, group)
        if found is not None:
            return Answer(question, *found)
    return None


def _language_groups(languages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the case's own language first, then all: "no" is a refusal in one language and a filler in another."""
    if len(languages) > 1:
        yield (languages[0],)
    yield tuple(languages)


def _read_text(text: str, answers: Mapping[str, AnswerSpec], languages: tuple[str, ...]) -> tuple[str, str] | None:
    hits = _find_answer_words(text, answers, languages)
    first = next((hit for hit in hits if hit.start == 0), None)
    if first and _stands_alone(text, first.end):
        return _unless_taken_back(text, first, hits)
    numbered = _read_option_number(text, answers, languages)
    if numbered is not None:
        return numbered
    unambiguous = [hit for hit in hits if _is_unambiguous(text, hit)]
    named = {hit.answer for hit in unambiguous}
    if len(named) != 1 or (len(text.split()) > _SHORT and len(text[: unambiguous[0].start].split()) > _SHORT):
        return None
    hit = unambiguous[0]
    rest = f"{text[: hit.start].strip(' ,;:')} {text[hit.end :].strip(' ,;:.!')}".strip()
    return None if _BUT.search(_sentence(text, hit)) or _CJK_BUT.search(text) else (hit.answer, rest)


def _unless_taken_back(text: str, first: _AnswerWords, hits: list[_AnswerWords]) -> tuple[str, str] | None:
    """Return the answer at the beginning, unless what follows takes it back or gives another answer as clearly."""
    rest = text[first.end :].strip(" \t\n,;:.!–—-。，；：！、")
    early = rest[:200]
    if _BUT.search(early) or _CJK_BUT.search(early) or text[first.end :].lstrip().startswith("?"):
        return None
    others = {hit.answer for hit in hits if hit.start and _is_unambiguous(text, hit)} - {first.answer}
    return None if others else (first.answer, rest)


def _from_subject(
    subject: str, answers: Mapping[str, AnswerSpec], languages: tuple[str, ...]
) -> tuple[str, str] | None:
    """Return the answer that is the whole subject of a prepared mail, after prefixes and the case reference."""
    bare = unicodedata.normalize("NFKC", subject[:300]).strip()
    for _ in range(6):
        match = _SUBJECT_PREFIX.match(bare)
        if not match or not match.end():
            break
        bare = bare[match.end() :]
    bare = _SUBJECT_TAG.sub(" ", bare)
    bare = " ".join(bare.split()).strip(" -–—:.!")
    whole = [hit for hit in _find_answer_words(bare, answers, languages) if hit.start == 0 and hit.end == len(bare)]
    return (whole[0].answer, "") if whole else None


# ------------------------------------------------------------------------------------------------------ words


def _find_answer_words(text: str, answers: Mapping[str, AnswerSpec], languages: tuple[str, ...]) -> list[_AnswerWords]:
    """Return all answer words in a text, in order; a longer phrase hides the words inside it.

    Empty if there are implausibly many.
    """
    found: list[_AnswerWords] = []
    for name, spec in answers.items():
        words = tuple(dict.fromkeys(word for code in languages for word in all_words(spec.words, code))) or all_words(
            spec.words
        )
        found += [_AnswerWords(name, match.start(), match.end()) for match in _pattern(words).finditer(text)]
    return outermost_spans(found) if len(found) <= _MOST_HITS else []


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for word in sorted(
        filter(None, (unicodedata.normalize("NFKC", word).strip() for word in words)), key=len, reverse=True
    ):
        body = r"\s{1,3}".join(map(re.escape, word.split()))
        parts.append(body if _CJK.search(word) else rf"(?<!\w){body}(?!\w)")
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _stands_alone(text: str, end: int) -> bool:
    """Whether only punctuation, polite words or nothing follow a word at the beginning: "yes, …", "no thanks"."""
    for _ in range(4):
        if _SEPARATOR.match(text, end):
            return True
        polite = _POLITE.match(text, end)
        if not polite or polite.end() == end:
            return bool(_CJK.search(text[:end])) and len(text) - end <= 12
        end = polite.end()
    return False


def _is_unambiguous(text: str, hit: _AnswerWords) -> bool:
    """Whether answer words inside a sentence can only be meant as the answer."""
    words = text[hit.start : hit.end]
    long_enough = " " in words or len(words) >= _DISTINCTIVE or (_CJK.search(words) and len(words) >= 2)
    sentence = _sentence(text, hit)
    if not long_enough or sentence.rstrip().endswith(("?", "？")) or _UNLESS.search(sentence):
        return False
    before = text[max(0, hit.start - 24) : hit.start]
    return bool(_NEGATION.search(words)) or not _NEGATION.search(" ".join(before.split()[-4:]))


def _sentence(text: str, hit: _AnswerWords) -> str:
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.start() >= hit.end:
            return text[start : match.start()]
        if match.start() <= hit.start:
            start = match.start()
    return text[start:]


def _read_option_number(
    text: str, answers: Mapping[str, AnswerSpec], languages: tuple[str, ...]
) -> tuple[str, str] | None:
    """Return the answer that a number at the beginning gives: as a value, if one answer takes it, else as an option."""
    match = _OPTION_NUMBER.match(text)
    if match is None or (match.end() < len(text) and not _ends_clause(text, match)):
        return None
    rest = text[match.end() :].strip()
    if _BUT.search(rest[:200]):
        return None
    taking = [name for name, spec in answers.items() if spec.takes in _TAKES_FIGURE]
    if taking:
        more = "" if not rest.strip(" .!") or _POLITE.fullmatch(rest.strip(" .!")) else f" {rest}"
        return (taking[0], match[1] + more) if len(taking) == 1 else None
    place = int(match[1])
    return (list(answers)[place - 1], rest) if 1 <= place <= len(answers) else None


def _ends_clause(text: str, match: re.Match[str]) -> bool:
    """Whether the number stands by itself: "2. Thank you", but not "2 weeks ago I wrote"."""
    tail = text[match.end(1) : match.end()]
    return bool(re.search(r"[.):,;!\n]", tail)) or bool(_POLITE.match(text, match.end()))


def without_greeting(text: str) -> str:
    """Return the text without the greeting at its beginning; a text that is only a greeting is kept."""
    for _ in range(2):
        match = _GREETING.match(text)
        if not match or match.end() >= len(text):
            break
        text = text[match.end() :]
    return text


# ------------------------------------------------------------------------------------------------------ thanks


def is_only_thanks(text: str, languages: Sequence[str] = ()) -> bool:
    """Whether a mail only says thank you, in any language; a name may stand below."""
    plain = unicodedata.normalize("NFKC", text[:600]).strip()
    if len(text) > 400 or "?" in plain or re.search(r"\d", plain) or not _THANKS.search(plain):
        return False
    if _CJK.search(plain):
        left = re.sub(r"[\W_]+", "", _POLITE_WORDS_CJK.sub(" ", plain.split("\n")[0] if "\n" in plain else plain))
        others = [
            line for line in plain.split("\n")[1:] if len(re.sub(r"[\W_]+", "", _POLITE_WORDS_CJK.sub("", line))) > 6
        ]
        return len(left) <= 2 and not others
    return all(_is_polite_line(line, last) for last, line in _lines_with_thanks_above(plain))


def _lines_with_thanks_above(plain: str) -> Iterator[tuple[bool, str]]:
    """Yield the lines that are not blank, each with whether thanks stand above it."""
    thanked = False
    for line in filter(str.strip, plain.split("\n")):
        yield thanked, line
        thanked = thanked or bool(_THANKS.search(line))


def _is_polite_line(line: str, thanked: bool) -> bool:
    """Whether a line has only polite words, or a name below or after the thanks."""
    words = _MARKS.sub(" ", line).split()
    others = [(index, word) for index, word in enumerate(words) if not _POLITE_WORDS.fullmatch(word)]
    if not others:
        return True
    if not all(word[:1].isupper() for _, word in others):
        return False
    if thanked and len(words) <= 4:
        return True
    return len(others) <= 2 and len(words) <= 6 and others[-1][0] == len(words) - 1 and bool(_THANKS.match(line))
