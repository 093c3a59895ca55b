"""Find where quoted mail begins in plain text: attribution lines, header blocks, separator lines of mail programs.

Every pattern is bounded and applied to lines cut to 500 characters, so the time is linear in the text. reply.py decides
what is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from parsers.reply.header_blocks import ADDRESS, DATE, DAY_AND_MONTH, TIME, header_block_end, header_role
from parsers.wordlists import wordlist, words_pattern

_LONGEST_LINE = 500  # characters of a line that are examined; no known attribution or header line is longer
_ATTRIBUTION_LINES = 4  # lines that an attribution is wrapped over at most
_LONGEST_ATTRIBUTION = 400  # characters

_WORDS = wordlist("reply")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_WROTE = words_pattern(_WORDS["wrote_last"])
_WROTE_LAST = re.compile(
    rf"(?:^|[\s>)»\"”'’*)，,、>日分])(?:{_WROTE}) ?[\"”]?(?: ?[:：]| ?[:：]? ?-{{3,}}|…)?$", re.IGNORECASE
)
_WROTE_THEN_TEXT = re.compile(rf"[\s>](?:{_WROTE}) ?[:：](?=\s{{2}})", re.IGNORECASE)
_WROTE_MIDDLE = re.compile(
    rf"(?:^|[\s>)»])(?:{words_pattern([*_WORDS['wrote_middle'], *_WORDS['wrote_last']])})[\s(<\"]", re.IGNORECASE
)
_WROTE_BY = re.compile(rf"[\s>)](?:{_WROTE}) [\"“(<]?[^\W_a-zà-öø-ÿ]")
_QUOTING = re.compile(
    r"(?:Quoting|Zitat von|Citando|Quoting from|Citando a|En réponse à|Selon|Citerar|Cytowanie) .{1,120}[:：]$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"{words_pattern(_WORDS['openers'])}(?![A-Za-zÀ-ÿ])[\s,.]{{0,3}}(?:\w+[.,]{{0,2}}\s{{1,3}}){{0,3}}\(?\d",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[^<>()\[\]]{0,80}@|<mailto:")
_FIRST_PERSON = frozenset(_WORDS["first_person"])
_NARRATIVE = frozenset(_WORDS["narrative"])
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_ATTRIBUTION_END = re.compile(r"(?:[:：]|---|…)[\s*_\"]*$")
_DASHES = r"[-_=*—–─]{2,60}"
_ORIGINAL = re.compile(
    rf"{_DASHES}[\s>|]{{0,3}}{words_pattern(_WORDS['original'])}[\s:：]{{0,3}}(?:{_DASHES})?$", re.IGNORECASE
)
_BARE_ORIGINAL = re.compile(rf"{words_pattern(_WORDS['original'])} ?[:：]?$", re.IGNORECASE)
_FORWARDED = re.compile(
    rf"{_DASHES}[\s>|]{{0,3}}{words_pattern(_WORDS['forwarded'])}.{{0,80}}$"
    rf"|{words_pattern(_WORDS['forward_lines'])} ?[:：]?$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*—–─]{5,200}$|-{2,60} .{2,40} -{2,60}$")
_WRITE_ABOVE = re.compile(words_pattern(_WORDS["write_above"]), re.IGNORECASE)


class BoundaryKind(Enum):
    """What marks the beginning of an earlier mail."""

    ATTRIBUTION = auto()  # "On 3 May Ann Lee wrote:"
    HEADERS = auto()  # From, Sent, To, Subject
    ORIGINAL = auto()  # "-----Original Message-----"
    FORWARD = auto()  # "---------- Forwarded message ---------"
    WRITE_ABOVE = auto()  # "write above this line"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The beginning of an earlier mail. Its introduction spans the lines `first` to `last`, both included."""

    kind: BoundaryKind
    first: int
    last: int


def clean_quoted_line(line: str) -> str:
    """A line normalised for the patterns: its first 500 characters, without invisible ones and emphasis marks."""
    shown = (
        _INVISIBLE.sub("", line[:_LONGEST_LINE])
        .replace("&nbsp;", " ")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\u3000", " ")
    )
    return shown.strip().strip("*").strip()


