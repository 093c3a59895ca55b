"""Parse Content-Type and Content-Disposition values (RFC 2045 section 5.1, RFC 2231), tolerating common mistakes."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from parsers.mime.charsets import decode_text

_MOST_PARAMETERS = 100
"""Parameters of one field. RFC 2231 splits a name of 255 octets into about ten sections."""

_PARAMETER = re.compile(
    r"""\s*+;?\s*+([^\s=;"]{1,100})\s*+=\s*+("(?:[^"\\]|\\.)*"?|(?:[^;"\r\n]|"[^"]*")*)""", re.DOTALL
)
_SECTIONED_NAME = re.compile(r"(.+?)(?:\*([0-9]{1,3}))?(\*)?$")


def parse_parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The main value in lower case, and the parameters by lower-case name.

    Continuations are joined and percent-encoding is undone. RFC 2047 encoded words are not decoded.
    """
    if not value:
        return "", {}
    text = decode_text(value) if not value.isascii() else value.decode("ascii")
    text = re.sub(r"[\r\n\x00]+", "", text).replace("\t", " ")
    main, semicolon, rest = text.partition(";")
    if not semicolon:
        unseparated = re.match(r"\s*([^\s;=]+)\s+(\S+\s*=.*)", text, re.DOTALL)  # the semicolon is missing
        main, rest = (unseparated.group(1), unseparated.group(2)) if unseparated else (text, "")
    elif "=" in main and "/" not in main:
        main, rest = "", text
    main = re.sub(r"\([^()]*\)", "", main[:1000])
    return main.strip().strip("\"'").lower(), _joined(_raw_parameters(rest))


def _raw_parameters(rest: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(rest) and len(found) < _MOST_PARAMETERS:
        parameter = _PARAMETER.match(rest, position)
        if parameter:
            found.append((parameter.group(1).lower(), _unquoted(parameter.group(2))))
            position = parameter.end()
        else:
            semicolon = rest.find(";", position + 1)
            position = semicolon if semicolon >= 0 else len(rest)
    return found


def _unquoted(value: str) -> str:
    value = value.strip()
    if value[:1] == '"':
        closed = len(value) > 1 and value[-1] == '"'
        inner = value[1:-1] if closed else value[1:]
        return re.sub(r"\\([\"\\])", r"\1", inner)  # other backslashes belong to paths of old Windows programs
    return re.sub(r"\s\([^()]*\)$", "", value)


def _joined(pieces: list[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name; numbered and percent-encoded sections are joined (RFC 2231 sections 3 and 4)."""
    plain: dict[str, str] = {}
    split: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in pieces:
        found = _SECTIONED_NAME.match(name)
        if found and (found.group(2) or found.group(3)):
            section = int(found.group(2) or 0)
            split.setdefault(found.group(1), {}).setdefault(section, (value, bool(found.group(3))))
        else:
            plain.setdefault(name, value)
    for name, sections in split.items():
        plain[name] = _join_sections(sections)
    return plain


def _join_sections(sections: dict[int, tuple[str, bool]]) -> str:
    """The value of one parameter given in sections, each with whether it is percent-encoded."""
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
