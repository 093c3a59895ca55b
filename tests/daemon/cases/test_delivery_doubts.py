"""How many forged delivery reports a team is told of in a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.cases.delivery_doubts import note_told, told_today
from storage.engine import Database
from tests.daemon.decide import histories


def test_a_day_begins_with_the_first_report_of_a_team(sqlite: Database) -> None:
    """Counted by policy and team; over after a day from the first, however many came later."""
    ticket, now = histories.complaint().case.ticket, histories.MONDAY
    other = replace(ticket, team="service")
    assert told_today(sqlite, ticket, now) == 0
    for hours in (0, 23):
        with sqlite.write() as conn:
            note_told(conn, ticket, now + timedelta(hours=hours))
    assert told_today(sqlite, ticket, now + timedelta(hours=23, minutes=59)) == 2
    assert told_today(sqlite, other, now) == 0
    assert told_today(sqlite, ticket, now + timedelta(hours=24)) == 0
    with sqlite.write() as conn:
        note_told(conn, ticket, now + timedelta(hours=24))
    assert told_today(sqlite, ticket, now + timedelta(hours=25)) == 1
