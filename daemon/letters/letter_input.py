"""The input from which one letter is composed."""

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
    """One notice that is due, and what its letter is composed from."""

    case: Case  # as it will be once the decision is saved
    due: NoticeDue
    policy: Policy
    calendar: Calendar
    sender_identity: SenderIdentity
    language: str  # of the letter, BCP 47
    now: datetime
    letters: Sequence[Mapping[str, Any]] = ()  # of the same decision to others: name, address, notice, subject, text
    together: Sequence[NoticeDue] = ()  # all notices of the decision: a promise that one keeps no letter calls owed

    @property
    def ticket(self) -> Ticket:
        """The ticket of the case."""
        return self.case.ticket

    @property
    def party(self) -> Party:
        """The reader of the letter; raises KeyError where the case does not have that party."""
        return self.case.party(self.due.party)

    @property
    def about(self) -> Mapping[str, Any]:
        """The facts of the notice that are not on the case."""
        return self.due.about

    @property
    def zone(self) -> tzinfo:
        """The zone in which the letter shows times: a customer's own where it is known, else the calendar's."""
        own = self.ticket.zone if self.party.role is Role.CUSTOMER else ""
        return ZoneInfo(own) if own else self.calendar.zone
