"""All that one letter is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from config.policy import Policy
from config.working_time.calendars import Calendar
from daemon.decide.outcome import NoticeDue
from daemon.letters.reply_addresses import SenderIdentity
from storage.values import Case, Party, Role, Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterInput:
    """`case` is the case as it will be once the decision that wants the letter is saved. `letters` are the letters
    of the same decision to others: rows of name, address, notice, subject, text. `together` are all notices of the
    decision: what one of them keeps, the others do not speak of as owed."""

    case: Case
    due: NoticeDue
    policy: Policy
    calendar: Calendar
    sender_identity: SenderIdentity
    language: str
    now: datetime
    letters: Sequence[Mapping[str, Any]] = ()
    together: Sequence[NoticeDue] = ()

    @property
    def ticket(self) -> Ticket:
        """The ticket."""
        return self.case.ticket

    @property
    def party(self) -> Party:
        """Whom the letter goes to; raises KeyError."""
        return self.case.party(self.due.party)

    @property
    def about(self) -> Mapping[str, Any]:
        """What the letter speaks of beyond the case itself."""
        return self.due.about

    @property
    def zone(self) -> tzinfo:
        """The zone the reader reads times in: a customer's own where it is known, else the calendar's."""
        own = self.ticket.zone if self.party.role is Role.CUSTOMER else ""
        return ZoneInfo(own) if own else self.calendar.zone
