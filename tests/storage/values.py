"""Values for storage tests: a mail, a case, a letter, each with nothing special about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from storage import cases, inbox, ledger, outbox
from storage.engine import Database, Source, reading
from storage.mail_values import Finished
from storage.tables import ledger as ledger_table
from storage.values import CaseChange, Deadline, LedgerEntry, Letter, Message, Party, RawMail, Role, Ticket, Timer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def mail(number: int = 1, **other: Any) -> RawMail:
    """Return a mail that is different for each number."""
    raw = f"From: anna@example.org\r\nMessage-ID: <{number}@example.org>\r\nSubject: broken\r\n\r\nIt is {number}.\r\n"
    values = {
        "raw": raw.encode(),
        "received_at": NOW,
        "source": "smtp",
        "envelope_from": "anna@example.org",
        "recipients": ("support@example.com",),
    }
    return RawMail(**values | other)


def ticket(number: int, reference: str, **other: Any) -> Ticket:
    """Return a newly opened ticket."""
    values = {
        "id": number,
        "reference": reference,
        "policy": "complaints",
        "kind": "product complaint",
        "step": "assess",
        "language": "it",
        "received_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
        "step_since": NOW,
    }
    return Ticket(**values | other)


def finish_row(conn: Connection, row_id: int, **more: Any) -> None:
    """Mark one inbox row as done."""
    inbox.finish_all(conn, [Finished(id=row_id, **more)])


def entries_of(source: Source, ticket_id: int) -> list[LedgerEntry]:
    """Return a ticket's ledger entries in order."""
    query = select(ledger_table).where(ledger_table.c.ticket_id == ticket_id).order_by(ledger_table.c.seq)
    with reading(source) as conn:
        return [ledger.entry(row) for row in conn.execute(query).mappings()]


def customer(**other: Any) -> Party:
    """Return the first party of a ticket."""
    return Party(**{"number": 1, "role": Role.CUSTOMER, "address": "anna@example.org"} | other)


def deadline(promise: str = "resolve", **other: Any) -> Deadline:
    """Return a promise made today and due in a week."""
    values = {
        "promise": promise,
        "occurrence": 0,
        "armed_at": NOW,
        "counted_from": NOW,
        "due_at": NOW + 7 * DAY,
        "due_on": date(2026, 3, 9),
        "origin": "received",
        "derivation": ("30 working days", "calendar IT 2026"),
    }
    return Deadline(**values | other)


def timer(key: str = "due:resolve:0", **other: Any) -> Timer:
    """Return a timer due tomorrow."""
    return Timer(**{"key": key, "kind": "due", "at": NOW + DAY, "about": "resolve"} | other)


def message(message_id: str = "1@example.org", **other: Any) -> Message:
    """Return a message from the customer."""
    values = {
        "direction": "in",
        "message_id": message_id,
        "sender": "anna@example.org",
        "recipients": ("support@example.com",),
        "subject": "broken",
        "at": NOW,
        "thread": "customer",
        "text": "It is broken.",
    }
    return Message(**values | other)


def letter(key: str, ticket_id: int | None = None, **other: Any) -> Letter:
    """Return a letter that may be sent at once."""
    values = {
        "key": key,
        "ticket_id": ticket_id,
        "notice": "acknowledgement",
        "occurrence": "0",
        "party": 1,
        "recipient": "anna@example.org",
        "sender": "support@example.com",
        "message_id": f"{key}@example.com",
        "subject": "Your complaint",
        "language": "it",
        "raw": f"Message-ID: <{key}@example.com>\r\n\r\nGrazie.\r\n".encode(),
        "created_at": NOW,
        "not_before": NOW,
    }
    return Letter(**values | other)


def entry(ticket_id: int | None, event: str = "opened", **facts: Any) -> LedgerEntry:
    """Return a ledger entry."""
    return LedgerEntry(ticket_id=ticket_id, at=NOW, event=event, facts=facts)


def opened(db: Database, **other: Any) -> CaseChange:
    """Save a new case and return it; `other` are fields of its change, `ticket` replaces the ticket."""
    of_ticket = other.pop("of_ticket", {})
    with db.write() as conn:
        [(number, reference)] = cases.reserve(conn, "C", 2026, 1)
        values = {"is_new": True, "parties": (customer(),), "ledger": (entry(number),)} | other
        change = CaseChange(ticket=ticket(number, reference, **of_ticket), **values)
        cases.save(conn, [change])
    return change


def in_hand(db: Database, now: datetime = NOW, limit: int = 10) -> list[Letter]:
    """Claim letters for sending, commit, and return them."""
    with db.write() as conn:
        return outbox.claim(conn, now=now, limit=limit, lease=LEASE)


def again(db: Database, ticket_id: int, **other: Any) -> None:
    """Save a case again after reading its current version."""
    read = cases.load(db, [ticket_id])[ticket_id]
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=read.ticket, **other)])
