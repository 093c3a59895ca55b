"""Take new mail from an IMAP folder, in order, and store how far the folder has been read.

A mail is marked on the server after it is stored here; after a crash between the two it is fetched again, and the
inbox recognises it. Mail is found by UID: whether somebody has read it makes no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.faults import TryAgain
from daemon.inbound.imap_folder import AfterReading, ImapAccount, ImapFolder, MessageSummary, ServerRefuses
from storage.values import RawMail

BATCH_MAILS = 200  # one command for 200 mails costs 0.1 ms a mail, a command for each mail 10 ms
BATCH_BYTES = 8 * 1024 * 1024
NOT_FETCHED_HEADER = "X-Reclamo-Not-Fetched"
_TRIES = 3  # how often one mail may break the connection before only its header is taken
_CLOCKS_DIFFER = timedelta(hours=1)  # allowed between the server's clock and ours


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderPosition:
    """How far a folder has been read: UIDs up to `last_uid` of this UIDVALIDITY (RFC 3501 §2.3.1.1).

    `since` is when the folder was first opened, if mail from before then is to be left alone; else None.
    """

    uidvalidity: int
    last_uid: int
    since: datetime | None = None


class FolderPositions(Protocol):
    """Stores positions, in the same transaction as the mails up to them."""

    def read(self) -> FolderPosition | None:
        """Return the position, or None when the folder was never read. Raises TryAgain."""

    def accept(self, mails: Sequence[RawMail], position: FolderPosition) -> None:
        """Store mails and position, both or neither. Raises TryAgain."""


class FolderDrain:
    """Takes new mail from one folder, over any number of connections.

    `waiting` is how many messages on the server have not been taken in yet, None before the folder has been searched;
    `progress` is called with False when a search has found some, with True when a batch has been stored.
    """

    def __init__(
        self, account: ImapAccount, places: FolderPositions, progress: Callable[[bool], None] = lambda _stored: None
    ) -> None:
        self.waiting: int | None = None
        self._account = account
        self._positions = places
        self._progress = progress
        self._broke: Counter[int] = Counter()  # by UID, how often fetching it broke the connection
        self._tidied: ImapFolder | None = None

    def __call__(self, folder: ImapFolder, now: datetime) -> None:
        """Take in everything that is new. Raises TryAgain when the folder or the database fails."""
        position = self._positions.read()
        if position is None:
            position = self._first_position(folder, now)
            self._positions.accept([], position)
        if position.uidvalidity != folder.uidvalidity:
            uids = self._rescan(folder, position)
        else:
            if self._account.after_reading is AfterReading.MOVE and folder is not self._tidied:
                self._move_leftovers(folder, position)
                self._tidied = folder
            uids = self._take_new(folder, position)
        self._found(folder.uids_after(max(uids)) if uids else [])

    def _found(self, uids: Sequence[int]) -> None:
        self.waiting = len(uids)
        if uids:
            self._progress(False)

    def _take_new(self, folder: ImapFolder, position: FolderPosition) -> list[int]:
        uids = folder.uids_after(position.last_uid)
        self._found(uids)
        for batch in self._sketches(folder, uids):
            self._take(folder, batch, replace(position, last_uid=batch[-1].uid))
        return uids

    def _rescan(self, folder: ImapFolder, position: FolderPosition) -> list[int]:
        """Take everything once more after UIDVALIDITY has changed; the inbox recognises what it has.

        The position is stored at the end only, so that a rescan that breaks off starts again.
        """
        earliest = position.since - _CLOCKS_DIFFER if position.since else None
        uids = folder.uids_since(earliest) if earliest else folder.uids_after(0)
        self._found(uids)
        for batch in self._sketches(folder, uids):
            self._take(folder, [m for m in batch if earliest is None or m.received_at >= earliest], position)
        self._positions.accept([], replace(position, uidvalidity=folder.uidvalidity, last_uid=folder.last_uid))
        return uids

    def _sketches(self, folder: ImapFolder, uids: Sequence[int]) -> Iterator[list[MessageSummary]]:
        for start in range(0, len(uids), BATCH_MAILS):
            sketches = folder.summaries(uids[start : start + BATCH_MAILS])
            yield from _batches(sketches, self._broke, self._account.fetch_limit)

    def _take(self, folder: ImapFolder, batch: Sequence[MessageSummary], position: FolderPosition) -> None:
        if not batch:
            return
        mails = self._fetch(folder, batch)
        self._positions.accept(mails, position)
        for mail in batch:
            self._broke.pop(mail.uid, None)
        folder.mark([mail.uid for mail in batch])
        self.waiting = max(0, (self.waiting or 0) - len(mails))
        self._progress(True)

    def _first_position(self, folder: ImapFolder, now: datetime) -> FolderPosition:
        if self._account.from_the_beginning:
            return FolderPosition(uidvalidity=folder.uidvalidity, last_uid=0)
        return FolderPosition(uidvalidity=folder.uidvalidity, last_uid=folder.last_uid, since=now)

    def _move_leftovers(self, folder: ImapFolder, position: FolderPosition) -> None:
        """Move mails that were stored but not moved before a crash; mail older than `since` stays."""
        if position.since is None:
            left = [uid for uid in folder.uids_after(0) if uid <= position.last_uid]
        else:
            since = position.since + _CLOCKS_DIFFER
            near = folder.uids_since(since, until_uid=position.last_uid)
            left = [mail.uid for mail in folder.summaries(near) if mail.received_at >= since]
        for start in range(0, len(left), BATCH_MAILS):
            folder.mark(left[start : start + BATCH_MAILS])

    def _fetch(self, folder: ImapFolder, batch: Sequence[MessageSummary]) -> list[RawMail]:
        if len(batch) == 1:
            return [self._mail(batch[0], self._fetch_one(folder, batch[0]), folder.uidvalidity)]
        uids = [mail.uid for mail in batch]
        try:
            found = folder.fetch(uids)
        except ServerRefuses:
            found = {}
        except TryAgain:
            self._broke.update(uids)
            raise
        return [
            self._mail(mail, found.get(mail.uid) or self._fetch_one(folder, mail), folder.uidvalidity) for mail in batch
        ]

    def _fetch_one(self, folder: ImapFolder, mail: MessageSummary) -> bytes:
        """Return one mail, whole or as a stand-in: no mail blocks the others, and none is left out."""
        why = f"{mail.size} bytes, more than the limit of {self._account.fetch_limit}"
        try:
            if mail.size <= self._account.fetch_limit:
                why = "it broke the connection to its server each time"
                if self._broke[mail.uid] < _TRIES:
                    why = "its server does not give it"
                    raw = folder.fetch([mail.uid]).get(mail.uid)
                    if raw:
                        return raw
            return self._stand_in(mail, why, folder.header(mail.uid))
        except ServerRefuses as refusal:
            return self._stand_in(mail, f"its server refuses: {refusal}", b"")
        except TryAgain:
            self._broke[mail.uid] += 1
            if self._broke[mail.uid] > 2 * _TRIES:  # not even its header
                return self._stand_in(mail, why, b"")
            raise

    def _stand_in(self, mail: MessageSummary, why: str, header: bytes) -> bytes:
        account = self._account
        return placeholder_mail(header, why, f"{account.account}, folder {account.folder}, UID {mail.uid}")

    def _mail(self, mail: MessageSummary, raw: bytes, uidvalidity: int) -> RawMail:
        account = self._account
        return RawMail(
            raw=raw,
            received_at=mail.received_at,
            source="imap",
            recipients=(account.address,) if account.address else (),
            source_key=f"{account.account}/{account.folder}/{uidvalidity}/{mail.uid}",
        )


def _batches(mails: Iterable[MessageSummary], broke: Counter[int], fetch_limit: int) -> Iterator[list[MessageSummary]]:
    """Group mails to fetch together, in order, up to BATCH_BYTES; alone what is too large or broke a connection."""
    batch: list[MessageSummary] = []
    size = 0
    for mail in mails:
        alone = mail.size > fetch_limit or broke[mail.uid] > 0
        if batch and (alone or size + mail.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += mail.size
        if alone:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def placeholder_mail(header: bytes, why: str, where: str) -> bytes:
    """Return a mail in place of one that was not fetched: its header, a mark, and a note for a person.

    The header fields that describe the body are left out, because the note is another body.
    """
    of_the_body = (b"content-", b"mime-version")
    kept = [field for field in _fields(header) if not field.lower().startswith(of_the_body)]
    note = f"This mail was not fetched: {why}.\r\nIt is still on its server: {where}.\r\n"
    added = f"{NOT_FETCHED_HEADER}: {why}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    added += "Content-Transfer-Encoding: 8bit\r\n"
    return b"".join(kept) + added.encode() + b"\r\n" + note.encode()


def _fields(header: bytes) -> list[bytes]:
    """Return the fields of a header, each with its folded lines; a field that is cut off at the end is left out."""
    fields: list[bytes] = []
    for line in header.replace(b"\r\n", b"\n").split(b"\n")[:-1]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += line + b"\r\n"
        elif line:
            fields.append(line + b"\r\n")
    return fields
