"""Spam as our own mail server marks it: header fields of its filter, and a failed DMARC check with policy reject."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.reading import Reading
from parsers.sender.own_identity import OwnIdentity

_DMARC_FAILED = re.compile(r"(?i)\bdmarc\s{0,3}=\s{0,3}fail\b")
_REJECT = re.compile(r"(?i)\bp\s{0,3}=\s{0,3}reject\b")


def why_spam(reading: Reading, marks: Iterable[str], ours: OwnIdentity) -> str:
    """Why a mail counts as spam; empty if it does not. `marks` are header fields with the start of a value, such as
    *X-Spam-Flag: YES*. Authentication-Results counts only under our own server's name (RFC 8601 section 5)."""
    for mark in marks:
        name, _, value = mark.partition(":")
        for found in reading.headers.get(name.strip().lower(), ()):
            if found.strip().lower().startswith(value.strip().lower()):
                return f"{name.strip()}: {found.strip()[:80]}"
    for found in reading.headers.get("authentication-results", ()):
        server = (found.split(";")[0].split() or [""])[0].lower()
        is_own = server in {name.lower() for name in ours.authserv_ids}
        if is_own and _DMARC_FAILED.search(found) and _REJECT.search(found):
            return "From is forged, says our mail server (dmarc=fail, p=reject)"
    return ""
