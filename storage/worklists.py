"""Queries for worklists: promises that are due, mail that nobody has dealt with, cases that wait for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, select

from storage import rows
from storage.columns import normal_address
from storage.engine import Source, reading
from storage.tables import DEADLINE_MISSED, DEADLINE_OPEN, TICKET_OPEN, TICKET_UNHANDLED, deadlines, parties, tickets
from storage.values import Role, Ticket

_AT_ONCE = 400  # tickets per query
_DEADLINE = ("promise", "occurrence", "due_at", "due_on", "state", "terms")
_STAFF = (Role.STAFF.value, Role.MANAGER.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDeadline:
    """A deadline of an open case; `missed` when it has passed and nothing has kept the promise."""

    ticket: Ticket
    customer: str  # name, or address where no name is known
    promise: str
    occurrence: int
    due_at: datetime
    due_on: date
    missed: bool
    terms: Mapping[str, Any] = field(default_factory=dict)


def due_deadlines(source: Source, policy: str, *, until: datetime, assignee: str = "") -> list[DueDeadline]:
    """The deadlines of a policy's open cases (of one assignee, or all) that are due by `until` or were missed, the
    first due first.

    A missed deadline with a newer occurrence is left out, since the newer date counts.
    """
    # First the deadlines, by their partial index, then their cases: in one query SQLite would scan every open case.
    columns = [deadlines.c.ticket_id, *(deadlines.c[name] for name in _DEADLINE)]
    newer = deadlines.alias("newer")
    again = select(newer.c.promise).where(
        newer.c.ticket_id == deadlines.c.ticket_id,
        newer.c.promise == deadlines.c.promise,
        newer.c.occurrence > deadlines.c.occurrence,
    )
    soon = select(*columns).where(DEADLINE_OPEN, deadlines.c.due_at <= until, deadlines.c.paused_at.is_(None))
    missed = select(*columns).where(DEADLINE_MISSED, ~again.exists())
    mine = and_(tickets.c.policy == policy, tickets.c.assignee == assignee) if assignee else tickets.c.policy == policy
    with reading(source) as conn:
        found = [*conn.execute(missed).mappings(), *conn.execute(soon).mappings()]
        known = _cases(conn, sorted({row["ticket_id"] for row in found}), mine)
    those = (_owed(row, *known[row["ticket_id"]]) for row in found if row["ticket_id"] in known)
    return sorted(those, key=lambda owed: (owed.due_at, owed.ticket.id, owed.promise))


def _cases(conn: Connection, ids: Sequence[int], mine: ColumnElement[bool]) -> dict[int, tuple[Ticket, str]]:
    """The open ones of these cases, each with its customer."""
    found: dict[int, tuple[Ticket, str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        same = tickets.c.id.in_(ids[start : start + _AT_ONCE])
        for row in conn.execute(
            select(tickets, _customer().label("customer")).where(same, TICKET_OPEN, mine)
        ).mappings():
            found[row["id"]] = rows.ticket(row), row["customer"] or ""
    return found


def _customer() -> Any:
    shown = func.coalesce(func.nullif(parties.c.name, ""), parties.c.address)
    mine = (parties.c.ticket_id == tickets.c.id) & (parties.c.role == Role.CUSTOMER.value)
    return select(shown).where(mine).order_by(parties.c.number).limit(1).scalar_subquery()


def _owed(row: RowMapping, ticket: Ticket, customer: str) -> DueDeadline:
    fields = {name: row[name] for name in _DEADLINE if name != "state"}
    return DueDeadline(ticket=ticket, customer=customer, missed=row["state"] != "open", **fields)


def waiting_cases(
    source: Source, policy: str, *, team: str, assignee: str | None, limit: int
) -> list[tuple[Ticket, str]]:
    """Open cases of a team that wait for somebody outside, each with its customer, the longest waiting first; those
    of one assignee, or of all where that is None."""
    mine = and_(tickets.c.policy == policy, tickets.c.team == team, TICKET_OPEN)
    if assignee is not None:
        mine = and_(mine, tickets.c.assignee == assignee)
    outside = tickets.c.waiting_for.not_in(["staff", "nobody"])
    query = select(tickets, _customer().label("customer")).where(mine, outside)
    with reading(source) as conn:
        found = conn.execute(query.order_by(tickets.c.step_since, tickets.c.id).limit(limit)).mappings()
        return [(rows.ticket(row), row["customer"] or "") for row in found]


def unhandled_cases(source: Source, policy: str) -> list[tuple[Ticket, str]]:
    """The cases of a policy, closed ones too, with mail that nobody has dealt with, each with its customer; the
    longest waiting first."""
    mine = and_(tickets.c.policy == policy, TICKET_UNHANDLED)
    query = select(tickets, _customer().label("customer")).where(mine)
    with reading(source) as conn:
        found = conn.execute(query.order_by(tickets.c.unhandled_since, tickets.c.id)).mappings()
        return [(rows.ticket(row), row["customer"] or "") for row in found]


def staff_party_numbers(source: Source, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The party numbers of staff members on tickets, by (ticket id, address in lower case)."""
    pairs = {(ticket_id, normal_address(address)) for ticket_id, address in wanted}
    ids, keys = sorted({ticket_id for ticket_id, _ in pairs}), sorted({key for _, key in pairs})
    columns = (parties.c.ticket_id, parties.c.address_key, parties.c.number)
    found: dict[tuple[int, str], int] = {}
    with reading(source) as conn:
        for start in range(0, len(ids), _AT_ONCE):
            same = parties.c.ticket_id.in_(ids[start : start + _AT_ONCE]) & parties.c.address_key.in_(keys)
            query = select(*columns).where(same, parties.c.role.in_(_STAFF)).order_by(parties.c.number)
            for ticket_id, key, number in conn.execute(query):
                found.setdefault((ticket_id, key), number)
    return {pair: number for pair, number in found.items() if pair in pairs}
