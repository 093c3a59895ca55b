"""Delivery reports that prove nothing: how many a team was told of within a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from daemon.cases.delivery_doubts import count_report_told, reports_told_today
from tests.daemon.cases.shared import case_of, with_one_case


def test_they_are_counted_for_a_team_and_day(tmp_path: Path) -> None:
    """A day begins with the first of them; other teams have a count of their own."""
    stepper = with_one_case(tmp_path)
    ticket, now = case_of(stepper).ticket, stepper.now
    with stepper.db.write() as conn:
        count_report_told(conn, ticket, now)
        count_report_told(conn, ticket, now + timedelta(hours=20))
    assert reports_told_today(stepper.db, ticket, now + timedelta(hours=23)) == 2
    assert reports_told_today(stepper.db, ticket, now + timedelta(hours=24)) == 0
    assert reports_told_today(stepper.db, replace(ticket, team="another"), now) == 0
    with stepper.db.write() as conn:
        count_report_told(conn, ticket, now + timedelta(hours=25))
    assert reports_told_today(stepper.db, ticket, now + timedelta(hours=26)) == 1
