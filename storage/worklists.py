"""Queries for worklists: due promises, unhandled mail, cases that wait for others."""

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
    """A deadline of an open case; `missed` when it has passed and the promise was not kept."""

    ticket: Ticket
    customer: str  # name, or address where no name is known
    promise: str
    occurrence: int
    due_at: datetime
    due_on: date
    missed: bool
    terms: Mapping[str, Any] = field(default_factory=dict)


def due_deadlines(source: Source, policy: str, *, until: datetime, assignee: str = "") -> list[DueDeadline]:
    """The deadlines of a policy's open cases (of one assignee, or all) that are due by `until` or were missed, in
    order of `due_at`.

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
        deadline_rows = [*conn.execute(missed).mappings(), *conn.execute(soon).mappings()]
        cases = _cases(conn, sorted({row["ticket_id"] for row in deadline_rows}), mine)
    due = (_due_deadline(row, *cases[row["ticket_id"]]) for row in deadline_rows if row["ticket_id"] in cases)
    return sorted(due, key=lambda deadline: (deadline.due_at, deadline.ticket.id, deadline.promise))


def _cases(conn: Connection, ids: Sequence[int], mine: ColumnElement[bool]) -> dict[int, tuple[Ticket, str]]:
    """Those of these cases that are open, by ticket id, each with its customer."""
    cases: dict[int, tuple[Ticket, str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        same = tickets.c.id.in_(ids[start : start + _AT_ONCE])
        for row in conn.execute(
            select(tickets, _customer().label("customer")).where(same, TICKET_OPEN, mine)
        ).mappings():
            cases[row["id"]] = rows.ticket(row), row["customer"] or ""
    return cases


def _customer() -> Any:
    shown = func.coalesce(func.nullif(parties.c.name, ""), parties.c.address)
    mine = (parties.c.ticket_id == tickets.c.id) & (parties.c.role == Role.CUSTOMER.value)
    return select(shown).where(mine).order_by(parties.c.number).limit(1).scalar_subquery()


def _due_deadline(row: RowMapping, ticket: Ticket, customer: str) -> DueDeadline:
    fields = {name: row[name] for name in _DEADLINE if name != "state"}
    return DueDeadline(ticket=ticket, customer=customer, missed=row["state"] != "open", **fields)


def waiting_cases(
    source: Source, policy: str, *, team: str, assignee: str | None, limit: int
) -> list[tuple[Ticket, str]]:
    """Open cases of a team (of one assignee, or all for None) that wait for the customer or a third party, each with
    its customer, longest waiting first."""
    mine = and_(tickets.c.policy == policy, tickets.c.team == team, TICKET_OPEN)
    if assignee is not None:
        mine = and_(mine, tickets.c.assignee == assignee)
    waits = tickets.c.waiting_for.not_in(["staff", "nobody"])
    query = select(tickets, _customer().label("customer")).where(mine, waits)
    with reading(source) as conn:
        ticket_rows = conn.execute(query.order_by(tickets.c.step_since, tickets.c.id).limit(limit)).mappings()
        return [(rows.ticket(row), row["customer"] or "") for row in ticket_rows]


def unhandled_cases(source: Source, policy: str) -> list[tuple[Ticket, str]]:
    """The cases of a policy, closed ones too, with unhandled mail, each with its customer, longest waiting first."""
    mine = and_(tickets.c.policy == policy, TICKET_UNHANDLED)
    query = select(tickets, _customer().label("customer")).where(mine)
    with reading(source) as conn:
        ticket_rows = conn.execute(query.order_by(tickets.c.unhandled_since, tickets.c.id)).mappings()
        return [(rows.ticket(row), row["customer"] or "") for row in ticket_rows]


def staff_party_numbers(source: Source, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The lowest party number of each staff member on each ticket, by (ticket id, address in lower case)."""
    pairs = {(ticket_id, normal_address(address)) for ticket_id, address in wanted}
    ids, keys = sorted({ticket_id for ticket_id, _ in pairs}), sorted({key for _, key in pairs})
    columns = (parties.c.ticket_id, parties.c.address_key, parties.c.number)
    numbers: dict[tuple[int, str], int] = {}
    with reading(source) as conn:
        for start in range(0, len(ids), _AT_ONCE):
            same = parties.c.ticket_id.in_(ids[start : start + _AT_ONCE]) & parties.c.address_key.in_(keys)
            query = select(*columns).where(same, parties.c.role.in_(_STAFF)).order_by(parties.c.number)
            for ticket_id, key, number in conn.execute(query):
                numbers.setdefault((ticket_id, key), number)
    return {pair: number for pair, number in numbers.items() if pair in pairs}
