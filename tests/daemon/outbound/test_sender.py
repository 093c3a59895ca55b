"""The sender on a real outbox: what becomes of letters when transports, followers or processes fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.faults import GiveUp, TryAgain
from daemon.installation import LetterRetries
from daemon.outbound.sender import Batch, DeliveryAttempt, DeliveryResult, Sender, next_attempt
from daemon.outbound.smtp_relay import RelayConnection, SmtpRelay
from daemon.outbound.transports import RelayAway, Transport
from storage import migrate, outbox
from storage.engine import Database
from storage.values import Letter, LetterState
from tests.daemon.memory_transport import MemoryTransport
from tests.daemon.outbound.letters import WRITTEN, letter
from tests.servers.smtp_sink import Sink

RETRIES = LetterRetries(give_up=timedelta(days=5), lease=timedelta(minutes=10))


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = WRITTEN

    def __call__(self) -> datetime:
        return self.now


class Difficult(MemoryTransport):
    """A transport that raises a given exception for some recipients."""

    def __init__(self, failures: dict[str, Exception]) -> None:
        super().__init__()
        self.failures = failures
        self.asked: list[str] = []

    def deliver(self, letter: Letter) -> None:
        """Raise the recipient's exception, if any; otherwise keep the letter."""
        self.asked.append(letter.recipient)
        if letter.recipient in self.failures:
            raise self.failures[letter.recipient]
        super().deliver(letter)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A database with all tables."""
    opened = Database(f"sqlite:///{tmp_path}/reclamo.db", wait=0.1)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock set to when the letters were written."""
    return Clock()


@pytest.fixture
def followed() -> list[tuple[str, DeliveryResult]]:
    """The deliveries that were followed up, in order."""
    return []


StartSender = Callable[..., Sender]


@pytest.fixture
def start(db: Database, clock: Clock, followed: list[tuple[str, DeliveryResult]]) -> StartSender:
    """Return a function that makes a sender: start(transport, follow=…)."""

    def note(conn: Any, delivery: DeliveryAttempt) -> None:
        followed.append((delivery.letter.recipient, delivery.result))

    def start(transport: Transport, follow: Callable[[Any, DeliveryAttempt], None] = note, **more: Any) -> Sender:
        return Sender(db, transport, now=clock, follow=follow, retries=RETRIES, **more)

    return start


def write(db: Database, *letters: Letter) -> None:
    """Put letters into the outbox."""
    with db.write() as conn:
        outbox.add(conn, letters)


def states(db: Database) -> dict[str, str]:
    """Return the letter states by recipient."""
    return {row.recipient.partition("@")[0]: row.state.value for row in outbox.listing(db)}


def test_a_bad_recipient_does_not_stop_the_others(
    db: Database, start: StartSender, followed: list[tuple[str, DeliveryResult]]
) -> None:
    """Each letter gets its own result; final results are followed up in the letters' order."""
    transport = Difficult(
        {
            "anna1@example.net": GiveUp("550 no such user"),
            "anna2@example.net": TryAgain("450 greylisted"),
            "anna3@example.net": ZeroDivisionError("bug"),
        }
    )
    write(db, *(letter(number) for number in range(5)))
    assert start(transport).send_batch() == Batch(sent=2, again=2, failed=1)
    assert states(db) == {
        "anna0": "sent", "anna1": "failed", "anna2": "waiting", "anna3": "waiting", "anna4": "sent"
    }  # fmt: skip
    assert followed == [
        ("anna0@example.net", DeliveryResult.SENT),
        ("anna1@example.net", DeliveryResult.FAILED),
        ("anna4@example.net", DeliveryResult.SENT),
    ]
    errors = {row.recipient: row.error for row in outbox.listing(db) if row.error}
    assert errors["anna1@example.net"] == "550 no such user"


