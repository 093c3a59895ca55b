"""A complaint from a real mail server or mailbox to the acknowledgement through a real relay."""

from __future__ import annotations

import email
import email.policy
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from imapclient import IMAPClient

from tests.real.installation import Installation
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.need import need
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import Sink

Install = Callable[..., Installation]
GERMAN = (
    "Guten Tag,\n\nmein Wechselrichter ST-6.0K zeigt seit gestern einen Fehlercode und liefert keine Leistung.\n"
    "Seriennummer: SN60A2412345\n\nMit freundlichen Grüßen\nKarl Groß\n"
)


class Post(Sink):
    """A mail server whose mails a test can wait for."""

    def __init__(self, port: int) -> None:
        self._arrived = threading.Condition()
        super().__init__(port=port)

    def wait_for(self, recipient: str, *, notice: str = "", seconds: float = 60) -> EmailMessage:
        """Wait for a mail to this recipient (of this notice); return the first."""
        found: list[EmailMessage] = []

        def there() -> bool:
            for mail in list(self.mails):
                if recipient in mail.rcpt_tos and f"X-Reclamo-Notice: {notice}".encode() in (
                    mail.original_content or b""
                ):
                    content = mail.original_content or b""
                    found.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
                    return True
            return False

        with self._arrived:
            limit = threading.Event()
            for _ in range(int(seconds * 20)):
                if there():
                    return found[0]
                limit.wait(0.05)
        raise AssertionError(f"nothing came to {recipient}: {[mail.rcpt_tos for mail in self.mails]}")


def settings(postfix: Postfix, address: str, more: str) -> str:
    """Settings with Postfix as the relay; listeners and mailboxes are in `more`."""
    return f"""
[[addresses]]
address = "{address}"
policy = "complaints"
[relay]
host = "{postfix.host}"
port = {postfix.port}
[work]
tick = 1
{more}
"""


def test_a_mail_by_postfix_and_lmtp_is_acknowledged_through_a_relay(install: Install, postfix: Postfix) -> None:
    """swaks → Postfix → LMTP → case → acknowledgement in the customer's language → Postfix → the customer's server."""
    ours, theirs, staff = postfix.claim(), postfix.claim(), postfix.claim()
    address, customer = f"beschwerde@{ours.domain('lmtp')}", f"karl@{theirs.domain('smtp')}"
    listen = f'[smtp]\nlisten = []\n[lmtp]\nlisten = ["127.0.0.1:{ours.port}"]'
    installation = install(settings(postfix, address, listen), staff=staff.domain("smtp"))
    customers, colleagues = Post(theirs.port), Post(staff.port)
    try:
        with installation.running():
            say(postfix, customer, address, "Wechselrichter ST-6.0K defekt", GERMAN)
            letter = customers.wait_for(customer)
            inside = colleagues.wait_for(f"ada@{staff.domain('smtp')}")
        assert letter["Content-Language"] == "de"
        text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        ticket = installation.query("ticket", installation.query("tickets")[0]["reference"])
        assert ticket["reference"] in letter["Subject"]
        assert "SN60A2412345" in text
        assert "SN60A2412345" in inside.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert_acknowledged(ticket, customer)
    finally:
        customers.stop()
        colleagues.stop()


def test_a_mail_in_a_dovecot_mailbox_is_acknowledged_through_a_relay(
    install: Install, postfix: Postfix, dovecot: Dovecot
) -> None:
    """A mail in a real IMAP mailbox becomes a case, with the server's time of receipt, and is acknowledged."""
    theirs, staff = postfix.claim(), postfix.claim()
    customer = f"anna@{theirs.domain('smtp')}"
    mailbox = f"""
[smtp]
listen = []
[[mailboxes]]
name = "support"
host = "{dovecot.host}"
port = {dovecot.port}
tls = "none"
user = "{theirs.domain("smtp")}"
password = "{PASSWORD}"
start = "all"
poll = 1
"""
    installation = install(settings(postfix, "support@firm.example", mailbox), staff=staff.domain("smtp"))
    customers, colleagues = Post(theirs.port), Post(staff.port)
    try:
        with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
            client.login(theirs.domain("smtp"), PASSWORD)
            client.append("INBOX", complaint(customer), msg_time=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
        with installation.running():
            letter = customers.wait_for(customer)
        ticket = installation.query("ticket", installation.query("tickets")[0]["reference"])
        assert ticket["received"].startswith("2026-11-20T09:30")
        assert letter["In-Reply-To"] == "<one@customer.example>"
        assert_acknowledged(ticket, customer)
    finally:
        customers.stop()
        colleagues.stop()


def complaint(customer: str) -> bytes:
    """A complaint in English, with all required details."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = customer, "support@firm.example", "Broken inverter ST-6.0K"
    mail["Message-ID"] = "<one@customer.example>"
    mail.set_content("The inverter ST-6.0K does not switch on any more since yesterday morning.\n")
    return mail.as_bytes()


def assert_acknowledged(ticket: dict[str, Any], customer: str) -> None:
    """Check that the acknowledgement has kept its promise, and that the others are open."""
    kept = {row["promise"]: row for row in ticket["deadlines"]}
    assert (kept["acknowledge"]["state"], kept["acknowledge"]["kept_by"]) == ("kept", "acknowledgement")
    assert kept["progress"]["state"] == kept["resolve"]["state"] == "open"
    assert ticket["customer"]["address"] == customer


def say(postfix: Postfix, sender: str, to: str, subject: str, body: str) -> None:
    """Send a mail with swaks."""
    command = [need("swaks", "swaks"), "--server", f"{postfix.host}:{postfix.port}", "--helo", "client.test"]
    header = ["--header", f"Subject: {subject}", "--add-header", "Content-Type: text/plain; charset=utf-8"]
    done = subprocess.run(
        [*command, "--from", sender, "--to", to, *header, "--body", body], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
