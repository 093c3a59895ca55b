"""Mails that were tried before: worked alone, so that one that ends the process takes no other mail with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.engine import Database
from storage.inbox import AT_ONCE, take_up
from storage.mail_values import InboxRow
from storage.tables import INBOX_NEW, INBOX_TRIED, inbox


@dataclass(frozen=True, slots=True)
class Tried:
    """A mail that was tried before. `spent`: it has had all its attempts, and this is not one more."""

    row: InboxRow
    spent: bool


def claim_one(db: Database, *, now: datetime, lease: timedelta, attempts: int, longest: timedelta) -> Tried | None:
    """Take the mail that was tried least often, of those put off until now and those whose lease is over; it has at
    most `attempts`. Committed on return; None where there is none.

    Nothing waits longer than `longest`, so a row that is to wait longer was claimed by a clock that was ahead: it is
    due.
    """
    due = INBOX_TRIED & ((inbox.c.ready_at <= now) | (inbox.c.ready_at > now + longest))
    query = select(inbox.c.id, inbox.c.attempts).where(due).order_by(inbox.c.attempts, inbox.c.id).limit(1)
    with db.write() as conn:
        found = conn.execute(query.with_for_update(skip_locked=True)).first()
        if found is None:
            return None
        spent = found.attempts >= attempts
        [row] = take_up(conn, [found.id], until=now + lease, counted=0 if spent else 1)
        return Tried(row, spent)


def give_back(conn: Connection, rows: Sequence[InboxRow], *, until: datetime) -> int:
    """Let rows that were claimed until then be claimed again at once, as if they had not been: what kept them from
    being worked was not theirs. How many there were; one that is finished, put off or another's by now stays so."""
    given = {"attempts": inbox.c.attempts - 1, "unfinished": inbox.c.unfinished - 1, "ready_at": AT_ONCE}
    back = 0
    for row in rows:
        mine = (inbox.c.id == row.id) & (inbox.c.attempts == row.attempts) & (inbox.c.ready_at == until)
        back += conn.execute(update(inbox).where(mine, INBOX_NEW).values(given)).rowcount
    return back
