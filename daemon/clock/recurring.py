"""All that happens because time passes: the table of recurring jobs, and how those that are due are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from daemon.cases.transaction import each_alone
from daemon.clock import (
    appointment_board,
    due_timers,
    failed_timers,
    invitations,
    monthly_report,
    retention,
    worklists,
)
from daemon.clock.scheduled_letters import ScheduledLetter, next_times, send_due
from daemon.installation import Installation
from daemon.staff import set_aside_list
from storage import timers
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class RecurringWork:
    """Something that is done when it is due.

    `run` does a batch of what is due by an instant and returns how much that was. `next_at` gives the instants at
    which something is due next, those that have passed included. `name` is what the operator reads if it fails.
    """

    name: str
    run: Callable[[Database, Installation, datetime], int]
    next_at: Callable[[Database, Installation], Iterable[datetime | None]]


def _letters(name: str, schedule: Callable[[Database, Installation], list[ScheduledLetter]]) -> RecurringWork:
    return RecurringWork(
        name,
        lambda db, installation, now: send_due(db, schedule(db, installation), now),
        lambda db, installation: next_times(db, schedule(db, installation)),
    )


def _next_timer(db: Database, _installation: Installation) -> list[datetime | None]:
    return [timers.next_at(db)]


def _with_the_timers(_db: Database, _installation: Installation) -> list[datetime]:
    return []  # a failed timer is tried again, and its notice is looked for then


JOBS = (
    RecurringWork("invitations", invitations.send_due_invitations, invitations.next_at),
    _letters("boards of appointments", appointment_board.schedule),
    _letters("monthly reports", monthly_report.schedule),
    _letters("lists of the morning", worklists.schedule),
    RecurringWork("letters to substitutes", worklists.tell_due_substitutes, worklists.next_absence_at),
    RecurringWork("mail that was set aside", set_aside_list.send_due_lists, set_aside_list.next_at),
    RecurringWork("erasing cases that are over", retention.erase_due_cases, retention.next_at),
    RecurringWork("due timers", due_timers.work_due_timers, _next_timer),
    RecurringWork("notices of failed timers", failed_timers.send_due_notices, _with_the_timers),
)
"""In the order in which they are run."""


def run_due(db: Database, installation: Installation, now: datetime, jobs: Sequence[RecurringWork] = JOBS) -> int:
    """Run what is due by `now`, a batch of each job at most; returns how much was due.

    A job that fails does not stop the others: the operator is told, once a day for each cause, and the first failure
    is raised at the end. Raises TryAgain at once.
    """
    failures: list[Exception] = []

    def fails(job: RecurringWork, error: Exception) -> None:
        failures.append(error)
        failed_timers.tell_operator_of_failure(db, installation, job.name, error, now)

    done = each_alone(jobs, lambda job: job.run(db, installation, now), fails)
    if failures:
        raise failures[0]
    return sum(number for _, number in done)


def next_at(db: Database, installation: Installation) -> datetime | None:
    """The instant at which the first job is due next, which may have passed; None if nothing is due ever."""
    known = [at for job in JOBS for at in job.next_at(db, installation) if at is not None]
    return min(known, default=None)
