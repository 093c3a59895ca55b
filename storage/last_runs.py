"""When something last happened: a mailbox was polled, a backup made, an alarm sent. One row for each, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.engine import Source, reading
from storage.statements import upsert
from storage.tables import marks


@dataclass(frozen=True, slots=True)
class Mark:
    """When it last happened, and a remark."""

    at: datetime
    text: str = ""


def put(conn: Connection, name: str, mark: Mark) -> None:
    """Save a mark, in place of the one under this name."""
    upsert(conn, marks, [{"name": name, "at": mark.at, "text": mark.text}])


def all_marks(source: Source) -> dict[str, Mark]:
    """Return all marks by name."""
    with reading(source) as conn:
        return {row.name: Mark(row.at, row.text) for row in conn.execute(select(marks).order_by(marks.c.name))}


def get(source: Source, name: str) -> Mark | None:
    """Return the mark under this name, or None."""
    with reading(source) as conn:
        row = conn.execute(select(marks).where(marks.c.name == name)).first()
        return Mark(row.at, row.text) if row else None


def drop(conn: Connection, name: str) -> None:
    """Delete the mark under this name."""
    conn.execute(marks.delete().where(marks.c.name == name))


IN_DOUBT = "in doubt"
"""The first words of the names of marks that count doubtful delivery reports."""
