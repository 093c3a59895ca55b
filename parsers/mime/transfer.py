"""Decode the transfer encodings of MIME bodies (RFC 2045 section 6), tolerating the damage that gateways do."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

_BLOCK = 1 << 20  # octets processed at once, which limits the number of pieces that a substitution leaves in memory
_MOST_PADDED = 1_000  # separately padded base64 pieces; with more, the padding is taken for noise
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64 + b"=")))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_TRAILING = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|$)")
_SOFT_SPACE = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin[ \t]++[0-7]{3,4}[ \t]++([^\r\n]*+)\r?\n", re.MULTILINE)
_BASE64_TEXT = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{0,76}={0,2}\s*\Z")


def decode_transfer_encoding(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """Decode a transfer encoding: the octets, and what was unusual about them (or an empty string)."""
    name = encoding.strip().strip("\"';").lower()
    if name in ("base64", "base-64", "b", "b64"):
        return _decode_declared_base64(octets)
    if name in ("quoted-printable", "quotedprintable", "quoted_printable", "quoted printable", "qp", "q"):
        return decode_quoted_printable(octets), ""
    if name in ("x-uuencode", "uuencode", "x-uue", "uue", "uu"):
        return uudecode(octets), ""
    if name in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"):
        return octets, ""
    return octets, f"unknown transfer encoding {name[:40]!r}, read as it stands"


def _decode_declared_base64(octets: bytes) -> tuple[bytes, str]:
    sample = octets[:4000].strip()
    if sample.count(b" ") > 4 + len(sample) // 20:
        return octets, "declared base64, but the text is plain"
    return decode_base64(octets), ""


def decode_base64(octets: bytes) -> bytes:
    """Decode base64 (RFC 2045 section 6.8), skipping foreign characters, accepting inner padding and dropping an
    incomplete end."""
    try:
        return binascii.a2b_base64(octets.translate(None, b"\r\n\t "), strict_mode=True)
    except binascii.Error:
        pass
    if b"-" in octets or b"_" in octets:
        head, _, tail = octets.partition(b"\n--")  # a footer that a list server appended
        octets = head.translate(_URL_SAFE) if len(tail) < len(head) else octets
    octets = octets.translate(None, _NOT_BASE64)
    if octets.count(b"=") > 2 * _MOST_PADDED:
        octets = octets.translate(None, b"=")
    return b"".join(_decode_base64_run(run) for run in octets.split(b"=") if run)


def _decode_base64_run(run: bytes) -> bytes:
    complete = run[:-1] if len(run) % 4 == 1 else run
    return binascii.a2b_base64(complete + b"=" * (-len(complete) % 4))


def decode_quoted_printable(octets: bytes) -> bytes:
    """Decode quoted-printable (RFC 2045 section 6.7). A stray = is kept; blanks at line ends are removed."""
    if b" \r\n" in octets or b"\t\r\n" in octets or b" \n" in octets or b"\t\n" in octets:
        octets = b"".join(_TRAILING.sub(b"", _SOFT_SPACE.sub(b"=", block)) for block in _blocks(octets))
    return binascii.a2b_qp(octets)


def _blocks(octets: bytes) -> Iterator[bytes]:
    """Split octets into blocks of whole lines, of about a megabyte each."""
    position = 0
    while position < len(octets):
        end = octets.find(b"\n", position + _BLOCK) + 1 or len(octets)
        yield octets[position:end]
        position = end


def uudecode(octets: bytes) -> bytes:
    """Decode the first uuencoded file in the octets; without one, return the octets unchanged."""
    begin = _UU_BEGIN.search(octets)
    if not begin:
        return octets
    return decode_uu_lines(octets[begin.end() :])


def decode_uu_lines(octets: bytes) -> bytes:
    """Decode the lines between *begin* and *end*. A damaged line is truncated to its declared length."""
    decoded = bytearray()
    for line in (line.rstrip(b"\r") for block in _blocks(octets) for line in block.removesuffix(b"\n").split(b"\n")):
        if line == b"end" or not line:
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:
            expected = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[:expected])
            except binascii.Error:
                break
    return bytes(decoded)


def looks_like_base64(octets: bytes) -> bool:
    """Whether a whole body is base64, although no header field declares it."""
    return len(octets) > 120 and bool(_BASE64_TEXT.match(octets))
