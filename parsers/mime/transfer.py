"""Transfer encodings of MIME bodies (RFC 2045 section 6), read past the damage that gateways do to them."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

_BLOCK = 1 << 20  # octets worked on at once: what is taken out of them leaves as many pieces as there are places
_MOST_PADDED = 1_000  # pieces of base64 that each end for themselves; more are noise
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64 + b"=")))
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
    octets = octets.translate(None, _NOT_BASE64)
    if octets.count(b"=") > 2 * _MOST_PADDED:
        octets = octets.translate(None, b"=")
    return b"".join(_base64_run(run) for run in octets.split(b"=") if run)


def _base64_run(run: bytes) -> bytes:
    kept = run[:-1] if len(run) % 4 == 1 else run
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def quoted_printable(octets: bytes) -> bytes:
    """Quoted-printable (RFC 2045 section 6.7); a stray = stays as it is, blanks at line ends are transport padding."""
    if b" \r\n" in octets or b"\t\r\n" in octets or b" \n" in octets or b"\t\n" in octets:
        octets = b"".join(_TRAILING.sub(b"", _SOFT_SPACE.sub(b"=", block)) for block in _blocks(octets))
    return binascii.a2b_qp(octets)


def _blocks(octets: bytes) -> Iterator[bytes]:
    """The octets in pieces of whole lines."""
    at = 0
    while at < len(octets):
        end = octets.find(b"\n", at + _BLOCK) + 1 or len(octets)
        yield octets[at:end]
        at = end


def uudecode(octets: bytes) -> bytes:
    """The first uuencoded file in the octets, or the octets themselves where there is none."""
    found = _UU_BEGIN.search(octets)
    if not found:
        return octets
    return uu_lines(octets[found.end() :])


def uu_lines(octets: bytes) -> bytes:
    """The lines between *begin* and *end* decoded; a damaged line is cut to what it still holds."""
    found = bytearray()
    for line in (line.rstrip(b"\r") for block in _blocks(octets) for line in block.removesuffix(b"\n").split(b"\n")):
        if line == b"end" or not line:
            break
        try:
            found += binascii.a2b_uu(line)
        except binascii.Error:
            expected = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                found += binascii.a2b_uu(line[:expected])
            except binascii.Error:
                break
    return bytes(found)


def looks_like_base64(octets: bytes) -> bool:
    """Whether a whole body is nothing but base64 although no header says so."""
    return len(octets) > 120 and bool(_BASE64_TEXT.match(octets))
