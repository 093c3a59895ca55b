"""Queries for unread mail: what waits and what was set aside unread, with the start of its bytes."""

from __future__ import annotations

from storage import inbox
from storage.engine import Database
from storage.mail_values import Ending
from storage.unread_mail import unread_mails
from storage.values import InboxState
from tests.storage.values import DAY, LEASE, NOW, finish_row, mail, opened


def test_what_waits_and_what_was_set_aside_since_then(db: Database) -> None:
    """Waiting mail of any age; set-aside mail only since an instant and on no case."""
    ticket = opened(db).ticket.id
    days = {"waits": -9, "old": -9, "aside": 0, "refused": 0, "done": 0}
    with db.write() as conn:
        mails = [mail(at, received_at=NOW + days[name] * DAY) for at, name in enumerate(days)]
        ids = dict(zip(days, (accepted.id for accepted in inbox.accept(conn, mails)), strict=True))
        for name in ("old", "aside"):
            inbox.set_aside(conn, ids[name], error="it could not be read")
        inbox.set_aside(conn, ids["refused"], error="not obeyed", ticket_id=ticket)
        finish_row(conn, ids["done"], verdict="new case", ending=Ending.OPENED)
    found = {waiting.id: waiting for waiting in unread_mails(db, since=NOW - DAY, octets=24, most=9)}
    assert {number: waiting.state for number, waiting in found.items()} == {
        ids["waits"]: InboxState.NEW,
        ids["aside"]: InboxState.QUARANTINED,
    }
    waiting = found[ids["waits"]]
    assert (waiting.head, waiting.envelope_from, waiting.recipients) == (
        b"From: anna@example.org\r\n", "anna@example.org", ("support@example.com",)
    )  # fmt: skip


def test_no_more_than_asked_for(db: Database) -> None:
    """The oldest waiting mails; a claimed mail still counts as unread until it is done."""
    with db.write() as conn:
        ids = [accepted.id for accepted in inbox.accept(conn, [mail(at) for at in range(5)])]
    inbox.claim(db, now=NOW, limit=1, lease=LEASE)
    assert [waiting.id for waiting in unread_mails(db, since=NOW, octets=1, most=2)] == ids[:2]
