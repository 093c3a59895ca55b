"""SMTP and LMTP sessions over raw sockets: what the client sees, and which mails are taken in."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from config.faults import GiveUp, TryAgain
from daemon.inbound.passwords import hash_password
from daemon.inbound.smtp_config import Listener, MailProtocol, SmtpLimits
from storage.values import RawMail
from tests.daemon.conftest import NOON, SmtpUnderTest

MAIL = b"From: anna@example.net\r\nSubject: broken\r\n\r\nIt does not start.\r\n"
END = b".\r\n"
StartSmtp = Callable[..., SmtpUnderTest]

CONVERSATIONS: dict[str, list[tuple[str, str]]] = {
    "a mail before hello": [("MAIL FROM:<a@example.net>", "503 5.5.1")],
    "a recipient before a sender": [("HELO x", "250"), ("RCPT TO:<help@example.com>", "503 5.5.1")],
    "data before a recipient": [
        ("EHLO x", "250"),
        ("MAIL FROM:<a@example.net>", "250 2.1.0"),
        ("DATA", "503 5.5.1"),
    ],
    "data with an argument": [
        ("EHLO x", "250"),
        ("MAIL FROM:<a@example.net>", "250 2.1.0"),
        ("RCPT TO:<help@example.com>", "250 2.1.5"),
        ("DATA now", "501 5.5.4"),
    ],
    "an unknown recipient, then a known one": [
        ("EHLO x", "250"),
        ("MAIL FROM:<>", "250 2.1.0"),
        ("RCPT TO:<nobody@example.com>", "550 5.1.1"),
        ("RCPT TO:<help+k7tq@example.com>", "250 2.1.5"),
    ],
    "a size announced over the limit": [
        ("EHLO x", "250"),
        ("MAIL FROM:<a@example.net> SIZE=99999999999", "552 5.3.4"),
        ("MAIL FROM:<a@example.net> SIZE=1000 BODY=8BITMIME SMTPUTF8", "250 2.1.0"),
    ],
    "addresses that no row can hold": [
        ("EHLO x", "250"),
        ('MAIL FROM:<"a\x00b"@example.net>', "553 5.1.7"),
        ("MAIL FROM:<<<@@>", "553 5.1.3"),
        ("MAIL FROM:<a@example.net>", "250 2.1.0"),
        ('RCPT TO:<"a\x01b"@example.com>', "553 5.1.3"),
    ],
    "an internationalised recipient": [
        ("EHLO x", "250"),
        ("MAIL FROM:<用户@example.net> SMTPUTF8", "250 2.1.0"),
        ("RCPT TO:<投诉@例子.cn>", "250 2.1.5"),
    ],
    "parameters nobody knows": [
        ("EHLO x", "250"),
        ("MAIL FROM:<a@example.net> XYZ=1", "555 5.5.4"),
        ("MAIL FROM:<a@example.net> AUTH=<>", "250 2.1.0"),
        ("RCPT TO:<help@example.com> NOTIFY=NEVER", "555 5.5.4"),
    ],
    "small talk": [
        ("HELP", "214 2.0.0"),
        ("VRFY root", "252 2.5.2"),
        ("EXPN all", "502 5.5.1"),
        ("NOOP", "250 2.0.0"),
        ("RSET", "250 2.0.0"),
        ("GET / HTTP/1.1", "500 5.5.2"),
        ("STARTTLS", "454 4.7.0"),
        ("NOOP " + "x" * 3000, "500 5.5.2"),
        ("QUIT", "221 2.0.0"),
    ],
    "a login where none is offered": [("EHLO x", "250"), ("AUTH PLAIN AGEAYg==", "502 5.5.1")],
    "a second sender": [
        ("EHLO x", "250"),
        ("MAIL FROM:<a@example.net>", "250 2.1.0"),
        ("MAIL FROM:<b@example.net>", "503 5.5.1"),
    ],
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation(name: str, start_smtp: StartSmtp) -> None:
    """Each command gets the reply code and enhanced status code of the standards."""
    client = start_smtp().connect()
    assert client.reply().startswith("220 mx.example.com Reclamo")
    for command, expected in CONVERSATIONS[name]:
        reply = client.say(command)
        assert reply.startswith(expected), f"{command} got {reply}"


def test_offers(start_smtp: StartSmtp) -> None:
    """EHLO offers the extensions there are, and neither STARTTLS nor AUTH when they are not configured."""
    client = start_smtp(limits=SmtpLimits(size=1000)).connect()
    client.reply()
    assert client.say("EHLO x").splitlines() == [
        "250-mx.example.com",
        "250-SIZE 1000",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-PIPELINING",
        "250 ENHANCEDSTATUSCODES",
    ]


def test_a_mail_is_kept_byte_by_byte(start_smtp: StartSmtp) -> None:
    """The stored mail is what was sent, with its envelope and the time of receipt."""
    smtp = start_smtp()
    client = smtp.connect()
    client.envelope("help@example.com", "help+k7tq@example.com", "help@example.com")
    client.send(b"Subject: \xff\x00\r\n\r\n..dots\r\n...\r\n.x\r\nbare\nlf\rcr\r\n" + END)
    assert client.reply() == "250 2.6.0 Message accepted"
    assert smtp.inbox.mails == [
        RawMail(
            raw=b"Subject: \xff\x00\r\n\r\n.dots\r\n..\r\nx\r\nbare\nlf\rcr\r\n",
            received_at=NOON,
            source="smtp",
            envelope_from="anna@example.net",
            recipients=("help@example.com", "help+k7tq@example.com"),
        )
    ]


def test_the_null_sender_is_an_empty_one(start_smtp: StartSmtp) -> None:
    """A bounce has an empty envelope sender; an empty message is accepted."""
    smtp = start_smtp()
    client = smtp.connect()
    client.reply()
    for command in ("EHLO x", "MAIL FROM:<>", "RCPT TO:<help@example.com>", "DATA"):
        client.say(command)
    client.send(END)
    assert client.reply().startswith("250")
    assert [(mail.envelope_from, mail.raw) for mail in smtp.inbox.mails] == [("", b"")]


SMUGGLING = {
    "lf dot lf": b"\n.\n",
    "lf dot crlf": b"\n.\r\n",
    "crlf dot lf": b"\r\n.\n",
    "cr dot cr": b"\r.\r",
    "cr dot crlf": b"\r.\r\n",
    "crlf dot cr": b"\r\n.\r",
    "crlf nul dot crlf": b"\r\n\x00.\r\n",
    "crlf dot nul crlf": b"\r\n.\x00\r\n",
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_no_second_mail_is_smuggled_in(name: str, start_smtp: StartSmtp) -> None:
    """Only CRLF dot CRLF ends a message; similar sequences stay inside it (SMTP smuggling)."""
    smtp = start_smtp()
    client = smtp.connect()
    client.envelope("help@example.com")
    inner = b"MAIL FROM:<ceo@example.com>\r\nRCPT TO:<help@example.com>\r\nDATA\r\nSubject: forged\r\n\r\nx"
    client.send(b"Subject: x\r\n\r\ntext" + SMUGGLING[name] + inner + b"\r\n" + END)
    assert client.reply().startswith("250 2.6.0")
    assert client.say("NOOP").startswith("250 2.0.0")
    assert len(smtp.inbox.mails) == 1
    assert inner in smtp.inbox.mails[0].raw


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_a_message_in_pieces(size: int, start_smtp: StartSmtp) -> None:
    """The message and the commands after it do not depend on how the bytes are split into packets."""
    smtp = start_smtp()
    client = smtp.connect()
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.envelope("help@example.com")
    stream = b"a\r\n..\r\n.b\r\n\r\n\r\n" + END + b"NOOP\r\nQUIT\r\n"
    for start in range(0, len(stream), size):
        client.send(stream[start : start + size])
    assert [client.reply()[:9], client.reply()[:9], client.reply()[:9]] == [
        "250 2.6.0",
        "250 2.0.0",
        "221 2.0.0",
    ]
    assert [mail.raw for mail in smtp.inbox.mails] == [b"a\r\n.\r\nb\r\n\r\n\r\n"]


def test_everything_at_once(start_smtp: StartSmtp) -> None:
    """A client that pipelines whole transactions gets every reply, in order."""
    smtp = start_smtp()
    client = smtp.connect()
    transaction = b"MAIL FROM:<a@example.net>\r\nRCPT TO:<help@example.com>\r\nDATA\r\n" + MAIL + END
    client.send(b"EHLO x\r\n" + transaction * 50 + b"QUIT\r\n")
    replies = [client.reply()[:9] for _ in range(2 + 50 * 4 + 1)]
    assert replies[2:] == ["250 2.1.0", "250 2.1.5", "354 End d", "250 2.6.0"] * 50 + ["221 2.0.0"]
    assert [mail.raw for mail in smtp.inbox.mails] == [MAIL] * 50


def test_very_long_lines_are_mail_too(start_smtp: StartSmtp) -> None:
    """Lines far longer than RFC 5322's 998 octets are accepted."""
    smtp = start_smtp()
    client = smtp.connect()
    client.envelope("help@example.com")
    raw = b"Subject: x\r\n\r\n" + b"x" * 300_000 + b"\r\n"
    client.send(raw + END)
    assert client.reply().startswith("250")
    assert [mail.raw for mail in smtp.inbox.mails] == [raw]


