"""The state of a mailbox in `status`: whether it can be read, since when not, and why."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.inbound.imap_folder import ImapAccount, ImapFolder, ImapSecurity, MailboxUnreadable
from daemon.inbound.imap_poller import ImapPoller, PollerState, StoredPositions
from daemon.inbound.imap_report import REFRESH, StateReport
from storage import inbox, mailboxes, migrate
from storage.engine import Database
from storage.mailboxes import MailboxProblem, MailboxState
from tests.daemon.inbound.test_imap_folder import Server, mail
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot, free_port
from tests.servers.fake_imap import FakeImap, Peer

__all__ = ["dovecot"]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that advances one second each time it is read."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Gate:
    """A loopback port that forwards to a server, or does not answer while shut."""

    def __init__(self, to: int) -> None:
        self.port, self._to = free_port(), to
        self._opened: list[socket.socket] = []

    def open(self) -> None:
        """Forward connections."""
        listening = socket.create_server(("127.0.0.1", self.port))
        self._opened.append(listening)
        threading.Thread(target=self._accept, args=[listening], daemon=True).start()

    def shut(self) -> None:
        """Break all connections and accept none."""
        for each in self._opened:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._opened.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._opened += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A database with all tables."""
    opened = Database(f"sqlite:///{tmp_path}/reclamo.db")
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def server(dovecot: Dovecot) -> Iterator[Server]:
    """A new user."""
    user = Server(dovecot)
    yield user
    user.close()


@pytest.fixture
def account(dovecot: Dovecot, server: Server) -> ImapAccount:
    """Reclamo's settings for that user's INBOX."""
    return ImapAccount(
        account="main", host=dovecot.host, port=dovecot.port, security=ImapSecurity.NONE, user=server.user,
        password=PASSWORD, from_the_beginning=True, interval=0.05, read_timeout=5.0,
    )  # fmt: skip


class Watched:
    """Runs a poller as the daemon does, and waits for what another process would read in the database."""

    def __init__(self, db: Database, account: ImapAccount, clock: Clock) -> None:
        self._db = db
        self._reported = threading.Condition()
        self._store = StateReport(db, account, node="one", now=clock)
        self.poller = ImapPoller(
            account, StoredPositions(db, account), now=clock, report=self._report, chance=lambda: 1.99
        )
        self.poller.start()

    def _report(self, state: PollerState) -> None:
        self._store(state)
        with self._reported:
            self._reported.notify_all()

    def wait(self, wanted: Callable[[MailboxState], bool]) -> MailboxState:
        """Wait until the stored state satisfies the condition; return it."""
        found: list[MailboxState] = []

        def is_wanted() -> bool:
            found[:] = [state for state in mailboxes.states(self._db) if wanted(state)]
            return bool(found)

        with self._reported:
            assert self._reported.wait_for(is_wanted, timeout=60), mailboxes.states(self._db)
        return found[0]


@pytest.fixture
def watch(db: Database) -> Iterator[Callable[[ImapAccount], Watched]]:
    """Return a function that runs a poller until the test ends."""
    started: list[Watched] = []
    clock = Clock()

    def start(account: ImapAccount) -> Watched:
        started.append(Watched(db, account, clock))
        return started[-1]

    yield start
    for watched in started:
        watched.poller.stop()


def test_a_wrong_password_and_then_the_right_one(
    db: Database, server: Server, account: ImapAccount, watch: Callable[[ImapAccount], Watched]
) -> None:
    """The refusal is stored without the password, dates from the first failure also after a restart, and is cleared by
    the right password."""
    server.put(mail(1))
    wrong = watch(replace(account, password="s3cr3t-guess"))
    report = wrong.wait(lambda state: state.problem is MailboxProblem.SIGN_IN)
    assert f"refuses to sign in {server.user}" in report.reason
    assert "s3cr3t-guess" not in report.reason
    assert (report.read_at, report.waiting) == (None, None)
    wrong.poller.stop()
    again = watch(replace(account, password="another-guess"))
    later = again.wait(lambda state: state.reported_at > report.reported_at)
    assert (later.problem, later.unreadable_since) == (MailboxProblem.SIGN_IN, report.unreadable_since)
    again.poller.stop()
    well = watch(account).wait(lambda state: state.read_at is not None)
    assert (well.problem, well.reason, well.unreadable_since, well.waiting) == (None, "", None, 0)
    assert len(inbox.listing(db)) == 1


def test_a_server_that_goes_away_and_comes_back(
    dovecot: Dovecot, server: Server, account: ImapAccount, watch: Callable[[ImapAccount], Watched]
) -> None:
    """While the server is down the time of the last reading stays; afterwards the folder is read again."""
    gate = Gate(dovecot.port)
    gate.open()
    watched = watch(replace(account, port=gate.port))
    read = watched.wait(lambda state: state.read_at is not None and state.problem is None)
    gate.shut()
    away = watched.wait(lambda state: state.problem is MailboxProblem.UNREACHABLE)
    assert away.reason == f"the server 127.0.0.1:{gate.port} cannot be reached: Connection refused"
    assert away.unreadable_since is not None
    assert read.read_at is not None
    assert away.read_at is not None
    assert read.read_at <= away.read_at <= away.unreadable_since
    assert away.waiting is None
    server.put(mail(1), mail(2))
    gate.open()
    well = watched.wait(lambda state: state.problem is None and state.waiting == 0)
    assert well.read_at is not None
    assert well.read_at > away.unreadable_since
    watched.poller.stop()
    gate.shut()


