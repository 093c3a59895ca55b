"""Details in free words: what happened, and what the customer asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from config.policy import DetailSpec, DetailType, all_words
from parsers.details.identifiers import FoundValue
from parsers.reading import Mailbox
from parsers.reply.signature import without_own_name
from parsers.spans import CoveredSpans
from parsers.wordlists import any_pattern, wordlist

_LOOKED_AT = 20_000  # characters of the text
_LONGEST = 4000  # characters of a description
_GREETING = re.compile(
    rf"\s*(?:{any_pattern(wordlist('answers')['greetings']['words'])})(?!\w)"
    r"[^.!?,，\n]{0,60}(?:[,，](?:\s{1,3}[^\s,.!?，]{1,30}){0,3})?[,.!:，。！：]?\s*$",  # what is longer says something
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"\s*(?:{any_pattern(wordlist('answers')['thanks']['words'])})[^.?\n]{{0,40}}[,.!，。！]?\s*$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_FORWARD_HEADER = re.compile(r"[-=_]{6,}+\s*+$|[-=_]{3,}+.{0,60}[-=_]{3,}+\s*+$|[^\W\d_][\w' ]{1,20}:\s.{0,200}@")
_NAME_WORD = re.compile(r"[^\W\d_]+\.?")
_LONGEST_TITLE = 5  # "Prof."


def without_own_name_below(text: str, writer: Mailbox) -> str:
    """Return the text without last lines that only give the writer's name (as in From, or part of it) or thanks above
    it.

    Lines are removed from the end only, so every offset in what is left stays valid.
    """
    text = without_own_name(text, writer.name)
    names = _names(writer)
    lines = text.split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _is_name(lines[-1], names) or _CLOSING.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _names(writer: Mailbox) -> frozenset[str]:
    """The words, in lower case, by which the writer may sign: of their name and of their address's local part."""
    local = writer.address.partition("@")[0].partition("+")[0]
    name_words, local_words = (
        [word.casefold() for word in re.findall(r"[^\W\d_]+", source)] for source in (writer.name, local)
    )
    whole = {"".join(name_words), "".join(reversed(name_words))}  # Chinese names are written without a space
    return frozenset(word for word in {*name_words, *local_words, *whole} if len(word) > 1)


def _is_name(line: str, names: frozenset[str]) -> bool:
    """Whether a line is the writer's name, with initials and titles: "Anna", "A. Rossi", "Dr. Anna Rossi"."""
    words = _NAME_WORD.findall(line)
    if not names or len(words) > 5 or _NAME_WORD.sub("", line).strip(" \t,-–—'’*_~"):
        return False
    rest = [word for word in words if word.rstrip(".").casefold() not in names]
    return len(rest) < len(words) and all(
        len(word) == 1 or (word.endswith(".") and len(word) <= _LONGEST_TITLE) for word in rest
    )


def find_description(spec: DetailSpec, text: str, claimed: Sequence[tuple[int, int]]) -> FoundValue | None:
    """Return the description in a text, without greeting, thanks and other details; None if it is too short."""
    lines = _describing_lines(text[:_LOOKED_AT], claimed)
    description = " ".join(" ".join(text[start:end].split()) for start, end in lines)
    letters = sum(character.isalpha() for character in description)
    at_least = max(1, spec.at_least)
    cjk = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in description)
    if not lines or letters + 2 * cjk < min(at_least, 12) or len(description) + 2 * cjk < at_least:
        return None
    return FoundValue(lines[0][0], lines[-1][1], description[:_LONGEST])


def _describing_lines(text: str, claimed: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans of the lines that are neither greeting, thanks, forwarding header nor a detail."""
    lines: list[tuple[int, int]] = []
    line_start, claims = 0, CoveredSpans(claimed)
    for line in text.split("\n"):
        start, end = line_start, line_start + len(line)
        line_start = end + 1
        covered = claims.overlaps(start, end)
        if not line.strip() or covered or _GREETING.match(line) or _CLOSING.match(line) or _FORWARD_HEADER.match(line):
            continue
        lines.append((start, end))
    return lines


def find_wish(spec: DetailSpec, text: str) -> FoundValue | None:
    """Return the sentence that begins with an introducing phrase of the detail, from the phrase on."""
    phrases = all_words(spec.phrases)
    match = _phrases(phrases).search(text[:_LOOKED_AT]) if phrases and spec.sort is DetailType.WISH else None
    if match is None:
        return None
    end = _SENTENCE_END.search(text, match.end(), match.end() + 600)
    last = end.start() if end else min(len(text), match.end() + 600)
    wish = " ".join(text[match.start() : last].split())
    return FoundValue(match.start(), last, wish) if len(wish) > match.end() - match.start() + 2 else None


@lru_cache(maxsize=128)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(
        r"\s{1,3}".join(map(re.escape, phrase.split())) for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<![^\W\d_])(?:{names})", re.IGNORECASE)
