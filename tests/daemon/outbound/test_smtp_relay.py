"""The SMTP relay client against a server that refuses, delays, hangs or closes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import trustme

from config.faults import GiveUp, TryAgain
from daemon.outbound.smtp_relay import RelayConnection, RelaySecurity, SmtpRelay, read_reply
from daemon.outbound.transports import RelayAway
from tests.daemon.outbound.letters import letter
from tests.servers.smtp_sink import CUT, HANG, Sink

StartSink = Callable[..., tuple[Sink, SmtpRelay]]


@pytest.fixture
def start() -> Iterator[StartSink]:
    """Return a function that starts a sink and a relay client for it: start(sink options…, settings=dict(…))."""
    with ExitStack() as opened:

        def start(settings: dict[str, Any] | None = None, **options: Any) -> tuple[Sink, SmtpRelay]:
            sink = Sink(**options)
            opened.callback(sink.stop)
            connection_settings: dict[str, Any] = {"host": "127.0.0.1", "port": sink.port, "timeout": 5.0} | (
                settings or {}
            )
            relay = SmtpRelay(RelayConnection(**connection_settings))
            opened.callback(relay.close)
            return sink, relay

        yield start


def test_letters_share_one_connection(start: StartSink) -> None:
    """Letters go out byte for byte with their envelopes, over one connection."""
    sink, relay = start()
    for number in range(3):
        relay.deliver(letter(number, raw=b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n"))
    assert [(mail.mail_from, mail.rcpt_tos) for mail in sink.mails] == [
        ("bounces@example.com", [f"anna{number}@example.net"]) for number in range(3)
    ]
    assert sink.mails[0].content == b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n"
    assert sink.connections == 1


def test_the_null_sender(start: StartSink) -> None:
    """A letter that must not bounce has an empty envelope sender."""
    sink, relay = start()
    relay.deliver(letter(1, sender=""))
    assert sink.commands[0].startswith("MAIL <>")


def test_bare_line_ends_are_mended(start: StartSink) -> None:
    """Bare CR or LF are normalised, so that no letter can smuggle a second one past the relay."""
    sink, relay = start()
    relay.deliver(letter(1, raw=b"Subject: x\n\na\n.\nb\r.\rc\r\n"))
    assert [mail.content for mail in sink.mails] == [b"Subject: x\r\n\r\na\r\n.\r\nb\r\n.\r\nc\r\n"]


REFUSALS = [
    ("RCPT", "450 4.2.0 Greylisted", TryAgain),
    ("RCPT", "452 4.2.2 Mailbox full", TryAgain),
    ("RCPT", "550 5.1.1 No such user", GiveUp),
    ("RCPT", "553 5.1.3 Bad address", GiveUp),
    ("RCPT", "550 No such user", GiveUp),
    ("RCPT", "550 4.2.1 Closed for now", TryAgain),
    ("RCPT", "554 5.7.1 Relay access denied", TryAgain),
    ("RCPT", "530 5.7.0 Authentication required", TryAgain),
    ("RCPT", "421 4.3.2 Shutting down", TryAgain),
    ("MAIL", "550 5.7.1 Sender not yours", TryAgain),
    ("MAIL", "451 4.3.0 Not now", TryAgain),
    ("MAIL", "552 5.3.4 Too large", GiveUp),
    ("DATA", "451 4.3.0 Not now", TryAgain),
    ("DATA", "554 5.5.1 No", GiveUp),
    ("DATA-END", "452 4.3.1 Disk full", TryAgain),
    ("DATA-END", "554 5.7.1 Spam", GiveUp),
    ("MAIL", CUT, TryAgain),
    ("RCPT", CUT, TryAgain),
    ("DATA", CUT, TryAgain),
    ("DATA-END", CUT, TryAgain),
]


@pytest.mark.parametrize(("stage", "answer", "expected"), REFUSALS)
def test_refusal(stage: str, answer: str, expected: type[Exception], start: StartSink) -> None:
    """Each refusal defers or gives up its own letter with its reason, and the next letter is sent."""
    sink, relay = start()
    sink.answers[stage] = [answer]
    with pytest.raises(expected) as failure:
        relay.deliver(letter(1))
    assert (answer if answer != CUT else "connection") in str(failure.value)
    assert not isinstance(failure.value, RelayAway)
    relay.deliver(letter(2))
    assert [mail.rcpt_tos for mail in sink.mails] == [["anna2@example.net"]]


NOT_OWNED = [
    ("MAIL", "553 5.7.1 Sender address rejected: not owned by user"),
    ("RCPT", "553 5.7.1 Sender address rejected: not owned by user"),
    ("DATA-END", "550 5.7.60 Client does not have permissions to send as this sender"),
]


@pytest.mark.parametrize(("stage", "answer"), NOT_OWNED)
def test_a_relay_that_knows_no_sub_addresses_as_senders(stage: str, answer: str, start: StartSink) -> None:
    """When sub-addressed senders are refused, letters are sent at once under the plain address; the null sender is
    kept."""
    sink, relay = start({"plain_sender": "help@example.com"})
    sink.answers[stage] = [answer]
    for number in (1, 2):
        relay.deliver(letter(number, sender="help+k7tq@example.com"))
    relay.deliver(letter(3, sender=""))
    assert [mail.mail_from for mail in sink.mails] == ["help@example.com", "help@example.com", "<>"]
    assert len([command for command in sink.commands if command.startswith("MAIL")]) == 4


def test_what_the_plain_sender_does_not_mend_is_as_before(start: StartSink) -> None:
    """If both senders are refused, the second refusal counts and the next letter is tried with its own sender."""
    sink, relay = start({"plain_sender": "help@example.com"})
    sink.answers["RCPT"] = ["554 5.7.1 Relay access denied", "554 5.7.1 Relay access denied"]
    with pytest.raises(TryAgain, match="access denied"):
        relay.deliver(letter(1, sender="help+k7tq@example.com"))
    sink.answers["RCPT"] = ["550 5.1.1 No such user"]
    with pytest.raises(GiveUp):
        relay.deliver(letter(2, sender="help+k7tq@example.com"))
    sink.answers["DATA-END"] = ["554 5.7.1 Spam"]
    with pytest.raises(GiveUp):
        relay.deliver(letter(3, sender="help+k7tq@example.com"))
    relay.deliver(letter(4, sender="help+k7tq@example.com"))
    assert [mail.mail_from for mail in sink.mails] == ["help+k7tq@example.com"]


def test_a_server_that_hangs_stops_the_batch(start: StartSink) -> None:
    """A hanging server costs one timeout for the whole batch."""
    sink, relay = start(settings={"timeout": 0.3})
    sink.answers["DATA-END"] = [HANG]
    with pytest.raises(RelayAway, match="timed out"):
        relay.deliver(letter(1))


def test_a_connection_closed_meanwhile_is_opened_again(start: StartSink) -> None:
    """A connection closed between two letters is reopened without loss."""
    sink, relay = start()
    relay.deliver(letter(1))
    sink.restart()
    relay.deliver(letter(2))
    sink.answers["MAIL"] = ["421 4.4.2 Idle too long"]
    relay.deliver(letter(3))
    assert [len(sink.mails), sink.connections] == [3, 3]


def test_nobody_listens() -> None:
    """With no relay listening all letters wait."""
    with pytest.raises(RelayAway, match="ConnectionRefusedError"):
        SmtpRelay(RelayConnection(host="127.0.0.1", port=1)).deliver(letter(1))


def test_internationalised_addresses(start: StartSink) -> None:
    """A domain is sent in ASCII; a non-ASCII local part needs SMTPUTF8, and is given up where the relay lacks it."""
    sink, relay = start()
    relay.deliver(letter(1, recipient="anna@straße.de"))
    relay.deliver(letter(2, recipient="用户@例子.cn", raw="Subject: ü\r\n\r\nü\r\n".encode()))
    assert [mail.rcpt_tos for mail in sink.mails] == [["anna@xn--strae-oqa.de"], ["用户@例子.cn"]]
    assert "SMTPUTF8" not in sink.commands[0]
    assert sink.commands[1].endswith("BODY=8BITMIME SMTPUTF8")
    _, old = start(enable_SMTPUTF8=False)
    with pytest.raises(GiveUp, match="SMTPUTF8"):
        old.deliver(letter(1, recipient="用户@例子.cn"))


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<c@d>", "a b@straße.de"])
def test_an_address_that_is_none(address: str, start: StartSink) -> None:
    """An invalid address is given up and injects nothing."""
    sink, relay = start()
    with pytest.raises(GiveUp, match="address cannot be used"):
        relay.deliver(letter(1, recipient=address))
    relay.deliver(letter(2))
    assert [mail.rcpt_tos for mail in sink.mails] == [["anna2@example.net"]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """A server certificate for 127.0.0.1 and the file of the authority that signed it."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return context, str(file)