@pytest.mark.parametrize(("over", "expected"), [(0, "250 2.6.0"), (1, "552 5.3.4")])
def test_the_size_limit_is_exact(over: int, expected: str, start_smtp: StartSmtp) -> None:
    """A mail of exactly the limit is accepted, whatever was dot-stuffed; one octet more is refused."""
    smtp = start_smtp(limits=SmtpLimits(size=3000))
    client = smtp.connect()
    client.envelope("help@example.com")
    client.send(b"..\r\n" * 1000 + b"x" * over + b"\r\n" * (over > 0) + END)
    assert client.reply().startswith(expected)
    assert client.say("NOOP").startswith("250")
    assert len(smtp.inbox.mails) == 1 - over


def test_a_flood_is_not_held(start_smtp: StartSmtp) -> None:
    """Octets beyond the limit are discarded, with or without line ends, and the session goes on."""
    smtp = start_smtp(limits=SmtpLimits(size=100_000))
    client = smtp.connect()
    client.envelope("help@example.com")
    before = _resident_mib()
    for _ in range(64):
        client.send(b"x" * 1_000_000)
    assert _resident_mib() - before < 32
    client.send(b"\r\n" + END)
    assert client.reply().startswith("552 5.3.4")
    assert client.say("NOOP").startswith("250 2.0.0")


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def test_memory_is_shared_among_sessions(start_smtp: StartSmtp) -> None:
    """When all sessions together exceed the memory limit one gets a temporary error; later there is room again."""
    smtp = start_smtp(limits=SmtpLimits(size=100_000, memory=150_000))
    first, second = smtp.connect(), smtp.connect()
    for client in (first, second):
        client.envelope("help@example.com")
        client.send(b"x" * 90_000 + b"\r\n")
    second.send(END)
    first.send(END)
    replies = sorted([first.reply()[:9], second.reply()[:9]])
    assert replies == ["250 2.6.0", "452 4.3.1"]
    third = smtp.connect()
    third.envelope("help@example.com")
    third.send(b"x" * 90_000 + b"\r\n" + END)
    assert third.reply().startswith("250 2.6.0")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (TryAgain("disk full at /var/lib"), "451 4.3.0 Not taken, try again later"),
        (GiveUp("bad"), "554 5.6.0 Message refused"),
        (ZeroDivisionError("secret"), "451 4.3.0 Not taken, try again later"),
    ],
)
def test_a_failure_of_ours(failure: Exception, expected: str, start_smtp: StartSmtp) -> None:
    """The client gets a fixed sentence, not the error; after recovery the same session takes mail."""
    smtp = start_smtp()
    client = smtp.connect()
    smtp.inbox.failure = failure
    client.envelope("help@example.com")
    client.send(MAIL + END)
    assert client.reply() == expected
    smtp.inbox.failure = None
    for command in ("MAIL FROM:<a@example.net>", "RCPT TO:<help@example.com>", "DATA"):
        client.say(command)
    client.send(MAIL + END)
    assert client.reply().startswith("250 2.6.0")


