"""The index of cases by the values of details, and by case numbers of third parties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, and_, or_, select

from storage.columns import Id, LenientText, normal_address
from storage.engine import Source, reading
from storage.rows import ticket as read_ticket
from storage.statements import insert_new
from storage.tables import metadata, parties, tickets
from storage.values import CaseChange, EarlierCase, Role

# The primary key finds the cases that have a value, the index the values of a case.
alike = Table(
    "alike",
    metadata,
    Column("policy", LenientText, primary_key=True),
    Column("detail", LenientText, primary_key=True),
    Column("value", LenientText, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Index("ix_alike_ticket", "ticket_id"),
)
_MOST = 20


def save(conn: Connection, changes: Sequence[CaseChange]) -> None:
    """Add to the index the values by which these cases can be found."""
    rows = [
        {"policy": change.ticket.policy, "detail": detail, "value": value, "ticket_id": change.ticket.id}
        for change in changes
        for detail, value in change.known_by
    ]
    insert_new(conn, alike, rows)


def earlier_cases(
    source: Source, policy: str, known_by: Iterable[tuple[str, str]], *, before: int
) -> tuple[EarlierCase, ...]:
    """The cases of a policy older than ticket `before` that share one of these values, the newest first."""
    wanted = sorted(set(known_by))
    if not wanted:
        return ()
    # One condition per value: SQLite does not use the index for a list of pairs.
    each = [
        and_(alike.c.policy == policy, alike.c.detail == detail, alike.c.value == value) for detail, value in wanted
    ]
    ids = (
        select(alike.c.ticket_id)
        .where(or_(*each), alike.c.ticket_id < before)
        .distinct()
        .order_by(alike.c.ticket_id.desc())
        .limit(_MOST)
    )
    query = select(tickets).where(tickets.c.id.in_(ids.scalar_subquery())).order_by(tickets.c.id.desc())
    with reading(source) as conn:
        found = [read_ticket(row) for row in conn.execute(query).mappings()]
    return tuple(EarlierCase(ticket.reference, ticket.received_at, dict(ticket.details)) for ticket in found)


def third_party_number_key(third_party: str) -> str:
    """The value of the column `detail` for the number that a third party has given a case."""
    return f"number of {third_party}"


def by_third_party_number(source: Source, numbers: Iterable[tuple[str, str, str]], address: str) -> dict[int, bool]:
    """The tickets that have one of these numbers (policy, number_of(), number) from the third party with this address;
    the value says whether the ticket is open."""
    each = [
        and_(alike.c.policy == policy, alike.c.detail == detail, alike.c.value == value)
        for policy, detail, value in sorted(set(numbers))[:_MOST]
    ]
    theirs = (parties.c.address_key == normal_address(address)) & (parties.c.role == Role.THIRD_PARTY.value)
    query = (
        select(alike.c.ticket_id, alike.c.detail, parties.c.third_party, tickets.c.closed_at)
        .join(parties, parties.c.ticket_id == alike.c.ticket_id)
        .join(tickets, tickets.c.id == alike.c.ticket_id)
        .where(or_(*each), theirs)
        .order_by(alike.c.ticket_id)
    )
    with reading(source) as conn:
        rows = conn.execute(query).mappings().all()
    own = [row for row in rows if row["detail"] == third_party_number_key(row["third_party"])]
    return {row["ticket_id"]: row["closed_at"] is None for row in own}
