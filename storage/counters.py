"""Counters: ids and references of tickets, each given out once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage.engine import Source, insert, reading
from storage.tables import counters

TICKET = "ticket"
"""The name of the counter of ticket ids."""


def reference_counter(prefix: str, year: int) -> str:
    """The name of the counter of references with a prefix in a year."""
    return f"reference {prefix}-{year}"


def count_up(conn: Connection, name: str, by: int) -> int:
    """Count up by `by`; returns the new value, which is the last of the numbers taken."""
    statement = insert(conn.dialect.name, counters).values(name=name, value=by)
    change = {"value": counters.c.value + statement.excluded.value}
    up = statement.on_conflict_do_update(index_elements=["name"], set_=change).returning(counters.c.value)
    return int(conn.execute(up).scalar_one())


def last_values(source: Source) -> dict[str, int]:
    """The last number given out by each counter."""
    with reading(source) as conn:
        return {row.name: int(row.value) for row in conn.execute(select(counters))}


def raise_to(conn: Connection, last: Mapping[str, int]) -> None:
    """Raise each counter to this value; one that is higher already is left as it is."""
    for name, value in last.items():
        missing = value - last_values(conn).get(name, 0)
        if missing > 0:
            count_up(conn, name, missing)
