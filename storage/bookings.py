"""Bookings: a seat in a slot, taken for one case. The primary key keeps a seat from being taken twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from storage.company_record_tables import bookings
from storage.engine import Source, reading
from storage.statements import insert_new
from storage.values import Booking

_FIELDS = tuple(Booking.__dataclass_fields__)


def upcoming(source: Source, policy: str, *, since: datetime) -> tuple[Booking, ...]:
    """The bookings of a policy's cases that end after `since`, in order of their start."""
    mine = bookings.c.place.startswith(f"{policy}/", autoescape=True)
    query = select(bookings).where(mine, bookings.c.end_at > since).order_by(bookings.c.start_at, bookings.c.seat)
    with reading(source) as conn:
        return tuple(Booking(**{name: row[name] for name in _FIELDS}) for row in conn.execute(query).mappings())


def save(conn: Connection, booked: Sequence[Booking], freed: Sequence[Booking]) -> set[int]:
    """Free seats, then take others; returns the ids of tickets whose seat is taken already: their transaction must be
    rolled back."""
    if freed:
        mine = (_is(booking) & (bookings.c.ticket_id == booking.ticket_id) for booking in freed)
        conn.execute(delete(bookings).where(or_(*mine)))
    if not booked:
        return set()
    insert_new(conn, bookings, [{name: getattr(booking, name) for name in _FIELDS} for booking in booked])
    rows = conn.execute(select(bookings).where(or_(*(_is(booking) for booking in booked)))).mappings()
    owner = {(row["place"], row["start_at"], row["seat"]): row["ticket_id"] for row in rows}
    return {
        booking.ticket_id
        for booking in booked
        if owner[(booking.place, booking.start_at, booking.seat)] != booking.ticket_id
    }


def _is(booking: Booking) -> ColumnElement[bool]:
    return and_(
        bookings.c.place == booking.place, bookings.c.start_at == booking.start_at, bookings.c.seat == booking.seat
    )
