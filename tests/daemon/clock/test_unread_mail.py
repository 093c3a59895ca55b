"""A case is not left for silence while its customer's mail waits to be read; nobody else's mail holds it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daemon.clock.stepper import Stepper
from storage import cases, inbox, migrate, tickets
from storage.engine import Database
from storage.values import Case, Letter, RawMail
from tests.daemon.installations import CHIEF, NOW, accept, mail, sent_letters, start_stepper
from tests.daemon.rendered import reply_address


@pytest.fixture
def db() -> Iterator[Database]:
    """A database in memory; what is asked of it is tested on both sorts in tests/storage/test_unread_mail.py."""
    opened = Database("sqlite://")
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def stepper(db: Database, tmp_path: Path) -> Stepper:
    """An office whose customer was asked for details and is silent; tomorrow the step is left for that."""
    made = start_stepper(db, tmp_path)
    accept(db, mail(1, body="My inverter does not switch on any more. Please help."))
    made.settle()
    assert case(made).ticket.step == "incomplete"
    made.advance(silence_ends(made) - timedelta(days=1))
    made.reads = False  # whatever comes from now on waits to be read
    return made


def case(stepper: Stepper) -> Case:
    """The customer's case."""
    [line] = tickets.listing(stepper.db, customer="c1@example.net")
    return cases.load(stepper.db, [line.id])[line.id]


def silence_ends(stepper: Stepper) -> datetime:
    """When the step is left for silence."""
    [wait] = [timer for timer in case(stepper).timers if timer.kind == "after"]
    return wait.at


def comes(stepper: Stepper, raw: bytes, *, envelope: str = "someone@example.com", to: str = "") -> int:
    """A mail comes now, and is not read yet."""
    recipients = (to or "complaints@example.org",)
    taken = RawMail(raw=raw, received_at=stepper.now, source="smtp", envelope_from=envelope, recipients=recipients)
    return accept(stepper.db, taken)[0]


def acknowledgement(stepper: Stepper) -> Letter:
    """The letter that asked the customer."""
    return next(letter for letter in sent_letters(stepper) if letter.recipient == "c1@example.net")


STRANGER = b"From: other@example.com\r\nSubject: Offer\r\nMessage-ID: <9@example.com>\r\n\r\nBuy this.\r\n"


def test_a_stranger_s_unread_mail_holds_up_nobody(stepper: Stepper) -> None:
    """The case is left for silence on time, though a mail that is none of its business is not read."""
    comes(stepper, STRANGER)
    comes(stepper, b"no header at all, but an envelope")
    stepper.advance(silence_ends(stepper))
    assert case(stepper).ticket.step == "investigating"


@pytest.mark.parametrize("how", ["From", "Reply-To", "envelope", "token", "Message-ID", "our Message-ID", "tag"])
def test_mail_that_may_be_of_the_case_holds_it(stepper: Stepper, how: str) -> None:
    """By who may have written it, by the address it comes to, by what it answers, by the number in its subject."""
    ours, reference = acknowledgement(stepper), case(stepper).ticket.reference
    lines = {
        "From": b"From: Anna\r\n <C1@example.net>",
        "Reply-To": b"From: x@forms.example\r\nReply-To: c1@example.net",
        "Message-ID": b"From: x@example.com\r\nReferences:\r\n <1@example.net>",
        "our Message-ID": f"From: x@example.com\r\nIn-Reply-To: <{ours.message_id}>".encode(),
        "tag": f"From: x@example.com\r\nSubject: Re: [{reference}] Inverter".encode(),
    }
    envelope = "c1@example.net" if how == "envelope" else "x@example.com"
    to = reply_address(ours) if how == "token" else ""
    comes(stepper, lines.get(how, b"From: x@example.com") + b"\r\n\r\nHere it is: ST-6.0K", envelope=envelope, to=to)
    stepper.advance(silence_ends(stepper) + timedelta(hours=5))
    assert case(stepper).ticket.step == "incomplete"


def test_when_it_was_read_and_was_the_answer_nothing_is_left_for_silence(stepper: Stepper) -> None:
    """The answer that came in time counts, however late it is read."""
    comes(
        stepper, mail(1, "In-Reply-To: <1@example.net>", body="It is a ST-6.0K, serial number SN60A2412345.").raw + b" "
    )
    stepper.advance(silence_ends(stepper) + timedelta(hours=2))
    stepper.reads = True
    stepper.settle()
    stepper.advance(stepper.now + timedelta(hours=2))
    assert "waited" not in {entry.event for entry in case(stepper).history}


def test_mail_without_any_writer_holds_for_a_day_at_most(stepper: Stepper) -> None:
    """It may be anybody's, this customer's too; but not for ever."""
    comes(stepper, b"\xff\xfe\r\n\r\nnothing to be known", envelope="")
    end = silence_ends(stepper)
    stepper.advance(end + timedelta(hours=20))
    assert case(stepper).ticket.step == "incomplete"
    stepper.advance(end + timedelta(hours=26))
    assert case(stepper).ticket.step == "investigating"


def test_a_customer_s_mail_set_aside_unread_holds_until_a_person_saw_to_it(stepper: Stepper) -> None:
    """Nobody is left for silence who wrote; the manager learns of it once, by name of the case and of the mail."""
    number = comes(stepper, mail(1, "X-Poison: yes").raw, envelope="c1@example.net")
    [row] = inbox.claim(stepper.db, now=stepper.now, limit=1, lease=timedelta(minutes=2))
    with stepper.db.write() as conn:
        inbox.set_aside(conn, row.id, error="the process ended 5 times while reading it")
    end = silence_ends(stepper)
    stepper.advance(end + timedelta(days=3))
    assert case(stepper).ticket.step == "incomplete"
    [letter] = [letter for letter in sent_letters(stepper) if letter.notice == "failing"]
    assert letter.recipient == CHIEF
    assert letter.language == "it"
    words = letter.raw.decode()
    assert case(stepper).ticket.reference in words
    assert f"mail {number} may be the answer" in words
    with stepper.db.write() as conn:
        assert inbox.dismiss(conn, number)
    stepper.advance(stepper.now + timedelta(hours=2))
    assert case(stepper).ticket.step == "investigating"


def test_mail_set_aside_before_the_silence_began_does_not_hold_it(db: Database, tmp_path: Path) -> None:
    """What was wrong with an earlier mail was seen to, or not; the customer was asked after that."""
    stepper = start_stepper(db, tmp_path)
    early = RawMail(raw=mail(1, "X-Poison: yes").raw, received_at=NOW - timedelta(days=30), source="smtp")
    [number] = accept(db, early)
    with db.write() as conn:
        inbox.set_aside(conn, number, error="KeyError: 'x'")
    accept(db, mail(1, body="My inverter does not switch on any more. Please help."))
    stepper.settle()
    stepper.advance(silence_ends(stepper))
    assert case(stepper).ticket.step == "investigating"
