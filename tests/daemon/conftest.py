"""A running SMTP edge on loopback, and a client that speaks to it byte by byte."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from daemon.inbound.smtp_config import Listener, MailProtocol, SmtpConfiguration, SmtpLimits
from daemon.inbound.smtp_server import SmtpThread
from storage.values import RawMail

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Conversation:
    """One connection, with replies read whole: all lines of one reply as one string joined by newlines."""

    def __init__(self, address: Any, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(20)
        self.socket.connect(address)
        if wrap:
            self.socket = wrap(self.socket)
        self._lines = self.socket.makefile("rb")

    def send(self, raw: bytes) -> None:
        """Write bytes as they are."""
        self.socket.sendall(raw)

    def trickle(self) -> None:
        """Write byte by byte until the server has had enough; raises what the socket raises then."""
        while True:
            self.send(b"x")

    def reply(self) -> str:
        """The next reply; empty when the server has closed."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = self._lines.readline().decode()
            if not line:
                break
            lines.append(line.rstrip("\r\n"))
        return "\n".join(lines)

    def say(self, line: str) -> str:
        """Send one command; its reply."""
        self.send(f"{line}\r\n".encode())
        return self.reply()

    def envelope(self, *recipients: str, hello: str = "EHLO client.example") -> list[str]:
        """Greet, name the sender and the recipients, ask for DATA; the replies to RCPT and DATA."""
        self.reply()
        self.say(hello)
        self.say("MAIL FROM:<anna@example.net>")
        return [*(self.say(f"RCPT TO:<{address}>") for address in recipients), self.say("DATA")]

    def starttls(self, context: Any) -> None:
        """Go on encrypted, after the server's 220."""
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self._lines = self.socket.makefile("rb")

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self.socket.close()


class RecordingInbox:
    """Takes mail in for a test; `failure` is what the next calls raise."""

    def __init__(self) -> None:
        self.calls: list[list[RawMail]] = []
        self.failure: Exception | None = None

    def accept(self, mails: Sequence[RawMail]) -> None:
        """Remember the batch."""
        if self.failure:
            raise self.failure
        self.calls.append(list(mails))

    @property
    def mails(self) -> list[RawMail]:
        """All mails in the order they came."""
        return [mail for call in self.calls for mail in call]


class SmtpUnderTest:
    """An edge under test with one listener, and a way to open conversations with it."""

    def __init__(self, inbox: RecordingInbox, thread: SmtpThread, address: Any, opened: ExitStack) -> None:
        self.inbox = inbox
        self.thread = thread
        self.address = address
        self._opened = opened

    def connect(self, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Conversation:
        """A new connection, closed when the test ends."""
        conversation = Conversation(self.address, wrap)
        self._opened.callback(conversation.close)
        return conversation


def is_ours(address: str) -> bool:
    """The addresses of example.com, and of an internationalised domain."""
    return address.lower().endswith(("@example.com", "@例子.cn")) and not address.startswith("nobody")


@pytest.fixture
def start_smtp() -> Iterator[Callable[..., SmtpUnderTest]]:
    """Starts an edge: start_edge(way=…, limits=…, tls=…, users=…, listener=…)."""
    with ExitStack() as opened:

        def start(
            protocol: MailProtocol = MailProtocol.SMTP,
            limits: SmtpLimits | None = None,
            listener: Listener | None = None,
            **more: Any,
        ) -> SmtpUnderTest:
            inbox = RecordingInbox()
            options: dict[str, Any] = {
                "accept": inbox.accept,
                "knows": is_ours,
                "limits": limits or SmtpLimits(),
            } | more
            configuration = SmtpConfiguration(hostname="mx.example.com", now=lambda: NOON, **options)
            thread = SmtpThread(configuration, [listener or Listener(protocol=protocol)])
            address = thread.start()[0]
            opened.callback(thread.stop, grace=0.2)
            return SmtpUnderTest(inbox, thread, address[:2] if isinstance(address, tuple) else address, opened)

        yield start
