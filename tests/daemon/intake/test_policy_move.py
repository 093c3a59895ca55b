"""Moving a case from every shipped policy to every other: its mails are read again and its letters written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from config.files.load_policy import known_policies, load_policy
from config.settings import Settings
from daemon.cases import load
from daemon.cases.transaction import change_cases
from daemon.clock.stepper import Stepper
from daemon.decide.events import MovedByOperator
from daemon.installation import Installation
from daemon.installation_build import load_installation
from daemon.intake.policy_move import read_by_policy
from parsers.sender.tokens import TokenKeys
from storage import cases, migrate, outbox, tickets
from storage.engine import Database
from storage.values import Case, DeadlineState, RawMail
from tests.daemon.memory_transport import MemoryTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POLICIES = known_policies(None)
BODY = "Hello, I am not satisfied: the touch screen is dead since the update. IMEI 490154203237518, order A-1000001."


def people(policy: str) -> dict[str, Any]:
    """Return one person for each team."""
    teams = load_policy(policy).teams
    return {"teams": {name: {"members": [{"name": name, "address": f"{name}@{policy}.example"}]} for name in teams}}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with every shipped policy and its people."""
    folder = tmp_path_factory.mktemp("office")
    table = {
        "folder": folder, "policies": folder / "none", "templates": folder / "none", "relay": {}, "keys": {},
        "company": {"name": "Firm", "country": "IT", "zone": "Europe/Rome"},
        "addresses": [{"address": f"{name}@firm.example", "policy": name} for name in POLICIES],
    }  # fmt: skip
    settings = Settings.model_validate(table, context={"folder": folder})
    return load_installation(settings, keys=TokenKeys(1, {1: bytes(32)}), extra=people)


@pytest.fixture
def stepper(installation: Installation) -> Iterator[Stepper]:
    """That installation on an in-memory database."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    yield Stepper(db, installation, MemoryTransport(), NOW)
    db.close()


def begun(stepper: Stepper, policy: str) -> Case:
    """Return a case of this policy, an hour old."""
    lines = ["From: Anna <anna@example.net>", f"To: {policy}@firm.example", "Subject: Not as it should be",
             "Message-ID: <1@example.net>", "", BODY, ""]  # fmt: skip
    raw = "\r\n".join(lines).encode()
    to = (f"{policy}@firm.example",)
    stepper.accept(RawMail(raw=raw, received_at=NOW, source="smtp", envelope_from="anna@example.net", recipients=to))
    stepper.advance(NOW + timedelta(hours=1))
    return the_case(stepper)


def the_case(stepper: Stepper) -> Case:
    """Return the only case."""
    (line,) = tickets.listing(stepper.db)
    return load.load(stepper.db, stepper.installation, [line.id], stepper.now)[line.id]


@pytest.mark.parametrize(("old", "new"), list(permutations(POLICIES, 2)))
def test_a_case_goes_from_any_policy_to_any_other(stepper: Stepper, old: str, new: str) -> None:
    """The customer gets one letter with every date they were told that is still open, or an earlier one."""
    before = begun(stepper, old)
    there = read_by_policy(stepper.db, stepper.installation, before, stepper.installation.policies[new], stepper.now)
    change_cases(
        stepper.db,
        stepper.installation,
        [(before.ticket.id, MovedByOperator(policy_move=there, why="it belongs there"))],
        stepper.now,
    )
    after = the_case(stepper)
    (letter,) = [letter for letter in outbox.listing(stepper.db, ticket_id=after.ticket.id) if letter.notice == "moved"]
    assert letter.recipient == "anna@example.net"
    assert after.ticket.reference in letter.subject
    owed = {(row.promise, row.occurrence): row for row in after.deadlines}
    for row in before.deadlines:
        if row.state is DeadlineState.OPEN:
            assert owed[row.promise, row.occurrence].due_at <= row.due_at
    stepper.advance(stepper.now + timedelta(days=10))
    notices = [
        m.notice for m in cases.load(stepper.db, [after.ticket.id])[after.ticket.id].messages if m.direction == "out"
    ]
    assert notices.count("moved") == 1


def test_what_the_new_policy_asks_for_is_read_in_the_mails_that_came(stepper: Stepper) -> None:
    """A detail of the first mail that the old policy did not use is read for the new one."""
    case = begun(stepper, "complaints")
    there = read_by_policy(
        stepper.db, stepper.installation, case, stepper.installation.policies["device-support"], stepper.now
    )
    found = {detail.name: detail.value for detail in there.found}
    assert (found["imei"], found["order"]) == ("490154203237518", "A-1000001")
    assert (there.kind, there.address) == ("trouble", "device-support@firm.example")
