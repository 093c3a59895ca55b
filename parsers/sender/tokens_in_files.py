"""Find our tokens inside files: in attached mails, at any nesting depth, and in other octets."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.limits import ReadingLimits
from parsers.mime.structure import Part, parse_structure
from parsers.sender.tokens import Token, TokenKeys, tokens_in

_BINARY = ("image/", "audio/", "video/", "font/")  # types that have no plain text
_CONTAINERS = ("multipart/", "message/")


def tokens_of_file(
    octets: bytes,
    media_type: str,
    keys: TokenKeys,
    limits: ReadingLimits = ReadingLimits(),  # noqa: B008 - a frozen value
) -> frozenset[Token]:
    """Our tokens in a file of this media type: in its octets, and if it is a mail, in its header fields and decoded
    parts."""
    if media_type.startswith(_BINARY):
        return frozenset()
    found = set(tokens_in(octets, keys))
    if media_type.startswith(_CONTAINERS) or looks_like_mail(octets):
        for part in parse_structure(octets, limits)[0].walk():
            found.update(token for piece in _field_values_and_body(part) for token in tokens_in(piece, keys))
    return frozenset(found)


def looks_like_mail(octets: bytes) -> bool:
    """Whether octets begin like a mail, with header fields From and Message-ID."""
    head = octets[:20_000].lstrip().lower().replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return b"message-id:" in head and b"from:" in head


def _field_values_and_body(part: Part) -> Iterator[bytes]:
    yield from (value for _, value in part.fields)
    if not part.type.startswith((*_CONTAINERS, *_BINARY)):
        yield part.decoded_octets()[0]
