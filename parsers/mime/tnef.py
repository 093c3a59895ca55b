"""Extract text and files from Outlook's winmail.dat (MS-OXTNEF)."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.limits import ReadingLimits
from parsers.mime.charsets import decode_text
from parsers.mime.plain_formats import EmbeddedFile


@dataclass(frozen=True, slots=True)
class TnefContent:
    """The content of a winmail.dat. `text` and `html` are empty if the body is missing or only RTF."""

    text: str
    html: str
    files: tuple[EmbeddedFile, ...]


def open_tnef(octets: bytes, limits: ReadingLimits) -> TnefContent | None:
    """Extract the content of a winmail.dat; None if it is damaged, empty or larger than the limit."""
    if len(octets) > limits.unpacked or not octets.startswith(b"\x78\x9f\x3e\x22"):
        return None
    import logging

    from tnefparse import TNEF  # type: ignore[import-untyped]

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    try:
        tnef = TNEF(octets)
        files = tuple(
            EmbeddedFile(_text(file.long_filename() or file.name), bytes(file.data or b""))
            for file in tnef.attachments[: limits.attachments]
        )
        content = TnefContent(_text(tnef.body), _text(tnef.htmlbody), files)
    except Exception:  # the library raises errors of many kinds for damaged files
        return None
    return content if content.text or content.html or content.files else None


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return decode_text(value.rstrip(b"\x00"))
    return str(value).rstrip("\x00") if value else ""
