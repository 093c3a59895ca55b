"""The MIME structure of a mail (RFC 5322, RFC 2045, RFC 2046): header fields and parts as places in the raw octets.

Reading places instead of copying lines keeps the cost linear whatever the nesting, where the standard library's
feed parser checks every line against every enclosing boundary and recurses once per level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime.parameters import parameters
from parsers.mime.transfer import decode

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_KNOWN = re.compile(
    rb"(?i)(?:from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|"
    rb"sender|references|in-reply-to|list-[a-z-]+|x-[a-z0-9-]+|dkim-signature|auto-submitted|precedence|importance|"
    rb"delivered-to|user-agent|thread-[a-z]+|authentication-results)[ \t]*:"
)
_GUESSED_BOUNDARY = re.compile(
    rb"(?:\A|[\r\n])--([^\r\n]{0,199}?[^ \t\r\n])[ \t]*+(?:\r\n|\n|\r)(?i:Content-[a-z-]+[ \t]*:)"
)
_MESSAGES = ("message/rfc822", "message/global", "message/news", "message/rfc822-headers")


@dataclass(slots=True)
class Part:
    """One part: its place in a walk from 0, its fields in order with lower-case names, and where its body stands."""

    index: int
    depth: int
    fields: list[tuple[str, bytes]]
    buffer: bytes
    start: int
    end: int
    default: str = "text/plain"
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    children: list[Part] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        """The raw value of the first field of that name (lower case), or empty."""
        return next((value for key, value in self.fields if key == name), b"")

    def octets(self, most: int | None = None) -> tuple[bytes, str]:
        """The body, or its first `most` octets, with its transfer encoding undone, and what was odd about it."""
        body = self.buffer[self.start : self.end if most is None else min(self.end, self.start + most)]
        return decode(body, self.first("content-transfer-encoding").decode("ascii", "replace"))

    def walk(self) -> Iterator[Part]:
        """This part and everything inside it, in the order in which `index` counts."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


@dataclass(slots=True)
class _Count:
    """Parts made so far and what was noticed, shared by one walk."""

    limits: ReadingLimits
    parts: int = 0
    oddities: list[str] = field(default_factory=list)


def structure(raw: bytes, limits: ReadingLimits) -> tuple[Part, list[str]]:
    """The tree of parts of one mail and what was odd about it. Any octets are a mail, if only one of plain text."""
    count = _Count(limits)
    if len(raw) > limits.size:
        raw = raw[: limits.size]
        count.oddities.append("the mail is larger than the limit and was cut")
    raw = _straighten(raw, count)
    return _part(raw, _skip_envelope(raw), len(raw), count, depth=0), count.oddities


def _straighten(raw: bytes, count: _Count) -> bytes:
    """Line endings that a broken gateway wrote (CR CR LF, or CR alone) made readable."""
    head = raw[:2000]
    if b"\r\r\n" in head:
        count.oddities.append("lines end with CR CR LF")
        return raw.replace(b"\r\r\n", b"\r\n")
    if b"\r" in head and b"\n" not in raw:
        count.oddities.append("lines end with CR alone")
        return raw.replace(b"\r", b"\n")
    return raw


