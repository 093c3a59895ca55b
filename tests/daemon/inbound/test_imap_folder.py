"""Draining a folder on a real Dovecot: which mails are taken, when, and what the mailbox looks like afterwards."""

from __future__ import annotations

import imaplib
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from config.faults import TryAgain
from daemon.inbound.imap_folder import AfterReading, ImapAccount, ImapFolder, ImapSecurity
from daemon.inbound.imap_poller import ImapPoller, StoredPositions
from daemon.inbound.imap_sync import NOT_FETCHED_HEADER, FolderDrain, FolderPosition
from storage import inbox, migrate
from storage.engine import Database
from storage.values import RawMail
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot

__all__ = ["dovecot"]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Server:
    """One user's mailboxes, seen with an ordinary IMAP client."""

    def __init__(self, server: Dovecot) -> None:
        self.user = f"user-{uuid.uuid4().hex[:12]}"
        self._client = imaplib.IMAP4(server.host, server.port)
        self._client.login(self.user, PASSWORD)
        self._client.select("INBOX")

    def put(self, *raws: bytes, at: datetime = NOW, folder: str = "INBOX") -> None:
        """Store mails, received by the server at this time."""
        for raw in raws:
            assert self._client.append(folder, "", imaplib.Time2Internaldate(at), raw)[0] == "OK"

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of all mails in a folder, except Recent."""
        self._client.select(folder)
        found = self._client.uid("FETCH", "1:*", "(FLAGS)")[1]
        flags = [reply.decode().partition("FLAGS ")[2].strip("()") for reply in found if isinstance(reply, bytes)]
        return [" ".join(flag for flag in flag_list.split() if flag != "\\Recent") for flag_list in flags]

    def folders(self) -> list[str]:
        """Return all folders."""
        return sorted(line.decode().split(' "." ')[1] for line in self._client.list()[1] if isinstance(line, bytes))

    def renew(self) -> None:
        """Delete and recreate the folder Complaints, so that its UIDs start anew."""
        self._client.select("INBOX")
        self._client.delete("Complaints")
        assert self._client.create("Complaints")[0] == "OK"

    def close(self) -> None:
        """Log out."""
        self._client.logout()


class Kept:
    """Positions in memory; `away` is how many further calls fail as if the database were down."""

    def __init__(self) -> None:
        self.place: FolderPosition | None = None
        self.mails: list[RawMail] = []
        self.calls: list[int] = []
        self.away = False

    def read(self) -> FolderPosition | None:
        """Return the stored position."""
        return self.place

    def accept(self, mails: Sequence[RawMail], place: FolderPosition) -> None:
        """Store mails and position."""
        if self.away and mails:
            raise TryAgain("database away")
        self.place = place
        self.mails += mails
        self.calls.append(len(mails))


@pytest.fixture
def server(dovecot: Dovecot) -> Iterator[Server]:
    """A new user."""
    user = Server(dovecot)
    yield user
    user.close()


@pytest.fixture
def account(dovecot: Dovecot, server: Server) -> ImapAccount:
    """Reclamo's settings for that user's INBOX, read from the beginning."""
    return ImapAccount(
        account="main",
        host=dovecot.host,
        port=dovecot.port,
        security=ImapSecurity.NONE,
        user=server.user,
        password=PASSWORD,
        address="help@example.com",
        from_the_beginning=True,
    )


def mail(number: int, body: str = "It does not start.") -> bytes:
    """Build a small mail."""
    head = f"From: anna@example.net\r\nSubject: {number}\r\nMessage-ID: <{number}@example.net>\r\n"
    return f"{head}\r\n{body}\r\n".encode()


def drain(account: ImapAccount, places: Kept | StoredPositions) -> int:
    """Connect, take mail in, log out; return how many mails were taken."""
    before = len(places.mails) if isinstance(places, Kept) else 0
    drainer = FolderDrain(account, places)
    folder = ImapFolder(account)
    try:
        drainer(folder, NOW)
    finally:
        folder.close()
    assert drainer.waiting == 0
    return len(places.mails) - before if isinstance(places, Kept) else 0


def subjects(mails: Sequence[RawMail]) -> list[str]:
    """Return the mails' subjects in order."""
    return [mail.raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for mail in mails]


