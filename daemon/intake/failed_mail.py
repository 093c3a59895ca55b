"""Mails that could not be worked: retry them later, and after some attempts set them aside and tell a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from config.faults import TryAgain
from daemon.installation import Installation
from daemon.letters.operator_mail import manager_address
from daemon.staff import set_aside_list
from storage import inbox, outbox, retries
from storage.engine import Database
from storage.values import InboxRow

log = structlog.get_logger("intake")


def note_failure(db: Database, installation: Installation, row: InboxRow, error: Exception, now: datetime) -> None:
    """Plan the next attempt of a mail that failed, or set it aside after the last one. Re-raises TryAgain, which is not
    the fault of the mail."""
    if isinstance(error, TryAgain):
        raise error
    reason = f"{type(error).__name__}: {error}"[:500]
    log.error("mail failed", inbox_id=row.id, attempts=row.attempts, reason=reason, exc_info=error)
    if row.attempts >= installation.work.attempts:
        _set_aside_alone(db, installation, row, reason, now)
        return
    with db.write() as conn:
        wait = installation.work.retry_after * row.attempts
        inbox.put_off(conn, row.id, error=reason, not_before=now + wait, attempt=row.attempts)


def set_aside_spent(db: Database, installation: Installation, row: InboxRow, now: datetime) -> None:
    """Set aside a mail that has had all its attempts, the last of which ended without a result."""
    times = {0: "before anything was told of it", 1: "once"}.get(row.unfinished, f"{row.unfinished} times")
    longest = f"{installation.work.lease.total_seconds():.0f} seconds"
    reason = f"the process ended {times} while reading it, or took longer than {longest}"
    reason += f"; what was told before: {row.error}" if row.error else ""
    log.error("mail set aside", inbox_id=row.id, attempts=row.attempts, reason=reason)
    _set_aside_alone(db, installation, row, reason[:500], now)


def _set_aside_alone(db: Database, installation: Installation, row: InboxRow, reason: str, now: datetime) -> None:
    try:
        with db.write() as conn:
            set_aside(conn, installation, row, reason, now)
    except inbox.AlreadyTaken as taken:
        log.info("worked off by another node", reason=taken.reason)


def set_aside(conn: Any, installation: Installation, row: InboxRow, reason: str, now: datetime) -> None:
    """Put a mail into quarantine: a person is told of the first one in a day, and the next list has them all. Raises
    AlreadyTaken if another worker was quicker."""
    policy = installation.policies[installation.address_of(row.mail.recipients).policy]
    if not inbox.set_aside(conn, row.id, error=reason, attempt=row.attempts, desk=policy.name, untold=True):
        raise inbox.AlreadyTaken([row.id])
    letter = installation.tell_of_quarantine(row, reason, now, manager_address(policy))
    if letter is not None:
        outbox.add(conn, [letter])
    set_aside_list.plan_next_list(conn, installation, policy.name, now)


def give_back(db: Database, installation: Installation, rows: Sequence[InboxRow], now: datetime) -> None:
    """Undo the attempt of mails that could not be worked through no fault of theirs (the database went away, or they
    lost every race); they are due at once. If that cannot be saved, they are due when their lease ends."""
    try:
        with db.write() as conn:
            number = retries.unclaim(conn, rows, until=now + installation.work.lease)
    except TryAgain as reason:
        log.warning("not given back", reason=reason.reason, mails=len(rows))
        return
    if number:
        log.info("given back", mails=number)
