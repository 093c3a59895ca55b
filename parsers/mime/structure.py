"""Parse the MIME structure of a mail (RFC 5322, RFC 2045, RFC 2046): header fields, and parts as offsets into the raw
octets.

Offsets instead of copied lines keep the cost linear at any nesting depth. The standard library's feed parser checks
every line against every enclosing boundary and recurses once per level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime.parameters import parse_parameters
from parsers.mime.transfer import decode_transfer_encoding

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_WELL_KNOWN_FIELD = re.compile(
    rb"(?i)(?:from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|"
    rb"sender|references|in-reply-to|list-[a-z-]+|x-[a-z0-9-]+|dkim-signature|auto-submitted|precedence|importance|"
    rb"delivered-to|user-agent|thread-[a-z]+|authentication-results)[ \t]*:"
)
_GUESSED_BOUNDARY = re.compile(
    rb"(?:\A|[\r\n])--([^\r\n]{0,199}?[^ \t\r\n])[ \t]*+(?:\r\n|\n|\r)(?i:Content-[a-z-]+[ \t]*:)"
)
_MESSAGE_TYPES = ("message/rfc822", "message/global", "message/news", "message/rfc822-headers")


@dataclass(slots=True)
class Part:
    """One MIME part. `index` is its position in a depth-first walk from 0, `fields` are its header fields in order with
    lower-case names. The encoded body is `buffer[start:end]`. `default` is the type where none is declared."""

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
        """The raw value of the first field with this name (lower case), or empty."""
        return next((value for key, value in self.fields if key == name), b"")

    def decoded_octets(self, most: int | None = None) -> tuple[bytes, str]:
        """The decoded body (of the first `most` encoded octets), and what was unusual about it or an empty string."""
        body = self.buffer[self.start : self.end if most is None else min(self.end, self.start + most)]
        return decode_transfer_encoding(body, self.first("content-transfer-encoding").decode("ascii", "replace"))

    def walk(self) -> Iterator[Part]:
        """This part and all parts inside it, in the order of `index`."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


@dataclass(slots=True)
class _ParserState:
    """The number of parts created and the oddities found while parsing one mail."""

    limits: ReadingLimits
    parts: int = 0
    oddities: list[str] = field(default_factory=list)


def parse_structure(raw: bytes, limits: ReadingLimits) -> tuple[Part, list[str]]:
    """Parse one mail into a tree of parts, and list its oddities. Any octets parse, if only as one plain text part."""
    state = _ParserState(limits)
    if len(raw) > limits.size:
        raw = raw[: limits.size]
        state.oddities.append("the mail is larger than the limit and was cut")
    raw = _with_repaired_line_ends(raw, state)
    return _parse_part(raw, _skip_envelope(raw), len(raw), state, depth=0), state.oddities


def _with_repaired_line_ends(raw: bytes, state: _ParserState) -> bytes:
    """Repair the line endings of broken gateways (CR CR LF, or CR alone)."""
    head = raw[:2000]
    if b"\r\r\n" in head:
        state.oddities.append("lines end with CR CR LF")
        return raw.replace(b"\r\r\n", b"\r\n")
    if b"\r" in head and b"\n" not in raw:
        state.oddities.append("lines end with CR alone")
        return raw.replace(b"\r", b"\n")
    return raw


