"""Extract the mail from signed, unencrypted S/MIME (RFC 8551): the content of CMS SignedData (RFC 5652 section 5)."""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_OID, _SEQUENCE, _SET, _OCTET_STRING, _CONSTRUCTED_OCTET_STRING, _CONTEXT_0 = 0x06, 0x30, 0x31, 0x04, 0x24, 0xA0
_DEEPEST = 8


def signed_content(der: bytes) -> bytes | None:
    """The signed octets of a DER-encoded SignedData, or None if it is encrypted, detached or damaged."""
    if _SIGNED_DATA not in der[:64]:
        return None
    try:
        return _content(der)
    except (IndexError, ValueError):
        return None


def _content(der: bytes) -> bytes | None:
    tag, start, end, _ = _element(der, 0, len(der))
    position = start
    while tag == _SEQUENCE and position < end:  # ContentInfo: type, [0] content
        tag, start, inner_end, position = _element(der, position, end)
        if tag == _CONTEXT_0:
            _, start, end, _ = _element(der, start, inner_end)  # SignedData
            return _encapsulated(der, start, end)
        tag = _SEQUENCE
    return None


def _encapsulated(der: bytes, start: int, end: int) -> bytes | None:
    """The octets of EncapsulatedContentInfo: the first SEQUENCE in SignedData, after version and digest algorithms."""
    while start < end:
        tag, inner, inner_end, start = _element(der, start, end)
        if tag == _SEQUENCE:
            _, _, _, position = _element(der, inner, inner_end)  # eContentType
            if position >= inner_end:
                return None
            _, position, inner_end, _ = _element(der, position, inner_end)  # [0] eContent
            return _octets(der, position, inner_end, 0)
    return None


def _octets(der: bytes, start: int, end: int, depth: int) -> bytes:
    """The octets of an OCTET STRING, joining the pieces of a constructed one. ValueError if too deep."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    pieces = []
    while start < end:
        tag, inner, inner_end, start = _element(der, start, end)
        if tag == _OCTET_STRING:
            pieces.append(der[inner:inner_end])
        elif tag == _CONSTRUCTED_OCTET_STRING:
            pieces.append(_octets(der, inner, inner_end, depth + 1))
        else:
            break
    return b"".join(pieces)


def _element(der: bytes, position: int, end: int) -> tuple[int, int, int, int]:
    """Read one BER element (X.690 section 8.1): tag, start and end of its content, start of the next element.

    An indefinite length is taken to reach to the end of the surrounding element, which suffices to walk inwards.
    Raises ValueError for a length of more than four octets.
    """
    tag, length = der[position], der[position + 1]
    position += 2
    if length == 0x80:
        return tag, position, end, end
    if length > 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError("length out of range")
        length = int.from_bytes(der[position : position + count], "big")
        position += count
    return tag, position, min(position + length, end), min(position + length, end)
