"""An SMTP listener on loopback for tests, and a raw-socket client for it."""

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
    """One client connection. `reply` returns whole replies: all lines of one reply, joined by newlines."""

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
        """Send single bytes until the server closes; raises the socket's error."""
        while True:
            self.send(b"x")

    def reply(self) -> str:
        """Return the next reply; empty when the server has closed the connection."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = self._lines.readline().decode()
            if not line:
                break
            lines.append(line.rstrip("\r\n"))
        return "\n".join(lines)

    def say(self, line: str) -> str:
        """Send one command and return its reply."""
        self.send(f"{line}\r\n".encode())
        return self.reply()

    def envelope(self, *recipients: str, hello: str = "EHLO client.example") -> list[str]:
        """Send EHLO, MAIL, RCPT and DATA; return the replies to RCPT and DATA."""
        self.reply()
        self.say(hello)
        self.say("MAIL FROM:<anna@example.net>")
        return [*(self.say(f"RCPT TO:<{address}>") for address in recipients), self.say("DATA")]

    def starttls(self, context: Any) -> None:
        """Switch to TLS, after the server's 220."""
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self._lines = self.socket.makefile("rb")

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self.socket.close()


class RecordingInbox:
    """Stands in for the intake: records each batch of mails, or raises `failure` if set."""

    def __init__(self) -> None:
        self.calls: list[list[RawMail]] = []
        self.failure: Exception | None = None

    def accept(self, mails: Sequence[RawMail]) -> None:
        """Record the batch, or raise `failure`."""
        if self.failure:
            raise self.failure
        self.calls.append(list(mails))

    @property
    def mails(self) -> list[RawMail]:
        """All recorded mails, in order of arrival."""
        return [mail for call in self.calls for mail in call]


class SmtpUnderTest:
    """A running listener, its recording inbox, and a way to connect to it."""

    def __init__(self, inbox: RecordingInbox, thread: SmtpThread, address: Any, opened: ExitStack) -> None:
        self.inbox = inbox
        self.thread = thread
        self.address = address
        self._opened = opened

    def connect(self, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Conversation:
        """Open a connection; it is closed when the test ends."""
        conversation = Conversation(self.address, wrap)
        self._opened.callback(conversation.close)
        return conversation


def is_ours(address: str) -> bool:
    """Whether an address is one of example.com or of 例子.cn, and not nobody@…."""
    return address.lower().endswith(("@example.com", "@例子.cn")) and not address.startswith("nobody")


@pytest.fixture
def start_smtp() -> Iterator[Callable[..., SmtpUnderTest]]:
    """Return a function that starts a listener: start_smtp(protocol=…, limits=…, tls=…, users=…, listener=…)."""
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
                "is_ours": is_ours,
                "limits": limits or SmtpLimits(),
            } | more
            configuration = SmtpConfiguration(hostname="mx.example.com", now=lambda: NOON, **options)
            thread = SmtpThread(configuration, [listener or Listener(protocol=protocol)])
            address = thread.start()[0]
            opened.callback(thread.stop, grace=0.2)
            return SmtpUnderTest(inbox, thread, address[:2] if isinstance(address, tuple) else address, opened)

        yield start
