"""Transfer encodings of MIME bodies (RFC 2045 section 6), read past the damage that gateways do to them."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_TRAILING = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|$)")
_SOFT_SPACE = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin[ \t]++[0-7]{3,4}[ \t]++([^\r\n]*+)\r?\n", re.MULTILINE)
_BASE64_TEXT = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{0,76}={0,2}\s*\Z")


def decode(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """The octets behind a transfer encoding, and what was odd about them (or an empty string)."""
    name = encoding.strip().strip("\"';").lower()
    if name in ("base64", "base-64", "b", "b64"):
        return _base64(octets)
    if name in ("quoted-printable", "quotedprintable", "quoted_printable", "quoted printable", "qp", "q"):
        return quoted_printable(octets), ""
    if name in ("x-uuencode", "uuencode", "x-uue", "uue", "uu"):
        return uudecode(octets), ""
    if name in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"):
        return octets, ""
    return octets, f"unknown transfer encoding {name[:40]!r}, read as it stands"


def _base64(octets: bytes) -> tuple[bytes, str]:
    sample = octets[:4000].strip()
    if sample.count(b" ") > 4 + len(sample) // 20:
        return octets, "declared base64, but the text is plain"
    return base64_lenient(octets), ""


def base64_lenient(octets: bytes) -> bytes:
    """Base64 (RFC 2045 section 6.8) with foreign characters skipped, inner padding accepted and a cut end dropped."""
    try:
        return binascii.a2b_base64(octets.translate(None, b"\r\n\t "), strict_mode=True)
    except binascii.Error:
        pass
    if b"-" in octets or b"_" in octets:
        head, _, tail = octets.partition(b"\n--")  # a footer that a list server appended
        octets = head.translate(_URL_SAFE) if len(tail) < len(head) else octets
    pieces = []
    for run in re.split(rb"=+", octets):
        clean = _NOT_BASE64.sub(b"", run)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        pieces.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(pieces)


def quoted_printable(octets: bytes) -> bytes:
    """Quoted-printable (RFC 2045 section 6.7); a stray = stays as it is, blanks at line ends are transport padding."""
    if b" \r\n" in octets or b"\t\r\n" in octets or b" \n" in octets or b"\t\n" in octets:
        octets = _TRAILING.sub(b"", _SOFT_SPACE.sub(b"=", octets))
    return binascii.a2b_qp(octets)


def uudecode(octets: bytes) -> bytes:
    """The first uuencoded file in the octets, or the octets themselves where there is none."""
    found = _UU_BEGIN.search(octets)
    if not found:
        return octets
    return uu_lines(octets[found.end() :])


def uu_lines(octets: bytes) -> bytes:
    """The lines between *begin* and *end* decoded; a damaged line is cut to what it still holds."""
    pieces = []
    for line in octets.split(b"\n"):
        line = line.rstrip(b"\r")  # noqa: PLW2901 - the line ending is no part of the line
        if line == b"end" or not line:
            break
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            expected = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                pieces.append(binascii.a2b_uu(line[:expected]))
            except binascii.Error:
                break
    return b"".join(pieces)


def looks_like_base64(octets: bytes) -> bool:
    """Whether a whole body is nothing but base64 although no header says so."""
    return len(octets) > 120 and bool(_BASE64_TEXT.match(octets))
