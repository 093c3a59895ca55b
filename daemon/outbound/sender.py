"""The sender: takes letters out of the outbox, hands them to a transport, and stores what became of each.

A letter's result is committed before the next letter is handed over, and the next letter is claimed in that very
commit. So a crash leaves one letter in nobody's hands until its lease ends, can repeat that one at most, under
the same Message-ID, and holds up no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from config.faults import GiveUp, TryAgain
from daemon.outbound.transports import LetterRefused, RelayAway, Transport
from storage import outbox
from storage.engine import Database
from storage.values import Letter

_log = logging.getLogger(__name__)
_RECORDINGS = 3  # how often what follows from a delivery may put itself off before the delivery is stored alone


class Sent(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    AGAIN = "again"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One try with one letter. `again_at` is set when there will be another; `reason` says why it did not go; `held`
    that it must not, whoever would take it; `refused` that a mail server refused it for good."""

    letter: Letter
    result: Sent
    at: datetime
    reason: str = ""
    again_at: datetime | None = None
    held: bool = False
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How a letter is tried again: after `first`, then twice as long each time, at most `longest`.

    After `give_up` since it was written it is given up; RFC 5321 §4.5.4.1 asks for 4 or 5 days.
    """

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=30)
    give_up: timedelta = timedelta(days=4)


def next_attempt(
    attempts: int, created_at: datetime, now: datetime, patience: Patience = Patience()
) -> datetime | None:
    """When to try a letter again after `attempts` tries, the last one at `now`; None: give it up."""
    if now - created_at >= patience.give_up:
        return None
    doublings = min(max(attempts, 1) - 1, 20)
    return min(now + min(patience.first * (1 << doublings), patience.longest), created_at + patience.give_up)


def _nothing(_letter: Letter) -> str:
    return ""


WhyHeld = Callable[[Letter], str]


def deliver(
    letter: Letter, transport: Transport, now: datetime, patience: Patience, why_held: WhyHeld = _nothing
) -> Delivery:
    """Try one letter; never raises, except RelayAway when no letter can go. A letter that `why_held` gives a reason
    for is not handed over at all."""
    try:
        if why := why_held(letter):
            _log.error("letter %s (%s) is not sent: %s", letter.id, letter.key, why)
            return Delivery(letter=letter, result=Sent.FAILED, at=now, reason=why, held=True)
        transport.deliver(letter)
    except RelayAway:
        raise
    except TryAgain as failure:
        return put_off(letter, failure.reason, now, patience)
    except GiveUp as failure:
        refused = isinstance(failure, LetterRefused)
        return Delivery(letter=letter, result=Sent.FAILED, at=now, reason=failure.reason, refused=refused)
    except Exception as failure:
        _log.exception("letter %s (%s) met a bug", letter.id, letter.key)
        return put_off(letter, f"bug: {type(failure).__name__}", now, patience)
    return Delivery(letter=letter, result=Sent.SENT, at=now)


def put_off(letter: Letter, reason: str, now: datetime, patience: Patience) -> Delivery:
    """The delivery of a letter that did not go this time: again later, or given up when it is too old."""
    later = next_attempt(letter.attempts, letter.created_at, now, patience)
    result = Sent.FAILED if later is None else Sent.AGAIN
    return Delivery(letter=letter, result=result, at=now, reason=reason, again_at=later)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What one batch did; `away` says why the relay could not be used at all, or is empty."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    away: str = ""


class Sender:
    """Sends what is due. `follow` is called in the transaction that stores a letter as sent or given up.

    There `follow(connection, delivery)` decides what follows: promises kept, staff told. Where that fails the delivery
    is stored without it, and `not_followed` is told why in the same transaction. `lease` is longer than one letter can
    take. `why_held` tells of a letter that must not leave why, or an empty string. Use it on one thread.
    """

    def __init__(
        self,
        db: Database,
        transport: Transport,
        *,
        now: Callable[[], datetime],
        follow: Callable[[Any, Delivery], None],
        not_followed: Callable[[Any, Delivery, str], None] = lambda _conn, _delivery, _why: None,
        patience: Patience = Patience(),
        lease: timedelta = timedelta(minutes=10),
        why_held: WhyHeld = _nothing,
    ) -> None:
        self._db = db
        self._transport = transport
        self._now = now
        self._follow = follow
        self._not_followed = not_followed
        self._patience = patience
        self._lease = lease
        self._why_held = why_held
        self._unrecorded: list[tuple[Delivery, int]] = []

    def send_batch(self, limit: int = 100) -> Batch:
        """Send up to `limit` letters, or until the relay is away; raises TryAgain while the database is away."""
        self._record_the_rest()
        counts, away = Counter[Sent](), ""
        letter = self._next()
        while letter is not None:
            delivery, away = self._deliver(letter)
            counts[delivery.result] += 1
            more = not away and counts.total() < limit
            letter = self._record(delivery, more=more, hold=bool(away))
        return Batch(sent=counts[Sent.SENT], again=counts[Sent.AGAIN], failed=counts[Sent.FAILED], away=away)

    def close(self) -> None:
        """Let the connection go."""
        self._transport.close()

    def _deliver(self, letter: Letter) -> tuple[Delivery, str]:
        """What became of the letter, and why the relay is away, or an empty string."""
        try:
            return deliver(letter, self._transport, self._now(), self._patience, self._why_held), ""
        except RelayAway as failure:
            _log.warning("the relay cannot be used: %s", failure.reason)
            return put_off(letter, failure.reason, self._now(), self._patience), failure.reason

    def _next(self) -> Letter | None:
        with self._db.write() as conn:
            outbox.bring_back(conn, now=self._now(), lease=self._lease, longest=self._patience.longest)
            return self._claim(conn)

    def _claim(self, conn: Any) -> Letter | None:
        return next(iter(outbox.claim(conn, now=self._now(), limit=1, lease=self._lease)), None)

    def _record_the_rest(self) -> None:
        rest, self._unrecorded = self._unrecorded, []
        for delivery, tries in rest:
            self._record(delivery, tries)

    def _record(self, delivery: Delivery, tries: int = 1, *, more: bool = False, hold: bool = False) -> Letter | None:
        """Store a delivery and what follows from it; the delivery alone when what follows fails: it is the truth.

        With `more` the next letter is claimed in the same transaction. With `hold` all others wait as long as a letter
        waits after its first try: nobody is there to take them.
        """
        try:
            try:
                alone = "it was put off too often" if tries > _RECORDINGS else ""
                return self._store(delivery, alone=alone, more=more, hold=hold)
            except TryAgain:
                raise
            except Exception as bug:
                _log.exception("what follows from letter %s (%s) failed", delivery.letter.id, delivery.letter.key)
                return self._store(delivery, alone=f"{type(bug).__name__}: {bug}", more=more, hold=hold)
        except TryAgain as failure:
            _log.warning("letter %s is %s, not stored yet: %s", delivery.letter.id, delivery.result, failure)
            self._unrecorded.append((delivery, tries + 1))
            return self._next() if more else None

    def _store(self, delivery: Delivery, *, alone: str, more: bool, hold: bool) -> Letter | None:
        with self._db.write() as conn:
            self._write(conn, delivery, alone=alone)
            if hold:
                outbox.hold(conn, until=delivery.at + self._patience.first)
            return self._claim(conn) if more else None

    def _write(self, conn: Any, delivery: Delivery, *, alone: str) -> None:
        letter = delivery.letter
        if delivery.result is Sent.SENT:
            changed = outbox.sent(conn, letter.id, at=delivery.at)
        elif delivery.again_at is None:
            changed = outbox.failed(conn, letter.id, error=delivery.reason, attempt=letter.attempts)
        else:
            until, tried = delivery.again_at, letter.attempts
            outbox.again(conn, letter.id, error=delivery.reason, not_before=until, attempt=tried)
            return
        if changed and alone:
            self._not_followed(conn, delivery, alone)
        elif changed:
            self._follow(conn, delivery)
