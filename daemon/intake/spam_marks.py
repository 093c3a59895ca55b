"""What our own mail server says of a mail that nobody asked for: marks of its spam filter, and its DMARC verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.reading import Reading
from parsers.sender.own_identity import OwnIdentity

_DMARC_FAILED = re.compile(r"(?i)\bdmarc\s{0,3}=\s{0,3}fail\b")
_REJECT = re.compile(r"(?i)\bp\s{0,3}=\s{0,3}reject\b")


def why_unwanted(reading: Reading, marks: Iterable[str], house: OwnIdentity) -> str:
    """Why a mail is taken for unwanted; empty where it is not. `marks` are header fields with the beginning of a value,
    as in *X-Spam-Flag: YES*. Authentication-Results counts under our own server's name only (RFC 8601 section 5)."""
    for mark in marks:
        name, _, value = mark.partition(":")
        for found in reading.headers.get(name.strip().lower(), ()):
            if found.strip().lower().startswith(value.strip().lower()):
                return f"{name.strip()}: {found.strip()[:80]}"
    for found in reading.headers.get("authentication-results", ()):
        server = (found.split(";")[0].split() or [""])[0].lower()
        ours = server in {one.lower() for one in house.authserv_ids}
        if ours and _DMARC_FAILED.search(found) and _REJECT.search(found):
            return "From is forged, says our mail server (dmarc=fail, p=reject)"
    return ""
