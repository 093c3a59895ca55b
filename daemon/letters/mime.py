"""The bytes of a mail: header fields folded and encoded, a plain and an HTML part, files.

They are written directly, since email.message and its generator take several times as long for the same bytes. No
value can start a header field of its own: each is put on one line first.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import encode_rfc2231

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(; charset=utf-8)?", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[!-;=?-~]{3,250}")
_NOT_IN_ADDRESS = re.compile(r"[\s<>,;()\x00-\x1f\x7f-\x9f]+")
_FROM = re.compile(rb"^From ", re.MULTILINE)  # RFC 2049 section 3: mail stores change such lines
_FOLD_AT = 76  # RFC 2047 section 2 and RFC 5322 section 2.1.1 (78 with the line break)
_LONGEST_WORD = 900  # RFC 5322 section 2.1.1: a line has at most 998 characters
_MOST_NAME = 150


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that a mail encloses. `type` is its MIME type, with the charset where it is text of ours."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An invitation to an appointment, or its withdrawal (RFC 5546). `method` is REQUEST or CANCEL."""

    method: str
    content: bytes
    name: str = "appointment.ics"

    def as_file(self) -> Enclosure:
        """The same as a file, for programs that do not show calendar parts."""
        return Enclosure(self.name, "application/ics", self.content)


def one_line(value: str) -> str:
    """A header value without line breaks and control characters."""
    return " ".join(_CONTROL.sub(" ", value).split())


def header(name: str, value: str) -> bytes:
    """An unstructured header field (RFC 5322 section 3.6), folded, in encoded words (RFC 2047) where needed."""
    text = one_line(value)
    words = text.split(" ")
    simple = _PLAIN.fullmatch(text) and "=?" not in text and max(map(len, words)) < _LONGEST_WORD
    if not simple:
        text = Header(text, "utf-8", maxlinelen=_FOLD_AT, header_name=name).encode(linesep="\r\n")
        return f"{name}: {text}\r\n".encode("ascii")
    return _folded(name, words)


def address(name: str, mailbox: str) -> bytes:
    """One mailbox with its display name (RFC 5322 section 3.4, RFC 2047 section 5), folded."""
    shown, bare = one_line(name), clean_address(mailbox)
    if not shown:
        return bare.encode()
    if not _PLAIN.fullmatch(shown) or "=?" in shown or len(shown) > _LONGEST_WORD:
        words = Header(shown, "utf-8", maxlinelen=_FOLD_AT, header_name="Reply-To").encode(linesep="\r\n")
        return f"{words}\r\n <{bare}>".encode()
    if not _ATOMS.fullmatch(shown):
        shown = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown} <{bare}>".encode()


def clean_address(mailbox: str) -> str:
    """The address without characters that could end it early; an international domain in its ASCII form."""
    bare = _NOT_IN_ADDRESS.sub("", mailbox)
    local, at, domain = bare.rpartition("@")
    if domain.isascii():
        return bare
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return bare


def message_ids(name: str, ids: Iterable[str]) -> bytes:
    """A field of Message-IDs, one a line, without what is not a Message-ID; empty bytes without any."""
    valid = [bare for given in ids if _MESSAGE_ID.fullmatch(bare := given.strip(" <>"))]
    listed = "\r\n ".join(f"<{message_id}>" for message_id in valid)
    return f"{name}: {listed}\r\n".encode("ascii") if valid else b""


def build(
    headers: Sequence[bytes],
    text: str,
    html: str,
    enclosures: Sequence[Enclosure],
    mark: str,
    *,
    calendars: Sequence[CalendarPart] = (),
) -> bytes:
    """The whole mail with CRLF line ends. `mark` makes its boundaries, so that the same mail has the same bytes."""
    # "=_" can stand in no quoted-printable and no base64 line (RFC 2045 section 6.7), so no part holds a boundary.
    # Calendar programs look for the invitation among the alternatives (RFC 6047 section 2.4), as the last of them.
    alternatives = [_text("plain", text), _text("html", html), *map(_calendar, calendars[:1])]
    body = _multipart("alternative", f"=_a_{mark}", alternatives)
    if enclosures:
        body = _multipart("mixed", f"=_m_{mark}", [body, *map(_enclosure, enclosures)])
    return b"".join((*headers, b"MIME-Version: 1.0\r\n", body))


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    line = f"--{boundary}\r\n".encode("ascii")
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(line + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode("ascii")


def _text(subtype: str, text: str) -> bytes:
    content = text.encode()
    dense = len(text.encode("ascii", "ignore")) * 6 < len(content) * 5
    if dense:
        encoding, body = "base64", base64.encodebytes(content.replace(b"\n", b"\r\n"))
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(content, istext=True)
        body = _FROM.sub(b"=46rom ", body)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body.replace(b"\n", b"\r\n")


def _calendar(part: CalendarPart) -> bytes:
    head = (
        f"Content-Type: text/calendar; charset=utf-8; method={part.method};\r\n component=VEVENT\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(part.content).replace(b"\n", b"\r\n")


def _enclosure(file: Enclosure) -> bytes:
    # A mail inside a mail must not be encoded (RFC 2046 section 5.2.1); sent as octets it arrives unchanged.
    usable = _TYPE.fullmatch(file.type) and not file.type.lower().startswith(("message/", "multipart/"))
    kind = file.type.lower() if usable else "application/octet-stream"
    name = one_line(file.name)[-_MOST_NAME:] or "file"
    if _PLAIN.fullmatch(name):
        shown = 'filename="' + name.replace("\\", "_").replace('"', "_") + '"'
    else:
        shown = f"filename*={encode_rfc2231(name, 'utf-8')}"
    head = (
        f"Content-Type: {kind}\r\nContent-Disposition: attachment;\r\n {shown}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(file.content).replace(b"\n", b"\r\n")


def _folded(name: str, words: Sequence[str]) -> bytes:
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > _FOLD_AT and not line.endswith(":"):
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join((*lines, line)).encode("ascii") + b"\r\n"
