"""The values of mail on its way: taken in and not yet worked off, written and not yet delivered.

Frozen, keyword-only; every instant is aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterState(StrEnum):
    """Where an outbox row stands. Held: waits out the time in which staff may cancel it."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One outbox row: ready bytes for one recipient. `key` is unique for ever: (ticket, notice, occurrence, party).

    `keeps` is true when its delivery may keep a promise, so that delivery is decided upon. `sender` is the
    envelope sender. `ticket_id` is None for letters about no case (quarantine notices, reports).
    """

    key: str
    ticket_id: int | None
    notice: str
    occurrence: str
    party: int
    recipient: str
    sender: str
    message_id: str
    subject: str
    language: str
    raw: bytes
    created_at: datetime
    not_before: datetime
    keeps: bool = False
    id: int = 0
    state: LetterState = LetterState.WAITING
    attempts: int = 0
    error: str = ""
    sent_at: datetime | None = None


class InboxState(StrEnum):
    """Where an inbox row stands."""

    NEW = "new"
    DONE = "done"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMail:
    """One mail as an edge took it in. `source` is smtp, lmtp, imap, file …; `source_key` is what the source calls
    it (account/folder/UIDVALIDITY/UID), or empty. `received_at` is when we (SMTP) or the server (IMAP) took it."""

    raw: bytes
    received_at: datetime
    source: str
    envelope_from: str = ""
    recipients: tuple[str, ...] = ()
    source_key: str = ""
    submitted_by: str = ""  # the account that authenticated (SMTP AUTH), or empty


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """A claimed inbox row. `attempts` counts this claim; `unfinished` those among them, this one too, of which nobody
    has told how they ended."""

    id: int
    mail: RawMail
    sha256: str
    attempts: int
    unfinished: int = 0
    state: InboxState = InboxState.NEW
    error: str = ""
    verdict: str = ""
    ticket_id: int | None = None
    origin: str = ""  # the domain that answers for it, or empty
    as_new: bool = False  # it is to open a case of its own, whatever case it seems to belong to