def next_nonblank(lines: list[str], index: int) -> int:
    """The index of the next non-blank line from `index` on; len(lines) if there is none."""
    while index < len(lines) and not lines[index]:
        index += 1
    return index


# ------------------------------------------------------------------------------------------- attribution lines


def find_attribution(lines: list[str], last: int, quoted: list[bool]) -> Boundary | None:
    """The attribution that ends on the (cleaned) line `last`, or None. Quoted lines below it relax the conditions."""
    if not _may_end_attribution(lines[last]):
        return _attribution_with_text(lines, last)
    next_line = next_nonblank(lines, last + 1)
    sure = next_line < len(lines) and quoted[next_line]
    best: int | None = None
    best_text = ""
    for first in range(last, max(-1, last - _ATTRIBUTION_LINES), -1):
        if not lines[first] or quoted[first]:
            break
        text = " ".join(lines[first : last + 1])
        if (
            len(text) <= _LONGEST_ATTRIBUTION
            and is_attribution(text, sure)
            and (_lacks_beginning(best_text) or _OPENING.match(text))
        ):
            best, best_text = first, text
        if best is not None and _OPENING.match(best_text) and not _lacks_beginning(best_text):
            break  # the lines above it were written by a person
    return None if best is None else Boundary(BoundaryKind.ATTRIBUTION, best, last)


def _lacks_beginning(text: str) -> bool:
    """Whether an attribution lacks its beginning: Gmail breaks the line before a long address in angle brackets."""
    return not text or text.count(">") > text.count("<")


def _attribution_with_text(lines: list[str], index: int) -> Boundary | None:
    """An attribution followed by the quoted text on the same line, as some phones send it, or None."""
    match = _WROTE_THEN_TEXT.search(lines[index])
    if (
        match
        and ADDRESS.search(lines[index][: match.end()])
        and is_attribution(lines[index][: match.end()].strip(), False)
    ):
        return Boundary(BoundaryKind.ATTRIBUTION, index, index)
    return None


def _may_end_attribution(line: str) -> bool:
    return bool(_ATTRIBUTION_END.search(line) or _WROTE_LAST.search(line))


@lru_cache(maxsize=4096)
def is_attribution(text: str, sure: bool) -> bool:
    """Whether a mail program wrote this line above a quotation. `sure` is whether quoted lines follow."""
    if "?" in text or "! " in text or not ((sure and len(text) < 160) or _begins_like_attribution(text)):
        return False
    if _is_first_person(text):
        return False
    has_date = bool(DATE.search(text) or DAY_AND_MONTH.search(text))
    has_time, has_address = bool(TIME.search(text)), bool(ADDRESS.search(text))
    wrote = bool(_WROTE_LAST.search(text))
    if sure:
        return _is_attribution_above_quote(text, wrote, has_date and (has_time or has_address), has_address)
    if _BRACKETED.search(text):
        return (has_date and has_time) or (
            (wrote or bool(_WROTE_MIDDLE.search(text))) and (has_date or len(text) < 160)
        )
    return bool(DATE.search(text)) and has_time and _has_name(text)


def _is_attribution_above_quote(text: str, wrote: bool, has_date_and_more: bool, has_address: bool) -> bool:
    if not (has_date_and_more or has_address or wrote or _QUOTING.match(text)):
        return _WROTE_MIDDLE.search(text) is not None and len(text) < 120 and len(text.split()) <= 6
    return _begins_like_attribution(text) or (wrote and len(text) < 160 and len(text.split()) <= 14)


def _begins_like_attribution(text: str) -> bool:
    """Whether a text has a date, a time or an address near its beginning and no sentence before it, as attributions
    do."""
    positions = [match.start() for match in (re.search(r"\d", text), re.search(r"[<@\[]", text)) if match]
    if not positions:
        return False
    head = text[: min(positions)]
    return len(head) <= 70 and len(head.split()) <= 7 and not re.search(r"[!?;]|\w{4}\. \w", head)


