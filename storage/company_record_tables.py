"""The tables of company records, invitations, recurring jobs, absences and bookings."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table

from storage.columns import Id, Json, LenientText, Utc
from storage.tables import metadata

records = Table(
    "records",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("of", LenientText, primary_key=True),  # the name of the record in the policy
    Column("key", LenientText, primary_key=True),
    Column("address_key", LenientText, nullable=False),  # the customer's address in the form of same_address()
    Column("content", Json, nullable=False),
    Column("updated_at", Utc, nullable=False),
)
Index("ix_records_address", records.c.policy, records.c.address_key)

# One row per invitation of a record; the key keeps an invitation from being written twice.
invitations = Table(
    "invitations",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("of", LenientText, primary_key=True),
    Column("key", LenientText, primary_key=True),
    Column("invitation", LenientText, primary_key=True),
    Column("period", LenientText, primary_key=True),
    Column("state", LenientText, nullable=False),
    Column("ready_at", Utc),  # while it waits: when it is due or postponed to; NULL afterwards
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("reason", LenientText, nullable=False),
    Column("ended_at", Utc),
)
Index("ix_invitations_ready", invitations.c.ready_at)
Index("ix_invitations_ended", invitations.c.policy, invitations.c.ended_at)

# What cases wait for, such as a part or a fix; several cases can wait for the same.
awaited = Table(
    "awaited",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("what", LenientText, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
)

# When each recurring job of a policy runs next.
rounds = Table(
    "rounds",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("name", LenientText, primary_key=True),
    Column("at", Utc, nullable=False),
)

# Staff who are absent now.
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
    Column("ready_at", Utc),  # when something is due for it, or NULL
)
Index("ix_absences_ready", absences.c.ready_at)

# The key keeps a seat in a slot from being taken twice. Future bookings are looked up by place.
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
