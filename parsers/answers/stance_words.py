"""The word lists for reading a stance, by language, compiled from words/stance-*.toml.

An entry is a word as people write it, or a small pattern; "~" stands for up to five words between (eight characters in
Chinese). Accents are optional in the text.
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
_CHARACTERS_GAP = r".{0,8}"


class StanceWordKind(StrEnum):
    """What a listed word expresses. Of words of equal length the kind defined first takes precedence."""

    NEUTRAL = "neutral"
    SETTLED = "settled"
    REJECT = "reject"
    ESCALATE = "escalate"
    AGREE = "agree"
    FAULT = "fault"
    WORKS = "working"
    CONSENT = "consent"
    PRAISE = "praise"
    OBJECTION = "contention"


@dataclass(frozen=True, slots=True)
class StanceWords:
    """The word lists of one language, compiled."""

    no_spaces: bool  # written without spaces
    by_kind: dict[StanceWordKind, re.Pattern[str]]
    lists: dict[str, re.Pattern[str]]
    at_beginning: dict[str, re.Pattern[str]]


@cache
def stance_words(code: str) -> StanceWords:
    """Load the words of a language by its code, once."""
    table = wordlist(f"stance-{code}")
    no_spaces = code.startswith("zh")
    lists = {name: _pattern(words, no_spaces) for name, words in table.items()}
    for name in ("negators_after", "joined", "doubts"):
        lists.setdefault(name, re.compile("(?!)"))
    leading = {name: _leading(table[name]) for name in ("yes", "no")}
    return StanceWords(no_spaces, {kind: lists[kind.value] for kind in StanceWordKind}, lists, leading)


def _pattern(words: Iterable[str], no_spaces: bool) -> re.Pattern[str]:
    bodies = {word: _accents_optional(word.replace("~ ", _CHARACTERS_GAP if no_spaces else _GAP)) for word in words}
    anywhere = [body for word, body in bodies.items() if no_spaces or _is_symbol(word)]
    as_words = [body for word, body in bodies.items() if not (no_spaces or _is_symbol(word))]
    # One lookbehind for all words: testing it for each of hundreds would be slow.
    parts = [rf"(?<!\w)(?:{'|'.join(as_words)})(?!\w)"] if as_words else []
    return re.compile("|".join((*parts, *anywhere)) or "(?!)")


def _is_symbol(word: str) -> bool:
    return not word[0].isalnum() and word[0] not in "(\\"


def _leading(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for a word that begins a mail and stands by itself: "No.", "no, …"."""
    end = r"(?=\s?(?:$|[\n,.!;:…，。！；、]))"
    return re.compile(rf"(?:{'|'.join(map(_accents_optional, words))}){end}")


def _accents_optional(pattern: str) -> str:
    """Make accents optional, as people type on telephones; ä also matches ae."""
    return "".join(_accent_optional(letter) for letter in pattern)


@cache
def _accent_optional(letter: str) -> str:
    if letter == "ß":
        return "(?:ß|ss)"
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare == letter or not bare.isascii() or letter in "ìí":  # sì and si are two words
        return letter
    return f"(?:{letter}|{bare}e)" if letter in "äöü" else f"[{letter}{bare}]"
