"""Measure the throughput of mail and of ticks on this machine: `python -m benchmarks.throughput [--mails N]`.

Each figure is a rate in wall time: parsing alone, storing mail durably, making cases of it (as a share of parsing
alone), delivering the letters (as a share of that), and ticks with nothing due with many open cases and with none.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.clock import recurring
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.installation_build import load_installation
from parsers.mail import read_mail
from parsers.sender.tokens import TokenKeys
from storage import inbox, migrate
from storage.engine import Database
from storage.values import Letter, RawMail

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {"teams": {name: {"members": [{"name": "Ada", "address": f"ada@{name}.example"}]} for name in
                    ("service", "technical", "reviewers")}}  # fmt: skip


def mail(number: int, attachment: int = 0) -> RawMail:
    """A customer's complaint, with an attachment of so many bytes."""
    message = EmailMessage()
    message["From"], message["To"] = f"Customer {number} <c{number}@example.net>", "complaints@example.org"
    message["Subject"], message["Message-ID"] = f"Inverter ST-6.0K number {number}", f"<b{number}.{attachment}@x>"
    message.set_content(f"Inverter {number}, model ST-6.0K, does not switch on since yesterday morning.\n" * 8)
    if attachment:
        message.add_attachment(secrets.token_bytes(attachment), "image", "jpeg", filename="photo.jpg")
    return RawMail(raw=message.as_bytes(), received_at=NOW, source="smtp", recipients=("complaints@example.org",))


def timed(what: str, count: int, work: Callable[[], object], beside: float = 0.0) -> float:
    """Run `work`, print and return its rate per second for `count` units; print its ratio to the rate `beside`, too."""
    start = time.perf_counter()
    work()
    rate = count / (time.perf_counter() - start)
    print(f"{what:58} {rate:10.0f}/s" + (f"   {rate / beside:5.2f} of the one above" if beside else ""))
    return rate


def accept(db: Database, mails: list[RawMail]) -> None:
    """Store mails in the inbox, fifty to a commit, as the group commit does under load."""
    for start in range(0, len(mails), 50):
        with db.write() as conn:
            inbox.accept(conn, mails[start : start + 50])


class Discarding:
    """A transport that discards every letter."""

    def deliver(self, letter: Letter) -> None:
        """Discard the letter."""

    def close(self) -> None:
        """Do nothing: there is no connection."""


def mail_stages(folder: Path, installation: Installation, count: int, attachment: int) -> None:
    """Measure each stage of a mail: parsing, storing, making a case, delivering its letters."""
    print(f"\n{count} mails{f' with {attachment // 1024} KB attached' if attachment else ''}")
    mails = [mail(number, attachment) for number in range(count)]
    languages = tuple(installation.policies["complaints"].languages)
    reading = timed("read only", count, lambda: [read_mail(stored.raw, languages=languages) for stored in mails])
    db = Database(f"sqlite:///{folder}/mails{attachment}.db")
    migrate.upgrade(db)
    stepper = Stepper(db, installation, Discarding(), NOW)
    timed("accepted, durable", count, lambda: accept(db, mails))

    def cases() -> None:
        from daemon.intake.batch import work_batch

        while work_batch(db, installation, NOW):
            pass

    stored = timed("read, decided, letters written, stored", count, cases, reading)
    timed("letters handed to the relay, promises kept", 2 * count, stepper.settle, stored)
    db.close()


def ticks(folder: Path, installation: Installation, cases: int) -> None:
    """Measure ticks with nothing due, with many cases and with none, and the tick that makes the letters of a day."""
    empty = Database(f"sqlite:///{folder}/empty.db")
    migrate.upgrade(empty)
    full = Database(f"sqlite:///{folder}/mails0.db")
    print(f"\nticks with nothing due, {cases} open cases")
    nothing = timed("none at all", 200, lambda: [recurring.run_due(empty, installation, NOW) for _ in range(200)])
    timed("with them", 200, lambda: [recurring.run_due(full, installation, NOW) for _ in range(200)], nothing)
    later = NOW + timedelta(days=15)
    timed("warnings and letters of the 15th day", cases, lambda: _until_quiet(full, installation, later))
    empty.close()
    full.close()


def _until_quiet(db: Database, installation: Installation, now: datetime) -> None:
    while recurring.run_due(db, installation, now):
        pass


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1000)
    count = parser.parse_args().mails
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_starter(folder)
        settings = load_settings(folder, {})
        installation = load_installation(settings, keys=TokenKeys(1, {1: secrets.token_bytes(32)}), extra=PEOPLE)
        installation = replace(installation, work=replace(installation.work, batch=50))
        mail_stages(folder, installation, count, 0)
        mail_stages(folder, installation, max(count // 4, 1), 100 * 1024)
        ticks(folder, installation, count)


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    main()
