"""Tokens inside files: found in mails of any encoding, and in files of other programs."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from parsers.sender.tokens import Audience, Token, TokenKeys, seal, token_message_id
from parsers.sender.tokens_in_files import tokens_of_file

KEYS = TokenKeys(current=1, secrets={1: b"a key for tests only, 32 octets.."})
TOKEN = Token(7, Audience.STAFF_NOTE, 2)


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("depth", [1, 3])
def test_a_mail_is_looked_into(encoding: str, depth: int) -> None:
    """In every part, and in every mail inside it."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "a@example.org", "<1@example.org>"
    mail.set_content(f"Write a note to help+{seal(TOKEN, KEYS)}@firm.example.", cte=encoding)
    for _ in range(depth - 1):
        outer = EmailMessage()
        outer["From"], outer["Message-ID"] = "b@example.org", "<2@example.org>"
        outer.set_content("See below.")
        outer.add_attachment(mail)
        mail = outer
    assert tokens_of_file(mail.as_bytes(), "message/rfc822", KEYS) == {TOKEN}
    assert tokens_of_file(mail.as_bytes(), "application/octet-stream", KEYS) == {TOKEN}


def test_headers_count() -> None:
    """One of our Message-IDs counts like an address."""
    raw = (
        f"From: a@example.org\r\nReferences: {token_message_id(TOKEN, KEYS, 'k', 'firm.example')}\r\n\r\nHello".encode()
    )
    assert tokens_of_file(raw, "message/rfc822", KEYS) == {TOKEN}


def test_files_of_outlook() -> None:
    """Outlook files have UTF-16 text."""
    octets = b"\xd0\xcf\x11\xe0" + f"Reply-To: help+{seal(TOKEN, KEYS)}@firm.example".encode("utf-16-le")
    assert tokens_of_file(octets, "application/vnd.ms-outlook", KEYS) == {TOKEN}


def test_other_files_have_none() -> None:
    """Pictures are not searched."""
    assert tokens_of_file(b"%PDF-1.7 nothing here", "application/pdf", KEYS) == frozenset()
    assert tokens_of_file(seal(TOKEN, KEYS).encode(), "image/png", KEYS) == frozenset()
