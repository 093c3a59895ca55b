"""Decode header values: unfold them, decode RFC 2047 encoded words, put them on one line."""

from __future__ import annotations

import binascii
import re

from parsers.mime.charsets import clean_line, codec_of, decode_text
from parsers.mime.transfer import decode_base64

_FOLD = re.compile(r"(?:(?<![ \t])[ \t]++)?(?:\r\n|\n|\r)[ \t]*")  # linear: examines each of many blanks once
_OPENING = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def unfold(value: bytes, hint: str = "") -> str:
    """Unfold a raw header value to one line of text, without decoding encoded words. The charset of raw 8-bit octets is
    detected; `hint` is a charset seen elsewhere in the mail."""
    text = value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode_text(value, "", hint)
    return clean_line(_FOLD.sub(" ", text)) if "\n" in text or "\r" in text else clean_line(text)


def decode_header(value: bytes, hint: str = "") -> str:
    """Decode a raw header value to text."""
    text = unfold(value, hint)
    return clean_line(decode_encoded_words(text)) if "=?" in text else text


def decode_encoded_words(text: str) -> str:
    """Decode the encoded words in a text (RFC 2047 section 6).

    Adjacent words of one charset are joined as octets before decoding, because many programs split inside a
    character; the blanks between them are dropped. Deviating from the RFC, words are also decoded inside quotes, next
    to other text and with blanks in them, because mail programs write them so.
    """
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []
    position = 0
    for start, end, charset, octets in find_encoded_words(text):
        text_between = text[position:start]
        if text_between.strip() or not pending:
            pieces.append(_decoded(pending))
            pending = []
            pieces.append(text_between)
        pending.append((charset, octets))
        position = end
    pieces.append(_decoded(pending))
    pieces.append(text[position:])
    return "".join(pieces)


def find_encoded_words(text: str) -> list[tuple[int, int, str, bytes]]:
    """Every encoded word as (start, end, charset label, octets), in one pass over the text."""
    found: list[tuple[int, int, str, bytes]] = []
    position = text.find("=?")
    while position >= 0:
        opening = _OPENING.match(text, position)
        if not opening:
            position = text.find("=?", position + 2)
            continue
        end = text.find("?=", opening.end())
        unclosed = end < 0
        content = text[opening.end() :] if unclosed else text[opening.end() : end]
        word_end = len(text) if unclosed else end + 2
        if unclosed and " " in content.strip():
            break
        found.append((position, word_end, opening.group(1), _octets(opening.group(2), content)))
        position = text.find("=?", word_end)
    return found


def _octets(encoding: str, content: str) -> bytes:
    octets = content.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(octets)
    octets = octets.replace(b"_", b" ")
    return _HEX.sub(lambda match: binascii.unhexlify(match.group(1)), octets)


def _decoded(pending: list[tuple[str, bytes]]) -> str:
    """Decode adjacent encoded words, joining the octets of words with the same charset first."""
    pieces: list[str] = []
    position = 0
    while position < len(pending):
        charset = codec_of(pending[position][0]) or pending[position][0].lower()
        joined = [pending[position][1]]
        label = pending[position][0]
        position += 1
        while position < len(pending) and (codec_of(pending[position][0]) or pending[position][0].lower()) == charset:
            joined.append(pending[position][1])
            position += 1
        pieces.append(decode_text(b"".join(joined), label))
    return "".join(pieces)
