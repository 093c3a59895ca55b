"""Statements that several tables share, the same on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select, tuple_, update

from storage.engine import Insert, insert


def insert_new(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose unique key exists are left as they are."""
    if rows:
        conn.execute(_insert_new(conn.dialect.name, table), rows)


def upsert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or update the given columns of those whose primary key exists. All rows have the same columns."""
    if rows:
        conn.execute(_upsert(conn.dialect.name, table, tuple(rows[0])), rows)


# Building a statement takes as long as executing it for a few rows, so each is built once.


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    return insert(dialect, table).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Insert:
    key = [column.name for column in table.primary_key]
    statement = insert(dialect, table)
    new = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


def claim_due(
    conn: Connection,
    table: Table,
    *,
    due: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    limit: int,
    change: Mapping[str, Any],
) -> list[RowMapping]:
    """Update up to `limit` rows that are `due`, the first in `order`; returns them in no particular order.

    No two workers claim the same row. PostgreSQL skips rows that another transaction has locked (and never inlines a
    CTE with FOR UPDATE, so the limit holds); SQLite has one writer at a time, and SQLAlchemy leaves the clause out.
    """
    key = list(table.primary_key)
    chosen = select(*key).where(due).order_by(*order).limit(limit).with_for_update(skip_locked=True).cte("chosen")
    statement = update(table).where(tuple_(*key).in_(select(chosen))).values(change).returning(table)
    return list(conn.execute(statement).mappings())