def test_mail_is_taken_once_and_flagged(server: Server, account: ImapAccount) -> None:
    """Every mail is taken once, byte for byte, with the server's time of receipt; it stays in place, flagged and
    unread."""
    at = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=1)))
    server.put(mail(1), mail(2), at=at)
    places = Kept()
    assert drain(account, places) == 2
    server.put(mail(3))
    assert drain(account, places) == 1
    assert drain(account, places) == 0
    assert subjects(places.mails) == ["1", "2", "3"]
    first = places.mails[0]
    assert (first.raw, first.received_at, first.recipients) == (mail(1), at, ("help@example.com",))
    assert first.source_key.startswith("main/INBOX/")
    assert first.received_at.tzinfo is UTC
    assert server.flags() == ["$Reclamo"] * 3


def test_old_mail_is_left_alone_at_first(server: Server, account: ImapAccount) -> None:
    """On first connection old mail is not taken; later mail is."""
    account = replace(account, from_the_beginning=False)
    server.put(mail(1), mail(2))
    places = Kept()
    assert drain(account, places) == 0
    server.put(mail(3), at=NOW - timedelta(days=400))  # somebody moved an old complaint here
    assert drain(account, places) == 1
    assert subjects(places.mails) == ["3"]
    assert server.flags() == ["", "", "$Reclamo"]


def test_mail_read_by_somebody_else_is_taken(server: Server, account: ImapAccount) -> None:
    """Mail that another program has read, flagged or answered is taken as well."""
    server.put(mail(1), mail(2))
    server._client.store("1", "+FLAGS", "\\Seen \\Flagged \\Answered")
    places = Kept()
    drain(account, places)
    assert subjects(places.mails) == ["1", "2"]


@pytest.mark.parametrize(
    ("processed", "expected"),
    [("Processed", "Processed"), ("Erledigt/Büro 你好", "Erledigt.B&APw-ro &T2BZfQ-"), ("\\Archive", "Archiv")],
)
def test_mail_is_moved(processed: str, expected: str, server: Server, account: ImapAccount) -> None:
    """Mail taken in is moved to a folder with a name in any language, created if missing."""
    account = replace(account, after_reading=AfterReading.MOVE, processed=processed)
    server.put(*(mail(number) for number in range(5)))
    places = Kept()
    assert drain(account, places) == 5
    assert expected in [name.strip('"') for name in server.folders()]
    assert [len(server.flags()), len(server.flags(f'"{expected}"'))] == [0, 5]


def test_nothing_is_marked_before_it_is_durable(server: Server, account: ImapAccount) -> None:
    """While the database is down mails stay unmarked; all are taken later."""
    account = replace(account, after_reading=AfterReading.MOVE)
    server.put(mail(1), mail(2))
    places = Kept()
    places.away = True
    with pytest.raises(TryAgain, match="database away"):
        drain(account, places)
    assert server.flags() == ["", ""]
    places.away = False
    assert drain(account, places) == 2
    assert server.flags() == []


def test_what_a_crash_left_is_moved_later(server: Server, account: ImapAccount) -> None:
    """A mail taken in but not moved before a crash is moved at the next start; older mail is not."""
    account = replace(account, after_reading=AfterReading.MOVE, from_the_beginning=False)
    places = Kept()
    server.put(mail(1), at=NOW - timedelta(days=3))
    drain(account, places)
    server.put(mail(2), at=NOW + timedelta(hours=2))
    assert places.place is not None
    places.place = replace(places.place, last_uid=2)  # stored, but not moved: a crash
    assert drain(account, places) == 0
    assert [len(server.flags()), len(server.flags("Processed"))] == [1, 1]


def test_uids_that_mean_other_mails(server: Server, account: ImapAccount, tmp_path: Path) -> None:
    """After UIDVALIDITY changes everything is read again, and known mail creates nothing new."""
    server.renew()
    account = replace(account, folder="Complaints")
    server.put(mail(1), mail(2), folder="Complaints")
    db = Database(f"sqlite:///{tmp_path}/reclamo.db")
    migrate.upgrade(db)
    places = StoredPositions(db, account)
    drain(account, places)
    server.renew()
    server.put(mail(2), mail(1), mail(3), folder="Complaints")
    drain(account, places)
    drain(account, places)
    assert len(inbox.listing(db)) == 3
    place = places.read()
    assert place is not None
    assert place.last_uid == 3
    db.close()


