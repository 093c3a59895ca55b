"""The sender: claims letters from the outbox, delivers them by a transport, and stores the result of each.

A letter's result is committed before the next letter is delivered, and the next letter is claimed in the same commit.
So a crash delays one letter, until its lease ends, can send at most that one twice, under the same Message-ID, and
delays no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.faults import GiveUp, TryAgain
from daemon.installation import LetterRetries
from daemon.outbound.transports import LetterRefused, RelayAway, Transport
from storage import outbox
from storage.engine import Database
from storage.values import Letter

_log = logging.getLogger(__name__)
_RECORDINGS = 3  # how often `follow` may raise TryAgain before the delivery is stored without it


class DeliveryResult(StrEnum):
    """The result of one attempt to deliver a letter."""

    SENT = "sent"
    AGAIN = "again"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryAttempt:
    """One attempt to deliver one letter. `again_at` is set when there will be another; `reason` says why it failed;
    `held` means that it must not be sent at all; `refused` that a mail server refused it for good."""

    letter: Letter
    result: DeliveryResult
    at: datetime
    reason: str = ""
    again_at: datetime | None = None
    held: bool = False
    refused: bool = False


def next_attempt(attempts: int, created_at: datetime, now: datetime, retries: LetterRetries) -> datetime | None:
    """Return when to try a letter again after `attempts` tries, the last of them at `now`; None: give it up."""
    if now - created_at >= retries.give_up:
        return None
    doublings = min(max(attempts, 1) - 1, 20)
    return min(now + min(retries.first * (1 << doublings), retries.longest), created_at + retries.give_up)


def _nothing(_letter: Letter) -> str:
    return ""


WhyNotSendable = Callable[[Letter], str]


def deliver(
    letter: Letter, transport: Transport, now: datetime, retries: LetterRetries, why_held: WhyNotSendable = _nothing
) -> DeliveryAttempt:
    """Try to deliver one letter. Raises nothing but RelayAway, when no letter can be delivered.

    A letter that `why_held` returns a reason for is not handed to the transport.
    """
    try:
        if why := why_held(letter):
            _log.error("letter %s (%s) is not sent: %s", letter.id, letter.key, why)
            return DeliveryAttempt(letter=letter, result=DeliveryResult.FAILED, at=now, reason=why, held=True)
        transport.deliver(letter)
    except RelayAway:
        raise
    except TryAgain as failure:
        return postponed(letter, failure.reason, now, retries)
    except GiveUp as failure:
        refused = isinstance(failure, LetterRefused)
        return DeliveryAttempt(
            letter=letter, result=DeliveryResult.FAILED, at=now, reason=failure.reason, refused=refused
        )
    except Exception as failure:
        _log.exception("letter %s (%s): a fault in Reclamo", letter.id, letter.key)
        return postponed(letter, f"bug: {type(failure).__name__}", now, retries)
    return DeliveryAttempt(letter=letter, result=DeliveryResult.SENT, at=now)


def postponed(letter: Letter, reason: str, now: datetime, retries: LetterRetries) -> DeliveryAttempt:
    """Return the result for a letter that was not delivered: tried again later, or given up when it is too old."""
    later = next_attempt(letter.attempts, letter.created_at, now, retries)
    result = DeliveryResult.FAILED if later is None else DeliveryResult.AGAIN
    return DeliveryAttempt(letter=letter, result=result, at=now, reason=reason, again_at=later)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """The counts of one batch; `away` says why the relay could not be used at all, or is empty."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    away: str = ""


