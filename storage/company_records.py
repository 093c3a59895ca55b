"""Records that a company brings, by policy, sort and key; and what several cases wait for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, delete, select, tuple_

from storage.columns import same_address
from storage.company_record_tables import awaited, records
from storage.company_record_values import CompanyRecord, Place
from storage.engine import Source, reading
from storage.statements import insert_new, upsert


def load(source: Source, places: Iterable[Place], *, to_change: bool = False) -> dict[Place, CompanyRecord]:
    """The records of these places; `to_change` keeps others from changing them until the transaction ends."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    same = tuple_(records.c.policy, records.c.of, records.c.key).in_(wanted)
    query = select(records).where(same).order_by(records.c.policy, records.c.of, records.c.key)
    with reading(source) as conn:
        found = [_filed(row) for row in conn.execute(query.with_for_update() if to_change else query).mappings()]
    return {record.place: record for record in found}


def of_address(source: Source, policy: str, address: str) -> tuple[CompanyRecord, ...]:
    """The records of a policy that are somebody's, in order of their keys."""
    mine = (records.c.policy == policy) & (records.c.address_key == same_address(address))
    query = select(records).where(mine).order_by(records.c.key)
    with reading(source) as conn:
        return tuple(_filed(row) for row in conn.execute(query).mappings())


def listing(source: Source, policy: str, *, of: str = "", limit: int = 1000) -> tuple[CompanyRecord, ...]:
    """Records of a policy in order of sort and key."""
    mine = [records.c.policy == policy]
    if of:
        mine.append(records.c.of == of)
    query = select(records).where(*mine).order_by(records.c.of, records.c.key).limit(limit)
    with reading(source) as conn:
        return tuple(_filed(row) for row in conn.execute(query).mappings())


def between(source: Source, policy: str, of: str, first: str, last: str) -> tuple[str, ...]:
    """The keys of the records from one to another, both included."""
    mine = (records.c.policy == policy) & (records.c.of == of) & records.c.key.between(first, last)
    with reading(source) as conn:
        return tuple(conn.scalars(select(records.c.key).where(mine).order_by(records.c.key)))


def save(conn: Connection, filed: Sequence[CompanyRecord]) -> None:
    """File records; those of the same place are replaced."""
    rows = [
        {
            "policy": record.policy, "of": record.of, "key": record.key, "address_key": same_address(record.address),
            "content": dict(record.content), "updated_at": record.updated_at,
        }
        for record in filed
    ]  # fmt: skip
    upsert(conn, records, rows)


def _filed(row: RowMapping) -> CompanyRecord:
    return CompanyRecord(
        policy=row["policy"],
        of=row["of"],
        key=row["key"],
        address=row["address_key"],
        content=row["content"],
        updated_at=row["updated_at"],
    )


# ------------------------------------------------------------------------------------------ what cases wait for


def wait_for(conn: Connection, policy: str, what: str, ticket_id: int) -> None:
    """Note that a case waits for something."""
    insert_new(conn, awaited, [{"policy": policy, "what": what, "ticket_id": ticket_id}])


def came(conn: Connection, policy: str, what: str) -> tuple[int, ...]:
    """It is there: the cases that waited for it, which do so no longer."""
    mine = (awaited.c.policy == policy) & (awaited.c.what == what)
    ids = conn.scalars(delete(awaited).where(mine).returning(awaited.c.ticket_id))
    return tuple(sorted(ids))
