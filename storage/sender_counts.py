"""The origin of mail: the domain responsible for it by its envelope, whatever From says; and counts by it."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select

from storage.columns import normal_address
from storage.engine import Source, reading
from storage.mail_values import RawMail
from storage.tables import inbox

_WITH_RETURN_PATH = ("imap", "file")
_RETURN_PATH = re.compile(rb"return-path[ \t]*:[ \t]*<([^<>\s]{1,320})>", re.IGNORECASE)


def origin_of(mail: RawMail) -> str:
    """The domain of a mail's envelope sender, which a mailbox keeps in Return-Path at the top (RFC 5321 section 4.4);
    empty for a delivery report, which has a null sender."""
    match = None if mail.envelope_from or mail.source not in _WITH_RETURN_PATH else _RETURN_PATH.match(mail.raw)
    return domain_of(match[1].decode("ascii", "replace") if match else mail.envelope_from)


def domain_of(address: str) -> str:
    """The domain of an address in lower case; empty when it has none."""
    return normal_address(address).rpartition("@")[2] if "@" in address else ""


def count_mails_from(source: Source, origin: str, *, since: datetime, most: int, address: str = "") -> int:
    """How many mails of this origin, or with this envelope sender only, were accepted since `since`. Counts up to
    `most`, so that the query stays cheap in a flood."""
    same = (inbox.c.origin == origin) & (inbox.c.received_at >= since)
    if address:
        same &= func.lower(inbox.c.envelope_from) == address.lower()
    some = select(inbox.c.id).where(same).limit(most).subquery("chosen")
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(some)) or 0
