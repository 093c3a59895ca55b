"""Figures of cases closed in a period, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storage import cases, monthly_figures
from storage.engine import Database
from storage.values import CaseChange, Deadline, DeadlineState
from tests.storage.values import DAY, NOW, opened


def closed(db: Database, at: datetime) -> int:
    """Save a case closed at this instant."""
    number = opened(db).ticket.id
    ticket = cases.load(db, [number])[number].ticket
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=replace(ticket, closed_at=at))])
    return number


def test_only_cases_closed_in_the_span(db: Database) -> None:
    """Not open ones, those closed before or after, or another policy's; first closed first."""
    opened(db)
    late, early = closed(db, NOW + 2 * DAY), closed(db, NOW)
    closed(db, NOW - DAY)
    closed(db, NOW + 3 * DAY)
    found = monthly_figures.closed_cases(db, "complaints", since=NOW, until=NOW + 3 * DAY)
    assert [case.ticket.id for case in found] == [early, late]
    assert list(monthly_figures.closed_cases(db, "another", since=NOW, until=NOW + 3 * DAY)) == []


def owed(promise: str, state: DeadlineState, due: datetime, kept: datetime | None = None) -> Deadline:
    """Return a deadline in this state."""
    return Deadline(
        promise=promise, occurrence=0, armed_at=NOW, counted_from=NOW, due_at=due, due_on=due.date(), origin="received",
        state=state, kept_at=kept,
    )  # fmt: skip


def test_promises_that_fell_due_are_counted(db: Database) -> None:
    """By promise, team and outcome, of this month only; kept after the due time counts as late."""
    kept, broken = DeadlineState.KEPT, DeadlineState.BROKEN
    rows = [
        [owed("decision", kept, NOW + DAY, NOW), owed("receipt", kept, NOW, NOW)],
        [owed("decision", broken, NOW + DAY), owed("receipt", broken, NOW, NOW + DAY)],
        [owed("decision", kept, NOW + 9 * DAY, NOW)],
    ]
    for deadlines in rows:
        ticket = cases.load(db, [opened(db).ticket.id]).popitem()[1].ticket
        with db.write() as conn:
            cases.save(conn, [CaseChange(ticket=ticket, deadlines=tuple(deadlines))])
    found = monthly_figures.deadline_counts(db, "complaints", since=NOW, until=NOW + 5 * DAY)
    counts = {
        (figure.promise, figure.state, figure.late): figure.count
        for figure in found
        if figure.promise in ("decision", "receipt")
    }
    assert counts[("decision", kept, False)] == 1
    assert counts[("decision", broken, False)] == 1
    assert counts[("receipt", broken, True)] == 1
    assert monthly_figures.deadline_counts(db, "another", since=NOW, until=NOW + DAY) == []


def test_what_kept_a_promise_is_counted_apart(db: Database) -> None:
    """By letter, and by whether a person was involved. An extension keeps no promise."""
    by_person = owed("decision", DeadlineState.KEPT, NOW + DAY, NOW)
    rows = [
        replace(by_person, kept_by="decision"),
        replace(by_person, kept_by="decision"),
        replace(by_person, kept_by="delay", automatic=True),
        replace(owed("decision", DeadlineState.OPEN, NOW + DAY), automatic=True),
    ]
    for deadline in rows:
        ticket = cases.load(db, [opened(db).ticket.id]).popitem()[1].ticket
        with db.write() as conn:
            cases.save(conn, [CaseChange(ticket=ticket, deadlines=(deadline,))])
    found = monthly_figures.deadline_counts(db, "complaints", since=NOW, until=NOW + 5 * DAY)
    counts = {(figure.kept_by, figure.automatic): figure.count for figure in found if figure.promise == "decision"}
    assert counts == {("decision", False): 2, ("delay", True): 1, ("", False): 1}
