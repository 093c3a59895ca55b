"""Parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231), read as programs write them."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from parsers.mime.charsets import decode_text

_MOST = 100
"""Parameters of one field. RFC 2231 cuts a name of 255 octets into about ten pieces."""

_NAMED = re.compile(r"""\s*+;?\s*+([^\s=;"]{1,100})\s*+=\s*+("(?:[^"\\]|\\.)*"?|(?:[^;"\r\n]|"[^"]*")*)""", re.DOTALL)
_PIECE = re.compile(r"(.+?)(?:\*([0-9]{1,3}))?(\*)?$")


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The main value in lower case and the parameters by lower-case name.

    Continuations are joined and percent-encoding undone; RFC 2047 words are left to the reader of names.
    """
    if not value:
        return "", {}
    text = decode_text(value) if not value.isascii() else value.decode("ascii")
    text = re.sub(r"[\r\n\x00]+", "", text).replace("\t", " ")
    main, semicolon, rest = text.partition(";")
    if not semicolon:
        early = re.match(r"\s*([^\s;=]+)\s+(\S+\s*=.*)", text, re.DOTALL)  # the semicolon was forgotten
        main, rest = (early.group(1), early.group(2)) if early else (text, "")
    elif "=" in main and "/" not in main:
        main, rest = "", text
    main = re.sub(r"\([^()]*\)", "", main[:1000])
    return main.strip().strip("\"'").lower(), _joined(_pieces(rest))


def _pieces(rest: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(rest) and len(found) < _MOST:
        named = _NAMED.match(rest, place)
        if named:
            found.append((named.group(1).lower(), _plain(named.group(2))))
            place = named.end()
        else:
            semicolon = rest.find(";", place + 1)
            place = semicolon if semicolon >= 0 else len(rest)
    return found


def _plain(value: str) -> str:
    value = value.strip()
    if value[:1] == '"':
        closed = len(value) > 1 and value[-1] == '"'
        inner = value[1:-1] if closed else value[1:]
        return re.sub(r"\\([\"\\])", r"\1", inner)  # a lone backslash is a path of an old Windows program
    return re.sub(r"\s\([^()]*\)$", "", value)


def _joined(pieces: list[tuple[str, str]]) -> dict[str, str]:
    """Plain parameters as they are; numbered and percent-encoded ones put together (RFC 2231 section 3 and 4)."""
    plain: dict[str, str] = {}
    split: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in pieces:
        found = _PIECE.match(name)
        if found and (found.group(2) or found.group(3)):
            section = int(found.group(2) or 0)
            split.setdefault(found.group(1), {}).setdefault(section, (value, bool(found.group(3))))
        else:
            plain.setdefault(name, value)
    for name, sections in split.items():
        plain[name] = _extended(sections)
    return plain


def _extended(sections: dict[int, tuple[str, bool]]) -> str:
    ordered = [sections[number] for number in sorted(sections)]
    charset = ""
    first, encoded = ordered[0]
    if encoded and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
        ordered[0] = (first, True)
    octets = b"".join(
        unquote_to_bytes(value) if is_encoded else value.encode("utf-8", "surrogateescape")
        for value, is_encoded in ordered
    )
    return decode_text(octets, charset)
