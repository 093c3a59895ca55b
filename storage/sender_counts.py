"""Where mail came from: the domain that answers for each, whoever a mail names as its writer."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select

from storage.columns import same_address
from storage.engine import Source, reading
from storage.mail_values import RawMail
from storage.tables import inbox

_KEPT = ("imap", "file")
_RETURN_PATH = re.compile(rb"return-path[ \t]*:[ \t]*<([^<>\s]{1,320})>", re.IGNORECASE)


def origin_of(mail: RawMail) -> str:
    """The domain that answers for a mail: its envelope sender's, which a mailbox keeps as Return-Path on top (RFC 5321
    section 4.4); empty for a report, which has a null sender."""
    kept = None if mail.envelope_from or mail.source not in _KEPT else _RETURN_PATH.match(mail.raw)
    return domain_of(kept[1].decode("ascii", "replace") if kept else mail.envelope_from)


def domain_of(address: str) -> str:
    """The domain of an address, as origins are compared; empty where it has none."""
    return same_address(address).rpartition("@")[2] if "@" in address else ""


def taken_from(source: Source, origin: str, *, since: datetime, most: int, address: str = "") -> int:
    """How many mails were taken in since then for which this domain answers, or only those with this envelope sender,
    whoever they name as their writer. No more than `most` are counted, so that the answer costs the same in a flood."""
    same = (inbox.c.origin == origin) & (inbox.c.received_at >= since)
    if address:
        same &= func.lower(inbox.c.envelope_from) == address.lower()
    some = select(inbox.c.id).where(same).limit(most).subquery("chosen")
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(some)) or 0
