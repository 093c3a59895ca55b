"""Queries for worklists."""

from __future__ import annotations

from typing import Any

from storage import worklists
from storage.engine import Database
from storage.values import Deadline, DeadlineState, Party, Role
from tests.storage.values import DAY, NOW, customer, deadline, opened

ADA = Party(number=2, role=Role.STAFF, address="ada@example.com")


def missed(promise: str, **other: Any) -> Deadline:
    """Return a promise that nothing kept in time."""
    return deadline(promise, state=DeadlineState.BROKEN, due_at=NOW - DAY, **other)


def test_lists_what_is_due_and_what_was_missed(db: Database) -> None:
    """Open promises up to the horizon and broken ones, first due first, with case and customer."""
    soon, late = deadline(due_at=NOW + DAY), deadline("later", due_at=NOW + 9 * DAY)
    saved = opened(db, parties=(customer(name="Anna Rossi"),), deadlines=(soon, late, missed("answer")))
    found = worklists.due_deadlines(db, "complaints", until=NOW + 2 * DAY)
    assert [(owed.promise, owed.missed) for owed in found] == [("answer", True), (soon.promise, False)]
    assert {owed.customer for owed in found} == {"Anna Rossi"}
    assert found[0].ticket.reference == saved.ticket.reference


def test_leaves_out_what_nobody_has_to_act_on(db: Database) -> None:
    """Promises that rest, were kept late or have a newer date; closed cases; other policies."""
    newer = deadline("again", occurrence=1, due_at=NOW + 9 * DAY)
    opened(db, deadlines=(deadline(paused_at=NOW), missed("late", kept_at=NOW), missed("again"), newer))
    opened(db, deadlines=(deadline(due_at=NOW + DAY),), of_ticket={"closed_at": NOW})
    assert worklists.due_deadlines(db, "complaints", until=NOW + 2 * DAY) == []
    assert worklists.due_deadlines(db, "another", until=NOW + 99 * DAY) == []


def test_knows_who_is_who_on_which_case(db: Database) -> None:
    """Staff are found by case and address without regard to case; customers are not staff."""
    saved = opened(db, parties=(customer(address="anna@example.org"), ADA))
    wanted = [(saved.ticket.id, "Ada@Example.com"), (saved.ticket.id, "anna@example.org"), (99, "ada@example.com")]
    assert worklists.staff_party_numbers(db, wanted) == {(saved.ticket.id, "ada@example.com"): 2}


def test_waiting_for_others(db: Database) -> None:
    """Cases that wait for somebody outside, by person or team."""
    hers = {"team": "technical", "assignee": "ada@example.com"}
    mine = opened(db, of_ticket={**hers, "waiting_for": "customer"})
    opened(db, of_ticket={"team": "technical", "waiting_for": "customer"})
    opened(db, of_ticket={**hers, "waiting_for": "staff"})
    found = worklists.waiting_cases(db, "complaints", team="technical", assignee="ada@example.com", limit=9)
    assert [one.reference for one, _ in found] == [mine.ticket.reference]
    assert len(worklists.waiting_cases(db, "complaints", team="technical", assignee=None, limit=9)) == 2