def _skip_envelope(raw: bytes) -> int:
    """The offset of the header block, after a byte order mark, empty lines and an mbox *From * line."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while start < len(raw) and raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    if re.match(rb">?From [^\r\n:]*", raw[start : start + 200]) and not _FIELD.match(raw, start):
        line = _LINE.match(raw, start)
        start = line.end() if line else start
    return start


def parse_header_fields(
    raw: bytes, start: int, end: int, limits: ReadingLimits
) -> tuple[list[tuple[str, bytes]], int, list[str]]:
    """Parse a header block: its fields (values not unfolded), the offset of the body, and oddities.

    A line that is neither a field nor a continuation ends the block, unless well-known fields follow it: then it is
    treated as a continuation without its leading blank.
    """
    fields: list[tuple[str, list[bytes]]] = []
    oddities: list[str] = []
    position = start
    stop = min(end, start + limits.header_block)
    while position < stop:
        line_match = _LINE.match(raw, position, end)
        line = line_match.group() if line_match else b""
        if not line or line in (b"\r\n", b"\n", b"\r"):
            position += len(line)
            break
        field_match = _FIELD.match(line)
        if line[:1] in b" \t" and fields:
            if not line.strip() and not _more_fields(raw, position + len(line), stop):
                position += len(line)
                break
            fields[-1][1].append(line)
        elif field_match and len(fields) < limits.header_count:
            fields.append((field_match.group(1).decode("ascii").lower(), [line[field_match.end() :]]))
        elif field_match or _more_fields(raw, position + len(line), stop):
            if fields and not field_match:
                fields[-1][1].append(b" " + line)
            oddities.append("more header fields than the limit" if field_match else "a header line without a name")
        else:
            oddities.append("no empty line between header and body")
            break
        position += len(line)
    else:
        position = _block_end(raw, position, end, oddities)
    return [(name, b"".join(lines)[: limits.header_value]) for name, lines in fields], position, oddities


def _block_end(raw: bytes, position: int, end: int, oddities: list[str]) -> int:
    """The offset of the body after a header block that is longer than the limit."""
    if position >= end:
        return end
    oddities.append("the header block is longer than the limit and was cut")
    blank_line = re.compile(rb"\r?\n\r?\n").search(raw, position, end)
    return blank_line.end() if blank_line else end


def _more_fields(raw: bytes, position: int, stop: int) -> bool:
    """Whether one of the next eight lines, before an empty one, is a well-known field."""
    for _ in range(8):
        line_match = _LINE.match(raw, position, stop)
        line = line_match.group() if line_match else b""
        if not line.strip():
            return False
        if _WELL_KNOWN_FIELD.match(line):
            return True
        position += len(line)
    return False


def _parse_part(
    raw: bytes, start: int, end: int, state: _ParserState, *, depth: int, default: str = "text/plain"
) -> Part:
    fields, body, oddities = parse_header_fields(raw, start, end, state.limits)
    state.oddities.extend(oddities)
    part = Part(state.parts, depth, fields, raw, body, end, default)
    state.parts += 1
    _set_type(part)
    if part.type.startswith("multipart/"):
        _parse_multipart(part, state)
    elif part.type in _MESSAGE_TYPES and not _limit_reached(part, state):
        _parse_enclosed(part, state)
    return part


def _set_type(part: Part) -> None:
    """Set type and disposition of a part from its header fields, with defaults where they are missing or broken."""
    media_type, part.parameters = parse_parameters(part.first("content-type"))
    media_type = media_type.replace(" ", "")
    if media_type in ("html", "text/htm", "application/html"):
        media_type = "text/html"
    elif media_type in ("text", "plain", "text/txt", "text/"):
        media_type = "text/plain"
    part.type = media_type if re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", media_type) else part.default
    part.disposition, part.disposition_parameters = parse_parameters(part.first("content-disposition"))


def _limit_reached(part: Part, state: _ParserState) -> bool:
    """Whether the limit on depth or number of parts is reached, so that the part is not parsed further."""
    if part.depth >= state.limits.depth:
        state.oddities.append("parts are nested deeper than the limit")
        return True
    return state.parts >= state.limits.parts


def _parse_enclosed(part: Part, state: _ParserState) -> None:
    """Parse the mail inside a message/rfc822 part, decoding it if necessary, although RFC 2046 forbids encoding it."""
    if part.first("content-transfer-encoding").strip().lower() in (b"base64", b"quoted-printable"):
        inner, _ = part.decoded_octets()
        part.children.append(_parse_part(inner, _skip_envelope(inner), len(inner), state, depth=part.depth + 1))
    else:
        start = part.start
        while start < part.end and part.buffer[start : start + 1] in (b"\r", b"\n"):
            start += 1
        part.children.append(_parse_part(part.buffer, start, part.end, state, depth=part.depth + 1))


def _parse_multipart(part: Part, state: _ParserState) -> None:
    """Parse the body parts of a multipart; a wrong boundary parameter is replaced by one guessed from the body."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape")
    spans = _body_part_spans(part, boundary, state.limits.parts) if boundary else []
    if not spans:
        guessed = _GUESSED_BOUNDARY.search(part.buffer, part.start, part.end)
        if guessed:
            spans = _body_part_spans(part, guessed.group(1), state.limits.parts)
        state.oddities.append("multipart with the wrong boundary" if spans else "multipart without parts")
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for start, end in spans:
        if _limit_reached(part, state):
            state.oddities.append("more parts than the limit")
            return
        part.children.append(_parse_part(part.buffer, start, end, state, depth=part.depth + 1, default=default))


def _body_part_spans(part: Part, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """Start and end of each body part between delimiter lines (RFC 2046 section 5.1.1), at most `most` + 1 of them."""
    raw, delimiter = part.buffer, b"--" + boundary
    ends_line = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|\Z)").match
    spans: list[tuple[int, int]] = []
    open_start = -1
    position = raw.find(delimiter, part.start, part.end)
    while position >= 0 and len(spans) <= most:
        ending = ends_line(raw, position + len(delimiter), part.end)
        if ending and (position == part.start or raw[position - 1] in b"\r\n"):
            if open_start >= 0:
                spans.append((open_start, _line_start(raw, position, open_start)))
            open_start = -1 if ending.group(1) else ending.end()
            if open_start < 0 and len(spans) > 0 and not _parts_follow(raw, delimiter, ending.end(), part.end):
                break
        position = raw.find(delimiter, position + len(delimiter), part.end)
    if open_start >= 0:
        spans.append((open_start, part.end))
    return spans


def _parts_follow(raw: bytes, delimiter: bytes, position: int, end: int) -> bool:
    """Whether more parts follow a closing delimiter, as in mail that a gateway joined from two."""
    next_delimiter = raw.find(b"\n" + delimiter, position - 1, end)
    return (
        next_delimiter >= 0 and raw[next_delimiter + 1 + len(delimiter) : next_delimiter + 3 + len(delimiter)] != b"--"
    )


def _line_start(raw: bytes, position: int, least: int) -> int:
    """The end of the body before a delimiter line, whose preceding line break belongs to the delimiter."""
    if position - 2 >= least and raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if position - 1 >= least else position
