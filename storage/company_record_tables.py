"""The tables of what a company knows before anybody writes, of what it writes of itself, and of who is away."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table

from storage.columns import Id, Json, LenientText, Utc
from storage.tables import metadata

records = Table(
    "records",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("of", LenientText, primary_key=True),  # which of the policy's sorts of record it is
    Column("key", LenientText, primary_key=True),
    Column("address_key", LenientText, nullable=False),  # same_address() of whose it is
    Column("content", Json, nullable=False),
    Column("updated_at", Utc, nullable=False),
)
Index("ix_records_address", records.c.policy, records.c.address_key)

# One row for each letter that is to be written by itself, once: that is what the key is for.
invitations = Table(
    "invitations",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("of", LenientText, primary_key=True),
    Column("key", LenientText, primary_key=True),
    Column("invitation", LenientText, primary_key=True),
    Column("period", LenientText, primary_key=True),
    Column("state", LenientText, nullable=False),
    Column("ready_at", Utc),  # while it waits: when it is due, or put off; NULL afterwards
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("reason", LenientText, nullable=False),
    Column("ended_at", Utc),
)
Index("ix_invitations_ready", invitations.c.ready_at)
Index("ix_invitations_ended", invitations.c.policy, invitations.c.ended_at)

# What several cases wait for at once: a part, a fix.
awaited = Table(
    "awaited",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("what", LenientText, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
)

# What comes round every working day, whatever cases there are.
rounds = Table(
    "rounds",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("name", LenientText, primary_key=True),
    Column("at", Utc, nullable=False),
)

# Staff who cannot act, and since when; as many rows as there are such people now.
absences = Table(
    "absences",
    metadata,
    Column("address_key", LenientText, primary_key=True),
    Column("address", LenientText, nullable=False),
    Column("why", LenientText, nullable=False),
    Column("since", Utc, nullable=False),
    Column("moves_at", Utc, nullable=False),
    Column("until", Utc),
    Column("times", Integer, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("ready_at", Utc),  # when something is to be done about it, or NULL
)
Index("ix_absences_ready", absences.c.ready_at)

# A seat in a slot can be taken once: that is what the key is for. Slots still to come are looked up by place.
bookings = Table(
    "bookings",
    metadata,
    Column("place", LenientText, primary_key=True),
    Column("start_at", Utc, primary_key=True),
    Column("seat", Integer, primary_key=True, autoincrement=False),
    Column("end_at", Utc, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, autoincrement=False),
    Column("thing", LenientText, nullable=False),
)
Index("ix_bookings_end", bookings.c.end_at)