class Sender:
    """Sends the letters that are due.

    `follow(connection, delivery)` is called in the transaction that stores a letter as sent or given up; it decides
    what follows from that (promises kept, staff told). If it fails, the delivery is stored without it, and
    `not_followed` is called with the reason in the same transaction. `why_held` returns why a letter must not leave, or
    an empty string. Use a sender on one thread.
    """

    def __init__(
        self,
        db: Database,
        transport: Transport,
        *,
        now: Callable[[], datetime],
        retries: LetterRetries,
        follow: Callable[[Any, DeliveryAttempt], None],
        not_followed: Callable[[Any, DeliveryAttempt, str], None] = lambda _conn, _delivery, _why: None,
        why_held: WhyNotSendable = _nothing,
    ) -> None:
        self._db = db
        self._transport = transport
        self._now = now
        self._follow = follow
        self._not_followed = not_followed
        self._retries = retries
        self._why_held = why_held
        self._unrecorded: list[tuple[DeliveryAttempt, int]] = []

    def send_batch(self, limit: int = 100) -> Batch:
        """Send up to `limit` letters, fewer when the relay is away. Raises TryAgain while the database is away."""
        self._record_unrecorded()
        counts, away = Counter[DeliveryResult](), ""
        letter = self._next()
        while letter is not None:
            delivery, away = self._deliver(letter)
            counts[delivery.result] += 1
            more = not away and counts.total() < limit
            letter = self._record(delivery, more=more, hold=bool(away))
        return Batch(
            sent=counts[DeliveryResult.SENT],
            again=counts[DeliveryResult.AGAIN],
            failed=counts[DeliveryResult.FAILED],
            away=away,
        )

    def close(self) -> None:
        """Close the transport's connection."""
        self._transport.close()

    def _deliver(self, letter: Letter) -> tuple[DeliveryAttempt, str]:
        """Return the result of the letter, and why the relay is away, or an empty string."""
        try:
            return deliver(letter, self._transport, self._now(), self._retries, self._why_held), ""
        except RelayAway as failure:
            _log.warning("the relay cannot be used: %s", failure.reason)
            return postponed(letter, failure.reason, self._now(), self._retries), failure.reason

    def _next(self) -> Letter | None:
        with self._db.write() as conn:
            outbox.release_claims_of_fast_clocks(
                conn, now=self._now(), lease=self._retries.lease, longest=self._retries.longest
            )
            return self._claim(conn)

    def _claim(self, conn: Any) -> Letter | None:
        return next(iter(outbox.claim(conn, now=self._now(), limit=1, lease=self._retries.lease)), None)

    def _record_unrecorded(self) -> None:
        rest, self._unrecorded = self._unrecorded, []
        for delivery, tries in rest:
            self._record(delivery, tries)

    def _record(
        self, delivery: DeliveryAttempt, tries: int = 1, *, more: bool = False, hold: bool = False
    ) -> Letter | None:
        """Store a delivery and what follows from it; if that fails, the delivery alone, because it has happened.

        With `more` the next letter is claimed in the same transaction and returned. With `hold` all other letters wait
        as long as after a first attempt: the relay would not accept them either.
        """
        try:
            try:
                alone = "it was put off too often" if tries > _RECORDINGS else ""
                return self._store(delivery, alone=alone, more=more, hold=hold)
            except TryAgain:
                raise
            except Exception as bug:
                _log.exception(
                    "what follows from letter %s (%s) could not be stored", delivery.letter.id, delivery.letter.key
                )
                return self._store(delivery, alone=f"{type(bug).__name__}: {bug}", more=more, hold=hold)
        except TryAgain as failure:
            _log.warning("letter %s is %s, not stored yet: %s", delivery.letter.id, delivery.result, failure)
            self._unrecorded.append((delivery, tries + 1))
            return self._next() if more else None

    def _store(self, delivery: DeliveryAttempt, *, alone: str, more: bool, hold: bool) -> Letter | None:
        with self._db.write() as conn:
            self._write(conn, delivery, alone=alone)
            if hold:
                outbox.postpone_all(conn, until=delivery.at + self._retries.first)
            return self._claim(conn) if more else None

    def _write(self, conn: Any, delivery: DeliveryAttempt, *, alone: str) -> None:
        letter = delivery.letter
        if delivery.result is DeliveryResult.SENT:
            changed = outbox.mark_sent(conn, letter.id, at=delivery.at)
        elif delivery.again_at is None:
            changed = outbox.mark_failed(conn, letter.id, error=delivery.reason, attempt=letter.attempts)
        else:
            until, tried = delivery.again_at, letter.attempts
            outbox.put_off(conn, letter.id, error=delivery.reason, not_before=until, attempt=tried)
            return
        if changed and alone:
            self._not_followed(conn, delivery, alone)
        elif changed:
            self._follow(conn, delivery)
