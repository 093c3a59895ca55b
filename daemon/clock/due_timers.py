"""Process the timers that are due.

A timer that is processed late, twice or on two nodes leads to the same state: one that is no longer on its case does
nothing, and the node that saves second decides again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from daemon.cases.transaction import change_cases
from daemon.clock import failed_timers, unread_mail
from daemon.decide.events import TimerDue
from daemon.installation import Installation
from storage import timers
from storage.engine import Database
from storage.timers import DueTimer

_SHORTLY = timedelta(seconds=2)


def work_due_timers(db: Database, installation: Installation, now: datetime) -> int:
    """Process the timers due by `now`, at most one batch; returns how many were claimed."""
    pace = installation.work
    due = timers.claim(db, now=now, limit=pace.batch, lease=pace.lease, longest=failed_timers.LONGEST)
    waiting = unread_mail.postpone_while_unread(db, installation, due, now)
    while waiting:
        together, waiting = _one_of_each_ticket(waiting)
        _process_together(db, installation, together, now)
    return len(due)


def _one_of_each_ticket(due: Sequence[DueTimer]) -> tuple[list[DueTimer], list[DueTimer]]:
    first: dict[int, DueTimer] = {}
    later: list[DueTimer] = []
    for due_timer in due:
        if due_timer.ticket_id in first:
            later.append(due_timer)
        else:
            first[due_timer.ticket_id] = due_timer
    return list(first.values()), later


def _process_together(db: Database, installation: Installation, due: Sequence[DueTimer], now: datetime) -> None:
    """Process timers of different tickets; the failure of one does not affect the others."""
    by_ticket = {due_timer.ticket_id: due_timer for due_timer in due}
    late = change_cases(
        db,
        installation,
        [(due_timer.ticket_id, TimerDue(timer=due_timer.timer)) for due_timer in due],
        now,
        lambda pair, error: failed_timers.note_failure(db, installation, by_ticket[pair[0]], error, now),
    )
    if late:
        with db.write() as conn:
            for ticket_id in late:
                timers.postpone(conn, ticket_id, by_ticket[ticket_id].timer.key, now + _SHORTLY)
