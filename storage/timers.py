"""What waits on tickets. The sweep claims timers that are due, the first due first, and never looks at the
others.

A timer is gone when the change it brought about drops it or sets it anew; until then its lease brings it
back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select, update

from storage import rows
from storage.engine import Database, Source, notify, reading
from storage.records import Timer, TimerDue
from storage.statements import take, upsert
from storage.tables import timers

CHANNEL = "timers"  # rung by cases.save() when it sets timers; see Database.listen()


def claim(db: Database, *, now: datetime, limit: int, lease: timedelta) -> list[TimerDue]:
    """Take up to `limit` timers due at `now`, nobody else's until `now + lease`, in order of (at, ticket,
    key).

    Committed on return. The caller reloads the case: an earlier timer's outcome may have dropped a later one.
    """
    order = [timers.c.ready_at, timers.c.ticket_id, timers.c.key]
    change = {"ready_at": now + lease}
    with db.write() as conn:
        claimed = take(conn, timers, due=timers.c.ready_at <= now, order=order, limit=limit, change=change)
    return [_due(row) for row in sorted(claimed, key=lambda row: (row["at"], row["ticket_id"], row["key"]))]


def next_at(source: Source) -> datetime | None:
    """When the next timer is ready, or None when nothing waits."""
    with reading(source) as conn:
        return conn.scalar(select(timers.c.ready_at).order_by(timers.c.ready_at).limit(1))


def postpone(conn: Connection, ticket_id: int, key: str, at: datetime) -> bool:
    """Let a timer that cannot be worked off wait until `at`, so that it does not hold up the others; its own
    instant stays what it was. False when it is gone."""
    same = (timers.c.ticket_id == ticket_id) & (timers.c.key == key)
    return conn.execute(update(timers).where(same).values(ready_at=at)).rowcount == 1


def set_for(conn: Connection, ticket_ids: Iterable[int], timer: Timer) -> None:
    """Set a timer on these tickets, whatever else becomes of them meanwhile."""
    waiting = [rows.timer_row(ticket_id, timer) for ticket_id in ticket_ids]
    upsert(conn, timers, waiting)
    if waiting:
        notify(conn, CHANNEL)


def _due(row: RowMapping) -> TimerDue:
    names = ("key", "sort", "at", "about", "occurrence")
    return TimerDue(ticket_id=row["ticket_id"], timer=Timer(**{name: row[name] for name in names}))
