"""Recognise copies of a mail that arrive with different header fields, by sender, date and text."""

from __future__ import annotations

import hashlib

from parsers.reading import Reading


def copy_digest(reading: Reading) -> str:
    """A digest that is equal for copies of a mail, even with different Message-IDs: 32 hexadecimal digits, or an empty
    string for a mail without Date."""
    date = reading.headers.get("date", ("",))[0].strip()
    if not date:
        return ""
    return hashlib.sha256(f"{reading.sender.address}\n{date}\n{reading.text}".encode()).hexdigest()[:32]
