"""Tokens of ours inside files: in mails attached as files, whatever is nested in them, and in plain octets."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.limits import ReadingLimits
from parsers.mime.structure import Part, structure
from parsers.sender.tokens import Keys, Token, tokens_in

_PACKED = ("image/", "audio/", "video/", "font/")  # no text of a mail stands in these as it is
_CONTAINERS = ("multipart/", "message/")


def tokens_of_file(octets: bytes, kind: str, keys: Keys, limits: ReadingLimits = ReadingLimits()) -> frozenset[Token]:  # noqa: B008 - a frozen value
    """The tokens that stand in a file of this type: in its octets, and where it is a mail, in its headers and in every
    part with its encoding undone."""
    if kind.startswith(_PACKED):
        return frozenset()
    found = set(tokens_in(octets, keys))
    if kind.startswith(_CONTAINERS) or looks_like_mail(octets):
        for part in structure(octets, limits)[0].walk():
            found.update(token for piece in _pieces(part) for token in tokens_in(piece, keys))
    return frozenset(found)


def looks_like_mail(octets: bytes) -> bool:
    """Whether octets begin as a mail does: with header fields, one of them a Message-ID."""
    head = octets[:20_000].lstrip().lower().replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return b"message-id:" in head and b"from:" in head


def _pieces(part: Part) -> Iterator[bytes]:
    yield from (value for _, value in part.fields)
    if not part.type.startswith((*_CONTAINERS, *_PACKED)):
        yield part.octets()[0]
