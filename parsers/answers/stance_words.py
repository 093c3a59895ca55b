"""The words by which a stance is known, by language: lists of patterns in words/stance-*.toml, made ready to search.

A word stands as people write it, or as a small pattern; "~" is up to five words between (eight signs in Chinese). A
letter is found without its accent too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from parsers.wordlists import wordlist

_GAP = r"(?:\S{1,30} ){0,5}"
_SIGNS_GAP = r".{0,8}"


class StanceWordKind(StrEnum):
    """What a word in the lists is, in the order in which words of one length count."""

    NEUTRAL = "neutral"
    SETTLED = "settled"
    REJECT = "reject"
    ESCALATE = "escalate"
    AGREE = "agree"
    FAULT = "fault"
    WORKS = "working"
    CONSENT = "consent"
    PRAISE = "praise"
    CONTENTION = "contention"


@dataclass(frozen=True, slots=True)
class StanceWords:
    """The word lists of one language, as patterns."""

    signs: bool  # written without spaces
    sorts: dict[StanceWordKind, re.Pattern[str]]
    lists: dict[str, re.Pattern[str]]
    leading: dict[str, re.Pattern[str]]


@cache
def stance_words(code: str) -> StanceWords:
    """The words of a language, by its code; read when first needed."""
    table = wordlist(f"stance-{code}")
    signs = code.startswith("zh")
    lists = {name: _pattern(words, signs) for name, words in table.items()}
    for name in ("negators_after", "joined", "doubts"):
        lists.setdefault(name, re.compile("(?!)"))
    leading = {name: _leading(table[name]) for name in ("yes", "no")}
    return StanceWords(signs, {sort: lists[sort.value] for sort in StanceWordKind}, lists, leading)


def _pattern(words: Iterable[str], signs: bool) -> re.Pattern[str]:
    bodies = {word: _accents(word.replace("~ ", _SIGNS_GAP if signs else _GAP)) for word in words}
    alone = [body for word, body in bodies.items() if signs or _is_picture(word)]
    whole = [body for word, body in bodies.items() if not (signs or _is_picture(word))]
    # Whether a word can begin here is asked once, and not for each of hundreds.
    together = [rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)"] if whole else []
    return re.compile("|".join((*together, *alone)) or "(?!)")


def _is_picture(word: str) -> bool:
    return not word[0].isalnum() and word[0] not in "(\\"


def _leading(words: Iterable[str]) -> re.Pattern[str]:
    """A word that begins a mail and is said by itself: "No.", "no, …"."""
    end = r"(?=\s?(?:$|[\n,.!;:…，。！；、]))"
    return re.compile(rf"(?:{'|'.join(map(_accents, words))}){end}")


def _accents(pattern: str) -> str:
    """A pattern that takes a letter without its accent too, as people type on telephones; ä as ae as well."""
    return "".join(_letter(letter) for letter in pattern)


@cache
def _letter(letter: str) -> str:
    if letter == "ß":
        return "(?:ß|ss)"
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare == letter or not bare.isascii() or letter in "ìí":  # sì and si are two words
        return letter
    return f"(?:{letter}|{bare}e)" if letter in "äöü" else f"[{letter}{bare}]"
