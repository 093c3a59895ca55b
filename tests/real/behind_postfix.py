"""An installation whose mails and letters all pass through a real Postfix; only its clock is simulated.

Staff mail is signed with the company's DKIM key, sent to Postfix, and reaches the real SMTP server by LMTP. Letters go
through the real relay client to Postfix, and from there to a server outside, where tests read them.
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from daemon.clock.stepper import Stepper
from daemon.inbound.from_settings import is_ours, store_mails
from daemon.inbound.smtp_config import Listener, MailProtocol, SmtpConfiguration, SmtpLimits
from daemon.inbound.smtp_server import SmtpThread
from daemon.outbound.smtp_relay import RelayConnection, SmtpRelay
from storage import migrate
from storage.engine import Database
from storage.values import Letter, RawMail
from tests.daemon.programs import PROGRAMS
from tests.daemon.rendered import reply_address
from tests.daemon.signed import NOW, ReclamoWithCase, resolve, sign, signed_installation
from tests.servers.postfix import AUTHSERV_ID, Postfix
from tests.servers.smtp_sink import Sink

COMPLAINT = (
    "My inverter ST-6.0K, serial number SN60A2412345, does not switch on any more.\nI would like a new one – please."
)
_WAIT = 60.0  # seconds, far longer than any delivery takes


class MailServers:
    """The mail servers around an installation: Postfix, and the servers that receive for staff and for outsiders.

    `staff` and `world` are the domains of these two. Shared by the tests of a module.
    """

    def __init__(self, server: Postfix) -> None:
        self.server = server
        ours, staff, world = server.claim(), server.claim(), server.claim()
        self.support = f"complaints@{ours.domain('lmtp')}"
        self.staff, self.world = staff.domain("smtp"), world.domain("smtp")
        self.outside = [Sink(port=claim.port) for claim in (staff, world)]
        self._ours = ours.port

    def open(self, reclamo: ReclamoBehindPostfix) -> SmtpThread:
        """Start the installation's LMTP server."""
        configuration = SmtpConfiguration(
            hostname="mx.example.test",
            accept=reclamo.came,
            is_ours=is_ours(reclamo.stepper.installation),
            now=lambda: reclamo.stepper.now,
            limits=SmtpLimits(),
        )
        thread = SmtpThread(configuration, [Listener(protocol=MailProtocol.LMTP, port=self._ours)])
        thread.start()
        return thread

    def close(self) -> None:
        """Stop the servers that receive letters."""
        for sink in self.outside:
            sink.stop()

    def hand_in(self, raw: bytes, *, sender: str, to: Sequence[str], port: int = 0) -> None:
        """Send a mail to Postfix, byte for byte."""
        with smtplib.SMTP(self.server.host, port or self.server.port, local_hostname="client.test") as session:
            session.sendmail(sender, list(to), raw, mail_options=["BODY=8BITMIME"])

    def sweep(self) -> None:
        """Delete all letters received so far."""
        for sink in self.outside:
            sink.mails.clear()

    def arrived(self, letter: Letter) -> bytes:
        """Wait for a letter to arrive at its server; return its bytes."""
        for _ in range(int(_WAIT * 50)):
            for mail in [mail for sink in self.outside for mail in sink.mails]:
                raw = mail.original_content or b""
                assert isinstance(raw, bytes)
                if letter.recipient in mail.rcpt_tos and letter.message_id.encode() in raw:
                    return raw
            threading.Event().wait(0.02)
        raise AssertionError(f"{letter.notice} never came to {letter.recipient}")


class _Post:
    """The real relay client; records the letters that it delivered."""

    def __init__(self, server: Postfix) -> None:
        self.letters: list[Letter] = []
        self._relay = SmtpRelay(RelayConnection(host=server.host, port=server.port))

    def deliver(self, letter: Letter) -> None:
        """Hand the letter to Postfix."""
        self._relay.deliver(letter)
        self.letters.append(letter)

    def close(self) -> None:
        """Close the connection."""
        self._relay.close()


