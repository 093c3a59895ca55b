"""The maildir transport, as a mail program reads it."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from daemon.outbound.transports import MaildirTransport, RelayAway
from tests.daemon.outbound.letters import letter


def test_a_letter_in_a_maildir(tmp_path: Path) -> None:
    """The standard library reads the letter back with its envelope headers on top; no temporary file is left."""
    MaildirTransport(tmp_path / "out").deliver(letter(1))
    (found,) = mailbox.Maildir(str(tmp_path / "out"), create=False)
    assert [found["Return-Path"], found["Delivered-To"], found["Subject"]] == [
        "<bounces@example.com>",
        "anna1@example.net",
        "Your complaint",
    ]
    assert list((tmp_path / "out" / "tmp").iterdir()) == []


def test_the_same_letter_twice_is_one_file(tmp_path: Path) -> None:
    """A letter delivered again after a crash is there once, even if it was opened meanwhile."""
    transport = MaildirTransport(tmp_path)
    transport.deliver(letter(1))
    transport.deliver(letter(1))
    transport.deliver(letter(2))
    (first, _) = sorted((tmp_path / "new").iterdir(), key=lambda path: path.read_bytes().find(b"anna1"), reverse=True)
    first.rename(tmp_path / "cur" / f"{first.name}:2,S")
    transport.deliver(letter(1))
    assert [len(list((tmp_path / name).iterdir())) for name in ("new", "cur")] == [1, 1]


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    """If the disk cannot be written, all letters wait."""
    transport = MaildirTransport(tmp_path)
    (tmp_path / "tmp").rmdir()
    with pytest.raises(RelayAway, match="No such file"):
        transport.deliver(letter(1))
