"""Timers of tickets. The clock claims due timers, the earliest first.

The change of the case that a timer causes deletes it or sets it again; until that is saved, the timer becomes due again
when its lease runs out. A timer that fails is kept, with the number of failures and the last reason, until it succeeds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, case, false, select, update

from storage import rows
from storage.engine import Database, Source, notify, reading
from storage.statements import claim_due, upsert
from storage.tables import TIMER_MOVED, TIMER_STUCK, tickets, timers
from storage.values import Timer

CHANNEL = "timers"  # notified by cases.save() when it sets timers; see Database.listen()
_PUT_OFF = timedelta(hours=1)  # the longest that postpone() postpones a timer


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTimer:
    """A claimed timer of a ticket; `tries` counts how often it failed."""

    ticket_id: int
    timer: Timer
    tries: int = 0


def claim(
    db: Database, *, now: datetime, limit: int, lease: timedelta, longest: timedelta = timedelta(hours=6)
) -> list[DueTimer]:
    """Claim up to `limit` timers due at `now` until `now + lease`; returns them in order of (at, ticket, key).

    Committed on return. The caller must reload the case: an earlier timer may have dropped a later one. `longest` is
    the longest time that a failed timer is postponed.
    """
    order = [timers.c.ready_at, timers.c.ticket_id, timers.c.key]
    change = {"ready_at": now + lease}
    with db.write() as conn:
        _release_claims_of_fast_clocks(conn, now, max(lease, _PUT_OFF), longest)
        claimed = claim_due(conn, timers, due=timers.c.ready_at <= now, order=order, limit=limit, change=change)
    return [_due(row) for row in sorted(claimed, key=lambda row: (row["at"], row["ticket_id"], row["key"]))]


def _release_claims_of_fast_clocks(conn: Connection, now: datetime, brief: timedelta, longest: timedelta) -> None:
    """Make due the timers that a node whose clock was ahead has claimed or postponed for too long."""
    ahead = ((timers.c.tries == 0) & (timers.c.ready_at > now + brief)) | (timers.c.ready_at > now + longest)
    conn.execute(update(timers).where(TIMER_MOVED, timers.c.at <= now, ahead).values(ready_at=now))


def next_at(source: Source) -> datetime | None:
    """When the next timer is due; None when there is none."""
    with reading(source) as conn:
        return conn.scalar(select(timers.c.ready_at).order_by(timers.c.ready_at).limit(1))


def postpone(conn: Connection, ticket_id: int, key: str, at: datetime, *, why: str = "") -> bool:
    """Postpone a timer to `at`, at most an hour ahead; its own instant stays as it is. With `why` it counts as stuck,
    and staff are told. False when the timer no longer exists."""
    change = {"ready_at": at} | ({"failure": why} if why else {})
    return conn.execute(update(timers).where(_same(ticket_id, key)).values(change)).rowcount == 1


def record_failure(conn: Connection, ticket_id: int, key: str, *, failure: str, until: datetime) -> bool:
    """Count a failure of a timer and postpone it, so that it does not delay others. False when it no longer exists."""
    # At the first failure people may have been told only that the timer was held, so they are told again.
    told = case((timers.c.tries == 0, false()), else_=timers.c.told)
    change = {"tries": timers.c.tries + 1, "failure": failure, "ready_at": until, "told": told}
    return conn.execute(update(timers).where(_same(ticket_id, key)).values(change)).rowcount == 1


def _same(ticket_id: int, key: str) -> ColumnElement[bool]:
    return (timers.c.ticket_id == ticket_id) & (timers.c.key == key)


@dataclass(frozen=True, kw_only=True, slots=True)
class StuckTimer:
    """A timer that failed `tries` times, the last time with `failure`; with `tries` 0 it is held for that reason."""

    ticket_id: int
    reference: str
    policy: str
    team: str
    key: str
    kind: str
    about: str
    at: datetime
    tries: int
    failure: str
    told: bool


def stuck_timers(source: Source) -> list[StuckTimer]:
    """All timers that failed or are held, the earliest first."""
    columns = [(tickets if name in ("reference", "policy", "team") else timers).c[name].label(name) for name in _STUCK]
    query = select(*columns).join_from(timers, tickets, tickets.c.id == timers.c.ticket_id).where(TIMER_STUCK)
    with reading(source) as conn:
        stuck = conn.execute(query.order_by(timers.c.at, timers.c.ticket_id, timers.c.key)).mappings()
        return [StuckTimer(**row) for row in stuck]


_STUCK = tuple(StuckTimer.__dataclass_fields__)


def has_untold_failures(source: Source, *, tries: int) -> bool:
    """Whether a timer is held or has failed at least `tries` times and people have not been told."""
    due = TIMER_STUCK & timers.c.told.is_(False) & ((timers.c.tries == 0) | (timers.c.tries >= tries))
    with reading(source) as conn:
        return conn.scalar(select(timers.c.ticket_id).where(due).limit(1)) is not None


def mark_told(conn: Connection, stuck: Iterable[StuckTimer]) -> None:
    """Record that people have been told of these timers."""
    keys = [{"ticket": timer.ticket_id, "name": timer.key} for timer in stuck]
    if keys:
        same = (timers.c.ticket_id == bindparam("ticket")) & (timers.c.key == bindparam("name"))
        conn.execute(update(timers).where(same).values(told=True), keys)


def try_again(conn: Connection, *, now: datetime) -> int:
    """Make failed timers due at once, because the cause may have been removed; returns how many."""
    failed = TIMER_STUCK & (timers.c.tries > 0) & (timers.c.ready_at > now)
    return conn.execute(update(timers).where(failed).values(ready_at=now)).rowcount


def set_on_tickets(conn: Connection, ticket_ids: Iterable[int], timer: Timer) -> None:
    """Set a timer on these tickets without loading or locking them."""
    timer_rows = [rows.timer_row(ticket_id, timer) for ticket_id in ticket_ids]
    upsert(conn, timers, timer_rows)
    if timer_rows:
        notify(conn, CHANNEL)


def _due(row: RowMapping) -> DueTimer:
    return DueTimer(ticket_id=row["ticket_id"], timer=rows.timer(row), tries=row["tries"])
