"""Split a mail's text into the new text, quoted text and signature.

The sender's own words must never be lost. Text is removed only where a mail program's own marks show that it is an
earlier mail. Answers below and between quotations are kept, a forwarded mail is kept, and in doubt text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.reply.header_blocks import header_role
from parsers.reply.html_quotes import coloured_texts, letters_and_digits, mark_html_quotes
from parsers.reply.quoting import (
    Boundary,
    BoundaryKind,
    clean_quoted_line,
    find_attribution,
    find_boundary,
    find_separator,
    next_nonblank,
    with_rule_above,
)
from parsers.reply.signature import is_program_line, split_signature
from parsers.wordlists import wordlist, words_pattern

_LONGEST_POINTER = 160  # characters of a text that only refers to the mail below it ("see below")
_LOOKED_AT = 2000  # lines in which a quotation may begin; below them only lines with quotation marks are removed
_SEE_BELOW = re.compile(rf"(?<!\w){words_pattern(wordlist('reply')['see_below'])}", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(
    rf"\s*{words_pattern(wordlist('reply')['forward_subjects'])}\s?(?:\[\d+\])?[:：]", re.IGNORECASE
)
_QUOTATION_MARK = re.compile(r"[ \t\u00a0]{0,4}(?:>|&gt;)(?!-|=|>>>)")
_ANY_MARK = re.compile(r"[ \t\u00a0]{0,4}(?:>|&gt;)")
_BROKEN_LINE, _BROKEN_OFF = 55, 40  # characters: at least in a line that was broken, at most in its remainder
_ESCAPED_FROM = re.compile(r">From ")


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """The parts of a mail's text, each possibly empty. `reply` is the new text, including a forwarded mail."""

    reply: str
    quoted: str
    signature: str
    forwarded: bool


def split_reply(text: str, html: str = "", subject: str = "", *, ours: Sequence[str] = ()) -> ReplyParts:
    """Split a mail's plain text, using its HTML (as received) and subject as additional evidence.

    `ours` are the addresses our letters come from. A mail that only quotes one of them, without text above the
    quotation, has no new text; a quotation of anybody else would be taken for a forwarded mail and kept.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = [clean_quoted_line(line) for line in lines]
    if _FORWARD_SUBJECT.match(subject) and not _QUOTATION_MARK.match(text):
        return ReplyParts("\n".join(lines).strip(), "", "", True)
    quoted = _marked_lines(lines, cleaned)
    if html and not _has_forwarded_mail(cleaned, quoted):
        mark_html_quotes(lines, quoted, html)
        _mark_rules(cleaned, quoted)
        _keep_answers(lines, cleaned, quoted, html)
    kept_tail = _mark_boundaries(cleaned, quoted, [address.lower() for address in ours])
    if kept_tail.first is None and not _has_new_text(cleaned, quoted) and not _has_introduction(cleaned, quoted):
        quoted = [False] * len(lines)
    return _assemble(lines, quoted, kept_tail)


# ------------------------------------------------------------------------------------------------ finding quotes


def _marked_lines(lines: list[str], cleaned: list[str]) -> list[bool]:
    """For each line, whether it has a quotation mark that is not a person's bullet or comparison sign."""
    quoted = [bool(_QUOTATION_MARK.match(line)) for line in lines]
    for index, is_marked in enumerate(quoted):
        if is_marked and (index == 0 or not quoted[index - 1]):
            end = index
            while end < len(lines) and quoted[end]:
                end += 1
            if _is_typed_mark(lines, cleaned, index, end):
                quoted[index:end] = [False] * (end - index)
    _extend_marks(lines, quoted)
    return quoted


def _extend_marks(lines: list[str], quoted: list[bool]) -> None:
    """Extend runs of quoted lines: by lines with any mark whatever follows it (">>>>", ">--"), and by words that a
    program broke off the quoted line above."""
    for index in range(1, len(lines)):
        if quoted[index - 1] and not quoted[index]:
            marked = _ANY_MARK.match(lines[index])
            quoted[index] = bool(marked) or _is_broken_off(lines, quoted, index)


def _is_broken_off(lines: list[str], quoted: list[bool], index: int) -> bool:
    quoted_below = index + 1 < len(lines) and quoted[index + 1]
    is_short_remainder = lines[index][:1].islower() and len(lines[index]) <= _BROKEN_OFF
    return quoted_below and is_short_remainder and len(lines[index - 1]) >= _BROKEN_LINE


def _is_typed_mark(lines: list[str], cleaned: list[str], first: int, end: int) -> bool:
    """Whether the marks of a run of lines are not quotation marks: bullets below a colon, ">100", mbox's ">From "."""
    if end - first == 1 and (_ESCAPED_FROM.match(lines[first]) or _is_comparison(lines, first)):
        return True
    if first == 0 or end - first > 6 or not cleaned[first - 1].endswith((":", "：")):
        return False
    return find_attribution(cleaned[:end], first - 1, [False] * first + [True] * (end - first)) is None


def _is_comparison(lines: list[str], index: int) -> bool:
    joined = index > 0 and lines[index - 1].strip() and index + 1 < len(lines) and lines[index + 1].strip()
    return bool(joined) and bool(re.match(r">=?\d", lines[index]))


def _has_forwarded_mail(cleaned: list[str], quoted: list[bool]) -> bool:
    """Whether a forwarded mail begins outside every quotation."""
    for index, is_quoted in enumerate(quoted[:_LOOKED_AT]):
        boundary = None if is_quoted else find_separator(cleaned, index)
        if boundary is not None and boundary.kind is BoundaryKind.FORWARD:
            return True
    return False


