"""Cases that were closed, and promises that fell due, in a span of time, for reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import cases
from storage.engine import Source, reading
from storage.tables import deadlines, tickets
from storage.values import Case, DeadlineState

_AT_ONCE = 200


def closed(source: Source, policy: str, *, since: datetime, until: datetime) -> Iterator[Case]:
    """The cases of a policy closed from `since` on and before `until`, the first closed first."""
    mine = (tickets.c.policy == policy) & (tickets.c.closed_at >= since) & (tickets.c.closed_at < until)
    query = select(tickets.c.id).where(mine).order_by(tickets.c.closed_at, tickets.c.id)
    with reading(source) as conn:
        ids = list(conn.scalars(query))
    for at in range(0, len(ids), _AT_ONCE):
        batch = ids[at : at + _AT_ONCE]
        known = cases.load(source, batch)
        yield from (known[one] for one in batch if one in known)


@dataclass(frozen=True, slots=True)
class Promised:
    """How many deadlines of one promise, on cases of one team, stand so. `late`: broken, and kept afterwards;
    `kept_by`: the notice that kept them, in time or late; `automatic`: no person had a hand in it."""

    promise: str
    team: str
    state: DeadlineState
    late: bool
    count: int
    kept_by: str = ""
    automatic: bool = False


def promised(source: Source, policy: str, *, since: datetime, until: datetime) -> list[Promised]:
    """The deadlines of a policy's cases that fall due from `since` on and before `until`, counted."""
    row, late = deadlines.c, deadlines.c.kept_at.is_not(None) & (deadlines.c.state == DeadlineState.BROKEN.value)
    by = (row.promise, tickets.c.team, row.state, late, row.kept_by, row.automatic)
    shown = (row.promise, tickets.c.team, row.state, late.label("late"), row.kept_by, row.automatic)
    query = (
        select(*shown, func.count().label("number"))
        .join_from(deadlines, tickets, row.ticket_id == tickets.c.id)
        .where(tickets.c.policy == policy, row.due_at >= since, row.due_at < until)
        .group_by(*by)
        .order_by(*by)
    )
    with reading(source) as conn:
        return [
            Promised(
                one.promise,
                one.team,
                DeadlineState(one.state),
                bool(one.late),
                int(one.number),
                one.kept_by or "",
                bool(one.kept_by and one.automatic),
            )
            for one in conn.execute(query)
        ]