def test_a_folder_that_goes_and_comes_back(
    server: Server, account: ImapAccount, watch: Callable[[ImapAccount], Watched]
) -> None:
    """A deleted folder is named in the state; once recreated it is read again."""
    server.renew()
    watched = watch(replace(account, folder="Complaints"))
    watched.wait(lambda state: state.read_at is not None and state.problem is None)
    server._client.delete("Complaints")
    gone = watched.wait(lambda state: state.problem is MailboxProblem.FOLDER)
    assert gone.reason.startswith("the folder Complaints cannot be opened: ")
    server._client.create("Complaints")
    watched.wait(lambda state: state.problem is None and state.waiting == 0)


def test_a_server_that_quotes_the_password(db: Database) -> None:
    """The server's message is stored without the password even if it quotes the login command."""

    def answer(peer: Peer, tag: str, command: str) -> bool:
        if command.startswith("LOGIN"):
            peer.say(f"{tag} NO unknown command {command}\r\n")
        return command.startswith("LOGIN")

    server = FakeImap({}, answer)
    account = ImapAccount(
        account="main", host="127.0.0.1", port=server.port, security=ImapSecurity.NONE, user="anna", password="hunter2"
    )
    with pytest.raises(MailboxUnreadable, match=r"refuses to sign in anna: .*\*\*\*") as refused:
        ImapFolder(account)
    server.stop()
    assert "hunter2" not in str(refused.value)


def test_no_encryption(account: ImapAccount) -> None:
    """A server without TLS is reported differently from one that is down."""
    for privacy in (ImapSecurity.TLS, ImapSecurity.STARTTLS):
        with pytest.raises(MailboxUnreadable, match="no encrypted connection") as failed:
            ImapFolder(replace(account, security=privacy))
        assert failed.value.problem is MailboxProblem.ENCRYPTION


class Reported:
    """The states that one node stores, on a clock that the test sets."""

    def __init__(self, db: Database, account: ImapAccount, node: str) -> None:
        self.now = NOW
        self._db, self._node = db, node
        self._report = StateReport(db, account, node=node, now=lambda: self.now)

    def tell(self, state: PollerState) -> bool:
        """Report a state; return whether it was stored."""
        before = self.stored()
        self._report(state)
        return self.stored() != before

    def stored(self) -> Any:
        """Return what this node has stored."""
        return mailboxes.state_of(self._db, "main", "INBOX", self._node)


PLAIN = ImapAccount(account="main", host="imap.example.com", user="anna")


def test_state_is_rarely_written(db: Database) -> None:
    """A thousand mails in fifteen minutes cause a handful of state writes."""
    node = Reported(db, PLAIN, "one")
    writes = 0
    for _ in range(1000):
        node.now += timedelta(seconds=0.9)
        writes += node.tell(PollerState(read_at=node.now, waiting=1))
        writes += node.tell(PollerState(read_at=node.now, waiting=0))
    assert 3 <= writes <= 8
    assert node.now - node.stored().read_at <= REFRESH


def test_one_broken_connection_is_no_news(db: Database) -> None:
    """A single dropped connection is not reported; two in a row are."""
    node = Reported(db, PLAIN, "one")
    good = PollerState(read_at=NOW, waiting=0)
    broken = PollerState(
        failures=1, problem=MailboxProblem.CONNECTION, error="it broke", unreadable_since=NOW, read_at=NOW
    )
    assert node.tell(good)
    for _ in range(10):
        assert not node.tell(broken)
        assert not node.tell(good)
    assert node.tell(replace(broken, failures=2))
    assert not node.tell(replace(broken, failures=3))
    node.now += REFRESH
    assert node.tell(replace(broken, failures=4))
    assert node.tell(good)


def test_two_nodes_on_one_mailbox_do_not_overwrite_each_other(db: Database) -> None:
    """Each node keeps its own state, and neither makes the other write again."""
    good, bad = Reported(db, PLAIN, "good"), Reported(db, PLAIN, "bad")
    well = PollerState(read_at=NOW, waiting=0)
    failing = PollerState(failures=2, problem=MailboxProblem.SIGN_IN, error="no", unreadable_since=NOW)
    assert good.tell(well)
    assert bad.tell(failing)
    for _ in range(20):
        assert not good.tell(well)
        assert not bad.tell(failing)
    assert [(state.node, state.problem) for state in mailboxes.states(db)] == [
        ("bad", MailboxProblem.SIGN_IN),
        ("good", None),
    ]


def test_a_database_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    """The state is stored once the database is back."""
    db = Database(f"sqlite:///{tmp_path}/reclamo.db", wait=0.05)
    migrate.upgrade(db)
    node = Reported(db, PLAIN, "one")
    blocking = Database(f"sqlite:///{tmp_path}/reclamo.db")
    with blocking.write() as conn:
        mailboxes.advance(conn, mailboxes.Cursor(account="x", folder="y", uidvalidity=1, last_uid=1))
        assert not node.tell(PollerState(read_at=NOW, waiting=0))
    assert node.tell(PollerState(read_at=NOW, waiting=0))
    blocking.close()
    db.close()
