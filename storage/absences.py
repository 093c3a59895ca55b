"""Absent staff: away, by their automatic reply, or unreachable. The row is deleted when they are back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, case, delete, select, update

from storage.columns import normal_address
from storage.company_record_tables import absences
from storage.engine import Database, Source, insert, reading
from storage.statements import claim_due


class AbsenceReason(StrEnum):
    """Why somebody is absent: their automatic reply says so, or letters to them bounce."""

    AWAY = "away"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """One absence. From `moves_at` until `until` the substitute has their due work; `until` None means until they
    write. `times` counts the mails that said so; `told` is true once the substitute has been told."""

    address: str
    why: AbsenceReason
    since: datetime
    moves_at: datetime
    until: datetime | None = None
    times: int = 1
    told: bool = False


def note(conn: Connection, absence: Absence) -> None:
    """Store an absence. A known one is counted once more and takes the new `why` and `until`; `since` and `moves_at`
    stay as they were."""
    row = {name: getattr(absence, name) for name in Absence.__dataclass_fields__}
    row |= {"address_key": normal_address(absence.address), "why": absence.why.value, "ready_at": absence.moves_at}
    statement = insert(conn.dialect.name, absences).values(row)
    new = statement.excluded
    change = {
        "why": new.why,
        "until": new.until,
        "times": absences.c.times + 1,
        "ready_at": case((absences.c.told.is_(True), new.until), else_=absences.c.ready_at),
    }
    conn.execute(statement.on_conflict_do_update(index_elements=["address_key"], set_=change))


def mark_back(conn: Connection, address: str) -> bool:
    """Delete the absence of somebody who is back; False when there is none."""
    return conn.execute(delete(absences).where(absences.c.address_key == normal_address(address))).rowcount == 1


def mark_substitute_told(conn: Connection, absence: Absence) -> None:
    """Note that the substitute has been told; the row is next due when the absence ends."""
    same = absences.c.address_key == normal_address(absence.address)
    conn.execute(update(absences).where(same).values(told=True, ready_at=absences.c.until))


def substituted(source: Source, now: datetime) -> frozenset[str]:
    """The addresses, in lower case, of staff whose substitute has their due work at `now`."""
    over = absences.c.until <= now
    query = select(absences.c.address_key).where(absences.c.moves_at <= now, absences.c.until.is_(None) | ~over)
    with reading(source) as conn:
        return frozenset(conn.scalars(query))


def by_address(source: Source, addresses: Iterable[str]) -> dict[str, Absence]:
    """The absences of these people, by address in lower case."""
    keys = {normal_address(address) for address in addresses}
    with reading(source) as conn:
        rows = conn.execute(select(absences).where(absences.c.address_key.in_(keys))).mappings()
        return {row["address_key"]: _absence(row) for row in rows}


def listing(source: Source) -> list[Absence]:
    """All absences, the longest first."""
    with reading(source) as conn:
        query = select(absences).order_by(absences.c.since, absences.c.address_key)
        return [_absence(row) for row in conn.execute(query).mappings()]


def claim(db: Database, *, now: datetime, limit: int, lease: timedelta) -> list[Absence]:
    """Claim until `now + lease` the absences that are due: the substitute is to be told, or the absence is over.
    Committed on return."""
    order = [absences.c.ready_at, absences.c.address_key]
    with db.write() as conn:
        due = absences.c.ready_at <= now
        rows = claim_due(conn, absences, due=due, order=order, limit=limit, change={"ready_at": now + lease})
    return sorted((_absence(row) for row in rows), key=lambda absence: (absence.since, absence.address))


def next_at(source: Source) -> datetime | None:
    """When the next absence is due; None when none is."""
    with reading(source) as conn:
        due = select(absences.c.ready_at).where(absences.c.ready_at.is_not(None))
        return conn.scalar(due.order_by(absences.c.ready_at).limit(1))


def _absence(row: RowMapping) -> Absence:
    fields = {name: row[name] for name in Absence.__dataclass_fields__}
    return Absence(**fields | {"why": AbsenceReason(row["why"])})
