"""When something last happened that an operator watches for: a mailbox polled, a backup made, an alarm
sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.engine import Source, reading
from storage.statements import upsert
from storage.tables import marks


@dataclass(frozen=True, slots=True)
class Mark:
    """The last time, and a word on it."""

    at: datetime
    text: str = ""


def put(conn: Connection, name: str, mark: Mark) -> None:
    """It happened; what was marked under this name before is forgotten."""
    upsert(conn, marks, [{"name": name, "at": mark.at, "text": mark.text}])


def every(source: Source) -> dict[str, Mark]:
    """All marks by name."""
    with reading(source) as conn:
        return {row.name: Mark(row.at, row.text) for row in conn.execute(select(marks).order_by(marks.c.name))}


def get(source: Source, name: str) -> Mark | None:
    """The mark under this name, or None."""
    with reading(source) as conn:
        row = conn.execute(select(marks).where(marks.c.name == name)).first()
        return Mark(row.at, row.text) if row else None


def drop(conn: Connection, name: str) -> None:
    """It is over: forget the mark."""
    conn.execute(marks.delete().where(marks.c.name == name))


IN_DOUBT = "in doubt"
"""What the marks begin with that count reports told of."""
