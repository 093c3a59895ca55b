"""Figures for reports: cases closed, and promises due, in a span of time."""

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


def closed_cases(source: Source, policy: str, *, since: datetime, until: datetime) -> Iterator[Case]:
    """The cases of a policy closed from `since` on and before `until`, the first closed first."""
    mine = (tickets.c.policy == policy) & (tickets.c.closed_at >= since) & (tickets.c.closed_at < until)
    query = select(tickets.c.id).where(mine).order_by(tickets.c.closed_at, tickets.c.id)
    with reading(source) as conn:
        ids = list(conn.scalars(query))
    for at in range(0, len(ids), _AT_ONCE):
        batch = ids[at : at + _AT_ONCE]
        known = cases.load(source, batch)
        yield from (known[ticket_id] for ticket_id in batch if ticket_id in known)


@dataclass(frozen=True, slots=True)
class DeadlineCount:
    """The number of deadlines of one promise, on cases of one team, in one state. `late`: kept after they were due;
    `kept_by`: the notice that kept them, in time or late; `automatic`: kept without a person's doing."""

    promise: str
    team: str
    state: DeadlineState
    late: bool
    count: int
    kept_by: str = ""
    automatic: bool = False


def deadline_counts(source: Source, policy: str, *, since: datetime, until: datetime) -> list[DeadlineCount]:
    """The deadlines of a policy's cases that fall due from `since` on and before `until`, counted."""
    column, late = deadlines.c, deadlines.c.kept_at.is_not(None) & (deadlines.c.state == DeadlineState.BROKEN.value)
    by = (column.promise, tickets.c.team, column.state, late, column.kept_by, column.automatic)
    shown = (*by[:3], late.label("late"), *by[4:])
    query = (
        select(*shown, func.count().label("number"))
        .join_from(deadlines, tickets, column.ticket_id == tickets.c.id)
        .where(tickets.c.policy == policy, column.due_at >= since, column.due_at < until)
        .group_by(*by)
        .order_by(*by)
    )
    with reading(source) as conn:
        return [
            DeadlineCount(
                row.promise,
                row.team,
                DeadlineState(row.state),
                bool(row.late),
                int(row.number),
                row.kept_by or "",
                bool(row.kept_by and row.automatic),
            )
            for row in conn.execute(query)
        ]
