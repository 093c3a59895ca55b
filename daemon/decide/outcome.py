"""What a decision is made of: values only. Notices are named here; letters are written later, by daemon/letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daemon.decide.events import CaseJoined
from storage.values import CaseChange, Ticket

WHOLE_MAIL = -1
"""Instead of a part's number: the mail itself, as it was received."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeDue:
    """A notice to be written to one party of the case.

    `occurrence` tells this one from others of the same notice on the case for ever (a promise's occurrence, a
    date, an inbox id): with the ticket, the notice and the party it makes the outbox key. `about` is what the
    letter speaks of beyond the case itself: JSON values, under the names the templates read. `in_reply_to` is the
    Message-ID it answers. `attach` names files of the case to send along (inbox id, part). `by_person`: somebody who
    works on the case, inside or outside, brought it about; else a timer, or a mail of the customer's, did.
    """

    notice: str
    party: int
    occurrence: str
    about: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    in_reply_to: str = ""
    keeps: bool = False
    by_person: bool = False
    attach: tuple[tuple[int, int], ...] = ()


def letter_key(reference: str, notice: NoticeDue) -> str:
    """What makes a letter the only one of its sort for ever: ticket, notice, occurrence, party."""
    return f"{reference}/{notice.notice}/{notice.occurrence}/{notice.party}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSplit:
    """Words of the customer that are to become a case of their own, and when they were received."""

    text: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyRecordChanges:
    """What a decision changes beyond its case. `records` are new values by the place (sort, key) of a record;
    `stopped` are addresses that want no invitations any more; `declined` is why the one that opened the case is not
    followed; `awaits` is what the case waits for together with others, `announces` what is there now for all;
    `told_in_doubt` where staff are told of a delivery report that proves nothing."""

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
