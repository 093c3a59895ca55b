"""The thread of one IMAP folder: connect, take in what is new, wait, and again; after a failure reconnect.

One thread for each folder, so that a server that hangs or a password that expired stops no other mailbox.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.faults import TryAgain
from daemon.inbound.imap_folder import ImapAccount, ImapFolder, MailboxUnreadable, ServerRefuses
from daemon.inbound.imap_sync import FolderDrain, FolderPosition, FolderPositions
from storage import inbox, last_runs, mailboxes
from storage.engine import Database
from storage.mailboxes import MailboxProblem
from storage.values import RawMail

_DISPROVED_BY_A_SEARCH = (
    MailboxProblem.UNREACHABLE,
    MailboxProblem.ENCRYPTION,
    MailboxProblem.SIGN_IN,
    MailboxProblem.FOLDER,
)
_BROKEN_WAITS = 3  # waits in a row that broke off before IDLE is given up for this mailbox
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PollerState:
    """What a poller knows of its mailbox.

    `read_at` is when it was last read to the end; `waiting` how many messages have not been taken in, None when that is
    not known. While reading fails, `failures` counts the attempts in a row, `problem` says which kind of failure it is
    (None: the database's) and `error` is a sentence about it.
    """

    read_at: datetime | None = None
    waiting: int | None = None
    failures: int = 0
    unreadable_since: datetime | None = None
    problem: MailboxProblem | None = None
    error: str = ""


def reconnect_delay(failures: int, chance: float) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4 … 300, less up to half of it.

    `chance` (0 to 1) is how much of that half is left out: else a server that comes back would meet all its clients in
    the same second.
    """
    return min(2.0 ** min(failures - 1, 16), 300.0) * (1 - chance / 2)


class ImapPoller:
    """Takes mail from one folder until stopped. `state` may be read from any thread; `report` gets each new one."""

    def __init__(
        self,
        account: ImapAccount,
        positions: FolderPositions,
        *,
        now: Callable[[], datetime],
        report: Callable[[PollerState], None] = lambda _state: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.state = PollerState()
        self._account = account
        self._drain = FolderDrain(account, positions, self._progressed)
        self._now = now
        self._report = report
        self._chance = chance
        self._stop = threading.Event()
        self._broken_waits = 0
        self._folder: ImapFolder | None = None
        self._thread = threading.Thread(target=self._run, name=f"imap {account.account}")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, also in the middle of a wait; what is being stored is stored."""
        self._stop.set()
        folder = self._folder
        if folder is not None:
            folder.interrupt()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._session()
            except MailboxUnreadable as failure:
                self._failed(failure.problem, failure.reason)
            except ServerRefuses as failure:
                self._failed(MailboxProblem.REFUSED, f"the server refuses a command: {failure}")
            except TryAgain as failure:
                self._failed(None, failure.reason)
            except Exception as failure:
                _log.exception("mailbox %s: a fault in Reclamo", self._account.account)
                self._failed(MailboxProblem.BUG, f"a fault in Reclamo, see the log: {type(failure).__name__}")

    def _failed(self, problem: MailboxProblem | None, error: str) -> None:
        if self._stop.is_set():
            return
        self.state = replace(
            self.state,
            waiting=self._drain.waiting,
            failures=self.state.failures + 1,
            unreadable_since=self.state.unreadable_since or self._now(),
            problem=problem,
            error=error,
        )
        _log.warning("mailbox %s: %s (%d in a row)", self._account.account, error, self.state.failures)
        self._report(self.state)
        self._stop.wait(reconnect_delay(self.state.failures, self._chance()))

    def _progressed(self, stored: bool) -> None:
        self.state = replace(self.state, waiting=self._drain.waiting)
        if stored or self.state.problem in _DISPROVED_BY_A_SEARCH:
            self.state = replace(self.state, problem=None, error="", unreadable_since=None)
        self._report(self.state)

    def _session(self) -> None:
        self._drain.waiting = None
        folder = self._folder = ImapFolder(self._account)
        try:
            while not self._stop.is_set():
                self._drain(folder, self._now())
                if not self._drain.waiting:
                    self.state = PollerState(read_at=self._now(), waiting=0)
                    self._report(self.state)
                    if not self._waited(folder):
                        return
        finally:
            self._folder = None
            folder.close()

    def _waited(self, folder: ImapFolder) -> bool:
        """Wait for mail; return False when the connection broke meanwhile, which is usual and not a failure.

        A server that breaks off every wait is asked at intervals instead.
        """
        idle = self._broken_waits < _BROKEN_WAITS
        try:
            folder.wait(self._stop.wait, idle=idle)
        except (MailboxUnreadable, ServerRefuses) as failure:
            self._broken_waits += 1
            _log.info("mailbox %s: the connection broke while waiting for mail: %s", self._account.account, failure)
            if self._broken_waits > _BROKEN_WAITS:
                raise
            return False
        if idle:
            self._broken_waits = 0
        return True


class StoredPositions:
    """The position in one folder of one account, in the database."""

    def __init__(self, db: Database, account: ImapAccount) -> None:
        self._db = db
        self._account, self._folder = account.account, account.folder
        self._since = f"mailbox {self._account}/{self._folder} since"

    def read(self) -> FolderPosition | None:
        """Return the position, or None when the folder was never read. Raises TryAgain."""
        cursor = mailboxes.cursor(self._db, self._account, self._folder)
        if cursor is None:
            return None
        mark = last_runs.get(self._db, self._since)
        return FolderPosition(
            uidvalidity=cursor.uidvalidity, last_uid=cursor.last_uid, since=None if mark is None else mark.at
        )

    def accept(self, mails: Sequence[RawMail], position: FolderPosition) -> None:
        """Store mails and position in one transaction. Raises TryAgain."""
        cursor = mailboxes.Cursor(
            account=self._account, folder=self._folder, uidvalidity=position.uidvalidity, last_uid=position.last_uid
        )
        with self._db.write() as conn:
            inbox.accept(conn, mails)
            mailboxes.advance(conn, cursor)
            if position.since is not None:
                last_runs.put(conn, self._since, last_runs.Mark(position.since))
