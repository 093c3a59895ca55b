"""Queries on tickets: which one a mail belongs to; listings; metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select
from sqlalchemy.sql.expression import FromClause

from storage.columns import normal_address
from storage.engine import Source, reading
from storage.tables import DEADLINE_OPEN, TICKET_OPEN, TIMER_STUCK, deadlines, messages, parties, tickets, timers
from storage.values import DeadlineState, Role

_AT_ONCE = 500  # names per query
_ASKED = {name: tickets.c[name] for name in ("policy", "kind", "step", "team", "assignee", "waiting_for")}


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketLine:
    """A ticket in a listing, with its customer's address and the due instant of its next open promise."""

    id: int
    reference: str
    policy: str
    kind: str
    step: str
    waiting_for: str
    team: str
    assignee: str
    language: str
    subject: str
    received_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    customer: str
    next_due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DueLine:
    """A promise in a listing. `stuck` is why what is due for it cannot be done (its letter cannot be written), or
    empty."""

    ticket_id: int
    reference: str
    policy: str
    team: str
    assignee: str
    promise: str
    occurrence: int
    due_at: datetime
    due_on: date
    state: DeadlineState
    paused_at: datetime | None
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for the metrics. Overdue: open promises whose due instant has passed."""

    open: int
    waiting_for: dict[str, int]
    promises_open: int
    promises_overdue: int
    stuck: int  # deadlines and reminders that fail or are held


def by_reference(source: Source, references: Iterable[str]) -> dict[str, int]:
    """Ticket ids by reference; unknown references are left out."""
    return _ids(source, select(tickets.c.reference, tickets.c.id), tickets.c.reference, references)


def by_message_ids(source: Source, message_ids: Iterable[str]) -> dict[str, int]:
    """Ticket ids by the Message-ID (without <>) of a message on them; the latest ticket where there are
    several."""
    query = select(messages.c.message_id, messages.c.ticket_id).order_by(messages.c.ticket_id)
    return _ids(source, query, messages.c.message_id, (name for name in message_ids if name))


def ticket_of_same_mail(source: Source, message_id: str, *, sender: str, text: str) -> tuple[int, str] | None:
    """The ticket (id, reference) that has a mail with the same Message-ID, sender and new text; None if none has."""
    same = and_(messages.c.message_id == message_id, messages.c.sender == sender, messages.c.text == text)
    query = select(tickets.c.id, tickets.c.reference).join(messages, messages.c.ticket_id == tickets.c.id)
    first = query.where(same, messages.c.direction == "in").order_by(messages.c.id).limit(1)
    with reading(source) as conn:
        row = conn.execute(first).first()
        return (row.id, row.reference) if row else None


def _ids(source: Source, query: Select[str, int], column: ColumnElement[str], names: Iterable[str]) -> dict[str, int]:
    wanted = list(dict.fromkeys(names))
    found: dict[str, int] = {}
    with reading(source) as conn:
        for start in range(0, len(wanted), _AT_ONCE):
            part = query.where(column.in_(wanted[start : start + _AT_ONCE]))
            found |= {row[0]: row[1] for row in conn.execute(part)}
    return found


def count_mails_from(source: Source, address: str, *, since: datetime) -> int:
    """How many mails from this address, received since `since`, are on cases."""
    same = and_(messages.c.sender == address, messages.c.at >= since, messages.c.direction == "in")
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(messages).where(same)) or 0


def open_of_customer(source: Source, address: str, *, limit: int = 10) -> list[tuple[str, int]]:
    """(reference, id) of the open tickets of a customer, the newest first."""
    same = and_(parties.c.address_key == normal_address(address), parties.c.role == Role.CUSTOMER.value)
    query = select(tickets.c.reference, tickets.c.id).join(parties, parties.c.ticket_id == tickets.c.id)
    with reading(source) as conn:
        found = conn.execute(query.where(same, TICKET_OPEN).order_by(tickets.c.id.desc()).limit(limit))
        return [(reference, ticket_id) for reference, ticket_id in found]


def facts_of_customer(
    source: Source, address: str, *, references: Iterable[str] = (), limit: int = 20
) -> list[Mapping[str, Any]]:
    """The facts of a customer's open tickets, and of those of theirs with these references, the newest first."""
    meant = TICKET_OPEN | tickets.c.reference.in_(list(references))
    query = select(tickets.c.facts).where(_of_customer(address), meant).order_by(tickets.c.id.desc()).limit(limit)
    with reading(source) as conn:
        return list(conn.scalars(query))


