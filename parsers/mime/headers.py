"""Header values as people are meant to read them: unfolded, RFC 2047 words decoded, on one line."""

from __future__ import annotations

import binascii
import re

from parsers.mime.charsets import codec_of, decode_text, one_line
from parsers.mime.transfer import base64_lenient

_FOLD = re.compile(r"(?:(?<![ \t])[ \t]++)?(?:\r\n|\n|\r)[ \t]*")  # looks at each of many blanks once
_OPENING = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_SPACE = re.compile(r"\s*")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def unfold(value: bytes, hint: str = "") -> str:
    """A raw header value as one line of text, encoded words still in it. Raw 8-bit octets are read by detection."""
    text = value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode_text(value, "", hint)
    return one_line(_FOLD.sub(" ", text)) if "\n" in text or "\r" in text else one_line(text)


def header_text(value: bytes, hint: str = "") -> str:
    """A raw header value as the text it stands for."""
    text = unfold(value, hint)
    return one_line(words(text)) if "=?" in text else text


def words(text: str) -> str:
    """Text with its encoded words decoded (RFC 2047 section 6).

    Neighbouring words of one charset are joined as octets before decoding, because many programs split inside a
    character; the blanks between them disappear. Words are read inside quotes and against other text too, and with
    blanks in them, because that is how they are written.
    """
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []
    place = 0
    for start, end, charset, octets in encoded_words(text):
        between = text[place:start]
        if between.strip() or not pending:
            pieces.append(_decoded(pending))
            pending = []
            pieces.append(between)
        pending.append((charset, octets))
        place = end
    pieces.append(_decoded(pending))
    pieces.append(text[place:])
    return "".join(pieces)


def encoded_words(text: str) -> list[tuple[int, int, str, bytes]]:
    """Every encoded word: where it starts and ends, its charset label, its octets. One pass, whatever the input."""
    found: list[tuple[int, int, str, bytes]] = []
    place = text.find("=?")
    while place >= 0:
        opening = _OPENING.match(text, place)
        if not opening:
            place = text.find("=?", place + 2)
            continue
        end = text.find("?=", opening.end())
        cut = end < 0
        content = text[opening.end() :] if cut else text[opening.end() : end]
        stop = len(text) if cut else end + 2
        if cut and " " in content.strip():
            break
        found.append((place, stop, opening.group(1), _octets(opening.group(2), content)))
        place = text.find("=?", stop)
    return found


def _octets(encoding: str, content: str) -> bytes:
    octets = content.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_lenient(octets)
    octets = octets.replace(b"_", b" ")
    return _HEX.sub(lambda found: binascii.unhexlify(found.group(1)), octets)


def _decoded(pending: list[tuple[str, bytes]]) -> str:
    """Neighbouring words as text: octets of equal charsets are joined first."""
    pieces: list[str] = []
    place = 0
    while place < len(pending):
        charset = codec_of(pending[place][0]) or pending[place][0].lower()
        joined = [pending[place][1]]
        label = pending[place][0]
        place += 1
        while place < len(pending) and (codec_of(pending[place][0]) or pending[place][0].lower()) == charset:
            joined.append(pending[place][1])
            place += 1
        pieces.append(decode_text(b"".join(joined), label))
    return "".join(pieces)
