"""Recurring jobs: what is due next, and that one failing job does not stop the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from config.faults import TryAgain
from daemon.clock import recurring
from daemon.clock.recurring import JOBS, RecurringWork
from storage.recurring import set_next
from tests.daemon.cases.shared import with_one_case


def test_jobs_run_in_order_and_what_was_due_is_added_up(tmp_path: Path) -> None:
    """A failing job is reported and its error raised at the end; when the database is down no further job starts."""
    stepper = with_one_case(tmp_path)
    ran: list[str] = []

    def made(name: str, failure: Exception | None = None) -> RecurringWork:
        def run(*_: object) -> int:
            ran.append(name)
            if failure:
                raise failure
            return 2

        return RecurringWork(name, run, lambda *_: [])

    assert recurring.run_due(stepper.db, stepper.installation, stepper.now, [made("a"), made("b")]) == 4
    with pytest.raises(KeyError):
        recurring.run_due(stepper.db, stepper.installation, stepper.now, [made("c", KeyError("x")), made("d")])
    with pytest.raises(TryAgain):
        recurring.run_due(stepper.db, stepper.installation, stepper.now, [made("e", TryAgain("away")), made("f")])
    assert ran == ["a", "b", "c", "d", "e"]


def test_what_no_policy_has_any_more_is_never_due(tmp_path: Path) -> None:
    """The row of a report that was removed from its policy stays in the table and is never due."""
    stepper = with_one_case(tmp_path)
    before = recurring.next_at(stepper.db, stepper.installation)
    with stepper.db.write() as conn:
        set_next(conn, "complaints", "a board of before", stepper.now - timedelta(days=9))
    assert recurring.next_at(stepper.db, stepper.installation) == before


def test_each_job_has_a_name_of_its_own() -> None:
    """The operator reads the name, and gets one mail a day for each."""
    assert len({job.name for job in JOBS}) == len(JOBS)
