"""What a transport is, and the maildir; the SMTP relay is daemon/outbound/smtp_relay.py."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Protocol

from config.faults import GiveUp, TryAgain
from storage.values import Letter


class RelayAway(TryAgain):
    """No letter can be delivered at the moment, whatever its recipient: the relay does not answer, or refuses us."""


class LetterRefused(GiveUp):
    """A mail server was asked and refused the letter for good: 5xx, RFC 5321 §4.2.1."""


class Transport(Protocol):
    """Delivers letters. `deliver` raises TryAgain (RelayAway when it concerns all letters) or GiveUp (LetterRefused
    when a mail server refused the letter)."""

    def deliver(self, letter: Letter) -> None:
        """Hand the letter over; return when it has been accepted."""

    def close(self) -> None:
        """Close connections; the next letter opens them again."""


class MaildirTransport:
    """Writes letters into a maildir, each to one file named after its key: one delivered twice is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def deliver(self, letter: Letter) -> None:
        """Write, fsync, rename. Raises RelayAway when the disk fails."""
        digest = hashlib.sha256(letter.key.encode()).hexdigest()
        name = f"{int(letter.created_at.timestamp())}.{digest[:24]}.reclamo"
        if any((self._folder / "cur").glob(f"{name}*")):
            return  # a mail program has moved it
        try:
            self._write(name, _with_envelope(letter))
        except OSError as failure:
            raise RelayAway(f"maildir {self._folder}: {failure.strerror}") from failure

    def _write(self, name: str, raw: bytes) -> None:
        new = self._folder / "tmp" / name
        with new.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._folder / "new" / name)
        folder = os.open(self._folder / "new", os.O_RDONLY)
        try:
            os.fsync(folder)  # so that the rename survives a power cut
        finally:
            os.close(folder)

    def close(self) -> None:
        """Do nothing: no file stays open."""


def _with_envelope(letter: Letter) -> bytes:
    """Return the letter as a mail server delivers it: its envelope on top, lines ending in LF."""
    envelope = f"Return-Path: <{letter.sender}>\r\nDelivered-To: {letter.recipient}\r\n"
    return (envelope.encode() + letter.raw).replace(b"\r\n", b"\n")