@pytest.mark.parametrize("security", [RelaySecurity.STARTTLS, RelaySecurity.TLS])
def test_tls_and_login(security: RelaySecurity, certificates: tuple[ssl.SSLContext, str], start: StartSink) -> None:
    """Letters go over TLS after a login; an untrusted certificate or a wrong password makes all of them wait."""
    tls, authorities = certificates
    options = {"tls": tls, "implicit": security is RelaySecurity.TLS, "auth_require_tls": False}
    connection_settings = {"security": security, "authorities": authorities, "user": "mara", "password": "secret"}
    sink, relay = start(settings=connection_settings, **options)
    relay.deliver(letter(1))
    assert [len(sink.mails), sink.logins] == [1, [("mara", "secret")]]
    sink, relay = start(settings=connection_settings | {"user": ""}, **options)
    relay.deliver(letter(1))
    assert [len(sink.mails), sink.logins] == [1, []]
    _, wrong = start(settings=connection_settings | {"password": "guess"}, **options)
    with pytest.raises(RelayAway, match=r"535 5\.7\.8"):
        wrong.deliver(letter(1))
    _, foreign = start(settings=connection_settings | {"authorities": ""}, **options)
    with pytest.raises(RelayAway, match="certificate verify failed"):
        foreign.deliver(letter(1))


