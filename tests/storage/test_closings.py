"""Cases closed in a span of time, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storage import cases, closings
from storage.engine import Database
from storage.records import CaseChange
from tests.storage.values import DAY, NOW, opened


def closed(db: Database, at: datetime) -> int:
    """A case closed at this instant."""
    number = opened(db).ticket.id
    ticket = cases.load(db, [number])[number].ticket
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=replace(ticket, closed_at=at))])
    return number


def test_only_cases_closed_in_the_span(db: Database) -> None:
    """Neither open ones, nor those closed before or after, nor another policy's; the first closed first."""
    opened(db)
    late, early = closed(db, NOW + 2 * DAY), closed(db, NOW)
    closed(db, NOW - DAY)
    closed(db, NOW + 3 * DAY)
    found = closings.closed(db, "complaints", since=NOW, until=NOW + 3 * DAY)
    assert [one.ticket.id for one in found] == [early, late]
    assert list(closings.closed(db, "another", since=NOW, until=NOW + 3 * DAY)) == []
