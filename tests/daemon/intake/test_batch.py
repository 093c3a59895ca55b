"""A batch of mails shares a transaction, and one mail that fails does not affect the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.cases import transaction
from daemon.clock.stepper import Stepper
from daemon.installation_build import load_installation
from daemon.intake import batch, incoming_mail
from parsers.sender.tokens import TokenKeys
from storage import cases, inbox, migrate, tickets
from storage.engine import Database
from storage.values import InboxState, RawMail
from tests.daemon.memory_transport import MemoryTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {"teams": {name: {"members": [{"name": "Ada", "address": "ada@firm.example"}]} for name in
                    ("service", "technical", "reviewers")}}  # fmt: skip


@pytest.fixture
def stepper(tmp_path: Path) -> Iterator[Stepper]:
    """An installation with people and an alarm address, on an in-memory database."""
    write_starter(tmp_path)
    file = tmp_path / "reclamo.toml"
    file.write_text(file.read_text().replace("[alarm]\n", '[alarm]\naddress = "ops@firm.example"\n'))
    installation = load_installation(load_settings(tmp_path, {}), keys=TokenKeys(1, {1: bytes(32)}), extra=PEOPLE)
    db = Database("sqlite://")
    migrate.upgrade(db)
    yield Stepper(db, installation, MemoryTransport(), NOW)
    db.close()


def mail(number: int, *headers: str, body: str = "The inverter ST-6.0K does not switch on any more.") -> RawMail:
    """Build a customer's mail."""
    lines = [
        f"From: c{number}@example.net", "To: complaints@example.org", f"Subject: Inverter {number}",
        f"Message-ID: <{number}@example.net>", *headers, "", body, "",
    ]  # fmt: skip
    return RawMail(raw="\r\n".join(lines).encode(), received_at=NOW, source="smtp")


def test_a_poisoned_mail_fails_alone_and_a_person_is_told(stepper: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others of its batch become cases at once; it is retried, then set aside, and the operator is told why."""
    poisoned = stepper.accept(mail(2, "X-Poison: yes"))
    for number in (1, 3):
        stepper.accept(mail(number))
    good = incoming_mail.read_mail

    def read(raw: bytes, **more: Any) -> Any:
        if b"X-Poison" in raw:
            raise ZeroDivisionError("a bug that nobody knows of")
        return good(raw, **more)

    monkeypatch.setattr(incoming_mail, "read_mail", read)
    stepper.settle()
    assert len(tickets.listing(stepper.db)) == 2
    for _ in range(6):
        stepper.now += timedelta(hours=1)
        stepper.settle()
    (line,) = inbox.listing(stepper.db, state=InboxState.QUARANTINED)
    assert (poisoned, 5) == (line.id, line.attempts)
    assert "a bug that nobody knows of" in line.error
    alarms = [letter for letter in letters(stepper) if letter.recipient == "ops@firm.example"]
    assert [f"inbox {poisoned}" in letter.subject for letter in alarms] == [True]


def test_a_failure_after_reading_is_alone_too(stepper: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while deciding or composing affects its own mail only."""
    for number in (1, 2, 3):
        stepper.accept(mail(number))
    good = transaction.decide

    def decide(case: Any, event: Any, policy: Any, now: datetime) -> Any:
        if event.mail.reading.sender.address == "c2@example.net":
            raise KeyError("a name nobody defined")
        return good(case, event, policy, now)

    monkeypatch.setattr(transaction, "decide", decide)
    stepper.settle()
    assert [line.customer for line in tickets.listing(stepper.db)] == ["c1@example.net", "c3@example.net"]


def test_what_a_program_wrote_waits_for_a_person_who_may_make_it_a_case(stepper: Stepper) -> None:
    """An automatic mail is set aside, not answered; released as new it opens a case."""
    number = stepper.accept(mail(4, "Auto-Submitted: auto-generated"))
    stepper.settle()
    assert tickets.listing(stepper.db) == []
    (line,) = inbox.listing(stepper.db, state=InboxState.QUARANTINED)
    assert number == line.id
    with stepper.db.write() as conn:
        assert inbox.replay(conn, number, as_new=True)
    stepper.settle()
    assert [line.customer for line in tickets.listing(stepper.db)] == ["c4@example.net"]


def test_an_answer_in_the_same_batch_joins_the_case_it_answers(stepper: Stepper) -> None:
    """A mail and its follow-up in one batch become one case."""
    stepper.accept(mail(5))
    second = mail(6, "References: <5@example.net>", "In-Reply-To: <5@example.net>", body="One more thing: it hums.")
    stepper.accept(replace(second, raw=second.raw.replace(b"From: c6@", b"From: c5@")))
    stepper.settle()
    assert [line.customer for line in tickets.listing(stepper.db)] == ["c5@example.net"]


def test_an_unreadable_mail_becomes_a_case_for_a_person_with_the_original_attached(stepper: Stepper) -> None:
    """Staff get the bytes as received, the customer an acknowledgement."""
    raw = b"From: c7@example.net\r\nTo: complaints@example.org\r\nMessage-ID: <7@example.net>\r\n\r\n"
    stepper.accept(RawMail(raw=raw, received_at=NOW, source="smtp"))
    stepper.settle()
    (line,) = tickets.listing(stepper.db)
    assert line.customer == "c7@example.net"
    assert {"acknowledgement", "new_case"} <= {letter.notice for letter in letters(stepper)}


def test_getting_ready_touches_nobody_and_stops_nothing(stepper: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warm-up mail is processed without storing or sending anything; if that fails the daemon still starts."""
    written: list[Any] = []
    good = batch.change_of
    monkeypatch.setattr(batch, "change_of", lambda *given: written.append(good(*given)))
    with capture_logs() as said:
        batch.prepare(stepper.installation, NOW)
    assert (said, {letter.notice for letter in written[0].letters}) == ([], {"acknowledgement", "new_case"})
    monkeypatch.setattr(batch, "decide", None)
    with capture_logs() as said:
        batch.prepare(stepper.installation, NOW)
    assert [line["event"] for line in said] == ["could not prepare"]


def letters(stepper: Stepper) -> list[Any]:
    """Return the letters that were sent."""
    return list(stepper._sender._transport.letters)  # type: ignore[attr-defined]


def test_one_mail_delivered_to_two_addresses_of_ours_is_one_case(stepper: Stepper) -> None:
    """Two mailboxes get the same mail with different trace headers: one case, and the ledger names both ways. Another
    text under the same Message-ID is a new case."""
    first = mail(7)
    stepper.accept(replace(first, recipients=("complaints@example.org",)))
    copy = replace(
        first, raw=b"Received: by the other mailbox\r\n" + first.raw, recipients=("complaints+x@example.org",)
    )
    stepper.accept(copy)
    stepper.settle()
    (line,) = tickets.listing(stepper.db)
    case = cases.load(stepper.db, [line.id])[line.id]
    assert [e.facts["to"] for e in case.history if e.event == "came again"] == [["complaints+x@example.org"]]
    assert len([m for m in case.messages if m.direction == "in"]) == 1
    stepper.accept(mail(7, body="Something else altogether: the fan hums."))
    stepper.settle()
    assert len(tickets.listing(stepper.db)) == 2