def test_starttls_is_demanded(start: StartSink) -> None:
    """If STARTTLS is not offered, nothing is sent."""
    sink, relay = start(settings={"security": RelaySecurity.STARTTLS})
    with pytest.raises(RelayAway, match="STARTTLS"):
        relay.deliver(letter(1))
    assert sink.commands == []


def test_a_password_in_the_clear_is_refused() -> None:
    """Settings that would send the password unencrypted over a network are refused; on loopback they are allowed."""
    with pytest.raises(ValueError, match="needs security"):
        RelayConnection(host="relay.example", user="mara", password="secret")
    assert RelayConnection(host="127.0.0.1", user="mara", password="secret").user == "mara"


@pytest.mark.parametrize(
    ("code", "message", "lasting", "about_us"),
    [
        (550, b"5.1.1 gone", True, False),
        (550, b"gone", True, False),
        (550, b"4.7.1 later", False, False),
        (450, b"4.7.1 greylisted", False, False),
        (451, b"5.7.1 odd", False, True),
        (535, b"no", True, True),
        (550, b"\xff\xfe", True, False),
    ],
)
def test_what_a_reply_means(code: int, message: bytes, lasting: bool, about_us: bool) -> None:
    """Reply codes and enhanced status codes together decide between defer and give up."""
    reply = read_reply(code, message)
    assert (reply.is_lasting, reply.is_about_us) == (lasting, about_us)
