"""A seat in a slot belongs to one case and is free again when that case gives it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storage import bookings, cases
from storage.cases import Stale
from storage.engine import Database
from storage.values import Booking, CaseChange
from tests.storage.values import DAY, MINUTE, NOW, again, opened


def booking(ticket_id: int, **other: Any) -> Booking:
    """Return a visit tomorrow."""
    values = {
        "place": "field-repair/mario",
        "start_at": NOW + DAY,
        "end_at": NOW + DAY + 60 * MINUTE,
        "seat": 0,
        "ticket_id": ticket_id,
        "thing": "visit",
    }
    return Booking(**values | other)


def taken(db: Database) -> list[tuple[int, int]]:
    """Return who has which seat from now on."""
    return [(booking.ticket_id, booking.seat) for booking in bookings.upcoming(db, "field-repair", since=NOW)]


def test_a_seat_is_taken_once(db: Database) -> None:
    """The second case raises Stale and nothing of its change is stored."""
    one, two = opened(db).ticket.id, opened(db).ticket.id
    again(db, one, booked=(booking(one),))
    with pytest.raises(Stale) as late:
        again(db, two, booked=(booking(two),))
    assert late.value.ticket_ids == (two,)
    again(db, two, booked=(booking(two, seat=1),))
    assert taken(db) == [(one, 0), (two, 1)]


def test_a_slot_is_moved_and_given_back(db: Database) -> None:
    """A freed seat can be taken by another case; only its owner can free it."""
    one, two = opened(db).ticket.id, opened(db).ticket.id
    again(db, one, booked=(booking(one),))
    again(db, two, freed=(booking(two),))
    assert taken(db) == [(one, 0)]
    again(db, one, freed=(booking(one),), booked=(booking(one, start_at=NOW + 2 * DAY, end_at=NOW + 3 * DAY),))
    again(db, two, booked=(booking(two),))
    assert taken(db) == [(two, 0), (one, 0)]


def test_only_slots_to_come_and_of_one_policy(db: Database) -> None:
    """Past slots, and policies with a similar name, are left out."""
    ticket_id = opened(db).ticket.id
    past = booking(ticket_id, start_at=NOW - DAY, end_at=NOW)
    other = booking(ticket_id, place="field-repair-2/mario")
    wild = booking(ticket_id, place="fieldXrepair/mario")
    again(db, ticket_id, booked=(past, other, wild, booking(ticket_id)))
    assert bookings.upcoming(db, "field-repair", since=NOW) == (booking(ticket_id),)


def test_racing_for_the_last_seat_has_one_winner(db: Database) -> None:
    """Four customers choose the same slot concurrently."""
    ids = [opened(db).ticket.id for _ in range(4)]

    def book(ticket_id: int) -> bool:
        read = cases.load(db, [ticket_id])[ticket_id].ticket
        try:
            with db.write() as conn:
                cases.save(conn, [CaseChange(ticket=read, booked=(booking(ticket_id),))])
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(book, ids)) == [False, False, False, True]
    assert len(taken(db)) == 1
