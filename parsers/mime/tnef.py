"""Outlook's winmail.dat (MS-OXTNEF) opened: the words and the files in it."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.limits import ReadingLimits
from parsers.mime.charsets import decode_text
from parsers.mime.flowed import Wrapped


@dataclass(frozen=True, slots=True)
class Opened:
    """What a winmail.dat held. `text` and `html` are empty where the body is RTF only or missing."""

    text: str
    html: str
    files: tuple[Wrapped, ...]


def open_tnef(octets: bytes, limits: ReadingLimits) -> Opened | None:
    """The content of a winmail.dat, or None where it is damaged or larger than the limit."""
    if len(octets) > limits.unpacked or not octets.startswith(b"\x78\x9f\x3e\x22"):
        return None
    import logging

    from tnefparse import TNEF  # type: ignore[import-untyped]

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    try:
        tnef = TNEF(octets)
        files = tuple(
            Wrapped(_text(file.long_filename() or file.name), bytes(file.data or b""))
            for file in tnef.attachments[: limits.attachments]
        )
        opened = Opened(_text(tnef.body), _text(tnef.htmlbody), files)
    except Exception:  # the library raises whatever the damage leads to; the file stays as it came
        return None
    return opened if opened.text or opened.html or opened.files else None


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return decode_text(value.rstrip(b"\x00"))
    return str(value).rstrip("\x00") if value else ""
