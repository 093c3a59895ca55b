"""Mail that is set aside for a person: for which desk (a policy) and why, and what no list has told of yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage import inbox as rows
from storage.engine import Source, insert, reading
from storage.mail_values import Ending, SetAsideReason
from storage.tables import INBOX_BY_A_WAY, INBOX_QUARANTINED, INBOX_UNTOLD, counters, inbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """A mail set aside, as a list tells of it. `reason` is in English, `why` in every language."""

    id: int
    received_at: datetime
    sender: str
    subject: str
    words: str
    why: str
    reason: str
    urgent: bool


def put(
    conn: Connection,
    row_id: int,
    *,
    desk: str,
    why: SetAsideReason,
    reason: str,
    attempt: int,
    urgent: bool = False,
    ending: Ending = Ending.SET_ASIDE,
    ticket_id: int | None = None,
    message_id: str = "",
    summary: Mapping[str, Any] | None = None,
    untold: bool = True,
) -> bool:
    """Set a mail aside, to be told of; False where another worker has it meanwhile."""
    kept = {"message_id": message_id, "summary": summary} if summary is not None else {}
    about = {"desk": desk, "why": why.value, "urgent": urgent, "ending": ending.value, "untold": untold}
    return rows.set_aside(conn, row_id, error=reason, attempt=attempt, ticket_id=ticket_id, **about, **kept)


def untold(source: Source, desk: str, *, most: int) -> tuple[list[Aside], int]:
    """What no list has told this desk yet: the urgent first, then the oldest, at most so many; and how many in all."""
    mine = INBOX_UNTOLD & (inbox.c.desk == desk)
    query = select(inbox).where(mine).order_by(inbox.c.urgent.desc(), inbox.c.id).limit(most)
    with reading(source) as conn:
        found = [_aside(row) for row in conn.execute(query).mappings()]
        return found, conn.scalar(select(func.count()).select_from(inbox).where(mine)) or 0


def told(conn: Connection, desk: str, *, until: int) -> None:
    """A list has told this desk of all its mails up to this number."""
    conn.execute(update(inbox).where(INBOX_UNTOLD, inbox.c.desk == desk, inbox.c.id <= until).values(untold=False))


def newest(source: Source, desk: str) -> int:
    """The number of the newest mail that no list has told this desk yet; 0 for none."""
    with reading(source) as conn:
        mine = INBOX_UNTOLD & (inbox.c.desk == desk)
        return conn.scalar(select(func.max(inbox.c.id)).where(mine)) or 0


def by_desk(source: Source) -> dict[str, int]:
    """How many mails are set aside, by desk; "" for those of before there were desks."""
    query = select(inbox.c.desk, func.count()).where(INBOX_QUARANTINED).group_by(inbox.c.desk).order_by(inbox.c.desk)
    with reading(source) as conn:
        return {desk: int(count) for desk, count in conn.execute(query)}


def came_by_a_way(source: Source, desk: str, *, since: datetime, most: int) -> int:
    """How many mails of this desk were received since then that opened a case for somebody whom From does not name; no
    more than `most` are counted."""
    same = INBOX_BY_A_WAY & (inbox.c.desk == desk) & (inbox.c.received_at >= since)
    some = select(inbox.c.id).where(same).limit(most).subquery("chosen")
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(some)) or 0


def turn(conn: Connection, desk: str) -> int:
    """Wait until nobody else is telling this desk anything, until the end of this transaction; how often that was."""
    statement = insert(conn.dialect.name, counters).values(name=f"set aside {desk}", value=1)
    change = {"value": counters.c.value + 1}
    up = statement.on_conflict_do_update(index_elements=["name"], set_=change).returning(counters.c.value)
    return int(conn.execute(up).scalar_one())


def _aside(row: Any) -> Aside:
    known = row["summary"] or {}
    return Aside(
        id=row["id"],
        received_at=row["received_at"],
        sender=str(known.get("from", "") or row["envelope_from"]),
        subject=str(known.get("subject", "")),
        words=str(known.get("words", "")),
        why=row["why"],
        reason=row["error"],
        urgent=row["urgent"],
    )