def listing(
    source: Source,
    *,
    open_only: bool = True,
    customer: str = "",
    asked: Mapping[str, str] | None = None,
    limit: int = 1000,
) -> list[TicketLine]:
    """Tickets, the oldest first: those open, of a customer's address, and with the words in `asked`, which
    names any of policy, kind, step, team, assignee, waiting_for. Empty values are ignored; another name
    raises KeyError."""
    query = _ticket_lines().order_by(tickets.c.id).limit(limit)
    for name, value in (asked or {}).items():
        if value:
            query = query.where(_ASKED[name] == value)
    if customer:
        query = query.where(_of_customer(customer))
    if open_only:
        query = query.where(TICKET_OPEN)
    with reading(source) as conn:
        return [TicketLine(**row) for row in conn.execute(query).mappings()]


def _ticket_lines() -> Select[Any]:
    customer = (
        select(parties.c.address)
        .where(parties.c.ticket_id == tickets.c.id, parties.c.role == Role.CUSTOMER.value)
        .order_by(parties.c.number)
        .limit(1)
    )
    due = select(func.min(deadlines.c.due_at)).where(deadlines.c.ticket_id == tickets.c.id, DEADLINE_OPEN)
    names = [name for name in TicketLine.__dataclass_fields__ if name in tickets.c]
    return select(
        *(tickets.c[name] for name in names),
        func.coalesce(customer.scalar_subquery(), "").label("customer"),
        due.scalar_subquery().label("next_due_at"),
    )


def _of_customer(address: str) -> ColumnElement[bool]:
    same = and_(parties.c.address_key == normal_address(address), parties.c.role == Role.CUSTOMER.value)
    return tickets.c.id.in_(select(parties.c.ticket_id).where(same))


def due_promises(source: Source, *, until: datetime, team: str = "", limit: int = 1000) -> list[DueLine]:
    """Open promises due by `until`, including overdue ones, the first due first."""
    names = [name for name in DueLine.__dataclass_fields__ if name in deadlines.c]
    failed = select(func.max(timers.c.failure)).where(
        timers.c.ticket_id == deadlines.c.ticket_id,
        timers.c.about == deadlines.c.promise,
        timers.c.occurrence == deadlines.c.occurrence,
        TIMER_STUCK,
    )
    query = (
        select(tickets.c.reference, tickets.c.policy, tickets.c.team, tickets.c.assignee)
        .add_columns(*(deadlines.c[name] for name in names), func.coalesce(failed.scalar_subquery(), "").label("stuck"))
        .join_from(deadlines, tickets, tickets.c.id == deadlines.c.ticket_id)
        .where(DEADLINE_OPEN, deadlines.c.due_at <= until)
        .order_by(deadlines.c.due_at, deadlines.c.ticket_id, deadlines.c.promise)
        .limit(limit)
    )
    if team:
        query = query.where(tickets.c.team == team)
    with reading(source) as conn:
        return [_due_line(dict(row)) for row in conn.execute(query).mappings()]


def _due_line(row: dict[str, object]) -> DueLine:
    return DueLine(**row | {"state": DeadlineState(str(row["state"]))})  # type: ignore[arg-type]


def counts(source: Source, *, now: datetime) -> Counts:
    """Count open tickets by whom they wait for, open and overdue promises, and stuck timers."""
    by_whom = select(tickets.c.waiting_for, func.count()).where(TICKET_OPEN).group_by(tickets.c.waiting_for)
    with reading(source) as conn:
        waiting = {row[0]: row[1] for row in conn.execute(by_whom)}
        return Counts(
            open=sum(waiting.values()),
            waiting_for=waiting,
            promises_open=_count(conn, deadlines, DEADLINE_OPEN),
            promises_overdue=_count(conn, deadlines, DEADLINE_OPEN & (deadlines.c.due_at < now)),
            stuck=_count(conn, timers, TIMER_STUCK),
        )


def _count(conn: Connection, table: FromClause, where: ColumnElement[bool]) -> int:
    return conn.scalar(select(func.count()).select_from(table).where(where)) or 0
