"""Load and save cases in batches: six statements to load, about a dozen to save, whatever the size of the batch.

A save checks the version at which each ticket was read. A worker that comes too late gets Stale, rolls back, loads the
case again and decides again; changes are never merged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, select, update

from config.faults import TryAgain
from config.references import format_reference
from storage import bookings, case_index, counters, erasure, outbox, rows
from storage import ledger as chain
from storage.engine import Source, notify, reading
from storage.statements import upsert
from storage.tables import deadlines, ledger, messages, parties, tickets, timers
from storage.timers import CHANNEL as TIMERS
from storage.values import Case, CaseChange

# Letters show deadlines in this order, which must therefore be the same every time.
_IN_TIME = [deadlines.c.armed_at, deadlines.c.due_at, deadlines.c.promise, deadlines.c.occurrence]
_Value = TypeVar("_Value")
_Read: TypeAlias = Callable[[RowMapping], _Value]


class Stale(TryAgain):
    """Another worker has saved these tickets since they were read; the transaction must be rolled back."""

    def __init__(self, ticket_ids: Iterable[int]) -> None:
        self.ticket_ids = tuple(sorted(ticket_ids))
        super().__init__(f"tickets {', '.join(map(str, self.ticket_ids))} were changed by another worker")


def reserve(conn: Connection, prefix: str, year: int, count: int) -> list[tuple[int, str]]:
    """Reserve ids and references for `count` new tickets, such as (7, "C-2026-000007"); none is ever reserved twice.

    References count from 1 per prefix and year; unused ones leave a gap. Other nodes wait here until this transaction
    ends, so keep it short.
    """
    last_id = counters.count_up(conn, counters.TICKET, count)
    last = counters.count_up(conn, counters.reference_counter(prefix, year), count)
    return [(last_id - back, format_reference(prefix, year, last - back)) for back in range(count - 1, -1, -1)]


def load(source: Source, ids: Iterable[int]) -> dict[int, Case]:
    """The cases of these tickets, read in one transaction; ids without a ticket are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    with reading(source) as conn:
        query = select(tickets).where(tickets.c.id.in_(wanted)).order_by(tickets.c.id)
        found = conn.execute(query).mappings().all()
        found_parties = _gather(conn, parties, wanted, [parties.c.number], rows.party)
        found_deadlines = _gather(conn, deadlines, wanted, _IN_TIME, rows.deadline)
        found_timers = _gather(conn, timers, wanted, [timers.c.at, timers.c.key], rows.timer)
        found_messages = _gather(conn, messages, wanted, [messages.c.id], rows.message)
        history = _gather(conn, ledger, wanted, [ledger.c.seq], chain.entry)
    return {
        row["id"]: Case(
            ticket=rows.ticket(row),
            parties=found_parties[row["id"]],
            deadlines=found_deadlines[row["id"]],
            timers=found_timers[row["id"]],
            messages=found_messages[row["id"]],
            history=history[row["id"]],
        )
        for row in found
    }


def _gather(
    conn: Connection, table: Table, ids: Sequence[int], order: Sequence[Any], read: _Read[_Value]
) -> defaultdict[int, tuple[_Value, ...]]:
    """Read the rows of these tickets in one table as values, by ticket."""
    query = select(table).where(table.c.ticket_id.in_(ids)).order_by(*order)
    found: defaultdict[int, list[_Value]] = defaultdict(list)
    for row in conn.execute(query).mappings():
        found[row["ticket_id"]].append(read(row))
    return defaultdict(tuple, {ticket_id: tuple(values) for ticket_id, values in found.items()})


def save(conn: Connection, changes: Sequence[CaseChange]) -> frozenset[str]:
    """Save changes of cases; returns the keys of letters that were to be cancelled but are claimed by a sender or sent.

    Raises Stale, naming the tickets, when one was saved since it was read, and ValueError when a ticket is in
    `changes` twice: the second change was decided without knowing the first.
    """
    if not changes:
        return frozenset()
    _guard(conn, changes)
    if gone := [change.ticket.id for change in changes if change.erases]:
        erasure.erase(conn, gone)  # first, so that what this change writes is kept
    _save_tickets(conn, changes)
    upsert(conn, parties, [rows.party_row(c.ticket.id, party) for c in changes for party in c.parties])
    upsert(conn, deadlines, [rows.deadline_row(c.ticket.id, deadline) for c in changes for deadline in c.deadlines])
    _save_timers(conn, changes)
    if written := [rows.message_row(c.ticket.id, message) for c in changes for message in c.messages]:
        conn.execute(messages.insert(), written)
    late = bookings.save(
        conn, [booking for c in changes for booking in c.booked], [booking for c in changes for booking in c.freed]
    )
    if late:
        raise Stale(late)
    cancelled = {key for c in changes for key in c.cancelled}
    kept = cancelled - outbox.cancel(conn, cancelled) if cancelled else cancelled
    outbox.add(conn, [letter for c in changes for letter in c.letters])
    case_index.save(conn, changes)
    chain.append(
        conn, [entry for c in changes for entry in c.ledger]
    )  # last, since other nodes wait for the ledger's head
    return frozenset(kept)


def lock(conn: Connection, ids: Iterable[int]) -> None:
    """Lock these tickets until this transaction ends; call before they are loaded."""
    wanted = select(tickets.c.id).where(tickets.c.id.in_(sorted(set(ids)))).order_by(tickets.c.id)
    conn.execute(wanted.with_for_update()).all()


def _guard(conn: Connection, changes: Sequence[CaseChange]) -> None:
    """Lock the tickets, always in the same order so that two savers cannot deadlock, and compare versions."""
    times = Counter(change.ticket.id for change in changes)
    if twice := [str(ticket_id) for ticket_id, number in times.items() if number > 1]:
        raise ValueError(f"more than one change of ticket {', '.join(twice)} in one save")
    read = {change.ticket.id: change.ticket.version for change in changes if not change.is_new}
    if not read:
        return
    query = select(tickets.c.id, tickets.c.version).where(tickets.c.id.in_(sorted(read))).order_by(tickets.c.id)
    saved = {row.id: row.version for row in conn.execute(query.with_for_update())}
    if stale := {ticket_id for ticket_id, version in read.items() if saved.get(ticket_id) != version}:
        raise Stale(stale)


def _save_tickets(conn: Connection, changes: Sequence[CaseChange]) -> None:
    if new := [rows.ticket_row(change.ticket) for change in changes if change.is_new]:
        conn.execute(tickets.insert(), new)
    if known := [rows.ticket_row(change.ticket) for change in changes if not change.is_new]:
        values: dict[str, Any] = {name: bindparam(name) for name in known[0] if name != "id"}
        statement = update(tickets).where(tickets.c.id == bindparam("ticket")).values(values)
        conn.execute(statement, [row | {"ticket": row.pop("id")} for row in known])


def _save_timers(conn: Connection, changes: Sequence[CaseChange]) -> None:
    """Drop timers, then set them: a change may drop a timer and set it again."""
    if dropped := [{"ticket": c.ticket.id, "name": key} for c in changes for key in c.timers_dropped]:
        same = (timers.c.ticket_id == bindparam("ticket")) & (timers.c.key == bindparam("name"))
        conn.execute(delete(timers).where(same), dropped)
    if waiting := [rows.timer_row(c.ticket.id, timer) for c in changes for timer in c.timers_set]:
        upsert(conn, timers, waiting)
        notify(conn, TIMERS)
