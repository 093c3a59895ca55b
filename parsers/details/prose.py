"""Details that are free words: what happened, and what the customer would like to be done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from config.policy import DetailSpec, DetailType, all_words
from parsers.details.identifiers import Identifier
from parsers.reading import Mailbox
from parsers.reply.signature import without_own_name
from parsers.spans import Cover
from parsers.wordlists import either, wordlist

_LOOKED_AT = 20_000
_LONGEST = 4000
_GREETING = re.compile(
    rf"\s*(?:{either(wordlist('answers')['greetings']['words'])})(?!\w)"
    r"[^.!?,，\n]{0,60}(?:[,，](?:\s{1,3}[^\s,.!?，]{1,30}){0,3})?[,.!:，。！：]?\s*$",  # no longer clause
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"\s*(?:{either(wordlist('answers')['thanks']['words'])})[^.?\n]{{0,40}}[,.!，。！]?\s*$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_FORWARD_HEADER = re.compile(r"[-=_]{6,}+\s*+$|[-=_]{3,}+.{0,60}[-=_]{3,}+\s*+$|[^\W\d_][\w' ]{1,20}:\s.{0,200}@")
_NAME_WORD = re.compile(r"[^\W\d_]+\.?")
_LONGEST_TITLE = 5  # "Prof."


def unsigned(text: str, writer: Mailbox) -> str:
    """The text without last lines that say nothing but who wrote it, their name as From has it or a part of it, and
    thanks above them.

    Lines are only taken from the end, so that every place in what is left is the same as before."""
    text = without_own_name(text, writer.name)
    names = _names(writer)
    lines = text.split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _is_name(lines[-1], names) or _CLOSING.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _names(writer: Mailbox) -> frozenset[str]:
    local = writer.address.partition("@")[0].partition("+")[0]
    shown, local_words = ([word.casefold() for word in re.findall(r"[^\W\d_]+", one)] for one in (writer.name, local))
    whole = {"".join(shown), "".join(reversed(shown))}  # Chinese names have no space between
    return frozenset(word for word in {*shown, *local_words, *whole} if len(word) > 1)


def _is_name(line: str, names: frozenset[str]) -> bool:
    """Whether a line is a name of theirs, with initials and titles: "Anna", "A. Rossi", "Dr. Anna Rossi"."""
    words = _NAME_WORD.findall(line)
    if not names or len(words) > 5 or _NAME_WORD.sub("", line).strip(" \t,-–—'’*_~"):
        return False
    rest = [word for word in words if word.rstrip(".").casefold() not in names]
    return len(rest) < len(words) and all(
        len(word) == 1 or (word.endswith(".") and len(word) <= _LONGEST_TITLE) for word in rest
    )


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
    at, cover = 0, Cover(taken)
    for line in text.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        covered = cover.overlaps(start, end)
        if not line.strip() or covered or _GREETING.match(line) or _CLOSING.match(line) or _FORWARD_HEADER.match(line):
            continue
        lines.append((start, end))
    return lines


def find_wish(spec: DetailSpec, text: str) -> Identifier | None:
    """The sentence that an introducing phrase of the detail opens, from the phrase on."""
    phrases = all_words(spec.phrases)
    match = _phrases(phrases).search(text[:_LOOKED_AT]) if phrases and spec.sort is DetailType.WISH else None
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
