"""Fingerprints, by which a mail that is received twice is stored once.

The same mail may come again because a sender did not get our SMTP reply, an IMAP server assigned new UIDs, or a file
was ingested twice. A mail is identified by its bytes and its envelope: the same bytes sent to another of our addresses
may mean something else (a note, a command). Words written again have another Message-ID and Date, so other bytes. For a
mail with neither header, the fingerprint also covers its `source_key` or, without one, the day it came; the same mail
on the following day counts as the same.
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
    """The fingerprint under which to store a mail, then any other under which it may be stored already; hex SHA-256."""
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
