"""What a decision comes to, as values. Notices are named here; letters are written later, by daemon/letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daemon.decide.events import CaseJoined
from storage.values import CaseChange, Ticket

WHOLE_MAIL = -1
"""Stands for the whole mail as it was received, where else the number of a MIME part stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeDue:
    """A notice to be written to one party of the case.

    `occurrence` tells it from other notices of the same name on the case (a promise's occurrence, a date, an inbox id);
    with the ticket, the notice and the party it makes the outbox key. `about` are values for the letter besides those
    of the case: JSON, under the names that templates read. `in_reply_to` is the Message-ID that it answers. `attach`
    are files of the case to send along, as (inbox id, part). `keeps` is set where its delivery may keep a promise.
    `by_person` is set where staff or a third party caused it, and not a timer or a mail of the customer.
    """

    notice: str
    party: int
    occurrence: str
    about: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    in_reply_to: str = ""
    keeps_promise: bool = False
    by_person: bool = False
    attach: tuple[tuple[int, int], ...] = ()


def letter_key(reference: str, notice: NoticeDue) -> str:
    """The outbox key, by which a letter is written once: ticket, notice, occurrence, party."""
    return f"{reference}/{notice.notice}/{notice.occurrence}/{notice.party}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSplit:
    """Words of the customer that become a case of their own, and when they were received."""

    text: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyRecordChanges:
    """What a decision changes outside its case.

    `records` are new values of company records, by (table, key). `stopped` are addresses that want no more invitations.
    `declined` is the reason for which the invitation that opened the case is not followed. `awaits` are details that
    the case waits for together with others, `announces` those that are there now. `told_in_doubt` is set where staff
    are told of a delivery report that proves nothing.
    """

    records: tuple[tuple[tuple[str, str], Mapping[str, str]], ...] = ()
    stopped: tuple[str, ...] = ()
    declined: str | None = None
    awaits: tuple[str, ...] = ()
    announces: tuple[str, ...] = ()
    told_in_doubt: bool = False


NO_RECORD_CHANGES = CompanyRecordChanges()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a decision comes to.

    `changes` are the rows of the case as far as they are decided here: letters are composed of `notices` later, by
    daemon/cases/apply, which adds them. All else is not stored with the case. `verdict` is one line for the log that
    says what was made of the event.
    """

    changes: CaseChange
    notices: tuple[NoticeDue, ...] = ()
    replays: tuple[int, ...] = ()  # inbox rows to be taken in again, each as a case of its own
    splits: tuple[CaseSplit, ...] = ()
    joins: tuple[tuple[int, CaseJoined], ...] = ()  # tickets (by id) that this case becomes part of
    erases: tuple[int, ...] = ()  # tickets that are erased together with this one
    record_changes: CompanyRecordChanges = NO_RECORD_CHANGES
    verdict: str = ""

    @property
    def ticket(self) -> Ticket:
        """The ticket as it will be, its version untouched."""
        return self.changes.ticket
