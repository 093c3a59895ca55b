"""Mail set aside for a person: for which desk (a policy), why, and whether a list of such mail has named it yet."""

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
class SetAsideMail:
    """A mail set aside, as lists show it. `reason` is English text, `why` a SetAsideReason that is shown translated."""

    id: int
    received_at: datetime
    sender: str
    subject: str
    words: str
    why: str
    reason: str
    urgent: bool


def store(
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
    """Set a mail aside; False when its claim has passed to another worker."""
    kept = {"message_id": message_id, "summary": summary} if summary is not None else {}
    about = {"desk": desk, "why": why.value, "urgent": urgent, "ending": ending.value, "untold": untold}
    return rows.set_aside(conn, row_id, error=reason, attempt=attempt, ticket_id=ticket_id, **about, **kept)


def unlisted(source: Source, desk: str, *, most: int) -> tuple[list[SetAsideMail], int]:
    """Mails that no list to this desk has named yet, urgent first, then oldest, up to `most`; and how many."""
    mine = INBOX_UNTOLD & (inbox.c.desk == desk)
    query = select(inbox).where(mine).order_by(inbox.c.urgent.desc(), inbox.c.id).limit(most)
    with reading(source) as conn:
        found = [_aside(row) for row in conn.execute(query).mappings()]
        return found, conn.scalar(select(func.count()).select_from(inbox).where(mine)) or 0


def mark_listed(conn: Connection, desk: str, *, until: int) -> None:
    """Note that a list to this desk has named all its mails up to id `until`."""
    conn.execute(update(inbox).where(INBOX_UNTOLD, inbox.c.desk == desk, inbox.c.id <= until).values(untold=False))


def newest_unlisted(source: Source, desk: str) -> int:
    """The id of the newest mail that no list to this desk has named yet; 0 for none."""
    with reading(source) as conn:
        mine = INBOX_UNTOLD & (inbox.c.desk == desk)
        return conn.scalar(select(func.max(inbox.c.id)).where(mine)) or 0


def counts_by_desk(source: Source) -> dict[str, int]:
    """How many mails are set aside per desk; "" for those stored before desks existed."""
    query = select(inbox.c.desk, func.count()).where(INBOX_QUARANTINED).group_by(inbox.c.desk).order_by(inbox.c.desk)
    with reading(source) as conn:
        return {desk: int(count) for desk, count in conn.execute(query)}


def count_opened_by_way(source: Source, desk: str, *, since: datetime, most: int) -> int:
    """How many mails of this desk received since `since` opened a case for somebody who is not in From; counts up to
    `most`."""
    same = INBOX_BY_A_WAY & (inbox.c.desk == desk) & (inbox.c.received_at >= since)
    some = select(inbox.c.id).where(same).limit(most).subquery("chosen")
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(some)) or 0


def lock_desk(conn: Connection, desk: str) -> int:
    """Lock lists to this desk until this transaction ends; returns how often that was done."""
    statement = insert(conn.dialect.name, counters).values(name=f"set aside {desk}", value=1)
    change = {"value": counters.c.value + 1}
    up = statement.on_conflict_do_update(index_elements=["name"], set_=change).returning(counters.c.value)
    return int(conn.execute(up).scalar_one())


def _aside(row: Any) -> SetAsideMail:
    known = row["summary"] or {}
    return SetAsideMail(
        id=row["id"],
        received_at=row["received_at"],
        sender=str(known.get("from", "") or row["envelope_from"]),
        subject=str(known.get("subject", "")),
        words=str(known.get("words", "")),
        why=row["why"],
        reason=row["error"],
        urgent=row["urgent"],
    )