def test_a_letter_put_off_goes_later(db: Database, start: StartSender, clock: Clock) -> None:
    """A deferred letter is sent once, after its delay."""
    transport = Difficult({"anna1@example.net": TryAgain("450")})
    write(db, letter(1))
    sender = start(transport)
    sender.send_batch()
    transport.failures.clear()
    clock.now += timedelta(seconds=59)
    assert sender.send_batch() == Batch()
    clock.now += timedelta(seconds=1)
    assert sender.send_batch() == Batch(sent=1)
    clock.now += timedelta(days=30)
    assert sender.send_batch() == Batch()
    assert [kept.message_id for kept in transport.letters] == ["1@example.com"]


def test_a_relay_that_is_away_is_asked_once(
    db: Database, start: StartSender, clock: Clock, followed: list[tuple[str, DeliveryResult]]
) -> None:
    """The other letters wait a minute untried, and all are sent when the relay is back."""
    transport = Difficult({"anna0@example.net": RelayAway("connection refused")})
    write(db, *(letter(number) for number in range(3)))
    sender = start(transport)
    assert sender.send_batch() == Batch(again=1, away="connection refused")
    assert sender.send_batch() == Batch()
    assert [transport.asked, followed] == [["anna0@example.net"], []]
    clock.now += timedelta(minutes=1)
    transport.failures.clear()
    assert sender.send_batch() == Batch(sent=3)


def test_a_letter_that_always_hangs_holds_nobody_up(db: Database, start: StartSender, clock: Clock) -> None:
    """A letter that breaks every batch is moved back; the others are delivered."""
    transport = Difficult({"anna0@example.net": RelayAway("timed out")})
    write(db, *(letter(number) for number in range(3)))
    sender = start(transport)
    for _ in range(4):
        sender.send_batch()
        clock.now += timedelta(minutes=1)
    assert states(db) == {"anna0": "waiting", "anna1": "sent", "anna2": "sent"}


def test_a_letter_is_given_up_in_the_end(
    db: Database, start: StartSender, clock: Clock, followed: list[tuple[str, DeliveryResult]]
) -> None:
    """A letter is given up after five days, not sooner, and followed up once."""
    write(db, letter(1))
    sender = start(Difficult({"anna1@example.net": TryAgain("450 full")}))
    while states(db) == {"anna1": "waiting"}:
        sender.send_batch()
        clock.now += timedelta(minutes=30)
    assert clock.now - WRITTEN == timedelta(days=5, minutes=30)
    assert followed == [("anna1@example.net", DeliveryResult.FAILED)]


def test_what_follows_is_stored_with_the_letter(db: Database, start: StartSender) -> None:
    """If the follow-up fails, the letter is still stored as sent and never resent; the operator is told."""

    def follow(conn: Any, delivery: DeliveryAttempt) -> None:
        outbox.add(conn, [letter(99)])
        raise ZeroDivisionError("no such notice")

    untold: list[str] = []
    write(db, letter(1))
    transport = MemoryTransport()
    start(transport, follow, not_followed=lambda conn, delivery, why: untold.append(why)).send_batch()
    assert states(db) == {"anna1": "sent"}  # and the letter written by the failed follow-up is gone
    assert len(transport.letters) == 1
    assert untold == ["ZeroDivisionError: no such notice"]


def test_what_a_clock_that_was_ahead_claimed_does_not_wait_for_it(
    db: Database, start: StartSender, clock: Clock
) -> None:
    """After a sender with a clock a year ahead died, its claimed and its deferred letter are sent at the next look; a
    letter held until next week waits."""
    right = clock.now
    write(db, letter(1), letter(2))
    with db.write() as conn:
        one, two = outbox.claim(conn, now=right + timedelta(days=365), limit=2, lease=timedelta(minutes=10))
        late = right + timedelta(days=365, minutes=1)
        outbox.put_off(conn, two.id, error="451", not_before=late, attempt=two.attempts)
    write(db, replace(letter(3), not_before=right + timedelta(days=7)))
    transport = MemoryTransport()
    start(transport).send_batch()
    assert [one.id, two.id] == [sent.id for sent in transport.letters]


