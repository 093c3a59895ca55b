"""From every shipped policy to every other by the real roads: its mails are read again, its letters are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from config.files.load_policy import load_policy, policies_known
from config.settings import Settings
from daemon.cases import load
from daemon.clock import due_timers
from daemon.clock.stepper import Walk
from daemon.decide.events import Moved
from daemon.installation import Office
from daemon.installation_build import load_office
from daemon.intake.policy_move import going
from daemon.outbound.transports import MemoryTransport
from parsers.sender.tokens import Keys
from storage import cases, migrate, outbox, tickets
from storage.engine import Database
from storage.values import Case, DeadlineState, RawMail

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POLICIES = policies_known(None)
BODY = "Hello, I am not satisfied: the touch screen is dead since the update. IMEI 490154203237518, order A-1000001."


def people(policy: str) -> dict[str, Any]:
    """One person on each team."""
    teams = load_policy(policy).teams
    return {"teams": {name: {"members": [{"name": name, "address": f"{name}@{policy}.example"}]} for name in teams}}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with every shipped policy, each with people of its own."""
    folder = tmp_path_factory.mktemp("office")
    table = {
        "folder": folder, "policies": folder / "none", "templates": folder / "none", "relay": {}, "keys": {},
        "company": {"name": "Firm", "country": "IT", "zone": "Europe/Rome"},
        "addresses": [{"address": f"{name}@firm.example", "policy": name} for name in POLICIES],
    }  # fmt: skip
    settings = Settings.model_validate(table, context={"folder": folder})
    return load_office(settings, keys=Keys(1, {1: bytes(32)}), extra=people)


@pytest.fixture
def walk(office: Office) -> Iterator[Walk]:
    """That office on a database in memory."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    yield Walk(db, office, MemoryTransport(), NOW)
    db.close()


def begun(walk: Walk, policy: str) -> Case:
    """A case of this policy, an hour old."""
    lines = ["From: Anna <anna@example.net>", f"To: {policy}@firm.example", "Subject: Not as it should be",
             "Message-ID: <1@example.net>", "", BODY, ""]  # fmt: skip
    raw = "\r\n".join(lines).encode()
    to = (f"{policy}@firm.example",)
    walk.accept(RawMail(raw=raw, received_at=NOW, source="smtp", envelope_from="anna@example.net", recipients=to))
    walk.advance(NOW + timedelta(hours=1))
    return the_case(walk)


def the_case(walk: Walk) -> Case:
    """The only one."""
    (line,) = tickets.listing(walk.db)
    return load.load(walk.db, walk.office, [line.id], walk.now)[line.id]


@pytest.mark.parametrize(("old", "new"), list(permutations(POLICIES, 2)))
def test_a_case_goes_from_any_policy_to_any_other(walk: Walk, old: str, new: str) -> None:
    """One letter to the customer, in which every date that was told and is owed still stands, or an earlier one."""
    before = begun(walk, old)
    there = going(walk.db, walk.office, before, walk.office.policies[new], walk.now)
    due_timers.happen(walk.db, walk.office, [(before.ticket.id, Moved(going=there, why="it belongs there"))], walk.now)
    after = the_case(walk)
    (letter,) = [one for one in outbox.listing(walk.db, ticket_id=after.ticket.id) if one.notice == "moved"]
    assert letter.recipient == "anna@example.net"
    assert after.ticket.reference in letter.subject
    owed = {(row.promise, row.occurrence): row for row in after.deadlines}
    for row in before.deadlines:
        if row.state is DeadlineState.OPEN:
            assert owed[row.promise, row.occurrence].due_at <= row.due_at
    walk.advance(walk.now + timedelta(days=10))
    told = [m.notice for m in cases.load(walk.db, [after.ticket.id])[after.ticket.id].messages if m.direction == "out"]
    assert told.count("moved") == 1


def test_what_the_new_policy_asks_for_is_read_in_the_mails_that_came(walk: Walk) -> None:
    """The number stood in the first mail all along; the old policy had no use for it."""
    case = begun(walk, "complaints")
    there = going(walk.db, walk.office, case, walk.office.policies["device-support"], walk.now)
    found = {one.name: one.value for one in there.found}
    assert (found["imei"], found["order"]) == ("490154203237518", "A-1000001")
    assert (there.kind, there.address) == ("trouble", "device-support@firm.example")
