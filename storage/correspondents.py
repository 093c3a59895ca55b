"""Facts about an address across all tickets: its language, whether letters bounce, whether it wants invitations.

Each fact is written on its own, so that two mails processed at the same time do not overwrite each other's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from storage.columns import normal_address
from storage.engine import Source, insert, reading
from storage.tables import correspondents
from storage.values import Correspondent

_FACTS = tuple(Correspondent.__dataclass_fields__)
_DEFAULTS = {"language": "", "bounced": "", "bounced_at": None, "stopped": False}


def get(source: Source, address: str) -> Correspondent | None:
    """The facts about an address; None when there are none."""
    return load(source, [address]).get(address)


def load(source: Source, addresses: Iterable[str]) -> dict[str, Correspondent]:
    """The facts about these addresses, by the address as given; unknown addresses are left out."""
    asked = {address: normal_address(address) for address in addresses}
    query = select(correspondents).where(correspondents.c.address_key.in_(set(asked.values())))
    with reading(source) as conn:
        known = {row["address_key"]: _correspondent(row) for row in conn.execute(query).mappings()}
    return {address: known[key] for address, key in asked.items() if key in known}


def _correspondent(row: RowMapping) -> Correspondent:
    return Correspondent(**{name: row[name] for name in _FACTS})


def save_facts(
    conn: Connection,
    address: str,
    *,
    language: str | None = None,
    bounced: str | None = None,
    bounced_at: datetime | None = None,
    stopped: bool | None = None,
) -> None:
    """Store the facts that are given and leave the others as they are.

    `bounced` is why letters fail; an empty one says that they arrive again, and clears `bounced_at`.
    """
    facts: dict[str, Any] = {"language": language, "stopped": stopped}
    facts = {name: fact for name, fact in facts.items() if fact is not None}
    if bounced is not None:
        facts |= {"bounced": bounced, "bounced_at": bounced_at if bounced else None}
    if not facts:
        return
    row = _DEFAULTS | facts | {"address": address.strip(), "address_key": normal_address(address)}
    statement = insert(conn.dialect.name, correspondents).values(row)
    change = {name: statement.excluded[name] for name in facts}
    conn.execute(statement.on_conflict_do_update(index_elements=["address_key"], set_=change))