def test_what_follows_may_come_later(db: Database, start: StartSender, clock: Clock) -> None:
    """If the follow-up asks for another try, the delivery is stored next time and the letter is not resent."""
    tries: list[DeliveryResult] = []

    def follow(conn: Any, delivery: DeliveryAttempt) -> None:
        tries.append(delivery.result)
        if len(tries) == 1:
            raise TryAgain("somebody else is at it")

    write(db, letter(1))
    transport = MemoryTransport()
    sender = start(transport, follow)
    sender.send_batch()
    assert states(db) == {"anna1": "waiting"}
    clock.now += timedelta(minutes=1)
    sender.send_batch()
    assert [states(db), tries, len(transport.letters)] == [
        {"anna1": "sent"},
        [DeliveryResult.SENT, DeliveryResult.SENT],
        1,
    ]


def test_what_never_follows_is_let_go(db: Database, start: StartSender) -> None:
    """After some tries the delivery is stored without follow-up, before the lease ends, so that the letter is not sent
    twice."""

    def follow(conn: Any, delivery: DeliveryAttempt) -> None:
        raise TryAgain("never")

    write(db, letter(1))
    sender = start(MemoryTransport(), follow)
    for _ in range(4):
        sender.send_batch()
    assert states(db) == {"anna1": "sent"}


def test_a_crash_holds_up_one_letter_at_most(db: Database, start: StartSender, clock: Clock) -> None:
    """After a sender is killed at any point, the next one sends the others at once and that letter after its lease."""

    class Killed(MemoryTransport):
        def deliver(self, letter: Letter) -> None:
            if letter.occurrence == "1":
                raise KeyboardInterrupt  # not an Exception: the sender does not catch it
            super().deliver(letter)

    write(db, *(letter(number) for number in range(4)))
    with pytest.raises(KeyboardInterrupt):
        start(Killed()).send_batch()
    transport = MemoryTransport()
    sender = start(transport)
    assert sender.send_batch() == Batch(sent=2)
    assert [kept.occurrence for kept in transport.letters] == ["2", "3"]
    clock.now += timedelta(minutes=10)
    assert sender.send_batch() == Batch(sent=1)
    assert states(db) == {f"anna{number}": "sent" for number in range(4)}


def test_a_real_relay_that_comes_back(db: Database, start: StartSender, clock: Clock) -> None:
    """Letters written while the relay is down are each sent once when it is back."""
    sink = Sink()
    sink.stop()
    relay = SmtpRelay(RelayConnection(host="127.0.0.1", port=sink.port, timeout=5))
    write(db, *(letter(number) for number in range(3)))
    sender = start(relay)
    assert "ConnectionRefusedError" in sender.send_batch().away
    back = Sink()
    sender = start(SmtpRelay(RelayConnection(host="127.0.0.1", port=back.port, timeout=5)))
    back.refused = {"anna1@example.net": "550 5.1.1 gone"}
    clock.now += timedelta(minutes=1)
    assert sender.send_batch() == Batch(sent=2, failed=1)
    sender.close()
    back.stop()
    assert [mail.rcpt_tos for mail in back.mails] == [["anna0@example.net"], ["anna2@example.net"]]
    assert outbox.counts(db)[LetterState.WAITING] == 0


@pytest.mark.parametrize(
    ("attempts", "age", "expected"),
    [
        (1, timedelta(0), timedelta(minutes=1)),
        (2, timedelta(minutes=1), timedelta(minutes=2)),
        (5, timedelta(minutes=15), timedelta(minutes=16)),
        (6, timedelta(hours=1), timedelta(minutes=30)),
        (1_000_000, timedelta(hours=1), timedelta(minutes=30)),
        (0, timedelta(0), timedelta(minutes=1)),
        (9, timedelta(days=4, hours=23, minutes=50), timedelta(minutes=10)),
        (9, timedelta(days=5), None),
        (1, timedelta(days=40), None),
    ],
)
def test_next_attempt(attempts: int, age: timedelta, expected: timedelta | None) -> None:
    """The delay doubles up to half an hour; the last try is at four days, then none."""
    now = datetime(2026, 3, 10, tzinfo=UTC)
    assert next_attempt(attempts, now - age, now, RETRIES) == (None if expected is None else now + expected)
