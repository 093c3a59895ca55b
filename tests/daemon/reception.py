"""A running installation with teams, a manager and a fake clock; take mail in and see what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy import text

from config.settings import Settings
from daemon.clock.stepper import Stepper
from daemon.installation_build import load_installation
from parsers.sender.tokens import TokenKeys
from storage import inbox, migrate
from storage.engine import Database
from storage.mail_values import InboxLine
from storage.values import Letter, RawMail
from tests.daemon.memory_transport import MemoryTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Rome
SUPPORT, MAX, ADA = "complaints@firm.example", "max@firm.example", "ada@firm.example"
KEYS = TokenKeys(current=1, secrets={1: b"a key for tests only, 32 octets.."})
_MANAGER = {"name": "Max Moro", "address": MAX, "languages": ["en"]}
TEAMS = {
    "technical": {"members": [{"name": "Ada Bianchi", "address": ADA}], "manager": _MANAGER},
    "service": {"members": [{"name": "Sara Conti", "address": "sara@firm.example"}], "manager": _MANAGER},
    "reviewers": {"members": [{"name": "Rita Neri", "address": "rita@firm.example"}]},
}
WORDS = "My inverter ST-6.0K does not switch on any more since Monday. I would like a replacement."


@dataclass(frozen=True)
class MailOutcome:
    """What happened to one mail: its inbox row, and the letters sent because of it."""

    row: InboxLine
    letters: tuple[Letter, ...]

    @property
    def outside(self) -> list[str]:
        """Recipients of those letters outside the company."""
        return [letter.recipient for letter in self.letters if not letter.recipient.endswith("@firm.example")]


class RunningReclamo:
    """An installation on an in-memory database. `take` receives a mail; `post` collects the letters that go out."""

    def __init__(
        self, folder: Path, *, teams: dict[str, Any] = TEAMS, operator: str = "", **settings: dict[str, Any]
    ) -> None:
        table = {
            "folder": folder, "company": {"name": "Firm", "country": "IT"}, "relay": {}, "keys": {},
            "addresses": [{"address": SUPPORT, "policy": "complaints"}],
            "alarm": {"address": operator} if operator else {}, **settings,
        }  # fmt: skip
        loaded = Settings.model_validate(table, context={"folder": folder})
        self.db = Database("sqlite://")
        migrate.upgrade(self.db)
        self.post = MemoryTransport()
        self.stepper = Stepper(self.db, load_installation(loaded, keys=KEYS, extra={"teams": teams}), self.post, NOW)

    def take(self, raw: str | bytes, *, sender: str = "bounce@out.example", to: str = SUPPORT) -> MailOutcome:
        """Receive one mail in this envelope, five minutes after the last one, and process it to the end."""
        self.stepper.now += timedelta(minutes=5)
        before = len(self.post.letters)
        octets = raw if isinstance(raw, bytes) else raw.replace("\n", "\r\n").encode()
        mail = RawMail(raw=octets, received_at=self.stepper.now, source="smtp", envelope_from=sender, recipients=(to,))
        number = self.stepper.accept(mail)
        self.stepper.settle()
        return MailOutcome(self.row(number), tuple(self.post.letters[before:]))

    def row(self, number: int) -> InboxLine:
        """Return the inbox row of a mail."""
        return inbox.find(self.db, str(number))[0]

    def advance(self, until: datetime) -> list[Letter]:
        """Move the clock to this instant; return the letters sent until then."""
        before = len(self.post.letters)
        self.stepper.advance(until)
        return self.post.letters[before:]

    def next_morning(self) -> list[Letter]:
        """Move the clock past the next working morning; return the letters sent until then."""
        return self.advance(self.stepper.now + timedelta(days=5))

    def all_rows(self) -> list[InboxLine]:
        """Return every mail taken in."""
        return inbox.listing(self.db, limit=100_000)

    def db_rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of an SQL query."""
        with self.db.read() as conn:
            return [tuple(row) for row in conn.execute(text(query), values)]


def set_aside_lists(letters: list[Letter] | tuple[Letter, ...]) -> list[Letter]:
    """Return those letters that are lists of mail set aside."""
    return [letter for letter in letters if letter.notice == "not_taken"]


def text_of(letter: Letter) -> str:
    """Return a letter's plain text."""
    part = message_from_bytes(letter.raw, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(letter: Letter) -> str:
    """Return a letter's HTML."""
    part = message_from_bytes(letter.raw, policy=default).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def mail(number: int, *headers: str, sender: str = "", words: str = WORDS, to: str = SUPPORT) -> str:
    """Build a mail with additional headers; its Message-ID is <NUMBER@out.example>."""
    lines = [f"From: {sender or f'Jane Doe <jane{number}@customer.example>'}", f"To: {to}",
             f"Message-ID: <{number}@out.example>", "Date: Mon, 02 Mar 2026 09:00:00 +0100"]  # fmt: skip
    if not any(header.lower().startswith("subject:") for header in headers):
        lines.append(f"Subject: Inverter {number}")
    return "\n".join([*lines, *headers, "", words, ""])
