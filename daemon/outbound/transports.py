"""Where letters go: what a transport is, a maildir, and memory; the SMTP relay is daemon/outbound/smtp_relay.py."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Protocol

from config.faults import GiveUp, TryAgain
from storage.values import Letter


class RelayAway(TryAgain):
    """No letter can go at the moment, whoever it is for: the relay does not answer, or does not want us."""


class LetterRefused(GiveUp):
    """A mail server was asked and refused the letter for good: 5xx, RFC 5321 §4.2.1."""


class Transport(Protocol):
    """Takes letters. `deliver` raises TryAgain (RelayAway when it concerns all letters) or GiveUp (LetterRefused when a
    mail server refused the letter)."""

    def deliver(self, letter: Letter) -> None:
        """Return when the letter is taken."""

    def close(self) -> None:
        """Let go of connections; the next letter opens them again."""


class MemoryTransport:
    """Keeps letters in a list, for rehearsals."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def deliver(self, letter: Letter) -> None:
        """Keep the letter."""
        self.letters.append(letter)

    def close(self) -> None:
        """Nothing is open."""


class MaildirTransport:
    """Leaves letters in a maildir, each in one file named for its key: a letter handed over twice is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def deliver(self, letter: Letter) -> None:
        """Write, fsync, rename; raises TryAgain where the disk does not let us."""
        digest = hashlib.sha256(letter.key.encode()).hexdigest()
        name = f"{int(letter.created_at.timestamp())}.{digest[:24]}.reclamo"
        if any((self._folder / "cur").glob(f"{name}*")):
            return  # a reader has moved it on
        try:
            self._write(name, _with_trace(letter))
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
            os.fsync(folder)  # the rename itself must survive a power cut
        finally:
            os.close(folder)

    def close(self) -> None:
        """Nothing is open."""


def _with_trace(letter: Letter) -> bytes:
    """The letter as a mail server delivers it: with its envelope on top, line ends as files have them."""
    envelope = f"Return-Path: <{letter.sender}>\r\nDelivered-To: {letter.recipient}\r\n"
    return (envelope.encode() + letter.raw).replace(b"\r\n", b"\n")
