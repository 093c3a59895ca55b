"""Import company records from a CSV file, in batches; wrong rows are reported and the others are saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from config.checks.records import column_type
from config.policy import DetailSpec, Policy
from config.working_time.calendars import load_calendar
from daemon.cases import record_changes
from daemon.decide.invitations import campaign_invitation, next_opening
from parsers.details.tables import Column, TableLine, read_table
from storage import company_records, invitations
from storage.engine import Database

_BATCH = 500


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import: how many records are new, changed and the same, and the wrong rows."""

    new: int
    changed: int
    same: int
    wrong: tuple[TableLine, ...]


def import_records(
    db: Database, policy: Policy, of: str, path: Path, now: datetime, *, encoding: str = "", country: str = ""
) -> ImportResult:
    """Save all valid rows of a CSV file. Raises ValueError if the file is no table with the columns needed."""
    spec = policy.records[of]
    today = load_calendar(policy.calendar, policy.calendars).local_date(now)
    lines = read_table(path, list(columns_of(policy, of)), encoding=encoding, today=today, country=country)
    new = changed = total = 0
    wrong: list[TableLine] = []
    for batch in _batches(lines):
        right = {(of, line.cells[spec.key]): line.cells for line in batch if not line.wrong}
        wrong += [line for line in batch if line.wrong]
        with db.write() as conn:
            fresh, other = record_changes.merge_records(conn, policy, right, now)
        new, changed, total = new + fresh, changed + other, total + len(right)
    return ImportResult(new, changed, total - new - changed, tuple(wrong))


def _batches(lines: Iterable[TableLine]) -> Iterator[list[TableLine]]:
    waiting = iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def columns_of(policy: Policy, of: str) -> Iterator[Column]:
    """Yield the columns that a file of these records may have."""
    spec = policy.records[of]
    for name, column in spec.columns.items():
        detail = policy.details.get(column.detail)
        headings = [word for words in column.labels.values() for word in words]
        if detail:
            headings += [*detail.label.values(), *(word for words in detail.labels.values() for word in words)]
        held = detail or DetailSpec(label={"*": name}, sort=column_type(policy, spec, name))
        yield Column(name, tuple(headings), held, column.required or name in (spec.key, spec.address))


def plan_campaign(db: Database, policy: Policy, name: str, keys: Iterable[str], now: datetime) -> tuple[int, list[str]]:
    """Plan a campaign's letter about these records, once each, for the next opening; return how many records are known,
    and the keys that are not."""
    of = policy.invitations[name].of
    at = next_opening(load_calendar(policy.calendar, policy.calendars), now)
    wanted = list(dict.fromkeys(keys))
    known = company_records.load(db, [(policy.name, of, key) for key in wanted])
    with db.write() as conn:
        invitations.add(conn, [campaign_invitation(record, name, at) for record in known.values()])
    return len(known), [key for key in wanted if (policy.name, of, key) not in known]
