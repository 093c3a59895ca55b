"""Step a simulated clock: do everything that is due, in order, each at the instant at which it is due.

The daemon does the same by the real clock; `tick --at`, rehearsals and tests bring their own instants.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from daemon.cases.deliveries import after_delivery
from daemon.clock import failed_timers, recurring
from daemon.installation import Installation
from daemon.intake.batch import work_batch
from daemon.outbound.leak_check import why_not_sendable
from daemon.outbound.sender import Sender
from daemon.outbound.transports import Transport
from storage import inbox, outbox
from storage.engine import Database
from storage.values import RawMail

_MOST_ROUNDS = 100_000  # a policy that writes to itself without end must not hang the caller


class Stepper:
    """Runs one installation on one database and transport, at an instant that only goes forward."""

    def __init__(self, db: Database, installation: Installation, transport: Transport, now: datetime) -> None:
        self.db = db
        self.installation = installation
        self.now = now
        self.reads = True  # whether accepted mail is read
        self._sender = Sender(
            db,
            transport,
            now=lambda: self.now,
            follow=partial(after_delivery, installation),
            not_followed=partial(failed_timers.note_not_followed_up, installation),
            retries=installation.letter_retries,
            why_held=partial(why_not_sendable, keys=installation.keys, limits=installation.limits),
        )

    def accept(self, mail: RawMail) -> int:
        """Save one mail in the inbox, as the listeners do; return its inbox id."""
        with self.db.write() as conn:
            return inbox.accept(conn, [mail])[0].id

    def settle(self) -> None:
        """Do all that can be done at this instant: inbox, recurring jobs, outbox, and what follows from them."""
        for _ in range(_MOST_ROUNDS):
            mails = work_batch(self.db, self.installation, self.now) if self.reads else 0
            due = recurring.run_due(self.db, self.installation, self.now)
            batch = self._sender.send_batch()
            if not (mails or due or batch.sent or batch.failed):
                return
        raise RuntimeError("the work does not come to an end")

    def advance(self, until: datetime) -> None:
        """Go forward to an instant, stopping at each instant at which something is due."""
        self.settle()
        for _ in range(_MOST_ROUNDS):
            at = self.next_at()
            if at is None or at > until:
                break
            self.now = max(self.now, at)
            self.settle()
        self.now = max(self.now, until)
        self.settle()

    def next_at(self) -> datetime | None:
        """The next instant at which something is due, or None."""
        waiting = [at for at in (recurring.next_at(self.db, self.installation), outbox.next_at(self.db)) if at]
        return max(min(waiting), self.now + timedelta(microseconds=1)) if waiting else None
