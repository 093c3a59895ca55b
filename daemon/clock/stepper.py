"""Works everything that is due, in order, at the instants it is due: how a case is walked through time.

The daemon does the same with the clock on the wall; `tick --at`, rehearsals and tests bring their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from daemon.clock import due_timers, failed_timers, retention, worklists
from daemon.installation import Installation
from daemon.intake.batch import work_batch
from daemon.outbound.leak_check import why_held
from daemon.outbound.sender import Sender
from daemon.outbound.transports import Transport
from daemon.staff import set_aside_list
from storage import inbox, invitations, outbox, timers
from storage.engine import Database
from storage.values import RawMail

_MOST_ROUNDS = 100_000  # a policy that writes to itself without end must not hang whoever walks it


class Stepper:
    """One database, one office, one transport, and an instant that only goes forward."""

    def __init__(self, db: Database, installation: Installation, transport: Transport, now: datetime) -> None:
        self.db = db
        self.installation = installation
        self.now = now
        self.reads = True  # whether mail that was taken in is read
        self._sender = Sender(
            db,
            transport,
            now=lambda: self.now,
            follow=partial(due_timers.after_delivery, installation),
            not_followed=partial(failed_timers.not_followed, installation),
            retries=installation.letter_retries,
            why_held=partial(why_held, keys=installation.keys, limits=installation.limits),
        )

    def accept(self, mail: RawMail) -> int:
        """Take one mail in, as an edge does; its inbox id."""
        with self.db.write() as conn:
            return inbox.accept(conn, [mail])[0].id

    def settle(self) -> None:
        """Work off all that can be done now: the inbox, the timers, the outbox, and what follows from them."""
        for _ in range(_MOST_ROUNDS):
            mails = work_batch(self.db, self.installation, self.now) if self.reads else 0
            due = due_timers.work_due_timers(self.db, self.installation, self.now)
            batch = self._sender.send_batch()
            if not (mails or due or batch.sent or batch.failed):
                return
        raise RuntimeError("the work does not come to an end")

    def advance(self, until: datetime) -> None:
        """Go forward to an instant, stopping at each at which something is due."""
        self.settle()
        for _ in range(_MOST_ROUNDS):
            at = self.next_at()
            if at is None or at > until:
                break
            self.now = max(self.now, at)
            self.settle()
        self.now = max(self.now, until)
        self.settle()

    def _letters_of_our_own(self) -> list[datetime | None]:
        if not any(
            policy.invitations or policy.boards or policy.reports for policy in self.installation.policies.values()
        ):
            return []
        return [invitations.next_at(self.db), *invitations.rounds_of(self.db).values()]

    def next_at(self) -> datetime | None:
        """The next instant at which something is due, or None."""
        known = (timers.next_at(self.db), outbox.next_at(self.db), *self._letters_of_our_own())
        known = (*known, *worklists.next_at(self.db, self.installation), *retention.next_at(self.db, self.installation))
        known = (*known, *set_aside_list.next_at(self.db, self.installation))
        waiting = [at for at in known if at is not None]
        later = [max(at, self.now + timedelta(microseconds=1)) for at in waiting]
        return min(later, default=None)
