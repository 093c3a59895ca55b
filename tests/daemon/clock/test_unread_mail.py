"""A step does not end for silence while mail that may be the customer's is unread; other unread mail does not
matter."""

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
    """An in-memory database; the queries are tested on both databases in tests/storage/test_unread_mail.py."""
    opened = Database("sqlite://")
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def stepper(db: Database, tmp_path: Path) -> Stepper:
    """A case whose customer was asked for details and has not answered; tomorrow the step ends for silence."""
    made = start_stepper(db, tmp_path)
    accept(db, mail(1, body="My inverter does not switch on any more. Please help."))
    made.settle()
    assert case(made).ticket.step == "incomplete"
    made.advance(silence_ends(made) - timedelta(days=1))
    made.reads = False  # mail that arrives from now on stays unread
    return made


def case(stepper: Stepper) -> Case:
    """Return the customer's case."""
    [line] = tickets.listing(stepper.db, customer="c1@example.net")
    return cases.load(stepper.db, [line.id])[line.id]


def silence_ends(stepper: Stepper) -> datetime:
    """Return when the step ends for silence."""
    [wait] = [timer for timer in case(stepper).timers if timer.kind == "after"]
    return wait.at


def receive_unread(stepper: Stepper, raw: bytes, *, envelope: str = "someone@example.com", to: str = "") -> int:
    """Receive a mail now that is not read yet."""
    recipients = (to or "complaints@example.org",)
    taken = RawMail(raw=raw, received_at=stepper.now, source="smtp", envelope_from=envelope, recipients=recipients)
    return accept(stepper.db, taken)[0]


def acknowledgement(stepper: Stepper) -> Letter:
    """Return the letter that asked the customer."""
    return next(letter for letter in sent_letters(stepper) if letter.recipient == "c1@example.net")


STRANGER = b"From: other@example.com\r\nSubject: Offer\r\nMessage-ID: <9@example.com>\r\n\r\nBuy this.\r\n"


def test_a_stranger_s_unread_mail_holds_up_nobody(stepper: Stepper) -> None:
    """The step ends on time although a stranger's mail is unread."""
    receive_unread(stepper, STRANGER)
    receive_unread(stepper, b"no header at all, but an envelope")
    stepper.advance(silence_ends(stepper))
    assert case(stepper).ticket.step == "investigating"


@pytest.mark.parametrize("how", ["From", "Reply-To", "envelope", "token", "Message-ID", "our Message-ID", "tag"])
def test_mail_that_may_be_of_the_case_holds_it(stepper: Stepper, how: str) -> None:
    """A mail may belong to the case by its sender, recipient, In-Reply-To, or the case number in its subject."""
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
    receive_unread(
        stepper, lines.get(how, b"From: x@example.com") + b"\r\n\r\nHere it is: ST-6.0K", envelope=envelope, to=to
    )
    stepper.advance(silence_ends(stepper) + timedelta(hours=5))
    assert case(stepper).ticket.step == "incomplete"


def test_when_it_was_read_and_was_the_answer_nothing_is_left_for_silence(stepper: Stepper) -> None:
    """An answer that arrived in time counts, however late it is read."""
    receive_unread(
        stepper, mail(1, "In-Reply-To: <1@example.net>", body="It is a ST-6.0K, serial number SN60A2412345.").raw + b" "
    )
    stepper.advance(silence_ends(stepper) + timedelta(hours=2))
    stepper.reads = True
    stepper.settle()
    stepper.advance(stepper.now + timedelta(hours=2))
    assert "waited" not in {entry.event for entry in case(stepper).history}


def test_mail_without_any_writer_holds_for_a_day_at_most(stepper: Stepper) -> None:
    """A mail without a sender may be this customer's, but holds the step for at most a day."""
    receive_unread(stepper, b"\xff\xfe\r\n\r\nnothing to be known", envelope="")
    end = silence_ends(stepper)
    stepper.advance(end + timedelta(hours=20))
    assert case(stepper).ticket.step == "incomplete"
    stepper.advance(end + timedelta(hours=26))
    assert case(stepper).ticket.step == "investigating"


def test_a_customer_s_mail_set_aside_unread_holds_until_a_person_saw_to_it(stepper: Stepper) -> None:
    """The step waits, and the manager is told once, with the case and the mail."""
    number = receive_unread(stepper, mail(1, "X-Poison: yes").raw, envelope="c1@example.net")
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
    """The customer was asked after that mail, so it is no answer."""
    stepper = start_stepper(db, tmp_path)
    early = RawMail(raw=mail(1, "X-Poison: yes").raw, received_at=NOW - timedelta(days=30), source="smtp")
    [number] = accept(db, early)
    with db.write() as conn:
        inbox.set_aside(conn, number, error="KeyError: 'x'")
    accept(db, mail(1, body="My inverter does not switch on any more. Please help."))
    stepper.settle()
    stepper.advance(silence_ends(stepper))
    assert case(stepper).ticket.step == "investigating"
