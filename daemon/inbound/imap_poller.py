"""The thread of one IMAP folder: connect, drain, wait, and again, whatever the server does.

One thread to a folder, so that a server that hangs or a token that died holds up no other mailbox.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.faults import TryAgain
from daemon.inbound.imap_folder import ImapAccount, ImapFolder, ServerRefuses
from daemon.inbound.imap_sync import FolderDrain, FolderPosition, FolderPositions, Tally
from storage import inbox, last_runs, mailboxes
from storage.engine import Database
from storage.values import RawMail

_BROKEN_WAITS = 3  # waits that broke off before IDLE is given up for this mailbox
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PollerState:
    """How a mailbox stands. `polled_at` is the last time everything had been taken in; `error` why not now."""

    polled_at: datetime | None = None
    failures: int = 0
    error: str = ""
    tally: Tally = field(default_factory=Tally)


def reconnect_delay(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 … 300, and by `chance` (0 to 1) down to half
    of it.

    Servers that come back are not stormed by all their clients in the same second.
    """
    return min(2.0 ** min(failures - 1, 16), 300.0) * (1 - chance / 2)


class ImapPoller:
    """Takes mail in from one folder until stopped. `standing` may be read from any thread."""

    def __init__(
        self,
        account: ImapAccount,
        places: FolderPositions,
        *,
        now: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.standing = PollerState()
        self._account = account
        self._drain = FolderDrain(account, places)
        self._now = now
        self._chance = chance
        self._stop = threading.Event()
        self._broken_waits = 0
        self._folder: ImapFolder | None = None
        self._thread = threading.Thread(target=self._run, name=f"imap {account.account}")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, also out of the middle of a wait; what is being stored is stored."""
        self._stop.set()
        folder = self._folder
        if folder is not None:
            folder.interrupt()
        self._thread.join()

    def drain_once(self) -> Tally:
        """Connect, take in what is new, log out: for a first look, or from a timer. Raises TryAgain."""
        folder = ImapFolder(self._account)
        try:
            self._drain(folder, self._now())
        finally:
            folder.close()
        return self._drain.tally

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._session()
            except (TryAgain, ServerRefuses) as failure:
                self._failed(str(failure))
            except Exception as failure:
                _log.exception("mailbox %s met a bug", self._account.account)
                self._failed(f"bug: {type(failure).__name__}")

    def _failed(self, error: str) -> None:
        if self._stop.is_set():
            return
        failures = self.standing.failures + 1
        self.standing = replace(self.standing, failures=failures, error=error, tally=self._drain.tally)
        _log.warning("mailbox %s: %s (%d in a row)", self._account.account, error, failures)
        self._stop.wait(reconnect_delay(failures, self._chance()))

    def _session(self) -> None:
        folder = self._folder = ImapFolder(self._account)
        try:
            while not self._stop.is_set():
                self._drain(folder, self._now())
                self.standing = PollerState(polled_at=self._now(), tally=self._drain.tally)
                if self._drain.tally.waiting == 0 and not self._waited(folder):
                    return
        finally:
            self._folder = None
            folder.close()

    def _waited(self, folder: ImapFolder) -> bool:
        """Wait for mail; False when the connection broke meanwhile, which is nothing to worry about.

        A server that breaks it every time is asked now and then instead.
        """
        idle = self._broken_waits < _BROKEN_WAITS
        try:
            folder.wait(self._stop.wait, idle=idle)
        except (TryAgain, ServerRefuses) as failure:
            self._broken_waits += 1
            _log.info("mailbox %s: the wait broke off: %s", self._account.account, failure)
            if self._broken_waits > _BROKEN_WAITS:
                raise
            return False
        if idle:
            self._broken_waits = 0
        return True


class StoredPositions:
    """Places in the database, for one account and folder."""

    def __init__(self, db: Database, account: ImapAccount) -> None:
        self._db = db
        self._account, self._folder = account.account, account.folder
        self._since = f"mailbox {self._account}/{self._folder} since"

    def read(self) -> FolderPosition | None:
        """The place, or None."""
        cursor = mailboxes.cursor(self._db, self._account, self._folder)
        if cursor is None:
            return None
        mark = last_runs.every(self._db).get(self._since)
        return FolderPosition(
            uidvalidity=cursor.uidvalidity, last_uid=cursor.last_uid, since=None if mark is None else mark.at
        )

    def accept(self, mails: Sequence[RawMail], place: FolderPosition) -> None:
        """Mails and place in one transaction."""
        cursor = mailboxes.Cursor(
            account=self._account, folder=self._folder, uidvalidity=place.uidvalidity, last_uid=place.last_uid
        )
        with self._db.write() as conn:
            inbox.accept(conn, mails)
            mailboxes.advance(conn, cursor)
            if place.since is not None:
                last_runs.put(conn, self._since, last_runs.Mark(place.since))
