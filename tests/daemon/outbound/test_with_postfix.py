"""A real Postfix: mail it hands to us arrives, letters we hand to it go out."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence

import pytest

from config.faults import TryAgain
from daemon.inbound.smtp_config import Listener, MailProtocol, SmtpLimits
from daemon.outbound.smtp_relay import RelayConnection, SmtpRelay
from storage.values import RawMail
from tests.daemon.conftest import RecordingInbox, SmtpUnderTest
from tests.daemon.outbound.letters import letter
from tests.servers.need import need
from tests.servers.postfix import Postfix, postfix
from tests.servers.smtp_sink import Sink

__all__ = ["postfix"]
StartSmtp = Callable[..., SmtpUnderTest]


class Counter(RecordingInbox):
    """Records mails and waits for a number of them."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived = threading.Semaphore(0)
        self.asked = threading.Semaphore(0)

    def accept(self, mails: Sequence[RawMail]) -> None:
        """Keep the batch."""
        self.asked.release()
        super().accept(mails)
        for _ in mails:
            self._arrived.release()

    def wait(self, mails: int) -> list[RawMail]:
        """Wait for this many more mails; return all of them."""
        for _ in range(mails):
            assert self._arrived.acquire(timeout=100)
        return self.mails


def knows(address: str) -> bool:
    """Whether an address is known: all but nobody@…."""
    return not address.startswith("nobody")


def swaks(server: Postfix, recipients: str, *more: str) -> None:
    """Hand a mail to the server with swaks."""
    target = ["--server", f"{server.host}:{server.port}", "--helo", "client.test", "--from", "anna@example.net"]
    command = [need("swaks", "swaks"), *target, "--to", recipients, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def until(server: Postfix, recipient: str, status: str) -> list[str]:
    """Wait until the server's last verdict on the recipient is this status; return all verdicts."""
    verdicts: list[str] = []
    for _ in range(100_000):
        verdicts = server.statuses(recipient)
        if verdicts and verdicts[-1] == status:
            break
    return verdicts


@pytest.mark.parametrize("unix", [False, True])
def test_a_mail_through_lmtp(unix: bool, postfix: Postfix, start_smtp: StartSmtp) -> None:
    """A mail with three recipients arrives once, unchanged; only the unknown recipient bounces."""
    inbox = Counter()
    claim = postfix.claim()
    place = {"path": str(claim.socket)} if unix else {"port": claim.port}
    start_smtp(listener=Listener(protocol=MailProtocol.LMTP, mode=0o666, **place), accept=inbox.accept, knows=knows)
    domain = claim.domain("unix" if unix else "lmtp")
    swaks(postfix, f"help@{domain},nobody@{domain},help+k7tq@{domain}", "--header", "Subject: broken", "--body", ".dot")
    (mail,) = inbox.wait(1)
    assert sorted(mail.recipients) == [f"help+k7tq@{domain}", f"help@{domain}"]
    assert (mail.source, mail.envelope_from) == ("lmtp", "anna@example.net")
    assert b"Subject: broken\r\n" in mail.raw
    assert b"\r\n.dot\r\n" in mail.raw
    assert until(postfix, f"nobody@{domain}", "bounced") == ["bounced"]
    assert until(postfix, f"help@{domain}", "sent") == ["sent"]
    assert until(postfix, f"help+k7tq@{domain}", "sent") == ["sent"]


def test_while_the_database_is_away(postfix: Postfix, start_smtp: StartSmtp) -> None:
    """Postfix keeps the mail, retries every recipient, and delivers it when we can store it."""
    inbox = Counter()
    inbox.failure = TryAgain("database away")
    claim = postfix.claim()
    start_smtp(listener=Listener(protocol=MailProtocol.LMTP, port=claim.port), accept=inbox.accept, knows=knows)
    domain = claim.domain("lmtp")
    swaks(postfix, f"a@{domain},b@{domain}")
    assert inbox.asked.acquire(timeout=60)
    inbox.failure = None
    mails = inbox.wait(1)
    assert [sorted(mail.recipients) for mail in mails] == [[f"a@{domain}", f"b@{domain}"]]
    for name in ("a", "b"):
        verdicts = until(postfix, f"{name}@{domain}", "sent")
        assert [verdicts[0], verdicts[-1]] == ["deferred", "sent"]
    assert "lost connection" not in postfix.log()


def test_a_mail_too_large_for_us(postfix: Postfix, start_smtp: StartSmtp) -> None:
    """Postfix learns the limit from EHLO and bounces the mail to its sender."""
    claim = postfix.claim()
    smtp = start_smtp(
        listener=Listener(protocol=MailProtocol.LMTP, port=claim.port), limits=SmtpLimits(size=10_000), knows=knows
    )
    domain = claim.domain("lmtp")
    swaks(postfix, f"a@{domain},b@{domain}", "--body", "x" * 70 + "\n" + ("y" * 70 + "\n") * 200)
    for name in ("a", "b"):
        assert until(postfix, f"{name}@{domain}", "bounced") == ["bounced"]
    assert smtp.inbox.mails == []


def test_many_mails_at_once(postfix: Postfix, start_smtp: StartSmtp) -> None:
    """A burst over kept connections arrives completely."""
    inbox = Counter()
    claim = postfix.claim()
    start_smtp(listener=Listener(protocol=MailProtocol.LMTP, port=claim.port), accept=inbox.accept, knows=knows)
    domain = claim.domain("lmtp")
    relay = SmtpRelay(RelayConnection(host=postfix.host, port=postfix.port))
    for number in range(50):
        relay.deliver(letter(number, recipient=f"a{number}@{domain}"))
    relay.close()
    mails = inbox.wait(50)
    assert sorted(mail.recipients[0] for mail in mails) == sorted(f"a{number}@{domain}" for number in range(50))


def test_letters_through_a_real_relay(postfix: Postfix) -> None:
    """A letter arrives unchanged except for the server's trace headers."""
    claim = postfix.claim()
    sink = Sink(port=claim.port)
    domain = claim.domain("smtp")
    relay = SmtpRelay(RelayConnection(host=postfix.host, port=postfix.port))
    raw = "From: help@example.com\r\nSubject: Yours\r\n\r\n.dot\r\nGrüße\r\n".encode()
    relay.deliver(letter(1, recipient=f"anna@{domain}", raw=raw))
    relay.close()
    assert until(postfix, f"anna@{domain}", "sent") == ["sent"]
    sink.stop()
    (mail,) = sink.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("bounces@example.com", [f"anna@{domain}"])
    assert isinstance(mail.content, bytes)
    assert mail.content.endswith("\r\n\r\n.dot\r\nGrüße\r\n".encode())