def test_a_rebuilt_folder_keeps_its_past_quiet(server: Server, account: ImapAccount) -> None:
    """Old mail that was left alone at first is left alone after the folder is rebuilt, too."""
    account = replace(account, folder="Complaints", from_the_beginning=False)
    server.renew()
    server.put(mail(1), at=NOW - timedelta(days=400), folder="Complaints")
    places = Kept()
    drain(account, places)
    server.renew()
    server.put(mail(1), at=NOW - timedelta(days=400), folder="Complaints")
    server.put(mail(2), at=NOW - timedelta(hours=3), folder="Complaints")
    server.put(mail(3), at=NOW + timedelta(hours=3), folder="Complaints")
    drain(account, places)
    server.put(mail(4), at=NOW + timedelta(hours=3), folder="Complaints")
    drain(account, places)
    assert subjects(places.mails) == ["3", "4"]


def test_an_oversize_mail_holds_nobody_up(server: Server, account: ImapAccount) -> None:
    """A mail over the limit is taken as its header and a note; the mails around it come whole."""
    account = replace(account, fetch_limit=100_000)
    server.put(mail(1), mail(2, "x" * 200_000), mail(3))
    places = Kept()
    assert drain(account, places) == 3
    assert subjects(places.mails) == ["1", "2", "3"]
    stand_in = places.mails[1].raw.decode()
    assert f"{NOT_FETCHED_HEADER}: " in stand_in
    assert "Message-ID: <2@example.net>\r\n" in stand_in
    assert "It is still on its server: main, folder INBOX, UID 2." in stand_in
    assert drain(account, places) == 0


def test_a_large_mailbox_in_batches(server: Server, account: ImapAccount) -> None:
    """Mails are stored in batches, in order, so that an interruption loses no work."""
    server.put(*(mail(number) for number in range(450)))
    places = Kept()
    assert drain(account, places) == 450
    assert [calls for calls in places.calls if calls] == [200, 200, 50]
    assert subjects(places.mails) == [str(number) for number in range(450)]


def test_a_wrong_password(account: ImapAccount) -> None:
    """A refused login is reported and retried."""
    with pytest.raises(TryAgain, match="refuses to sign in user-"):
        ImapFolder(replace(account, password="guess"))


def test_an_access_token_is_asked_for_each_login(account: ImapAccount) -> None:
    """With OAuth2 a function gives a token for each login; this server does not support the mechanism."""
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        return "t0ken"

    with pytest.raises(TryAgain, match=r"refuses to sign in.*[Uu]nsupported"):
        ImapFolder(replace(account, token=token))
    assert asked == [1]


def test_a_mailbox_waits_for_mail(server: Server, account: ImapAccount) -> None:
    """A running poller takes mail as it arrives and stops at once."""
    arrived: list[str] = []
    places = Kept()
    signal = _Signal()

    def accept(mails: Sequence[RawMail], place: FolderPosition) -> None:
        Kept.accept(places, mails, place)
        arrived.extend(subjects(mails))
        signal(bool(mails))

    places.accept = accept  # type: ignore[method-assign]
    # From the beginning: otherwise mail that arrives before the first reading counts as old and is left alone.
    mailbox = ImapPoller(replace(account, from_the_beginning=True, interval=1000.0), places, now=lambda: NOW)
    mailbox.start()
    try:
        for number in range(3):
            server.put(mail(number))
            signal.wait()
    finally:
        mailbox.stop()
    assert arrived == ["0", "1", "2"]
    assert mailbox.state.error == ""


class _Signal:
    def __init__(self) -> None:
        self._rung = threading.Semaphore(0)

    def __call__(self, rung: bool) -> None:
        if rung:
            self._rung.release()

    def wait(self) -> None:
        assert self._rung.acquire(timeout=30)


def test_places_are_kept_in_the_database(account: ImapAccount, tmp_path: Path) -> None:
    """The position is stored by account and folder."""
    db = Database(f"sqlite:///{tmp_path}/reclamo.db")
    migrate.upgrade(db)
    places = StoredPositions(db, account)
    assert places.read() is None
    place = FolderPosition(uidvalidity=7, last_uid=9, since=NOW)
    places.accept([], place)
    assert places.read() == place
    assert StoredPositions(db, replace(account, folder="Other")).read() is None
    db.close()
