"""An installation that an earlier version wrote, opened by this version: people answer their old letters and time goes
on."""

from __future__ import annotations

import email
import email.policy
import gzip
import shutil
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from pathlib import Path

import psycopg

from daemon.clock.stepper import Stepper
from storage import cases, outbox, tickets
from storage.values import Case, Letter, RawMail

HERE = Path(__file__).parent
LEFT_AT = datetime.fromisoformat("2026-03-05T16:00+01:00")


def unpack(folder: Path) -> Path:
    """Copy the old installation with its SQLite database to a folder that may be written to."""
    shutil.copytree(HERE / "installation", folder, ignore=shutil.ignore_patterns("*.gz"))
    (folder / "keys").chmod(0o600)
    (folder / "reclamo.db").write_bytes(gzip.decompress((HERE / "installation" / "reclamo.db.gz").read_bytes()))
    return folder


def restore(url: str) -> None:
    """Fill an empty PostgreSQL database with the old installation's dump."""
    statements = gzip.decompress((HERE / "installation" / "reclamo.sql.gz").read_bytes())
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statements)


def letter(to: str, notice: str, number: int = -1) -> EmailMessage:
    """Return a letter from somebody's mailbox: the last of this notice, or the one at position `number`."""
    names = sorted(path for path in (HERE / "letters").glob(f"*-{to}-{notice}.eml"))
    found = email.message_from_bytes(names[number].read_bytes(), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


@dataclass
class Upgraded:
    """The old installation under this version, its clock set to the day it was upgraded."""

    stepper: Stepper
    count: int = 0

    def answer(self, held: EmailMessage, words: str, *, by: str = "", to: str = "") -> list[Letter]:
        """Reply to an old letter as a mail program does; return the letters sent because of it."""
        self.count += 1
        own = held.get_body(("plain",))
        assert own is not None
        quoted = "".join(f"> {line}\r\n" for line in own.get_content().splitlines())
        fields = (
            f"From: {by or held['To']}\r\nTo: {to or held['Reply-To']}\r\nSubject: Re: {held['Subject']}\r\n"
            f"Message-ID: <answer-{self.count}@mail.example>\r\nIn-Reply-To: {held['Message-ID']}\r\n"
            f"References: {held['Message-ID']}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        )
        body = words.replace("\n", "\r\n") + f"\r\n\r\nOn Thu, 5 Mar 2026 at 10:00, Ancora Ltd wrote:\r\n{quoted}"
        return self.take((fields + body).encode(), parseaddr(by or str(held["To"]))[1], to or str(held["Reply-To"]))

    def take(self, raw: bytes, sender: str, recipient: str) -> list[Letter]:
        """Receive a mail and process it to the end; return the letters sent because of it."""
        before = {letter.id for letter in outbox.listing(self.stepper.db)}
        to = tuple(address for _, address in getaddresses([recipient]))
        self.stepper.accept(
            RawMail(raw=raw, recipients=to, received_at=self.stepper.now, envelope_from=sender, source="test")
        )
        self.stepper.settle()
        fresh = [letter.id for letter in reversed(outbox.listing(self.stepper.db)) if letter.id not in before]
        return [outbox.get(self.stepper.db, number) for number in fresh]

    def case(self, reference: str) -> Case:
        """Return a case by its reference."""
        number = tickets.by_reference(self.stepper.db, [reference])[reference]
        return cases.load(self.stepper.db, [number])[number]
