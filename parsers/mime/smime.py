"""S/MIME that is signed but not encrypted (RFC 8551): the mail inside the CMS structure (RFC 5652 section 5)."""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_OID, _SEQUENCE, _SET, _OCTETS, _OCTETS_PIECES, _CONTEXT_0 = 0x06, 0x30, 0x31, 0x04, 0x24, 0xA0
_DEEPEST = 8


def signed_content(der: bytes) -> bytes | None:
    """The signed octets of a SignedData structure, or None where it is encrypted, detached or damaged."""
    if _SIGNED_DATA not in der[:64]:
        return None
    try:
        return _content(der)
    except (IndexError, ValueError):
        return None


def _content(der: bytes) -> bytes | None:
    tag, start, end, _ = _element(der, 0, len(der))
    place = start
    while tag == _SEQUENCE and place < end:  # ContentInfo: type, [0] content
        tag, start, inner_end, place = _element(der, place, end)
        if tag == _CONTEXT_0:
            _, start, end, _ = _element(der, start, inner_end)  # SignedData
            return _encapsulated(der, start, end)
        tag = _SEQUENCE
    return None


def _encapsulated(der: bytes, start: int, end: int) -> bytes | None:
    """EncapsulatedContentInfo is the first SEQUENCE of SignedData, after the version and the digest algorithms."""
    while start < end:
        tag, inner, inner_end, start = _element(der, start, end)
        if tag == _SEQUENCE:
            _, _, _, place = _element(der, inner, inner_end)  # eContentType
            if place >= inner_end:
                return None
            _, place, inner_end, _ = _element(der, place, inner_end)  # [0] eContent
            return _octets(der, place, inner_end, 0)
    return None


def _octets(der: bytes, start: int, end: int, depth: int) -> bytes:
    """One OCTET STRING, or the pieces of a constructed one joined."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    pieces = []
    while start < end:
        tag, inner, inner_end, start = _element(der, start, end)
        if tag == _OCTETS:
            pieces.append(der[inner:inner_end])
        elif tag == _OCTETS_PIECES:
            pieces.append(_octets(der, inner, inner_end, depth + 1))
        else:
            break
    return b"".join(pieces)


def _element(der: bytes, place: int, end: int) -> tuple[int, int, int, int]:
    """Tag, where the content starts and ends, and where the next element starts (X.690 section 8.1).

    An indefinite length is taken to reach to the end of what surrounds it: enough to walk inwards.
    """
    tag, length = der[place], der[place + 1]
    place += 2
    if length == 0x80:
        return tag, place, end, end
    if length > 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError("length out of range")
        length = int.from_bytes(der[place : place + count], "big")
        place += count
    return tag, place, min(place + length, end), min(place + length, end)