def test_a_broken_lookup_is_ours_too(start_smtp: StartSmtp) -> None:
    """If the recipient lookup fails, the client gets a temporary error with a fixed sentence."""

    def broken(address: str) -> bool:
        raise LookupError("secret")

    client = start_smtp(is_ours=broken).connect()
    assert client.envelope("help@example.com")[0] == "451 4.3.0 Not taken, try again later"


def test_caps(start_smtp: StartSmtp) -> None:
    """Recipients, unknown recipients and sessions beyond their limits are deferred; freed capacity is used again."""
    smtp = start_smtp(limits=SmtpLimits(recipients=2, unknown_recipients=2, sessions=2))
    client = smtp.connect()
    replies = client.envelope("a@example.com", "b@example.com", "c@example.com")
    assert [reply[:9] for reply in replies] == ["250 2.1.5", "250 2.1.5", "452 4.5.3", "354 End d"]
    guesser = smtp.connect()
    assert guesser.envelope("nobody1@example.com")[0].startswith("550 5.1.1")
    assert smtp.connect().reply().startswith("421 4.3.2")
    assert guesser.say("RCPT TO:<nobody2@example.com>").startswith("421 4.7.0")
    assert guesser.reply() == ""
    assert smtp.connect().reply().startswith("220")


def test_silence_ends_a_session(start_smtp: StartSmtp) -> None:
    """A silent client, before or within DATA, is disconnected."""
    smtp = start_smtp(limits=SmtpLimits(idle=0.2))
    silent, cut = smtp.connect(), smtp.connect()
    cut.envelope("help@example.com")
    cut.send(b"half a li")
    silent.reply()
    assert [silent.reply(), cut.reply()] == ["", ""]
    assert smtp.inbox.mails == []


