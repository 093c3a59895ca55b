"""Company records, by policy, name and key; and what cases wait for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, delete, select, tuple_

from storage.columns import normal_address
from storage.company_record_tables import awaited, records
from storage.company_record_values import CompanyRecord, Place
from storage.engine import Source, reading
from storage.statements import insert_new, upsert


def load(source: Source, places: Iterable[Place], *, to_change: bool = False) -> dict[Place, CompanyRecord]:
    """The records with these identifiers; `to_change` locks them until the transaction ends."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    same = tuple_(records.c.policy, records.c.of, records.c.key).in_(wanted)
    query = select(records).where(same).order_by(records.c.policy, records.c.of, records.c.key)
    with reading(source) as conn:
        found = [_record(row) for row in conn.execute(query.with_for_update() if to_change else query).mappings()]
    return {record.place: record for record in found}


def of_customer(source: Source, policy: str, address: str) -> tuple[CompanyRecord, ...]:
    """The records of a policy that belong to the customer with this address, in order of their keys."""
    mine = (records.c.policy == policy) & (records.c.address_key == normal_address(address))
    query = select(records).where(mine).order_by(records.c.key)
    with reading(source) as conn:
        return tuple(_record(row) for row in conn.execute(query).mappings())


def listing(source: Source, policy: str, *, of: str = "", limit: int = 1000) -> tuple[CompanyRecord, ...]:
    """Records of a policy, of one name or of all, in order of name and key."""
    mine = [records.c.policy == policy]
    if of:
        mine.append(records.c.of == of)
    query = select(records).where(*mine).order_by(records.c.of, records.c.key).limit(limit)
    with reading(source) as conn:
        return tuple(_record(row) for row in conn.execute(query).mappings())


def keys_between(source: Source, policy: str, of: str, first: str, last: str) -> tuple[str, ...]:
    """The keys of the records from `first` to `last`, both included."""
    mine = (records.c.policy == policy) & (records.c.of == of) & records.c.key.between(first, last)
    with reading(source) as conn:
        return tuple(conn.scalars(select(records.c.key).where(mine).order_by(records.c.key)))


def save(conn: Connection, filed: Sequence[CompanyRecord]) -> None:
    """Insert or replace records."""
    rows = [
        {
            "policy": record.policy, "of": record.of, "key": record.key, "address_key": normal_address(record.address),
            "content": dict(record.content), "updated_at": record.updated_at,
        }
        for record in filed
    ]  # fmt: skip
    upsert(conn, records, rows)


def _record(row: RowMapping) -> CompanyRecord:
    return CompanyRecord(
        policy=row["policy"],
        of=row["of"],
        key=row["key"],
        address=row["address_key"],
        content=row["content"],
        updated_at=row["updated_at"],
    )


# ------------------------------------------------------------------------------------------ what cases wait for


def add_waiting_case(conn: Connection, policy: str, what: str, ticket_id: int) -> None:
    """Note that a case waits for `what`."""
    insert_new(conn, awaited, [{"policy": policy, "what": what, "ticket_id": ticket_id}])


def take_waiting_cases(conn: Connection, policy: str, what: str) -> tuple[int, ...]:
    """Delete and return the ids of the tickets that wait for `what`, which has arrived."""
    mine = (awaited.c.policy == policy) & (awaited.c.what == what)
    ids = conn.scalars(delete(awaited).where(mine).returning(awaited.c.ticket_id))
    return tuple(sorted(ids))
