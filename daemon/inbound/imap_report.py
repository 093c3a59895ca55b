"""Keep the state of an IMAP mailbox in the database, where `reclamo status`, another process, reads it.

Each node stores its own view, so that two nodes that read the same mailbox do not overwrite each other. A view is
stored when the mailbox becomes unreadable or readable, and else every few minutes: never once for each mail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from config.faults import TryAgain
from daemon.inbound.imap_folder import ImapAccount
from daemon.inbound.imap_poller import PollerState
from storage import mailboxes
from storage.engine import Database
from storage.mailboxes import MailboxState

REFRESH = timedelta(minutes=5)
_log = logging.getLogger(__name__)


class StateReport:
    """Stores the states of one poller. `node` is the name of this machine."""

    def __init__(self, db: Database, account: ImapAccount, *, node: str, now: Callable[[], datetime]) -> None:
        self._db = db
        self._account, self._folder, self._node = account.account, account.folder, node
        self._now = now
        self._stored: MailboxState | None = None
        self._before: MailboxState | None = None  # what this node stored before it was last stopped

    def __call__(self, state: PollerState) -> None:
        """Store this state if it is news. While the database is away nothing is stored; the next state is tried."""
        now = self._now()
        if not self._is_news(state, now):
            return
        try:
            if self._stored is None:
                self._before = mailboxes.state_of(self._db, self._account, self._folder, self._node)
            view = self._view(state, now)
            with self._db.write() as conn:
                mailboxes.put_state(conn, view)
        except TryAgain as failure:
            _log.info("the state of mailbox %s is not stored: %s", self._account, failure.reason)
            return
        self._stored = view

    def _is_news(self, state: PollerState, now: datetime) -> bool:
        if state.failures and state.error and (state.failures == 1 or state.problem is None):
            return False  # a connection may break once; and where the database fails nothing can be stored
        stored = self._stored
        if stored is None or now - stored.reported_at >= REFRESH or now < stored.reported_at:
            return True
        caught_up = state.failures == 0 and state.waiting == 0
        return state.problem is not stored.problem or (caught_up and not _is_caught_up(stored))

    def _view(self, state: PollerState, now: datetime) -> MailboxState:
        before, since = self._before, state.unreadable_since
        if state.read_at is None and since and before and before.unreadable_since:
            since = min(since, before.unreadable_since)  # it was so before this process was started
        return MailboxState(
            account=self._account,
            folder=self._folder,
            node=self._node,
            reported_at=now,
            read_at=state.read_at or (before.read_at if before else None),
            waiting=state.waiting,
            unreadable_since=since,
            problem=state.problem,
            reason=state.error,
        )


def _is_caught_up(stored: MailboxState) -> bool:
    return stored.problem is None and stored.waiting == 0 and stored.read_at is not None