def _mark_rules(cleaned: list[str], quoted: list[bool]) -> None:
    """Mark the rules above the header lines of a quoted mail: they have no letters by which the HTML could show it."""
    for index in range(1, len(cleaned)):
        if quoted[index] and not quoted[index - 1] and header_role(cleaned[index]):
            above = with_rule_above(cleaned, Boundary(BoundaryKind.HEADERS, index, index)).first
            _mark_range(quoted, above, index)


def _keep_answers(lines: list[str], cleaned: list[str], quoted: list[bool], html: str) -> None:
    """Unmark coloured answers between quoted lines, if the text above refers to them ("see below in red")."""
    first = next((index for index, is_quoted in enumerate(quoted) if is_quoted), 0)
    words = " ".join(line for line in cleaned[:first] if line)
    if not words or len(words) > _LONGEST_POINTER or not _SEE_BELOW.search(words):
        return
    answers = coloured_texts(html)
    for index in range(first, len(lines)):
        if quoted[index] and letters_and_digits(lines[index]) in answers:
            quoted[index] = False


@dataclass(frozen=True, slots=True)
class _KeptTail:
    """The line from which on everything is kept (None: no line), and whether that is a forwarded mail."""

    first: int | None = None
    forwarded: bool = False


def _mark_boundaries(cleaned: list[str], quoted: list[bool], ours: list[str]) -> _KeptTail:
    """Mark the lines of earlier mails as quoted, and return the tail of the mail that is kept although it is one."""
    index = 0
    while index < min(len(cleaned), _LOOKED_AT):
        boundary = find_boundary(cleaned, index, quoted) if cleaned[index] and not quoted[index] else None
        if boundary is None:
            index += 1
            continue
        if boundary.kind is BoundaryKind.FORWARD:
            return _KeptTail(boundary.first, forwarded=True)
        next_line = next_nonblank(cleaned, boundary.last + 1)
        if next_line < len(cleaned) and quoted[next_line]:
            _mark_range(quoted, boundary.first, boundary.last + 1)
        elif _is_meant_to_be_read(cleaned, quoted, boundary, ours):
            return _KeptTail(boundary.first, boundary.kind in (BoundaryKind.HEADERS, BoundaryKind.ORIGINAL))
        else:
            _mark_range(quoted, boundary.first, len(quoted))
            return _KeptTail()
        index = boundary.last + 1
    return _KeptTail()


def _is_meant_to_be_read(cleaned: list[str], quoted: list[bool], boundary: Boundary, ours: list[str]) -> bool:
    """Whether the sender wants us to read the earlier mail: there is no text above it, or text that refers to it."""
    above = [
        cleaned[i] for i in range(boundary.first) if cleaned[i] and not quoted[i] and not is_program_line(cleaned[i])
    ]
    if not above:
        return not any(quoted[: boundary.first]) and not _is_our_letter(cleaned, boundary, ours)
    if boundary.kind is BoundaryKind.HEADERS and above[-1].endswith((":", "：")):
        return True  # a pasted mail, after which the sender's text continues
    words = " ".join(above)
    return (
        len(words) <= _LONGEST_POINTER
        and boundary.kind is not BoundaryKind.WRITE_ABOVE
        and bool(_SEE_BELOW.search(words))
    )


def _is_our_letter(cleaned: list[str], boundary: Boundary, ours: list[str]) -> bool:
    """Whether the quoted mail was sent from one of our addresses, with or without a sub-address."""
    introduction = " ".join(
        cleaned[boundary.first : boundary.last + 1] + cleaned[boundary.last + 1 : boundary.last + 3]
    ).lower()
    senders = re.findall(r"(?<![\w.=-])([\w.=-]{1,64}+)(?:\+[\w.=-]{0,64}+)?@([\w.-]{1,80})", introduction)
    return any(f"{local}@{domain}" in ours for local, domain in senders[:1])


def _mark_range(quoted: list[bool], first: int, end: int) -> None:
    quoted[first:end] = [True] * (end - first)


def _has_new_text(cleaned: list[str], quoted: list[bool]) -> bool:
    return any(line and not is_quoted for line, is_quoted in zip(cleaned, quoted, strict=True))


def _has_introduction(cleaned: list[str], quoted: list[bool]) -> bool:
    """Whether a mail that is only a quotation has a line without a quotation mark among its first lines."""
    for index, line in enumerate(cleaned[:20]):
        if line and not line.startswith(">"):
            return any(quoted)
        if index >= 3:
            break
    return False


# ---------------------------------------------------------------------------------------------------- assembling


def _assemble(lines: list[str], quoted: list[bool], kept_tail: _KeptTail) -> ReplyParts:
    end = len(lines) if kept_tail.first is None else kept_tail.first
    replies: list[str] = []
    signatures: list[str] = []
    for run_lines in _unquoted_runs(lines, quoted, end):
        body, signature = split_signature(run_lines, below=bool(replies and replies[0]))
        replies.append("\n".join(body).strip("\n \t\r"))
        signatures.append("\n".join(signature).strip())
    replies.append("\n".join(lines[end:]).strip())
    quoted_text = "\n".join(line for line, mark in zip(lines[:end], quoted[:end], strict=True) if mark).strip()
    return ReplyParts(_join(replies), quoted_text, _join(signatures), kept_tail.forwarded)


def _join(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _unquoted_runs(lines: list[str], quoted: list[bool], end: int) -> list[list[str]]:
    """The non-blank runs of lines that are not quoted, in order."""
    runs: list[list[str]] = [[]]
    for line, is_quoted in zip(lines[:end], quoted[:end], strict=True):
        if is_quoted:
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if any(line.strip() for line in run)]
