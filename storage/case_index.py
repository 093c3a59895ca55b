"""Cases of the same product: found again by the details that a policy keeps a history by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, and_, or_, select

from storage.columns import Id, LenientText, same_address
from storage.engine import Source, reading
from storage.rows import ticket as read_ticket
from storage.statements import insert_new
from storage.tables import metadata, parties, tickets
from storage.values import CaseChange, Earlier, Role

# The order of the key serves the question who has this value; the index, which values a case has.
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
    """Note by which values these cases can be found again."""
    rows = [
        {"policy": change.ticket.policy, "detail": detail, "value": value, "ticket_id": change.ticket.id}
        for change in changes
        for detail, value in change.known_by
    ]
    insert_new(conn, alike, rows)


def earlier(source: Source, policy: str, known_by: Iterable[tuple[str, str]], *, before: int) -> tuple[Earlier, ...]:
    """The cases of a policy older than ticket `before` that share one of these values, the newest first."""
    wanted = sorted(set(known_by))
    if not wanted:
        return ()
    # Each value by itself: SQLite looks up no list of pairs behind another column.
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
    return tuple(Earlier(one.reference, one.received_at, dict(one.details)) for one in found)


def number_of(third_party: str) -> str:
    """What stands in a detail's place for the number that somebody outside has given a case."""
    return f"number of {third_party}"


def numbered(source: Source, numbers: Iterable[tuple[str, str, str]], address: str) -> dict[int, bool]:
    """The tickets that have one of these numbers (policy, number_of(), number) from a third party at this very
    address, and whether each is open."""
    each = [
        and_(alike.c.policy == policy, alike.c.detail == detail, alike.c.value == value)
        for policy, detail, value in sorted(set(numbers))[:_MOST]
    ]
    theirs = (parties.c.address_key == same_address(address)) & (parties.c.role == Role.THIRD_PARTY.value)
    query = (
        select(alike.c.ticket_id, alike.c.detail, parties.c.third_party, tickets.c.closed_at)
        .join(parties, parties.c.ticket_id == alike.c.ticket_id)
        .join(tickets, tickets.c.id == alike.c.ticket_id)
        .where(or_(*each), theirs)
        .order_by(alike.c.ticket_id)
    )
    with reading(source) as conn:
        rows = conn.execute(query).mappings().all()
    own = [row for row in rows if row["detail"] == number_of(row["third_party"])]
    return {row["ticket_id"]: row["closed_at"] is None for row in own}
