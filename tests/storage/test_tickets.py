"""Finding the ticket of a mail, and what listings and metrics show."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from storage import tickets
from storage.engine import Database
from storage.tickets import Counts, DueLine
from storage.values import DeadlineState, Role
from tests.storage.values import DAY, MINUTE, NOW, again, customer, deadline, message, opened


def test_tickets_are_found_by_reference(db: Database) -> None:
    """Returns the ticket id of each reference that exists."""
    first, second = opened(db), opened(db)
    wanted = ["C-2026-000002", "C-2026-000001", "C-2026-000777", "C-2026-000002"]
    found = tickets.by_reference(db, wanted)
    assert found == {"C-2026-000001": first.ticket.id, "C-2026-000002": second.ticket.id}


def test_tickets_are_found_by_the_mails_on_them(db: Database) -> None:
    """By Message-IDs in and out; the latest ticket if several match; never by an empty one."""
    first = opened(db, messages=(message("a@x"), message("out@us", direction="out"), message("")))
    second = opened(db, messages=(message("a@x"), message("")))
    found = tickets.by_message_ids(db, ["a@x", "out@us", "unknown@x", ""])
    assert found == {"a@x": second.ticket.id, "out@us": first.ticket.id}


def test_the_very_same_mail_is_known(db: Database) -> None:
    """Message-ID, sender and text must match; our own letters never do."""
    first = opened(db, messages=(message("a@x"), message("out@us", direction="out")))
    opened(db, messages=(message("a@x"),))
    same = {"sender": "anna@example.org", "text": "It is broken."}
    assert tickets.ticket_of_same_mail(db, "a@x", **same) == (first.ticket.id, first.ticket.reference)
    assert tickets.ticket_of_same_mail(db, "a@x", **same | {"text": "It hums."}) is None
    assert tickets.ticket_of_same_mail(db, "a@x", **same | {"sender": "eve@example.org"}) is None
    assert tickets.ticket_of_same_mail(db, "out@us", **same) is None


def test_a_thread_of_any_length_can_be_looked_up(db: Database) -> None:
    """A mail with thousands of references can be looked up."""
    first = opened(db, messages=(message("needle@x"),))
    hay = [f"{number}@x" for number in range(40_000)]
    assert tickets.by_message_ids(db, [*hay, "needle@x"]) == {"needle@x": first.ticket.id}


def test_what_else_a_customer_has_open(db: Database) -> None:
    """Open tickets of the address without regard to case, newest first."""
    change = opened(db, parties=(customer(address="Anna@Example.org"),))
    two = opened(db)
    opened(db, of_ticket={"closed_at": NOW})
    opened(db, parties=(customer(address="bob@example.org"), customer(number=2, role=Role.THIRD_PARTY)))
    related = tickets.open_of_customer(db, "anna@EXAMPLE.org")
    assert related == [(two.ticket.reference, two.ticket.id), (change.ticket.reference, change.ticket.id)]
    assert tickets.open_of_customer(db, "anna@example.org", limit=1) == related[:1]


def test_listing_open_tickets(db: Database) -> None:
    """Each with its customer and next open promise."""
    kept = deadline("acknowledge", state=DeadlineState.KEPT, due_at=NOW)
    shown = opened(db, deadlines=(kept, deadline("progress", due_at=NOW + DAY), deadline()))
    bare = opened(db, parties=())
    closed = opened(db, of_ticket={"closed_at": NOW})
    lines = tickets.listing(db)
    assert [(line.reference, line.customer, line.next_due_at) for line in lines] == [
        (shown.ticket.reference, "anna@example.org", NOW + DAY),
        (bare.ticket.reference, "", None),
    ]
    assert lines[0].received_at.tzinfo is UTC
    assert [line.id for line in tickets.listing(db, open_only=False)][-1] == closed.ticket.id


def test_listing_what_is_asked_for(db: Database) -> None:
    """By ticket fields and by customer; an empty filter matches all."""
    change = opened(db, of_ticket={"team": "technical", "waiting_for": "customer"})
    two = opened(db, of_ticket={"team": "service"}, parties=(customer(address="bob@example.org"),))
    assert [line.id for line in tickets.listing(db, asked={"team": "technical", "kind": ""})] == [change.ticket.id]
    assert [line.id for line in tickets.listing(db, asked={"waiting_for": "staff"})] == [two.ticket.id]
    assert [line.id for line in tickets.listing(db, customer="BOB@example.org")] == [two.ticket.id]
    assert [line.id for line in tickets.listing(db, limit=1)] == [change.ticket.id]
    with pytest.raises(KeyError, match="colour"):
        tickets.listing(db, asked={"colour": "red"})


def test_what_is_due(db: Database) -> None:
    """Open promises up to and including an instant, overdue ones too, first due first."""
    first = opened(
        db,
        of_ticket={"team": "technical"},
        deadlines=(
            deadline("resolve", due_at=NOW + DAY),
            deadline("progress", due_at=NOW - DAY, due_on=date(2026, 3, 1)),
            deadline("acknowledge", due_at=NOW, state=DeadlineState.KEPT),
            deadline("later", due_at=NOW + DAY + MINUTE),
        ),
    )
    lines = tickets.due_promises(db, until=NOW + DAY)
    assert lines[0] == DueLine(
        ticket_id=first.ticket.id,
        reference=first.ticket.reference,
        policy="complaints",
        team="technical",
        assignee="",
        promise="progress",
        occurrence=0,
        due_at=NOW - DAY,
        due_on=date(2026, 3, 1),
        state=DeadlineState.OPEN,
        paused_at=None,
    )
    assert [line.promise for line in lines] == ["progress", "resolve"]
    assert [line.promise for line in tickets.due_promises(db, until=NOW + DAY, limit=1)] == ["progress"]
    assert tickets.due_promises(db, until=NOW + DAY, team="service") == []


def test_counts(db: Database) -> None:
    """The numbers of the metrics; a promise is overdue after its instant, not at it."""
    assert tickets.counts(db, now=NOW) == Counts(0, {}, 0, 0, 0)
    opened(db, deadlines=(deadline(due_at=NOW), deadline("progress", due_at=NOW - MINUTE)))
    waits = opened(db, deadlines=(deadline(state=DeadlineState.MOOT),))
    again(db, waits.ticket.id)
    opened(db, of_ticket={"closed_at": NOW})
    assert tickets.counts(db, now=NOW) == Counts(2, {"staff": 2}, 2, 1, 0)
