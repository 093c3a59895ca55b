"""Claim mails that were tried before, one at a time, so that one that crashes the process affects no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.engine import Database
from storage.inbox import AT_ONCE, claim_rows
from storage.mail_values import InboxRow
from storage.tables import INBOX_NEW, INBOX_TRIED, inbox


@dataclass(frozen=True, slots=True)
class RetriedMail:
    """A mail that was tried before. `spent`: all attempts are used up, and this claim is not counted as one."""

    row: InboxRow
    is_last: bool


def claim_one(
    db: Database, *, now: datetime, lease: timedelta, attempts: int, longest: timedelta
) -> RetriedMail | None:
    """Claim the mail with the fewest attempts among those postponed until now and those whose lease is over. `attempts`
    is how many a mail may have. Committed on return; None when there is no such mail.

    Nothing waits longer than `longest`, so a row that would was claimed by a node whose clock is ahead, and is due.
    """
    due = INBOX_TRIED & ((inbox.c.ready_at <= now) | (inbox.c.ready_at > now + longest))
    query = select(inbox.c.id, inbox.c.attempts).where(due).order_by(inbox.c.attempts, inbox.c.id).limit(1)
    with db.write() as conn:
        found = conn.execute(query.with_for_update(skip_locked=True)).first()
        if found is None:
            return None
        spent = found.attempts >= attempts
        [row] = claim_rows(conn, [found.id], until=now + lease, counted=0 if spent else 1)
        return RetriedMail(row, spent)


def unclaim(conn: Connection, rows: Sequence[InboxRow], *, until: datetime) -> int:
    """Undo the claim (until `until`) of rows that could not be processed for a reason outside them, without counting an
    attempt. Returns how many; a row that is finished, postponed or claimed by another meanwhile is left as it is."""
    given = {"attempts": inbox.c.attempts - 1, "unfinished": inbox.c.unfinished - 1, "ready_at": AT_ONCE}
    undone = 0
    for row in rows:
        mine = (inbox.c.id == row.id) & (inbox.c.attempts == row.attempts) & (inbox.c.ready_at == until)
        undone += conn.execute(update(inbox).where(mine, INBOX_NEW).values(given)).rowcount
    return undone
