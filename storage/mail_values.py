"""The values of mail on its way: taken in and not yet worked off, written and not yet delivered.

Frozen, keyword-only; every instant is aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


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


class Ending(StrEnum):
    """What became of a mail in the end. None ends in silence: a row that is finished names one of these."""

    ON_CASE = "on a case"
    OPENED = "opened a case"
    ANSWERED = "answered without a case"  # whoever wrote it was told so
    MACHINE = "proven machine mail"  # what proves it stands in the verdict
    REFUSED = "refused"  # claimed the rights of staff: not obeyed, those concerned are told
    SET_ASIDE = "set aside"  # for a person, who is told by a list
    FAILED = "failed"  # could not be worked off; set aside as well


class SetAsideReason(StrEnum):
    """Why a mail is set aside for a person."""

    NO_PERSON = "no person"  # a program wrote it, and it names nobody who could be answered
    ANSWER = "automatic answer"  # a program answers or confirms something, but no letter of ours
    LIST = "list"  # a mailing list or a newsletter
    OURS = "ours"  # from our own address, and it names nobody else
    BOUNCE = "delivery report"  # it gives back no letter of ours
    INVITATION = "invitation"  # to an appointment
    SPAM = "spam"  # our own mail server says so
    FLOOD = "flood"  # too much came from there
    UNSURE = "unsure"  # it may belong to several cases
    LOST = "lost"  # it answers a letter of a case that this database does not know
    ERASED = "erased"  # it is about a case that was erased
    REFUSED = "refused"  # staff mail not obeyed
    FAILED = "failed"  # it could not be worked off


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
    customer: str = ""  # the address of whom that case is for, where a person has said so


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """What became of an inbox row: `verdict` for people, `ending` for what counts them; a row with a ticket is on that
    case unless it says otherwise. `summary` is JSON: how the mail was read, for `explain`; `way` as in the table."""

    id: int
    verdict: str
    ticket_id: int | None = None
    message_id: str = ""
    summary: Mapping[str, Any] | None = None
    ending: Ending | None = None
    desk: str = ""
    way: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """The columns. Raises ValueError for a mail that would end in silence: on no case, and nothing said of it."""
        ending = self.ending or (Ending.ON_CASE if self.ticket_id is not None else None)
        if ending is None:
            raise ValueError(f"mail {self.id} would end in silence: {self.verdict}")
        names = ("verdict", "ticket_id", "message_id", "summary", "desk", "way")
        return {"ending": ending.value, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxLine:
    """An inbox row without its bytes, as people look at it."""

    id: int
    state: InboxState
    attempts: int
    received_at: datetime
    source: str
    source_key: str
    envelope_from: str
    recipients: tuple[str, ...]
    sha256: str
    size: int
    message_id: str
    verdict: str
    error: str
    ticket_id: int | None
    summary: Mapping[str, Any] | None
    ending: str
    desk: str
    why: str
