"""Letters that recur on a calendar: when each comes next is a row, and it changes in the transaction that writes them.

So a restart, a second tick or another node writes none twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.faults import TryAgain
from storage import outbox, recurring
from storage.engine import Database
from storage.values import Letter


@dataclass(frozen=True, slots=True)
class ScheduledLetter:
    """A recurring letter of one policy. `name` is its key in the table of recurring letters.

    `write(at, now)` returns the letters, one for each reader, and when it comes next. `at` is when it was due, or None
    the first time, when nothing is to be written yet.
    """

    policy: str
    name: str
    write: Callable[[datetime | None, datetime], tuple[Sequence[Letter], datetime]]


def send_due(db: Database, schedule: Sequence[ScheduledLetter], now: datetime) -> int:
    """Put the letters that are due into the outbox and set when each comes next; returns how many were due.

    One that fails stays due and does not hold up the others; the first failure is raised at the end.
    """
    known = recurring.next_times(db) if schedule else {}
    due, failures = 0, list[Exception]()
    for scheduled in schedule:
        at = known.get((scheduled.policy, scheduled.name))
        if at is not None and at > now:
            continue
        try:
            letters, comes = scheduled.write(at, now)
        except TryAgain:
            raise
        except Exception as error:
            failures.append(error)
            continue
        with db.write() as conn:
            outbox.add(conn, letters)
            recurring.set_next(conn, scheduled.policy, scheduled.name, comes)
        due += at is not None
    if failures:
        raise failures[0]
    return due


def next_times(db: Database, schedule: Sequence[ScheduledLetter]) -> list[datetime]:
    """When each of these letters comes next; those never planned yet are left out."""
    known = recurring.next_times(db) if schedule else {}
    keys = [(scheduled.policy, scheduled.name) for scheduled in schedule]
    return [known[key] for key in keys if key in known]
