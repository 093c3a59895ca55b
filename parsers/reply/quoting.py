"""Where a quoted mail begins in plain text: attribution lines, blocks of headers, separators of mail programs.

Every pattern is bounded and looked for in lines cut to 500 characters, so reading stays linear in the text.
Nothing here decides what is kept: reply.py does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from parsers.reply.header_blocks import ADDRESS, DATE, DAY_AND_MONTH, TIME, header_role, headers_end
from parsers.wordlists import any_of, wordlist

LINE = 500  # longest part of a line that is looked at: no attribution or header we know is longer
_JOINED = 4  # an attribution is wrapped over at most four lines
_BLOCK = 30  # lines that a block of headers spans at most
_LONGEST = 400  # characters of a whole attribution

_WORDS = wordlist("reply")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_WROTE = any_of(_WORDS["wrote_last"])
_WROTE_LAST = re.compile(
    rf"(?:^|[\s>)»\"”'’*)，,、>日分])(?:{_WROTE}) ?[\"”]?(?: ?[:：]| ?[:：]? ?-{{3,}}|…)?$", re.IGNORECASE
)
_WROTE_INSIDE = re.compile(rf"[\s>](?:{_WROTE}) ?[:：](?=\s{{2}})", re.IGNORECASE)
_WROTE_MIDDLE = re.compile(
    rf"(?:^|[\s>)»])(?:{any_of([*_WORDS['wrote_middle'], *_WORDS['wrote_last']])})[\s(<\"]", re.IGNORECASE
)
_WROTE_BY = re.compile(rf"[\s>)](?:{_WROTE}) [\"“(<]?[^\W_a-zà-öø-ÿ]")
_QUOTING = re.compile(
    r"(?:Quoting|Zitat von|Citando|Quoting from|Citando a|En réponse à|Selon|Citerar|Cytowanie) .{1,120}[:：]$",
    re.IGNORECASE,
)
_OPENER = re.compile(
    rf"{any_of(_WORDS['openers'])}(?![A-Za-zÀ-ÿ])[\s,.]{{0,3}}(?:\w+[.,]{{0,2}}\s{{1,3}}){{0,3}}\(?\d", re.IGNORECASE
)
_BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[^<>()\[\]]{0,80}@|<mailto:")
_FIRST_PERSON = frozenset(_WORDS["first_person"])
_NARRATIVE = frozenset(_WORDS["narrative"])
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_ENDS = re.compile(r"(?:[:：]|---|…)[\s*_\"]*$")
_DASHES = r"[-_=*—–─]{2,60}"
_ORIGINAL = re.compile(
    rf"{_DASHES}[\s>|]{{0,3}}{any_of(_WORDS['original'])}[\s:：]{{0,3}}(?:{_DASHES})?$", re.IGNORECASE
)
_BARE_ORIGINAL = re.compile(rf"{any_of(_WORDS['original'])} ?[:：]?$", re.IGNORECASE)
_FORWARDED = re.compile(
    rf"{_DASHES}[\s>|]{{0,3}}{any_of(_WORDS['forwarded'])}.{{0,80}}$|{any_of(_WORDS['forward_lines'])} ?[:：]?$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*—–─]{5,200}$|-{2,60} .{2,40} -{2,60}$")
_ABOVE = re.compile(any_of(_WORDS["write_above"]), re.IGNORECASE)


class Start(Enum):
    """What marks the beginning of an earlier mail."""

    ATTRIBUTION = auto()  # somebody wrote on some day
    HEADERS = auto()  # From, Sent, To, Subject
    ORIGINAL = auto()  # a separator that says so
    FORWARD = auto()  # a separator that says forwarded
    ABOVE = auto()  # "write above this line"


@dataclass(frozen=True, slots=True)
class Boundary:
    """An earlier mail begins: its introduction spans the lines first … last (both included)."""

    start: Start
    first: int
    last: int


def clean(line: str) -> str:
    """A line as the patterns look at it: visible characters, plain spaces, no emphasis marks around, cut."""
    shown = (
        _INVISIBLE.sub("", line[:LINE])
        .replace("&nbsp;", " ")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\u3000", " ")
    )
    return shown.strip().strip("*").strip()


def next_filled(lines: list[str], index: int) -> int:
    """The next line at or after `index` that is not blank; len(lines) when there is none."""
    while index < len(lines) and not lines[index]:
        index += 1
    return index


# ------------------------------------------------------------------------------------------- attribution lines


def attribution(lines: list[str], last: int, quoted: list[bool]) -> Boundary | None:
    """An attribution that ends on the (cleaned) line `last`, or None. Whether quoted lines follow makes it surer."""
    if not _may_end(lines[last]):
        return _run_together(lines, last)
    follow = next_filled(lines, last + 1)
    sure = follow < len(lines) and quoted[follow]
    best: int | None = None
    joined_best = ""
    for first in range(last, max(-1, last - _JOINED), -1):
        if not lines[first] or quoted[first]:
            break
        joined = " ".join(lines[first : last + 1])
        if len(joined) <= _LONGEST and is_attribution(joined, sure) and (_is_cut(joined_best) or _OPENER.match(joined)):
            best, joined_best = first, joined
        if best is not None and _OPENER.match(joined_best) and not _is_cut(joined_best):
            break  # what stands above it is a person's
    return None if best is None else Boundary(Start.ATTRIBUTION, best, last)


def _is_cut(text: str) -> bool:
    """Whether an attribution lacks its beginning: Gmail breaks the line at the bracket before a long address."""
    return not text or text.count(">") > text.count("<")


def _run_together(lines: list[str], index: int) -> Boundary | None:
    """An attribution with the quoted text behind it on one line, as some phones send it."""
    match = _WROTE_INSIDE.search(lines[index])
    if (
        match
        and ADDRESS.search(lines[index][: match.end()])
        and is_attribution(lines[index][: match.end()].strip(), False)
    ):
        return Boundary(Start.ATTRIBUTION, index, index)
    return None


def _may_end(line: str) -> bool:
    return bool(_ENDS.search(line) or _WROTE_LAST.search(line))


@lru_cache(maxsize=4096)
def is_attribution(text: str, sure: bool) -> bool:
    """Whether a mail program wrote this line above what it quotes. `sure` when quoted lines follow."""
    if "?" in text or "! " in text or not ((sure and len(text) < 160) or _begins_well(text)):
        return False
    if _tells_of_oneself(text):
        return False
    dated = bool(DATE.search(text) or DAY_AND_MONTH.search(text))
    timed, addressed = bool(TIME.search(text)), bool(ADDRESS.search(text))
    wrote = bool(_WROTE_LAST.search(text))
    if sure:
        return _sure_attribution(text, wrote, dated and (timed or addressed), addressed)
    if _BRACKETED.search(text):
        return (dated and timed) or ((wrote or bool(_WROTE_MIDDLE.search(text))) and (dated or len(text) < 160))
    return bool(DATE.search(text)) and timed and _only_names(text)


def _sure_attribution(text: str, wrote: bool, placed: bool, addressed: bool) -> bool:
    if not (placed or addressed or wrote or _QUOTING.match(text)):
        return _WROTE_MIDDLE.search(text) is not None and len(text) < 120 and len(text.split()) <= 6
    return _begins_well(text) or (wrote and len(text) < 160 and len(text.split()) <= 14)


def _begins_well(text: str) -> bool:
    """Near its beginning an attribution has a date, a time or an address, and no sentence before it."""
    found = [match.start() for match in (re.search(r"\d", text), re.search(r"[<@\[]", text)) if match]
    if not found:
        return False
    head = text[: min(found)]
    return len(head) <= 70 and len(head.split()) <= 7 and not re.search(r"[!?;]|\w{4}\. \w", head)


def _tells_of_oneself(text: str) -> bool:
    return bool(_FIRST_PERSON & set(re.split(r"[\s,.:()]+", text.casefold()))) or text.startswith(("我", "私"))


def _only_names(text: str) -> bool:
    """Without an address: whether the one who wrote has a name, as in "Ann Lee wrote", not "the technician wrote"."""
    last, following = _WROTE_LAST.search(text), _WROTE_BY.search(text)
    if _CJK.search(text):
        return bool(last or following)
    if len(text) >= 140 or not (last or following) or _NARRATIVE & set(re.findall(r"\w+", text.casefold())):
        return False
    before = text[: last.start()].split() if last else []
    return bool(following) or (bool(before) and (not before[-1][0].islower() or "@" in before[-1]))


# ------------------------------------------------------------------------------------------------------ separators


def header_block(lines: list[str], first: int) -> Boundary | None:
    """A block of headers that begins on the line `first`, of a program we know or of one we do not."""
    last = headers_end(lines, first)
    return None if last is None else Boundary(Start.HEADERS, first, last)


def separator(lines: list[str], index: int) -> Boundary | None:
    """A separator line: forwarded, original message, or "write above this line"."""
    line = lines[index]
    if _FORWARDED.match(line):
        return Boundary(Start.FORWARD, index, index)
    if _ORIGINAL.match(line) or (_BARE_ORIGINAL.match(line) and _headers_follow(lines, index)):
        return Boundary(Start.ORIGINAL, index, index)
    if len(line) < 160 and _ABOVE.search(line):
        return Boundary(Start.ABOVE, index, index)
    return None


def _headers_follow(lines: list[str], index: int) -> bool:
    follow = next_filled(lines, index + 1)
    return follow < len(lines) and header_block(lines, follow) is not None


def with_rule_above(lines: list[str], boundary: Boundary) -> Boundary:
    """The boundary with the ruled lines and blanks directly above it."""
    first = boundary.first
    while first > 0 and (not lines[first - 1] or _RULE.match(lines[first - 1])):
        first -= 1
    return Boundary(boundary.start, first, boundary.last)


def _with_headers_above(lines: list[str], boundary: Boundary) -> Boundary:
    """An attribution with the ruled-off header lines that some programs put above it."""
    first = boundary.first
    while first > 0 and header_role(lines[first - 1]):
        first -= 1
    if first < boundary.first and first > 0 and _RULE.match(lines[first - 1]):
        return with_rule_above(lines, Boundary(boundary.start, first, boundary.last))
    return boundary


def _introduced_by(lines: list[str], boundary: Boundary, quoted: list[bool]) -> Boundary:
    """A separator together with the attribution under it."""
    follow = next_filled(lines, boundary.last + 1)
    for last in range(follow, min(follow + _JOINED, len(lines))):
        found = attribution(lines, last, quoted) if not quoted[last] else None
        if found and found.first <= follow:
            return Boundary(Start.ATTRIBUTION, boundary.first, last)
    return boundary


def boundary_at(lines: list[str], index: int, quoted: list[bool]) -> Boundary | None:
    """The boundary whose introduction begins (or, for an attribution, ends) on this cleaned line."""
    found = separator(lines, index) or header_block(lines, index)
    if found is None:
        written = attribution(lines, index, quoted)
        return _with_headers_above(lines, written) if written else None
    if found.start is Start.ORIGINAL:
        found = _introduced_by(lines, found, quoted)
    return found if found.start is Start.ABOVE else with_rule_above(lines, found)
