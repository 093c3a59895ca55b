"""The decision: decide(case, event, policy, now) → Outcome.

A pure function of its arguments: it reads no clock, no database, no network and no template.
"""

from __future__ import annotations

from datetime import datetime

from config.policy import Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide import bounces, invitations, outside, timer_due
from daemon.decide.customer import customer_mail
from daemon.decide.draft import Draft
from daemon.decide.events import (
    CaseErased,
    CaseJoined,
    ColleagueWrote,
    CustomerWrote,
    Event,
    InvitationDue,
    LetterBounced,
    LetterFailed,
    LetterSent,
    MachineWrote,
    Moved,
    StaffNotified,
    StaffRefused,
    StaffWrote,
    StrangerWrote,
    ThirdPartyWrote,
    TimerDue,
)
from daemon.decide.outcome import Outcome
from daemon.decide.procedure import open_offers, recall, unclaimed, unhandled_mail
from daemon.decide.refusals import Refused
from daemon.decide.staff import casework, erasure, policy_change, staff_mail
from storage.values import Case


def calendar_of(case: Case, policy: Policy) -> Calendar:
    """The calendar in which a case's dates are counted: that of the address it came to, else the policy's."""
    return load_calendar(case.ticket.facts.calendar or policy.calendar, policy.calendars)


def decide(case: Case, event: Event, policy: Policy, now: datetime) -> Outcome:
    """Decide what an event changes. `now` is an aware datetime; the same arguments always give the same outcome.

    Raises Refused where the event asks for what cannot be done, but for mail of staff: they are told by a letter.
    """
    draft = Draft(case, policy, _counting(case, event, policy), now, _actor(case, event))
    try:
        verdict = _verdict(draft, event)
        unhandled_mail.watch(draft)
        open_offers.watch(draft)
        recall.age(draft, event)
        unclaimed.watch(draft, event)
        return draft.outcome(verdict)
    except Refused as refusal:
        draft = Draft(case, policy, draft.calendar, now, draft.actor)
        if isinstance(event, StaffWrote):
            return draft.outcome(staff_mail.refuse(draft, event, refusal))
        raise


def _counting(case: Case, event: Event, policy: Policy) -> Calendar:
    """The calendar for this decision; for a new case that of the address to which it came."""
    if case.is_new and isinstance(event, CustomerWrote) and event.calendar:
        return load_calendar(event.calendar, policy.calendars)
    return calendar_of(case, policy)


def _verdict(draft: Draft, event: Event) -> str:
    match event:
        case CustomerWrote():
            return customer_mail.opened(draft, event) if draft.case.is_new else customer_mail.added(draft, event)
        case StaffWrote():
            return staff_mail.staff_wrote(draft, event)
        case StaffRefused():
            return staff_mail.not_proven(draft, event)
        case CaseJoined():
            return casework.joined(draft, event)
        case ColleagueWrote():
            return policy_change.colleague_wrote(draft, event)
        case Moved():
            return policy_change.moved(draft, event)
        case CaseErased():
            return erasure.erased(draft, event)
        case ThirdPartyWrote():
            return outside.third_party_wrote(draft, event)
        case StrangerWrote():
            return outside.stranger_wrote(draft, event)
        case MachineWrote():
            return outside.machine_wrote(draft, event)
        case LetterBounced():
            return bounces.letter_bounced(draft, event)
        case LetterSent():
            return outside.letter_sent(draft, event)
        case LetterFailed():
            return outside.letter_failed(draft, event)
        case InvitationDue():
            return invitations.invited(draft, event)
        case StaffNotified():
            return staff_mail.listed(draft, event)
        case TimerDue():
            return timer_due.timer_came(draft, event.timer)


def _actor(case: Case, event: Event) -> str:
    match event:
        case StaffWrote() | ColleagueWrote():
            return event.member
        case Moved() | CaseErased():
            return event.by
        case CustomerWrote():
            return "customer"
        case ThirdPartyWrote():
            return "third party"
        case StrangerWrote():
            return "stranger"
        case _:
            return "reclamo"
