"""Copies of a mail: the same words at the same time, whatever was put before them on the way."""

from __future__ import annotations

import hashlib

from parsers.reading import Reading


def digest(reading: Reading) -> str:
    """What two copies of a mail have in common, though one has another Message-ID; empty for a mail without Date."""
    date = reading.headers.get("date", ("",))[0].strip()
    if not date:
        return ""
    return hashlib.sha256(f"{reading.sender.address}\n{date}\n{reading.text}".encode()).hexdigest()[:32]
