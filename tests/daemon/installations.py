"""An installation with the complaints policy, as `reclamo init` makes it, on any database; and mails from its
customers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.installation_build import load_installation
from parsers.sender.tokens import TokenKeys
from storage import inbox
from storage.engine import Database
from storage.values import Letter, RawMail
from tests.daemon.memory_transport import MemoryTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPERATOR, CHIEF = "ops@firm.example", "max@firm.example"
PEOPLE: dict[str, Any] = {
    "teams": {
        name: {
            "members": [{"name": "Ada", "address": "ada@firm.example"}],
            "manager": {"name": "Max", "address": CHIEF, "languages": ["it"]},
        }
        for name in ("service", "technical", "reviewers")
    }
}


def installation_in(folder: Path) -> Installation:
    """Load the installation in this folder; create it with starter settings if it does not exist yet."""
    file = folder / "reclamo.toml"
    if not file.exists():
        write_starter(folder)
        file.write_text(file.read_text().replace("[alarm]\n", f'[alarm]\naddress = "{OPERATOR}"\n'))
    return load_installation(load_settings(folder, {}), keys=TokenKeys(1, {1: bytes(32)}), extra=PEOPLE)


def start_stepper(db: Database, folder: Path, now: datetime = NOW) -> Stepper:
    """Return a stepper (the daemon with a clock that the test moves) for the installation on this database."""
    return Stepper(db, installation_in(folder), MemoryTransport(), now)


def mail(number: int, *headers: str, body: str = "The inverter ST-6.0K does not switch on any more.") -> RawMail:
    """Build the first mail of customer number `number`; `headers` are added to the usual ones."""
    lines = [
        f"From: c{number}@example.net", "To: complaints@example.org", f"Subject: Inverter {number}",
        f"Message-ID: <{number}@example.net>", *headers, "", body, "",
    ]  # fmt: skip
    sender = f"c{number}@example.net"
    return RawMail(raw="\r\n".join(lines).encode(), received_at=NOW, source="smtp", envelope_from=sender)


def follow_up(number: int, words: str, *headers: str) -> RawMail:
    """Build a second mail of that customer, a reply to their own first mail."""
    lines = [
        f"From: c{number}@example.net", "To: complaints@example.org", f"Subject: Re: Inverter {number}",
        f"Message-ID: <{number}.{abs(hash(words)) % 10**8}@example.net>", f"In-Reply-To: <{number}@example.net>",
        f"References: <{number}@example.net>", *headers, "", words, "",
    ]  # fmt: skip
    sender = f"c{number}@example.net"
    return RawMail(raw="\r\n".join(lines).encode(), received_at=NOW, source="smtp", envelope_from=sender)


def accept(db: Database, *mails: RawMail) -> list[int]:
    """Store mails in the inbox; return their row numbers."""
    with db.write() as conn:
        return [accepted.id for accepted in inbox.accept(conn, mails)]


def sent_letters(stepper: Stepper) -> list[Letter]:
    """Return the letters that the stepper's transport delivered."""
    return list(stepper._sender._transport.letters)  # type: ignore[attr-defined]
