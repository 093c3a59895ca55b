"""What is so of a case, test by test: each holds and does not hold, at its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.working_time.calendars import load_calendar
from daemon.decide.draft import Draft
from daemon.decide.procedure.conditions import condition_holds
from storage.facts import Facts
from storage.values import Case, Detail, Ticket
from tests.paths import TESTS

LIBRARY = TESTS / "library" / "policies" / "lost-books"
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
TICKET = Ticket(
    id=1, reference="LB-2026-000001", policy="lost-books", kind="lost", step="assessing", team="lending",
    language="en", received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW,
)  # fmt: skip
WHOLE = {"shelfmark": "ST1234567", "card": "2020-4711", "happened": "Left on the train."}


def holds_for(
    spec: dict[str, Any], *, details: dict[str, str] | None = None, facts: dict[str, Any] | None = None, **ticket: Any
) -> bool:
    """Whether a condition of this wording holds for a case with these details and facts."""
    others = {"is_lost": {"kind": "lost"}, "is_damaged": {"kind": "damaged"}}
    policy = load_policy(LIBRARY, extra={"conditions": {"asked": spec, **others}})
    known = {name: Detail(value=value, shown=value) for name, value in (details or {}).items()}
    case = Case(ticket=replace(TICKET, details=known, facts=Facts.from_json(facts or {}), **ticket))
    return condition_holds(Draft(case, policy, load_calendar("DE", {}), NOW, "customer"), "asked")


@pytest.mark.parametrize(
    ("spec", "case", "so"),
    [
        ({"kind": ["lost", "other"]}, {}, True),
        ({"kind": "damaged"}, {}, False),
        ({"team": "lending"}, {}, True),
        ({"team": "librarians"}, {}, False),
        ({"missing_details": True}, {}, True),
        ({"missing_details": True}, {"details": WHOLE}, False),
        ({"missing_details": False}, {"details": WHOLE}, True),
        ({"detail": "card", "known": True}, {"details": WHOLE}, True),
        ({"detail": "card", "known": False}, {"details": WHOLE}, False),
        ({"detail": "card", "known": False}, {}, True),
        ({"detail": "medium", "is": ["game", "disc"]}, {"details": {"medium": "disc"}}, True),
        ({"detail": "medium", "is": "game"}, {"details": {"medium": "disc"}}, False),
        ({"fact": "searched", "is": "yes"}, {"facts": {"searched": "yes"}}, True),
        ({"fact": "searched", "known": True}, {}, False),
        ({"fact": "reassigned", "at_least": 3}, {"facts": {"reassigned": 3}}, True),
        ({"fact": "reassigned", "at_least": 3}, {"facts": {"reassigned": 2}}, False),
        ({"fact": "reassigned", "at_least": 1}, {"facts": {"reassigned": "many"}}, False),
        ({"question": "shelves", "is": "not_there"}, {"facts": {"answers": {"shelves": ["not_there", ""]}}}, True),
        ({"question": "shelves", "is": "not_there"}, {"facts": {"answers": {"fee": ["pay", ""]}}}, False),
        ({"question": "shelves", "known": True}, {}, False),
        ({"all_of": ["is_lost"], "none_of": ["is_damaged"]}, {}, True),
        ({"any_of": ["is_damaged", "is_lost"]}, {}, True),
        ({"any_of": ["is_damaged"]}, {}, False),
        ({"none_of": ["is_lost"]}, {}, False),
        ({"kind": "lost", "team": "librarians"}, {}, False),  # all that is said must hold
    ],
)
def test_condition(spec: dict[str, Any], case: dict[str, Any], so: bool) -> None:
    """Each test alone, and how they go together."""
    assert holds_for(spec, **case) is so


@pytest.mark.parametrize(
    ("spec", "borrowed", "so"),
    [
        ({"within": "7 days"}, "2026-03-03", True),  # the last day counts
        ({"within": "7 days"}, "2026-03-02", False),
        ({"within": "1 month"}, "2026-02-10", True),
        ({"within": "1 month"}, "2026-02-07", False),
        ({"within": "5 working days"}, "2026-03-03", True),
        ({"within": "5 working days"}, "2026-03-02", False),
        ({"within": "7 days"}, "2026-03-11", False),  # not yet
        ({"within": "7 days"}, "last week", False),
        ({"within_of": "cover.insured"}, "2025-12-12", True),  # a game: three months
        ({"within_of": "cover.insured"}, "2025-12-05", False),
    ],
)
def test_how_long_ago(spec: dict[str, Any], borrowed: str, so: bool) -> None:
    """A period ends with the last hour of its last day; one of months with the next working day."""
    assert holds_for({"detail": "borrowed", **spec}, details={"borrowed": borrowed, "medium": "game"}) is so


def test_a_value_without_a_row_is_covered_by_nothing() -> None:
    """The table says nothing of books."""
    details = {"borrowed": "2026-03-09", "medium": "book"}
    assert not holds_for({"detail": "borrowed", "within_of": "cover.insured"}, details=details)


@pytest.mark.parametrize(("at", "so"), [("now", False), ("received", True)])
def test_from_when_it_looks_back(at: str, so: bool) -> None:
    """A case that staff come to late was in time all the same."""
    spec = {"detail": "borrowed", "within": "7 days", "at": at}
    came = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    assert holds_for(spec, details={"borrowed": "2026-02-26"}, received_at=came) is so


@pytest.mark.parametrize(
    ("made", "start", "so"),
    [
        ("2026-03-02T10:00:00+00:00", "2026-03-05T09:00:00+00:00", True),
        ("2026-03-02T22:30:00+00:00", "2026-03-05T09:00:00+00:00", True),  # still 2 March there
        ("2026-03-02T23:30:00+00:00", "2026-03-05T09:00:00+00:00", False),  # already 3 March there
        ("2026-03-02T10:00:00+00:00", None, False),
    ],
)
def test_how_far_ahead_an_appointment_was_made(made: str, start: str | None, so: bool) -> None:
    """Days of the calendar, in its zone; one that is not booked was made at no time."""
    policy = load_policy("dealer-service", extra={"conditions": {"asked": {"booked": "visit", "ahead": "3 days"}}})
    facts = {"things": {"visit": {"booked_at": made, **({"start": start} if start else {})}}}
    case = Case(ticket=replace(TICKET, facts=Facts.from_json(facts)))
    assert condition_holds(Draft(case, policy, load_calendar("DE", {}), NOW, "customer"), "asked") is so
