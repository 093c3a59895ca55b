"""The IMAP poller with servers that misbehave: no mail is lost, no stop hangs, and polling resumes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from config.faults import TryAgain
from daemon.inbound.imap_folder import AfterReading, ImapAccount, ImapFolder, ImapSecurity
from daemon.inbound.imap_poller import ImapPoller, reconnect_delay
from daemon.inbound.imap_sync import NOT_FETCHED_HEADER, FolderDrain, FolderPosition, placeholder_mail
from storage.values import RawMail
from tests.servers.fake_imap import Answer, FakeImap, Peer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Kept:
    """Mails and read positions in memory, with a way to wait for mail."""

    def __init__(self) -> None:
        self.place: FolderPosition | None = None
        self.mails: list[RawMail] = []
        self._arrived = threading.Semaphore(0)

    def read(self) -> FolderPosition | None:
        """Return the stored position."""
        return self.place

    def accept(self, mails: Sequence[RawMail], place: FolderPosition) -> None:
        """Store mails and position."""
        self.place = place
        for mail in mails:
            self.mails.append(mail)
            self._arrived.release()

    def wait(self, mails: int) -> list[bytes]:
        """Wait for this many more mails; return all so far."""
        for _ in range(mails):
            assert self._arrived.acquire(timeout=30)
        return [mail.raw for mail in self.mails]


Start = Callable[..., FakeImap]
MAILS = {number: f"Subject: {number}\r\n\r\nbody {number}\r\n".encode() for number in (3, 5, 9)}


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a fake server: start(mails, answer)."""
    with ExitStack() as opened:

        def start(mails: dict[int, bytes], answer: Answer = lambda peer, tag, command: False) -> FakeImap:
            server = FakeImap(dict(mails), answer)
            opened.callback(server.stop)
            return server

        yield start


def account(server: FakeImap, **changes: Any) -> ImapAccount:
    """Return an account on that server with short timeouts."""
    options: dict[str, Any] = {
        "account": "main",
        "host": "127.0.0.1",
        "port": server.port,
        "security": ImapSecurity.NONE,
        "user": "anna",
        "password": "secret",
        "from_the_beginning": True,
        "read_timeout": 0.5,
        "interval": 0.05,
    }
    return ImapAccount(**options | changes)


Run = Callable[..., ImapPoller]


@pytest.fixture
def run() -> Iterator[Run]:
    """Return a function that runs a poller with quick reconnects: run(server, places, account changes…)."""
    with ExitStack() as opened:

        def run(server: FakeImap, places: Kept, **changes: Any) -> ImapPoller:
            mailbox = ImapPoller(account(server, **changes), places, now=lambda: NOW, chance=lambda: 1.99)
            mailbox.start()
            opened.callback(mailbox.stop)
            return mailbox

        yield run


def once(command: str, act: Callable[[Peer], None]) -> Answer:
    """Return an answer that calls `act` for the first command with this prefix and behaves normally afterwards."""
    left = [act]

    def answer(peer: Peer, tag: str, line: str) -> bool:
        if line.startswith(command) and left:
            left.pop()(peer)
            return True
        return False

    return answer


