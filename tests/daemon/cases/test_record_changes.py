"""Company records: what is put into them, and when their owners are to be written to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.cases.record_changes import merge_records
from storage import company_records, invitations, migrate
from storage.engine import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAR = {"vin": "LSVAA49J832000001", "email": "amy@example.com", "sold": "2025-12-20"}


@pytest.fixture
def db() -> Database:
    """An empty database."""
    made = Database("sqlite://")
    migrate.upgrade(made)
    return made


@pytest.fixture(scope="module")
def policy() -> Policy:
    """One that keeps records of cars and writes about them."""
    return load_policy("dealer-service")


def values(policy: Policy, **cells: str) -> tuple[tuple[str, str], dict[str, str]]:
    """A row of the first sort of records: its place and its cells."""
    of, spec = next(iter(policy.records.items()))
    cells = {spec.key: "LSVAA49J832000001", spec.address: "amy@example.com", **cells}
    return (of, cells[spec.key]), cells


def test_records_are_new_once_and_change_when_they_differ(db: Database, policy: Policy) -> None:
    """What is the same is not counted; the address to write to follows its column."""
    place, cells = values(policy)
    of = place[0]
    for expected, given in (
        ((1, 0), cells),
        ((0, 0), cells),
        ((0, 1), {**cells, policy.records[of].address: "ben@example.com"}),
    ):
        with db.write() as conn:
            assert merge_records(conn, policy, {place: given}, NOW) == expected
    [record] = company_records.load(db, [(policy.name, *place)]).values()
    assert (record.address, record.updated_at) == ("ben@example.com", NOW)


def test_what_is_to_be_written_is_planned_when_a_record_changes(db: Database, policy: Policy) -> None:
    """Only what is still to come, under the record's own place."""
    place, cells = values(policy)
    with db.write() as conn:
        merge_records(conn, policy, {place: cells}, NOW)
    planned = invitations.about(db, (policy.name, *place))
    assert all(invitation.ready_at is not None for invitation in planned)
    assert {invitation.place for invitation in planned} <= {(policy.name, *place)}
