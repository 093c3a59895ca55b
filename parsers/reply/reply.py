"""The new words of a mail apart from what it quotes, forwards and signs with.

First rule: never lose what the person wrote. Text is taken away only where a mail program's own mark shows that
it is an earlier mail; answers under and between quotes stay; a forwarded mail stays; when unsure, keep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.reply.header_blocks import header_role
from parsers.reply.html_quotes import coloured, mark_quotes, squash
from parsers.reply.quoting import (
    Boundary,
    Start,
    attribution,
    boundary_at,
    clean,
    next_filled,
    separator,
    with_rule_above,
)
from parsers.reply.signature import is_program_line, split_signature
from parsers.wordlists import any_of, wordlist

_POINTER = 160  # characters of words that only point to what stands below
_LOOKED_AT = 2000  # lines in which a quotation may begin; after that only marked quotes are taken out
_BELOW = re.compile(rf"(?<!\w){any_of(wordlist('reply')['see_below'])}", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(rf"\s*{any_of(wordlist('reply')['forward_subjects'])}\s?(?:\[\d+\])?[:：]", re.IGNORECASE)
_QUOTE = re.compile(r"[ \t\u00a0]{0,4}(?:>|&gt;)(?!-|=|>>>)")
_ANY_MARK = re.compile(r"[ \t\u00a0]{0,4}(?:>|&gt;)")
_NEARLY_FULL, _BROKEN_OFF = 55, 40  # characters of a line that was broken, and of what was broken off it
_ESCAPED_FROM = re.compile(r">From ")


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """A mail's text taken apart. `reply` is what is new, including a forwarded mail; each may be empty."""

    reply: str
    quoted: str
    signature: str
    forwarded: bool


