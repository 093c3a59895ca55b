"""Which mail is the same mail.

A sender who lost our 250 sends again, an IMAP server gives out new UIDs, a file is ingested twice: none of these may
make a second row. So a mail is known by its bytes together with its envelope (the same bytes to another of our
addresses may say something else: a note, a command). A person who writes the same words again gives them a new
Message-ID and Date, and so new bytes. Only a mail that has neither header needs more: the name its source has for it,
or else the day it came, the day before counting as the same.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, timedelta

from storage.columns import to_json
from storage.mail_values import RawMail

_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_OWN_NAME = re.compile(rb"^(?:message-id|date)[ \t]*:[ \t]*\S", re.IGNORECASE | re.MULTILINE)


def fingerprints(mail: RawMail) -> list[str]:
    """The fingerprint a mail is stored under, and after it those under which it may be stored already."""
    envelope = [mail.envelope_from, *sorted(set(mail.recipients))]
    if _OWN_NAME.search(_HEADERS_END.split(mail.raw, maxsplit=1)[0]):
        extras = [""]
    elif mail.source_key:
        extras = [f"{mail.source} {mail.source_key}"]
    else:
        day = mail.received_at.astimezone(UTC).date()
        extras = [day.isoformat(), (day - timedelta(days=1)).isoformat()]
    content = hashlib.sha256(mail.raw).hexdigest()
    return [hashlib.sha256(to_json([content, envelope, extra]).encode()).hexdigest() for extra in extras]