def test_a_trickle_ends_too(start_smtp: StartSmtp) -> None:
    """A client that sends single bytes does not hold a session for ever."""
    smtp = start_smtp(limits=SmtpLimits(data=0.3))
    client = smtp.connect()
    client.envelope("help@example.com")
    with pytest.raises(OSError, match=r"reset|pipe"):
        client.trickle()
    assert smtp.inbox.mails == []


def test_everyone_waiting_shares_one_commit(start_smtp: StartSmtp) -> None:
    """Mails of all sessions that arrive during a commit are stored together by the next one."""
    gate, entered = threading.Event(), threading.Event()
    calls: list[int] = []

    def slow(mails: list[RawMail]) -> None:
        calls.append(len(mails))
        entered.set()
        assert gate.wait(20)

    smtp = start_smtp(accept=slow)
    clients = [smtp.connect() for _ in range(10)]
    for client in clients:
        client.envelope("help@example.com")
    clients[0].send(MAIL + END)
    assert entered.wait(20)
    for client in clients[1:]:
        client.send(MAIL + END)
    other = smtp.connect()
    other.reply()
    pool = smtp.thread.server._reception
    assert pool is not None
    while len(pool.commit._waiting) < 9:  # everybody's DATA has been read
        other.say("NOOP")
    gate.set()
    assert {client.reply()[:9] for client in clients} == {"250 2.6.0"}
    assert calls == [1, 9]


