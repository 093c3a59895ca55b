"""What is taken from an IMAP folder, in which order, and what is noted of it.

A mail is marked on the server after it is durable here; a crash between the two offers it again, and the
inbox knows it again. Mail is found by UID: whether somebody has read it makes no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.faults import TryAgain
from daemon.inbound.imap_folder import Afterwards, ImapAccount, ImapFolder, ServerRefuses, Sketch
from storage.values import RawMail

BATCH_MAILS = 200  # a command for 200 mails costs 0.1 ms a mail, one for each mail 10 ms
BATCH_BYTES = 8 * 1024 * 1024
OVERSIZE = "X-Reclamo-Not-Fetched"
_TRIES = 3  # how often one mail may break the connection before only its header is taken
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderPosition:
    """How far a folder has been read: UIDs up to `last_uid` of this UIDVALIDITY (RFC 3501 §2.3.1.1).

    `since` is when it was first looked at, where older mail was left alone then; else None.
    """

    uidvalidity: int
    last_uid: int
    since: datetime | None = None


class FolderPositions(Protocol):
    """Where places are kept: in the same transaction as the mails they speak of."""

    def read(self) -> FolderPosition | None:
        """The place, or None when the folder was never read. Raises TryAgain."""

    def accept(self, mails: Sequence[RawMail], place: FolderPosition) -> None:
        """Make mails durable and the place with them, both or neither; raises TryAgain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The folder against what was taken. `taken` and `not_whole` count since the start.

    `on_server` mails lay in the folder when it was opened. After the last drain, `waiting` mails were not
    taken in yet, and `unmarked` mails had been taken in but lack our mark: both should be 0.
    """

    on_server: int = 0
    taken: int = 0
    not_whole: int = 0
    waiting: int = 0
    unmarked: int = 0


class FolderDrain:
    """Takes what is new out of one folder, again and again, over any number of connections."""

    def __init__(self, account: ImapAccount, places: FolderPositions) -> None:
        self._account = account
        self._places = places
        self._broke: Counter[int] = Counter()
        self._tidied: ImapFolder | None = None
        self.tally = Tally()

    def __call__(self, folder: ImapFolder, now: datetime) -> None:
        """Take everything in that is new; raises TryAgain when the folder or the database is away."""
        place = self._places.read()
        if place is None:
            place = self._first(folder, now)
            self._places.accept([], place)
        if place.uidvalidity != folder.uidvalidity:
            uids = self._again(folder, place)
        else:
            if self._account.afterwards is Afterwards.MOVE and folder is not self._tidied:
                self._move_leftovers(folder, place)
                self._tidied = folder
            uids = self._new(folder, place)
        self._count(folder, uids)

    def _new(self, folder: ImapFolder, place: FolderPosition) -> list[int]:
        uids = folder.uids_after(place.last_uid)
        for batch in self._sketches(folder, uids):
            self._take(folder, batch, replace(place, last_uid=batch[-1].uid))
        return uids

    def _again(self, folder: ImapFolder, place: FolderPosition) -> list[int]:
        """UIDs mean other mails now: offer everything once more; the inbox knows what it has.

        The place moves at the end only, so that a rescan that breaks off is begun anew.
        """
        earliest = place.since - _CLOCKS_DIFFER if place.since else None
        uids = folder.uids_since(earliest) if earliest else folder.uids_after(0)
        for batch in self._sketches(folder, uids):
            self._take(folder, [m for m in batch if earliest is None or m.received_at >= earliest], place)
        self._places.accept([], replace(place, uidvalidity=folder.uidvalidity, last_uid=folder.last_uid))
        return uids

    def _sketches(self, folder: ImapFolder, uids: Sequence[int]) -> Iterator[list[Sketch]]:
        for start in range(0, len(uids), BATCH_MAILS):
            sketches = folder.sketch(uids[start : start + BATCH_MAILS])
            yield from _batches(sketches, self._broke, self._account.whole)

    def _take(self, folder: ImapFolder, batch: Sequence[Sketch], place: FolderPosition) -> None:
        if not batch:
            return
        mails = self._fetch(folder, batch)
        self._places.accept(mails, place)
        for mail in batch:
            self._broke.pop(mail.uid, None)
        folder.mark([mail.uid for mail in batch])
        self.tally = replace(self.tally, taken=self.tally.taken + len(mails))

    def _first(self, folder: ImapFolder, now: datetime) -> FolderPosition:
        if self._account.from_the_beginning:
            return FolderPosition(uidvalidity=folder.uidvalidity, last_uid=0)
        return FolderPosition(uidvalidity=folder.uidvalidity, last_uid=folder.last_uid, since=now)

    def _move_leftovers(self, folder: ImapFolder, place: FolderPosition) -> None:
        """Mails that were taken in just before a crash lie here still; those from before our time stay."""
        if place.since is None:
            left = [uid for uid in folder.uids_after(0) if uid <= place.last_uid]
        else:
            since = place.since + _CLOCKS_DIFFER
            near = folder.uids_since(since, until_uid=place.last_uid)
            left = [mail.uid for mail in folder.sketch(near) if mail.received_at >= since]
        for start in range(0, len(left), BATCH_MAILS):
            folder.mark(left[start : start + BATCH_MAILS])

    def _fetch(self, folder: ImapFolder, batch: Sequence[Sketch]) -> list[RawMail]:
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

    def _fetch_one(self, folder: ImapFolder, mail: Sketch) -> bytes:
        """One mail whole, or what can be had of it: no mail holds up the others, and none is passed over."""
        why = f"{mail.size} bytes, more than the limit of {self._account.whole}"
        try:
            if mail.size <= self._account.whole:
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

    def _stand_in(self, mail: Sketch, why: str, header: bytes) -> bytes:
        self.tally = replace(self.tally, not_whole=self.tally.not_whole + 1)
        account = self._account
        return stand_in(header, why, f"{account.account}, folder {account.folder}, UID {mail.uid}")

    def _mail(self, mail: Sketch, raw: bytes, uidvalidity: int) -> RawMail:
        account = self._account
        return RawMail(
            raw=raw,
            received_at=mail.received_at,
            source="imap",
            recipients=(account.address,) if account.address else (),
            source_key=f"{account.account}/{account.folder}/{uidvalidity}/{mail.uid}",
        )

    def _count(self, folder: ImapFolder, uids: Sequence[int]) -> None:
        last = max(uids, default=0)
        waiting = folder.uids_after(last) if uids else []
        unmarked = folder.count_unmarked(uids) if self._account.afterwards is Afterwards.FLAG else 0
        now = {"on_server": folder.mails, "waiting": len(waiting), "unmarked": unmarked}
        self.tally = replace(self.tally, **now)


def _batches(mails: Iterable[Sketch], broke: Counter[int], whole: int) -> Iterator[list[Sketch]]:
    """Mails to fetch together, in order: not too many bytes; alone what is too large or broke a connection before."""
    batch: list[Sketch] = []
    size = 0
    for mail in mails:
        alone = mail.size > whole or broke[mail.uid] > 0
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


def stand_in(header: bytes, why: str, where: str) -> bytes:
    """A mail that stands for one that was not fetched: its header, a mark, and a note for a person.

    The header fields that describe a body are left out, for there is another one.
    """
    foreign = (b"content-", b"mime-version")
    kept = [field for field in _fields(header) if not field.lower().startswith(foreign)]
    note = f"This mail was not fetched: {why}.\r\nIt is still on its server: {where}.\r\n"
    own = f"{OVERSIZE}: {why}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    own += "Content-Transfer-Encoding: 8bit\r\n"
    return b"".join(kept) + own.encode() + b"\r\n" + note.encode()


def _fields(header: bytes) -> list[bytes]:
    """The whole fields of a header, each with its folded lines; what was cut off at the end is left out."""
    fields: list[bytes] = []
    for line in header.replace(b"\r\n", b"\n").split(b"\n")[:-1]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += line + b"\r\n"
        elif line:
            fields.append(line + b"\r\n")
    return fields
