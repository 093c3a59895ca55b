"""Details that are free words: what happened, and what the customer would like to be done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from config.policy import DetailSort, DetailSpec, all_words
from parsers.identifiers import Identifier
from parsers.wordlists import either, wordlist

_LOOKED_AT = 20_000
_LONGEST = 4000
_GREETING = re.compile(
    rf"\s*(?:{either(wordlist('answers')['greetings']['words'])})(?!\w)[^.!?\n]{{0,60}}[,.!:，。！：]?\s*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"\s*(?:{either(wordlist('answers')['thanks']['words'])})[^.?\n]{{0,40}}[,.!，。！]?\s*$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_FORWARD_HEADER = re.compile(r"[-=_]{3,}.{0,60}[-=_]{3,}\s*$|[^\W\d_][\w' ]{1,20}:\s.{0,200}@")


def describe(spec: DetailSpec, text: str, taken: Sequence[tuple[int, int]]) -> Identifier | None:
    """The description that a text is, without greeting, thanks and other details; None where it is too short."""
    lines = _telling_lines(text[:_LOOKED_AT], taken)
    plain = " ".join(" ".join(text[start:end].split()) for start, end in lines)
    letters = sum(character.isalpha() for character in plain)
    wanted = max(1, spec.at_least)
    dense = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in plain)
    if not lines or letters + 2 * dense < min(wanted, 12) or len(plain) + 2 * dense < wanted:
        return None
    return Identifier(lines[0][0], lines[-1][1], plain[:_LONGEST])


def _telling_lines(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of the lines that tell something."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        covered = any(first < end and start < last for first, last in taken)
        if not line.strip() or covered or _GREETING.match(line) or _CLOSING.match(line) or _FORWARD_HEADER.match(line):
            continue
        lines.append((start, end))
    return lines


def find_wish(spec: DetailSpec, text: str) -> Identifier | None:
    """The sentence that an introducing phrase of the detail opens, from the phrase on."""
    phrases = all_words(spec.phrases)
    match = _phrases(phrases).search(text[:_LOOKED_AT]) if phrases and spec.sort is DetailSort.WISH else None
    if match is None:
        return None
    end = _SENTENCE_END.search(text, match.end(), match.end() + 600)
    last = end.start() if end else min(len(text), match.end() + 600)
    plain = " ".join(text[match.start() : last].split())
    return Identifier(match.start(), last, plain) if len(plain) > match.end() - match.start() + 2 else None


@lru_cache(maxsize=128)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(
        r"\s{1,3}".join(map(re.escape, phrase.split())) for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<![^\W\d_])(?:{names})", re.IGNORECASE)