def _skip_envelope(raw: bytes) -> int:
    """Where the header block starts: after a byte order mark, empty lines and an mbox *From * line."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while start < len(raw) and raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    if re.match(rb">?From [^\r\n:]*", raw[start : start + 200]) and not _FIELD.match(raw, start):
        line = _LINE.match(raw, start)
        start = line.end() if line else start
    return start


def header_fields(
    raw: bytes, start: int, end: int, limits: ReadingLimits
) -> tuple[list[tuple[str, bytes]], int, list[str]]:
    """The fields of a header block, where the body starts, and oddities. Values are unfolded only by their readers.

    A line that is neither a field nor a continuation ends the block, unless well-known fields follow it: then a
    program broke a long line, and the piece belongs to the field above it.
    """
    fields: list[tuple[str, list[bytes]]] = []
    oddities: list[str] = []
    place = start
    stop = min(end, start + limits.header_block)
    while place < stop:
        found = _LINE.match(raw, place, end)
        line = found.group() if found else b""
        if not line or line in (b"\r\n", b"\n", b"\r"):
            place += len(line)
            break
        named = _FIELD.match(line)
        if line[:1] in b" \t" and fields:
            if not line.strip() and not _more_fields(raw, place + len(line), stop):
                place += len(line)
                break
            fields[-1][1].append(line)
        elif named and len(fields) < limits.header_count:
            fields.append((named.group(1).decode("ascii").lower(), [line[named.end() :]]))
        elif named or _more_fields(raw, place + len(line), stop):
            if fields and not named:
                fields[-1][1].append(b" " + line)
            oddities.append("more header fields than the limit" if named else "a header line without a name")
        else:
            oddities.append("no empty line between header and body")
            break
        place += len(line)
    else:
        place = _block_end(raw, place, end, oddities)
    return [(name, b"".join(lines)[: limits.header_value]) for name, lines in fields], place, oddities


def _block_end(raw: bytes, place: int, end: int, oddities: list[str]) -> int:
    """Where the body starts behind a header block that is longer than the limit."""
    if place >= end:
        return end
    oddities.append("the header block is longer than the limit and was cut")
    found = re.compile(rb"\r?\n\r?\n").search(raw, place, end)
    return found.end() if found else end


def _more_fields(raw: bytes, place: int, stop: int) -> bool:
    """Whether a well-known field stands within the next lines, before an empty one."""
    for _ in range(8):
        found = _LINE.match(raw, place, stop)
        line = found.group() if found else b""
        if not line.strip():
            return False
        if _KNOWN.match(line):
            return True
        place += len(line)
    return False


def _part(raw: bytes, start: int, end: int, count: _Count, *, depth: int, default: str = "text/plain") -> Part:
    fields, body, oddities = header_fields(raw, start, end, count.limits)
    count.oddities.extend(oddities)
    part = Part(count.parts, depth, fields, raw, body, end, default)
    count.parts += 1
    _describe(part)
    if part.type.startswith("multipart/"):
        _split(part, count)
    elif part.type in _MESSAGES and not _full(part, count):
        _enclosed(part, count)
    return part


def _describe(part: Part) -> None:
    """Content-Type and Content-Disposition of a part, with what is usual where they are missing or broken."""
    kind, part.parameters = parameters(part.first("content-type"))
    kind = kind.replace(" ", "")
    if kind in ("html", "text/htm", "application/html"):
        kind = "text/html"
    elif kind in ("text", "plain", "text/txt", "text/"):
        kind = "text/plain"
    part.type = kind if re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", kind) else part.default
    part.disposition, part.disposition_parameters = parameters(part.first("content-disposition"))


def _full(part: Part, count: _Count) -> bool:
    if part.depth >= count.limits.depth:
        count.oddities.append("parts are nested deeper than the limit")
        return True
    return count.parts >= count.limits.parts


def _enclosed(part: Part, count: _Count) -> None:
    """The mail inside a message/rfc822 part; RFC 2046 forbids encoding it, and some programs encode it."""
    if part.first("content-transfer-encoding").strip().lower() in (b"base64", b"quoted-printable"):
        inner, _ = part.octets()
        part.children.append(_part(inner, _skip_envelope(inner), len(inner), count, depth=part.depth + 1))
    else:
        start = part.start
        while start < part.end and part.buffer[start : start + 1] in (b"\r", b"\n"):
            start += 1
        part.children.append(_part(part.buffer, start, part.end, count, depth=part.depth + 1))


def _split(part: Part, count: _Count) -> None:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape")
    places = _delimiters(part, boundary, count.limits.parts) if boundary else []
    if not places:
        guessed = _GUESSED_BOUNDARY.search(part.buffer, part.start, part.end)
        if guessed:
            places = _delimiters(part, guessed.group(1), count.limits.parts)
        count.oddities.append("multipart with the wrong boundary" if places else "multipart without parts")
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for start, end in places:
        if _full(part, count):
            count.oddities.append("more parts than the limit")
            return
        part.children.append(_part(part.buffer, start, end, count, depth=part.depth + 1, default=default))


def _delimiters(part: Part, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """Where each body part starts and ends between delimiter lines (RFC 2046 section 5.1.1), one more than `most` at
    most."""
    raw, mark = part.buffer, b"--" + boundary
    ends_line = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|\Z)").match
    places: list[tuple[int, int]] = []
    opened = -1
    at = raw.find(mark, part.start, part.end)
    while at >= 0 and len(places) <= most:
        ending = ends_line(raw, at + len(mark), part.end)
        if ending and (at == part.start or raw[at - 1] in b"\r\n"):
            if opened >= 0:
                places.append((opened, _before_line(raw, at, opened)))
            opened = -1 if ending.group(1) else ending.end()
            if opened < 0 and len(places) > 0 and not _reopened(raw, mark, ending.end(), part.end):
                break
        at = raw.find(mark, at + len(mark), part.end)
    if opened >= 0:
        places.append((opened, part.end))
    return places


def _reopened(raw: bytes, mark: bytes, place: int, end: int) -> bool:
    """Whether parts follow a closing delimiter, as in mail that a gateway joined from two."""
    again = raw.find(b"\n" + mark, place - 1, end)
    return again >= 0 and raw[again + 1 + len(mark) : again + 3 + len(mark)] != b"--"


def _before_line(raw: bytes, at: int, least: int) -> int:
    """The end of the body before a delimiter line: the line break belongs to the delimiter."""
    if at - 2 >= least and raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if at - 1 >= least else at
