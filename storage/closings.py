"""Cases that were closed in a span of time, for reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from storage import cases
from storage.engine import Source, reading
from storage.records import Case
from storage.tables import tickets

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