def test_lmtp_answers_once_per_recipient(start_smtp: StartSmtp) -> None:
    """One reply for each accepted recipient (RFC 2033), duplicates included, on success and failure."""
    smtp = start_smtp(MailProtocol.LMTP, limits=SmtpLimits(size=1000))
    client = smtp.connect()
    recipients = ("a@example.com", "nobody@example.com", "b@example.com", "a@example.com")
    client.envelope(*recipients, hello="LHLO mta")
    client.send(MAIL + END)
    assert [client.reply()[:9] for _ in range(3)] == ["250 2.6.0"] * 3
    smtp.inbox.failure = TryAgain("away")
    for raw, expected in [(MAIL, "451 4.3.0"), (b"x" * 2000 + b"\r\n", "552 5.3.4")]:
        for line in ("MAIL FROM:<>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"):
            client.say(line)
        client.send(raw + END)
        assert [client.reply()[:9] for _ in range(2)] == [expected] * 2
    assert client.say("NOOP").startswith("250 2.0.0")
    assert [mail.recipients for mail in smtp.inbox.mails] == [("a@example.com", "b@example.com")]
    assert smtp.inbox.mails[0].source == "lmtp"


def test_lmtp_speaks_no_smtp(start_smtp: StartSmtp) -> None:
    """LMTP refuses HELO and EHLO."""
    client = start_smtp(MailProtocol.LMTP).connect()
    client.reply()
    assert [client.say("EHLO x")[:9], client.say("HELO x")[:9], client.say("LHLO x")[:4]] == [
        "500 5.5.2",
        "500 5.5.2",
        "250-",
    ]


def test_a_unix_socket(start_smtp: StartSmtp, tmp_path: Path) -> None:
    """A unix socket works, also where a stale socket file exists."""
    path = tmp_path / "lmtp"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    smtp = start_smtp(listener=Listener(protocol=MailProtocol.LMTP, path=str(path), mode=0o666))
    client = smtp.connect()
    client.envelope("help@example.com", hello="LHLO mta")
    client.send(MAIL + END)
    assert client.reply().startswith("250 2.6.0")
    assert path.stat().st_mode & 0o777 == 0o666


def test_an_inherited_socket(start_smtp: StartSmtp) -> None:
    """A socket opened by the service manager is used as it is."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        smtp = start_smtp(listener=Listener(fd=os.dup(opened.fileno())))
        assert smtp.connect().reply().startswith("220")


def test_a_port_in_use_fails_the_start(start_smtp: StartSmtp) -> None:
    """The start fails and nothing is left listening."""
    smtp = start_smtp()
    with pytest.raises(OSError, match="address already in use"):
        start_smtp(listener=Listener(port=smtp.address[1]))


def test_stopping_lets_mail_finish(start_smtp: StartSmtp) -> None:
    """On stop, idle clients get 421; a mail in transfer gets its 250 first."""
    gate, entered = threading.Event(), threading.Event()

    def slow(mails: list[RawMail]) -> None:
        entered.set()
        assert gate.wait(20)

    smtp = start_smtp(accept=slow)
    idle, sending = smtp.connect(), smtp.connect()
    idle.reply()
    sending.envelope("help@example.com")
    sending.send(MAIL + END)
    assert entered.wait(20)
    stopping = threading.Thread(target=smtp.thread.stop)
    stopping.start()
    assert idle.reply().startswith("421 4.3.2")
    gate.set()
    assert [sending.reply()[:9], sending.reply()[:9], sending.reply()] == ["250 2.6.0", "421 4.3.2", ""]
    stopping.join()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority for the test."""
    return trustme.CA()