def split_reply(text: str, html: str = "", subject: str = "", *, ours: Sequence[str] = ()) -> ReplyParts:
    """Take a mail's plain text apart, with its HTML (as received) and subject as further witnesses where given.

    `ours` are the addresses our letters come from: under a quotation of one of them and without words above it, a
    mail says nothing new, where it would otherwise be taken for forwarded and kept.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = [clean(line) for line in lines]
    if _FORWARD_SUBJECT.match(subject) and not _QUOTE.match(text):
        return ReplyParts("\n".join(lines).strip(), "", "", True)
    quoted = _marked(lines, shown)
    if html and not _forwards(shown, quoted):
        mark_quotes(lines, quoted, html)
        _mark_rules(shown, quoted)
        _keep_answers(lines, shown, quoted, html)
    kept = _mark_boundaries(shown, quoted, [address.lower() for address in ours])
    if kept.first is None and not _anything_new(shown, quoted) and not _introduced(shown, quoted):
        quoted = [False] * len(lines)
    return _assemble(lines, quoted, kept)


# ------------------------------------------------------------------------------------------------ finding quotes


def _marked(lines: list[str], shown: list[str]) -> list[bool]:
    """The lines that carry a quotation mark, without those that a person used as bullets."""
    quoted = [bool(_QUOTE.match(line)) for line in lines]
    for index, mark in enumerate(quoted):
        if mark and (index == 0 or not quoted[index - 1]):
            end = index
            while end < len(lines) and quoted[end]:
                end += 1
            if _written_by_hand(lines, shown, index, end):
                quoted[index:end] = [False] * (end - index)
    _close_ranks(lines, quoted)
    return quoted


def _close_ranks(lines: list[str], quoted: list[bool]) -> None:
    """Within a run of quoted lines a mark is a mark, whatever follows it (">>>>", ">--"), and so is a word that some
    program broke off the quoted line above."""
    for index in range(1, len(lines)):
        if quoted[index - 1] and not quoted[index]:
            marked = _ANY_MARK.match(lines[index])
            quoted[index] = bool(marked) or _broken_off(lines, quoted, index)


def _broken_off(lines: list[str], quoted: list[bool], index: int) -> bool:
    below = index + 1 < len(lines) and quoted[index + 1]
    small = lines[index][:1].islower() and len(lines[index]) <= _BROKEN_OFF
    return below and small and len(lines[index - 1]) >= _NEARLY_FULL


def _written_by_hand(lines: list[str], shown: list[str], first: int, end: int) -> bool:
    if end - first == 1 and (_ESCAPED_FROM.match(lines[first]) or _is_comparison(lines, first)):
        return True  # "From" at the start of a line, as mbox files escape it; "more than 100 euro"
    if first == 0 or end - first > 6 or not shown[first - 1].endswith((":", "：")):
        return False
    return attribution(shown[:end], first - 1, [False] * first + [True] * (end - first)) is None


def _is_comparison(lines: list[str], index: int) -> bool:
    joined = index > 0 and lines[index - 1].strip() and index + 1 < len(lines) and lines[index + 1].strip()
    return bool(joined) and bool(re.match(r">=?\d", lines[index]))


def _forwards(shown: list[str], quoted: list[bool]) -> bool:
    """Whether a forwarded mail stands outside every quotation."""
    for index, mark in enumerate(quoted[:_LOOKED_AT]):
        found = None if mark else separator(shown, index)
        if found is not None and found.start is Start.FORWARD:
            return True
    return False


def _mark_rules(shown: list[str], quoted: list[bool]) -> None:
    """A rule over the headers of a quoted mail belongs to it; the HTML has it as a line without letters."""
    for index in range(1, len(shown)):
        if quoted[index] and not quoted[index - 1] and header_role(shown[index]):
            above = with_rule_above(shown, Boundary(Start.HEADERS, index, index)).first
            _mark(quoted, above, index)


def _keep_answers(lines: list[str], shown: list[str], quoted: list[bool], html: str) -> None:
    """Answers in a colour of their own between quoted lines, where the words above point to them."""
    first = next((index for index, mark in enumerate(quoted) if mark), 0)
    words = " ".join(line for line in shown[:first] if line)
    if not words or len(words) > _POINTER or not _BELOW.search(words):
        return
    answers = coloured(html)
    for index in range(first, len(lines)):
        if quoted[index] and squash(lines[index]) in answers:
            quoted[index] = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """From which line on everything is kept as it is (None: nowhere), and whether it is a forwarded mail."""

    first: int | None = None
    forwarded: bool = False


def _mark_boundaries(shown: list[str], quoted: list[bool], ours: list[str]) -> _Kept:
    """Mark what earlier mails cover, and say what is kept to the end whatever it looks like."""
    index = 0
    while index < min(len(shown), _LOOKED_AT):
        found = boundary_at(shown, index, quoted) if shown[index] and not quoted[index] else None
        if found is None:
            index += 1
            continue
        if found.start is Start.FORWARD:
            return _Kept(found.first, forwarded=True)
        follow = next_filled(shown, found.last + 1)
        if follow < len(shown) and quoted[follow]:
            _mark(quoted, found.first, found.last + 1)
        elif _is_the_complaint(shown, quoted, found, ours):
            return _Kept(found.first, found.start in (Start.HEADERS, Start.ORIGINAL))
        else:
            _mark(quoted, found.first, len(quoted))
            return _Kept()
        index = found.last + 1
    return _Kept()


def _is_the_complaint(shown: list[str], quoted: list[bool], found: Boundary, ours: list[str]) -> bool:
    """Whether the earlier mail underneath is what the person wants us to read: nothing, or a pointer, above it."""
    above = [shown[i] for i in range(found.first) if shown[i] and not quoted[i] and not is_program_line(shown[i])]
    if not above:
        return not any(quoted[: found.first]) and not _is_ours(shown, found, ours)
    if found.start is Start.HEADERS and above[-1].endswith((":", "：")):
        return True  # somebody pasted a mail into theirs, and goes on below
    words = " ".join(above)
    return len(words) <= _POINTER and found.start is not Start.ABOVE and bool(_BELOW.search(words))


def _is_ours(shown: list[str], found: Boundary, ours: list[str]) -> bool:
    """Whether the quoted mail came from one of our addresses, with or without a sub-address."""
    written = " ".join(shown[found.first : found.last + 1] + shown[found.last + 1 : found.last + 3]).lower()
    senders = re.findall(r"(?<![\w.=-])([\w.=-]{1,64}+)(?:\+[\w.=-]{0,64}+)?@([\w.-]{1,80})", written)
    return any(f"{local}@{domain}" in ours for local, domain in senders[:1])


def _mark(quoted: list[bool], first: int, end: int) -> None:
    quoted[first:end] = [True] * (end - first)


def _anything_new(shown: list[str], quoted: list[bool]) -> bool:
    return any(line and not mark for line, mark in zip(shown, quoted, strict=True))


def _introduced(shown: list[str], quoted: list[bool]) -> bool:
    """Whether a mail program introduced the quotation that is all there is."""
    for index, line in enumerate(shown[:20]):
        if line and not line.startswith(">"):
            return any(quoted)
        if index >= 3:
            break
    return False


# ---------------------------------------------------------------------------------------------------- assembling


def _assemble(lines: list[str], quoted: list[bool], kept: _Kept) -> ReplyParts:
    end = len(lines) if kept.first is None else kept.first
    replies: list[str] = []
    signatures: list[str] = []
    for run in _runs(lines, quoted, end):
        body, signature = split_signature(run, below=bool(replies and replies[0]))
        replies.append("\n".join(body).strip("\n \t\r"))
        signatures.append("\n".join(signature).strip())
    replies.append("\n".join(lines[end:]).strip())
    taken = "\n".join(line for line, mark in zip(lines[:end], quoted[:end], strict=True) if mark).strip()
    return ReplyParts(_join(replies), taken, _join(signatures), kept.forwarded)


def _join(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _runs(lines: list[str], quoted: list[bool], end: int) -> list[list[str]]:
    """The runs of lines that are not quoted, in order."""
    runs: list[list[str]] = [[]]
    for line, mark in zip(lines[:end], quoted[:end], strict=True):
        if mark:
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if any(line.strip() for line in run)]
