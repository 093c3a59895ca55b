"""The values of the inbox and the outbox. Frozen, keyword-only; every datetime is aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class LetterState(StrEnum):
    """The state of an outbox row."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One outbox row: a complete message for one recipient. `key` (ticket, notice, occurrence, party) is never reused.

    `keeps` is true when its delivery may keep a promise, so that a delivery is an event of the case. `sender` is the
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
    """The state of an inbox row."""

    NEW = "new"
    DONE = "done"
    QUARANTINED = "quarantined"


class Ending(StrEnum):
    """The outcome of a mail. Every finished row has one, so that no mail is dropped silently."""

    ON_CASE = "on a case"
    OPENED = "opened a case"
    ANSWERED = "answered without a case"  # its sender was told so
    MACHINE = "proven machine mail"  # the verdict contains the proof
    REFUSED = "refused"  # claimed to be of staff: not obeyed, the people concerned are told
    SET_ASIDE = "set aside"  # for a person, who gets a list
    FAILED = "failed"  # could not be processed; set aside as well


class SetAsideReason(StrEnum):
    """Why a mail is set aside for a person."""

    NO_PERSON = "no person"  # written by a program, and it names no address that could be answered
    ANSWER = "automatic answer"  # an automatic reply or confirmation, but not to a letter of ours
    LIST = "list"  # a mailing list or a newsletter
    OURS = "ours"  # from our own address, and it names no other
    BOUNCE = "delivery report"  # about no letter of ours
    INVITATION = "invitation"  # to an appointment
    SPAM = "spam"  # classified by our own mail server
    FLOOD = "flood"  # too many mails from the same origin
    UNSURE = "unsure"  # it may belong to several cases
    LOST = "lost"  # it answers a letter of a case that is not in this database
    ERASED = "erased"  # it is about a case that was erased
    REFUSED = "refused"  # staff mail not obeyed
    FAILED = "failed"  # it could not be processed


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMail:
    """One received mail. `source` is smtp, lmtp, imap, file …; `source_key` identifies it there
    (account/folder/UIDVALIDITY/UID), or is empty. `received_at` is when we (SMTP) or the server (IMAP) accepted it."""

    raw: bytes
    received_at: datetime
    source: str
    envelope_from: str = ""
    recipients: tuple[str, ...] = ()
    source_key: str = ""
    submitted_by: str = ""  # the account that authenticated (SMTP AUTH), or empty


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """A claimed inbox row. `attempts` counts its claims, `unfinished` those without a reported result; both include
    this one."""

    id: int
    mail: RawMail
    sha256: str
    attempts: int
    unfinished: int = 0
    state: InboxState = InboxState.NEW
    error: str = ""
    verdict: str = ""
    ticket_id: int | None = None
    origin: str = ""  # the domain responsible for it, or empty
    as_new: bool = False  # open a new case, even if it seems to belong to one
    customer: str = ""  # the customer's address for that case, if a person gave one


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """The result of an inbox row: `verdict` for people, `ending` for statistics.

    Without an `ending`, a row with a ticket counts as on that case. `summary` is JSON: how the mail was read, for
    `explain`; `way` as in the table.
    """

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
        """The columns. Raises ValueError for a mail without a case or an ending."""
        ending = self.ending or (Ending.ON_CASE if self.ticket_id is not None else None)
        if ending is None:
            raise ValueError(f"mail {self.id} would end in silence: {self.verdict}")
        names = ("verdict", "ticket_id", "message_id", "summary", "desk", "way")
        return {"ending": ending.value, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxLine:
    """An inbox row without its bytes, for lists."""

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