class ReclamoBehindPostfix(ReclamoWithCase):
    """An installation with one case, behind real mail servers. `ada` … `anna` are addresses on those servers.

    With `results` it trusts the Authentication-Results of its mail server instead of checking signatures itself.
    """

    def __init__(
        self, servers: MailServers, folder: Path, *, hold: int = 0, results: bool = False, **settings: Any
    ) -> None:
        self.servers = servers
        servers.sweep()
        self._port = servers.server.mx_port if results else 0
        if results:
            settings |= {"proof": "authentication-results", "authserv_id": AUTHSERV_ID}
            for domain in (servers.staff, servers.world):
                name = f"s1._domainkey.{domain}"
                servers.server.publish(name, resolve(name.encode()) or b"")
        self.ada, self.bob, self.max, self.sara, self.rita = (
            f"{name}@{servers.staff}" for name in ("ada", "bob", "max", "sara", "rita")
        )
        self.anna = f"anna@{servers.world}"
        self.db = Database(f"sqlite:///{folder}/mails.db")
        migrate.upgrade(self.db)
        self.post = _Post(servers.server)  # type: ignore[assignment]
        options: dict[str, Any] = {"support": servers.support, "teams": self._teams()} | settings
        self.stepper = Stepper(self.db, signed_installation(folder, hold=hold, **options), self.post, NOW)
        self._before = 0
        self._came = threading.Semaphore(0)
        self._store = store_mails(self.db)
        self._edge = servers.open(self)

    def _teams(self) -> Mapping[str, Any]:
        ada = {"name": "Ada Bianchi", "address": self.ada, "substitute": self.bob}
        return {
            "technical": {
                "members": [ada, {"name": "Bob Blu", "address": self.bob}],
                "manager": {"name": "Max Moro", "address": self.max},
            },
            "service": {"members": [{"name": "Sara Conti", "address": self.sara}]},
            "reviewers": {"members": [{"name": "Rita Neri", "address": self.rita}]},
        }

    def came(self, mails: Sequence[RawMail]) -> None:
        """Store mails that the LMTP server has received."""
        self._store(mails)
        for _ in mails:
            self._came.release()

    def wait(self, mails: int = 1) -> None:
        """Wait for so many mails to arrive, and process them."""
        for _ in range(mails):
            assert self._came.acquire(timeout=_WAIT), self.servers.server.log()[-3000:]
        self.stepper.settle()
        self.stepper.now += timedelta(minutes=1)
        self.stepper.settle()

    def take(self, raw: bytes, *, sender: str, to: str = "") -> None:
        """Send a mail through Postfix, and process everything that follows from it."""
        self.servers.hand_in(raw, sender=sender, to=[to or self.servers.support], port=self._port)
        self.wait()

    def complain(self, text: str, *, sender: str = "", subject: str = "Inverter ST-6.0K is dead", to: str = "") -> None:
        """Send a customer's mail in plain text."""
        mark = f"{len(self.post.letters)}.{abs(hash(text)) % 10**8}"
        head = (
            f"From: Anna Rossi <{sender or self.anna}>\r\nTo: {to or self.servers.support}\r\nSubject: {subject}\r\n"
            f"Message-ID: <{mark}@customer.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        )
        self.take((head + text.replace("\n", "\r\n") + "\r\n").encode(), sender=sender or self.anna, to=to)

    def reply(
        self, letter: Letter, text: str, *, program: str = "Gmail", mark: str, sender: str = "", to: str = ""
    ) -> None:
        """Send a staff reply to a letter in the format of a mail program, signed by the sender's domain."""
        who = sender or letter.recipient
        raw = PROGRAMS[program](letter, text, sender=who, mark=mark, to=to)
        self.take(sign(raw, who.rpartition("@")[2]), sender=who, to=to or reply_address(letter))

    def last(self, notice: str, reader: str) -> Letter:
        """Return the newest letter of this notice to this recipient, as it arrived."""
        letter = super().last(notice, reader)
        return replace(letter, raw=self.servers.arrived(letter))

    def read_by(self, reader: str) -> str:
        """Return the headers and texts of all letters that this recipient has received."""
        parts: list[str] = []
        for letter in [letter for letter in self.post.letters if letter.recipient == reader]:
            mail = message_from_bytes(self.servers.arrived(letter))
            parts += [f"{name}: {value}" for name, value in mail.items()]
            for part in mail.walk():
                content = part.get_payload(decode=True)
                parts.append(content.decode("utf-8", "replace") if isinstance(content, bytes) else "")
        return "\n".join(parts)

    def until(self, instant: datetime) -> None:
        """Advance the clock to this instant."""
        self.stepper.advance(instant)

    def close(self) -> None:
        """Stop the LMTP server, and close the relay's connection and the database."""
        self._edge.stop(grace=0.2)
        self.post.close()
        self.db.close()


MakeReclamo = Callable[..., ReclamoBehindPostfix]
