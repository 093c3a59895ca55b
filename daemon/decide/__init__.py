"""The heart: decide(case, happening, policy, now) → Outcome.

Values in, values out; no clock, no database, no network, no templates.
"""

from __future__ import annotations

from datetime import datetime

from config.policy import Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide import bounces, invitations, outside, timer_due
from daemon.decide.customer import customer_mail
from daemon.decide.draft import Draft, Refused
from daemon.decide.events import (
    CaseErased,
    CaseJoined,
    ColleagueWrote,
    CustomerWrote,
    Happening,
    Invited,
    LetterBounced,
    LetterFailed,
    LetterSent,
    MachineWrote,
    Moved,
    StaffListed,
    StaffRefused,
    StaffWrote,
    StrangerWrote,
    ThirdPartyWrote,
    TimerCame,
)
from daemon.decide.outcome import Outcome
from daemon.decide.procedure import open_offers, recall, unclaimed, unhandled_mail
from daemon.decide.staff import casework, erasure, policy_change, staff_mail
from storage.values import Case


def calendar_of(case: Case, policy: Policy) -> Calendar:
    """The calendar a case is counted in: that of the address it came to, else the policy's."""
    return load_calendar(str(case.ticket.facts.get("calendar", "")) or policy.calendar, policy.calendars)


def decide(case: Case, happening: Happening, policy: Policy, now: datetime) -> Outcome:
    """What is to become of a case. `now` is aware; the same arguments always give the same outcome."""
    draft = Draft(case, policy, _counting(case, happening, policy), now, _actor(case, happening))
    try:
        verdict = _verdict(draft, happening)
        unhandled_mail.watch(draft)
        open_offers.watch(draft)
        recall.age(draft, happening)
        unclaimed.watch(draft, happening)
        return draft.outcome(verdict)
    except Refused as refusal:
        draft = Draft(case, policy, draft.calendar, now, draft.actor)
        if isinstance(happening, StaffWrote):
            return draft.outcome(staff_mail.refuse(draft, happening, refusal))
        raise


def _counting(case: Case, happening: Happening, policy: Policy) -> Calendar:
    """A new case is counted in the calendar of the address it came to, from its very first promise on."""
    if case.is_new and isinstance(happening, CustomerWrote) and happening.calendar:
        return load_calendar(happening.calendar, policy.calendars)
    return calendar_of(case, policy)


def _verdict(draft: Draft, happening: Happening) -> str:
    match happening:
        case CustomerWrote():
            return (
                customer_mail.opened(draft, happening) if draft.case.is_new else customer_mail.added(draft, happening)
            )
        case StaffWrote():
            return staff_mail.staff_wrote(draft, happening)
        case StaffRefused():
            return staff_mail.not_proven(draft, happening)
        case CaseJoined():
            return casework.joined(draft, happening)
        case ColleagueWrote():
            return policy_change.colleague_wrote(draft, happening)
        case Moved():
            return policy_change.moved(draft, happening)
        case CaseErased():
            return erasure.erased(draft, happening)
        case ThirdPartyWrote():
            return outside.third_party_wrote(draft, happening)
        case StrangerWrote():
            return outside.stranger_wrote(draft, happening)
        case MachineWrote():
            return outside.machine_wrote(draft, happening)
        case LetterBounced():
            return bounces.letter_bounced(draft, happening)
        case LetterSent():
            return outside.letter_sent(draft, happening)
        case LetterFailed():
            return outside.letter_failed(draft, happening)
        case Invited():
            return invitations.invited(draft, happening)
        case StaffListed():
            return staff_mail.listed(draft, happening)
        case TimerCame():
            return timer_due.timer_came(draft, happening.timer)


def _actor(case: Case, happening: Happening) -> str:
    match happening:
        case StaffWrote() | ColleagueWrote():
            return happening.member
        case Moved() | CaseErased():
            return happening.by
        case CustomerWrote():
            return "customer"
        case ThirdPartyWrote():
            return "third party"
        case StrangerWrote():
            return "stranger"
        case _:
            return "reclamo"
