"""What is known of an address across all tickets: its language, whether letters reach it, whether it wants
any.

Each fact is written by itself, so that two mails read at the same time cannot undo each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from storage.columns import same_address
from storage.engine import Source, insert, reading
from storage.tables import correspondents
from storage.values import Correspondent

_FACTS = tuple(Correspondent.__dataclass_fields__)
_NOTHING = {"language": "", "bounced": "", "bounced_at": None, "stopped": False}


def get(source: Source, address: str) -> Correspondent | None:
    """What is known of an address, or None."""
    return load(source, [address]).get(address)


def load(source: Source, addresses: Iterable[str]) -> dict[str, Correspondent]:
    """What is known of each of these addresses, under the spelling it was asked for; the unknown are left out."""
    asked = {address: same_address(address) for address in addresses}
    query = select(correspondents).where(correspondents.c.address_key.in_(set(asked.values())))
    with reading(source) as conn:
        known = {row["address_key"]: _correspondent(row) for row in conn.execute(query).mappings()}
    return {address: known[key] for address, key in asked.items() if key in known}


def _correspondent(row: RowMapping) -> Correspondent:
    return Correspondent(**{name: row[name] for name in _FACTS})


def note(
    conn: Connection,
    address: str,
    *,
    language: str | None = None,
    bounced: str | None = None,
    bounced_at: datetime | None = None,
    stopped: bool | None = None,
) -> None:
    """Note the facts that are given, and leave the others as they are.

    `bounced` is why letters fail; an empty one says that they arrive again, and forgets `bounced_at`.
    """
    facts: dict[str, Any] = {"language": language, "stopped": stopped}
    facts = {name: fact for name, fact in facts.items() if fact is not None}
    if bounced is not None:
        facts |= {"bounced": bounced, "bounced_at": bounced_at if bounced else None}
    if not facts:
        return
    row = _NOTHING | facts | {"address": address.strip(), "address_key": same_address(address)}
    statement = insert(conn.dialect.name, correspondents).values(row)
    change = {name: statement.excluded[name] for name in facts}
    conn.execute(statement.on_conflict_do_update(index_elements=["address_key"], set_=change))