def _is_first_person(text: str) -> bool:
    """Whether a text has a pronoun of the first person, which attributions do not have."""
    return bool(_FIRST_PERSON & set(re.split(r"[\s,.:()]+", text.casefold()))) or text.startswith(("我", "私"))


def _has_name(text: str) -> bool:
    """Whether an attribution without an address has a person's name: "Ann Lee wrote", not "the technician wrote"."""
    last, following = _WROTE_LAST.search(text), _WROTE_BY.search(text)
    if _CJK.search(text):
        return bool(last or following)
    if len(text) >= 140 or not (last or following) or _NARRATIVE & set(re.findall(r"\w+", text.casefold())):
        return False
    before = text[: last.start()].split() if last else []
    return bool(following) or (bool(before) and (not before[-1][0].islower() or "@" in before[-1]))


# ------------------------------------------------------------------------------------------------------ separators


def find_header_block(lines: list[str], first: int) -> Boundary | None:
    """The header block that begins on line `first`, with known or unknown labels, or None."""
    last = header_block_end(lines, first)
    return None if last is None else Boundary(BoundaryKind.HEADERS, first, last)


def find_separator(lines: list[str], index: int) -> Boundary | None:
    """The separator on this line ("forwarded message", "original message", "write above this line"), or None."""
    line = lines[index]
    if _FORWARDED.match(line):
        return Boundary(BoundaryKind.FORWARD, index, index)
    if _ORIGINAL.match(line) or (_BARE_ORIGINAL.match(line) and _headers_follow(lines, index)):
        return Boundary(BoundaryKind.ORIGINAL, index, index)
    if len(line) < 160 and _WRITE_ABOVE.search(line):
        return Boundary(BoundaryKind.WRITE_ABOVE, index, index)
    return None


def _headers_follow(lines: list[str], index: int) -> bool:
    follow = next_nonblank(lines, index + 1)
    return follow < len(lines) and find_header_block(lines, follow) is not None


def with_rule_above(lines: list[str], boundary: Boundary) -> Boundary:
    """The boundary extended by the rules and blank lines directly above it."""
    first = boundary.first
    while first > 0 and (not lines[first - 1] or _RULE.match(lines[first - 1])):
        first -= 1
    return Boundary(boundary.kind, first, boundary.last)


def _with_headers_above(lines: list[str], boundary: Boundary) -> Boundary:
    """An attribution extended by the header lines below a rule that some programs put above it."""
    first = boundary.first
    while first > 0 and header_role(lines[first - 1]):
        first -= 1
    if first < boundary.first and first > 0 and _RULE.match(lines[first - 1]):
        return with_rule_above(lines, Boundary(boundary.kind, first, boundary.last))
    return boundary


def _with_attribution_below(lines: list[str], boundary: Boundary, quoted: list[bool]) -> Boundary:
    """A separator extended by the attribution below it."""
    follow = next_nonblank(lines, boundary.last + 1)
    for last in range(follow, min(follow + _ATTRIBUTION_LINES, len(lines))):
        found = find_attribution(lines, last, quoted) if not quoted[last] else None
        if found and found.first <= follow:
            return Boundary(BoundaryKind.ATTRIBUTION, boundary.first, last)
    return boundary


def find_boundary(lines: list[str], index: int, quoted: list[bool]) -> Boundary | None:
    """The boundary whose introduction begins (for an attribution: ends) on this cleaned line, or None."""
    boundary = find_separator(lines, index) or find_header_block(lines, index)
    if boundary is None:
        written = find_attribution(lines, index, quoted)
        return _with_headers_above(lines, written) if written else None
    if boundary.kind is BoundaryKind.ORIGINAL:
        boundary = _with_attribution_below(lines, boundary, quoted)
    return boundary if boundary.kind is BoundaryKind.WRITE_ABOVE else with_rule_above(lines, boundary)