BREAKS: dict[str, Answer] = {
    "hangs up at login": once("LOGIN", Peer.close),
    "hangs up at select": once("SELECT", Peer.close),
    "hangs up in search": once("UID SEARCH", Peer.close),
    "hangs up in fetch": once("UID FETCH", Peer.close),
    "hangs up in the middle of a literal": once(
        "UID FETCH 3,5,9 (BODY", lambda peer: peer.say_and_close("* 1 FETCH (UID 3 BODY[] {500}\r\nSubj")
    ),
    "says nothing any more": once("UID SEARCH", lambda peer: None),
    "says goodbye": once("UID SEARCH", lambda peer: peer.say_and_close("* BYE shutting down\r\n")),
    "talks rubbish": once("UID FETCH", lambda peer: peer.say("* 1 FETCH (UID (((\r\n* ??\r\n")),
    "hangs up when mail is marked": once("UID STORE", Peer.close),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_connection_that_breaks(name: str, start: Start, run: Run) -> None:
    """Wherever the connection breaks, the poller reconnects and takes each mail in once and whole."""
    places = Kept()
    mailbox = run(start(MAILS, BREAKS[name]), places)
    assert places.wait(3) == list(MAILS.values())
    mailbox.stop()
    assert len(places.mails) == 3


def test_the_last_mail_is_not_taken_again(start: Start) -> None:
    """`UID 10:*` returns mail 9 if there is none above (RFC 3501): it is already known."""
    places = Kept()
    server = start(MAILS)
    drain = FolderDrain(account(server), places)
    for _ in range(3):
        folder = ImapFolder(account(server))
        drain(folder, NOW)
        folder.close()
    assert len(places.mails) == 3


IDLING: dict[str, Callable[[Peer], None]] = {
    "a line in two pieces": lambda peer: peer.say("+ idling\r\n* 4 EXI"),
    "hanging up": lambda peer: peer.say_and_close("+ idling\r\n"),
    "refusing": lambda peer: peer.say("* BAD no\r\n"),
}


@pytest.mark.parametrize("name", IDLING)
def test_trouble_while_idling(name: str, start: Start, run: Run) -> None:
    """If IDLE always breaks, the poller asks at intervals, and new mail still arrives."""
    places = Kept()

    def answer(peer: Peer, tag: str, command: str) -> bool:
        if command == "IDLE":
            IDLING[name](peer)
        return command == "IDLE"

    server = start(MAILS, answer)
    mailbox = run(server, places)
    places.wait(3)
    server.mails[12] = b"Subject: 12\r\n\r\n"
    places.wait(1)
    while server.commands.count("NOOP") < 5:
        places.wait(0)
    mailbox.stop()
    assert server.commands.count("IDLE") <= 4
    assert mailbox.state.error == ""


ANNOUNCING: dict[str, Callable[[Peer], object]] = {
    "with the line that lets us wait": lambda peer: peer.say("+ idling\r\n* 4 EXISTS\r\n"),
    "before the line that lets us wait": lambda peer: peer.say("* 4 EXISTS\r\n+ idling\r\n"),
    "in pieces": lambda peer: [peer.say(piece) for piece in ("+ idl", "ing\r\n* 4 EX", "ISTS\r\n")],
}


@pytest.mark.parametrize("name", ANNOUNCING)
def test_mail_that_comes_as_the_wait_begins(name: str, start: Start, run: Run) -> None:
    """Mail that arrives just before IDLE starts is taken at once, not at the next renewal."""
    places = Kept()

    def answer(peer: Peer, tag: str, command: str) -> bool:
        if command != "IDLE" or 12 in server.mails:
            return False
        server.mails[12] = b"Subject: 12\r\n\r\n"
        ANNOUNCING[name](peer)
        return True

    server = start(MAILS, answer)
    mailbox = run(server, places, interval=1000.0, read_timeout=1000.0)
    assert places.wait(4)[-1] == b"Subject: 12\r\n\r\n"
    mailbox.stop()
    assert mailbox.state.error == ""


@pytest.mark.parametrize(("capabilities", "idle"), [("IMAP4rev1", True), ("IMAP4rev1 IDLE", False)])
def test_without_idle(start: Start, run: Run, capabilities: str, idle: bool) -> None:
    """Without IDLE, or with IDLE switched off in the settings, the poller asks at intervals."""
    places = Kept()
    server = start(MAILS)
    server.capabilities = capabilities
    mailbox = run(server, places, after_reading=AfterReading.MOVE, idle=idle)
    places.wait(3)
    server.mails[12] = b"Subject: 12\r\n\r\n"
    places.wait(1)
    mailbox.stop()
    assert "IDLE" not in server.commands
    assert [command for command in server.commands if "MOVE" in command or "Deleted" in command] == []


def test_stopping_in_the_middle_of_a_wait(start: Start, run: Run) -> None:
    """A poller that waits for a silent server stops at once."""
    places = Kept()
    server = start(MAILS)
    mailbox = run(server, places, interval=1000.0, read_timeout=1000.0)
    places.wait(3)
    while "IDLE" not in server.commands:
        places.wait(0)
    mailbox.stop()
    assert mailbox.state.error == ""


def test_a_mail_the_server_does_not_give(start: Start, run: Run) -> None:
    """A mail that the server refuses to return is replaced by a note; the others come whole."""
    places = Kept()

    def answer(peer: Peer, tag: str, command: str) -> bool:
        if "BODY.PEEK[]" in command and "5" in command.split()[2]:
            peer.say(f"{tag} NO cannot read that mail\r\n")
            return True
        return False

    mailbox = run(start(MAILS, answer), places)
    raws = places.wait(3)
    mailbox.stop()
    assert [raws[0], raws[2]] == [MAILS[3], MAILS[9]]
    assert b"cannot read that mail" in raws[1]


def test_a_mail_that_breaks_every_connection(start: Start, run: Run) -> None:
    """After a few broken connections the mail is replaced by its header and a note; the others come whole."""
    places = Kept()

    def answer(peer: Peer, tag: str, command: str) -> bool:
        if "BODY.PEEK[]" in command and "5" in command.split()[2]:
            peer.close()
            return True
        return False

    mailbox = run(start(MAILS, answer), places)
    raws = places.wait(3)
    mailbox.stop()
    assert [raws[0], raws[2]] == [MAILS[3], MAILS[9]]
    assert raws[1].startswith(b"Subject: 5\r\n")
    assert b"it broke the connection to its server each time" in raws[1]


def test_an_expired_token_is_reported(start: Start, run: Run) -> None:
    """It shows in the mailbox's state, and other mailboxes go on."""
    token_asked = threading.Event()

    def token() -> str:
        token_asked.set()
        raise TryAgain("token expired on 1 March")

    good, bad = Kept(), Kept()
    broken, healthy = run(start(MAILS), bad, token=token), run(start(MAILS), good)
    good.wait(3)
    assert token_asked.wait(30)
    while not broken.state.error:
        good.wait(0)
    broken.stop()
    healthy.stop()
    assert "token expired on 1 March" in broken.state.error
    assert healthy.state.error == ""


@pytest.mark.parametrize(
    ("failures", "chance", "expected"),
    [(1, 0.0, 1.0), (2, 0.0, 2.0), (5, 1.0, 8.0), (9, 0.0, 256.0), (10, 0.0, 300.0), (10_000, 0.5, 225.0)],
)
def test_reconnect_delay(failures: int, chance: float, expected: float) -> None:
    """The delay doubles up to five minutes, with random variation."""
    assert reconnect_delay(failures, chance) == expected


def test_a_stand_in_keeps_the_header() -> None:
    """The replacement keeps folded fields whole, drops fields about the body and a field that was cut off."""
    header = b"Subject: a\r\n b\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\nMime-Version: 1.0\r\nTo: help@ex"
    raw = placeholder_mail(header, "too large", "main, folder INBOX, UID 3")
    assert raw.startswith(f"Subject: a\r\n b\r\n{NOT_FETCHED_HEADER}: too large\r\nMIME-Version: 1.0\r\n".encode())
    assert b"multipart" not in raw
    assert b"help@ex" not in raw