@pytest.fixture(scope="module")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The server's TLS context."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A client TLS context that trusts it."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_starttls(start_smtp: StartSmtp, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    """A mail over STARTTLS is accepted; STARTTLS is offered before TLS and not within it."""
    smtp = start_smtp(tls=server_tls)
    client = smtp.connect()
    client.reply()
    assert "STARTTLS" in client.say("EHLO x")
    assert client.say("STARTTLS").startswith("220")
    client.starttls(client_tls)
    assert client.say("MAIL FROM:<a@example.net>").startswith("503 5.5.1")
    assert "STARTTLS" not in client.say("EHLO x")
    assert client.say("STARTTLS").startswith("503 5.5.1")
    for command in ("MAIL FROM:<a@example.net>", "RCPT TO:<help@example.com>", "DATA"):
        client.say(command)
    client.send(MAIL * 5000 + END)
    assert client.reply().startswith("250 2.6.0")
    assert [len(mail.raw) for mail in smtp.inbox.mails] == [len(MAIL) * 5000]


def test_nothing_is_injected_before_tls(
    start_smtp: StartSmtp, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Plaintext commands pipelined behind STARTTLS are dropped (CVE-2024-34083)."""
    client = start_smtp(tls=server_tls).connect()
    client.reply()
    client.say("EHLO x")
    client.send(b"STARTTLS\r\nEHLO injected\r\nMAIL FROM:<forged@example.com>\r\n")
    assert client.reply().startswith("220")
    client.starttls(client_tls)
    assert client.say("RCPT TO:<help@example.com>").startswith("503 5.5.1")


def test_a_failed_handshake_harms_nobody(start_smtp: StartSmtp, server_tls: ssl.SSLContext) -> None:
    """Garbage instead of a handshake ends only that connection."""
    smtp = start_smtp(tls=server_tls)
    client = smtp.connect()
    client.reply()
    client.say("EHLO x")
    client.say("STARTTLS")
    client.send(b"this is no handshake\r\n")
    client.socket.recv(4096)
    assert smtp.connect().reply().startswith("220")


USERS = {"mara@example.com": hash_password("corret horse", salt=bytes(16))}


def _plain(name: str, password: str) -> str:
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()


def test_submission(start_smtp: StartSmtp, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    """A logged-in user is recorded with the mail; without a login nothing can be sent."""
    listener = Listener(protocol=MailProtocol.SUBMISSION, implicit_tls=True)
    smtp = start_smtp(listener=listener, tls=server_tls, users=USERS)
    client = smtp.connect(lambda raw: client_tls.wrap_socket(raw, server_hostname="localhost"))
    client.reply()
    assert "250 AUTH LOGIN PLAIN" in client.say("EHLO x")
    assert client.say("MAIL FROM:<mara@example.com>").startswith("530 5.7.0")
    assert client.say(f"AUTH PLAIN {_plain('mara@example.com', 'corret horse')}").startswith("235 2.7.0")
    for command in ("MAIL FROM:<mara@example.com>", "RCPT TO:<help@example.com>", "DATA"):
        client.say(command)
    client.send(MAIL + END)
    assert client.reply().startswith("250 2.6.0")
    assert [(mail.source, mail.submitted_by) for mail in smtp.inbox.mails] == [("submission", "mara@example.com")]


def test_wrong_logins(start_smtp: StartSmtp) -> None:
    """Wrong passwords, unknown accounts and garbage get the same reply; the third failure disconnects."""
    client = start_smtp(MailProtocol.SUBMISSION, users=USERS).connect()
    client.reply()
    assert "250 AUTH LOGIN PLAIN" in client.say("EHLO x")
    assert client.say("AUTH PLAIN !!!").startswith("501 5.5.2")
    assert client.say("AUTH CRAM-MD5").startswith("504 5.5.4")
    assert client.say(f"AUTH PLAIN {_plain('mara@example.com', 'x')}").startswith("535 5.7.8")
    assert client.say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
    assert client.say(base64.b64encode(b"nobody").decode()) == "334 UGFzc3dvcmQ6"
    assert client.say(base64.b64encode(b"\xff").decode()).startswith("535 5.7.8")
    assert client.say(f"AUTH PLAIN {_plain('nobody', 'x')}").startswith("421 4.7.0")
    assert client.reply() == ""
