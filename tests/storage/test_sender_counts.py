"""Counting mail by sender: the envelope or a mailbox's Return-Path, never From."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import inbox
from storage.engine import Database
from storage.sender_counts import count_mails_from, domain_of, origin_of
from storage.values import RawMail
from tests.storage.values import NOW

HOUR = timedelta(hours=1)


def mail(number: int, sender: str, *, head: bytes = b"", source: str = "smtp") -> RawMail:
    """Build a mail with a different From each time and one envelope sender."""
    raw = head + f"From: {number}@made-up.example\r\nMessage-ID: <o{number}@x>\r\n\r\nHello.\r\n".encode()
    return RawMail(raw=raw, received_at=NOW, source=source, envelope_from=sender, recipients=("a@firm.example",))


@pytest.mark.parametrize(
    ("sender", "head", "source", "origin"),
    [
        ("Bot@Evil.Example", b"", "smtp", "evil.example"),
        ("", b"", "smtp", ""),
        ("", b"Return-Path: <anna@example.it>\r\n", "imap", "example.it"),
        ("", b"Return-Path: <>\r\n", "imap", ""),
        ("", b"Return-Path: <anna@example.it>\r\n", "smtp", ""),  # over SMTP the sender may have written it
        ("", b"Subject: x\r\nReturn-Path: <anna@example.it>\r\n", "imap", ""),
        ("bot@evil.example", b"Return-Path: <anna@example.it>\r\n", "imap", "evil.example"),
        ("nobody", b"", "smtp", ""),
    ],
)
def test_the_domain_that_answers_for_a_mail(sender: str, head: bytes, source: str, origin: str) -> None:
    """The envelope's domain; for mail from a mailbox that of the topmost Return-Path."""
    assert origin_of(mail(1, sender, head=head, source=source)) == origin


def test_mails_are_counted_whoever_they_name(db: Database) -> None:
    """By domain and envelope sender, since an instant, up to a limit."""
    with db.write() as conn:
        inbox.accept(conn, [mail(number, f"{number % 2}@Evil.example") for number in range(5)])
        inbox.accept(conn, [mail(number + 9, "anna@example.it") for number in range(2)])
    origin = domain_of("x@EVIL.example")
    assert count_mails_from(db, origin, since=NOW - HOUR, most=9) == 5
    assert count_mails_from(db, origin, since=NOW - HOUR, most=9, address="1@evil.example") == 2
    assert count_mails_from(db, origin, since=NOW - HOUR, most=3) == 3
    assert count_mails_from(db, origin, since=NOW + HOUR, most=9) == 0
