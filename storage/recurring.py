"""When each recurring letter of a policy comes next: boards, reports, worklists, lists of mail that was set aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.company_record_tables import rounds
from storage.engine import Source, reading
from storage.statements import upsert


def next_times(source: Source) -> dict[tuple[str, str], datetime]:
    """When each comes next, by policy and name."""
    with reading(source) as conn:
        return {(row.policy, row.name): row.at for row in conn.execute(select(rounds))}


def set_next(conn: Connection, policy: str, name: str, at: datetime) -> None:
    """Set when one comes next."""
    upsert(conn, rounds, [{"policy": policy, "name": name, "at": at}])


def drop(conn: Connection, policy: str, name: str) -> None:
    """Have one come no more, until it is set again."""
    conn.execute(delete(rounds).where(rounds.c.policy == policy, rounds.c.name == name))
