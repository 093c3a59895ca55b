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
    MovedByOperator,
    StaffNotified,
    StaffNotProven,
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
        unhandled_mail.update_unhandled(draft)
        open_offers.record_offers(draft)
        recall.expire_undo(draft, event)
        unclaimed.update_unclaimed(draft, event)
        return draft.outcome(verdict)
    except Refused as refusal:
        draft = Draft(case, policy, draft.calendar, now, draft.actor)
        if isinstance(event, StaffWrote):
            return draft.outcome(staff_mail.refuse_staff_mail(draft, event, refusal))
        raise


def _counting(case: Case, event: Event, policy: Policy) -> Calendar:
    """The calendar for this decision; for a new case that of the address to which it came."""
    if case.is_new and isinstance(event, CustomerWrote) and event.calendar:
        return load_calendar(event.calendar, policy.calendars)
    return calendar_of(case, policy)


def _verdict(draft: Draft, event: Event) -> str:
    match event:
        case CustomerWrote():
            return (
                customer_mail.open_case(draft, event)
                if draft.case.is_new
                else customer_mail.add_customer_mail(draft, event)
            )
        case StaffWrote():
            return staff_mail.obey_staff_mail(draft, event)
        case StaffNotProven():
            return staff_mail.refuse_unproven_mail(draft, event)
        case CaseJoined():
            return casework.take_in_case(draft, event)
        case ColleagueWrote():
            return policy_change.answer_former_team(draft, event)
        case MovedByOperator():
            return policy_change.move_by_operator(draft, event)
        case CaseErased():
            return erasure.erase_case(draft, event)
        case ThirdPartyWrote():
            return outside.add_third_party_mail(draft, event)
        case StrangerWrote():
            return outside.hold_stranger_mail(draft, event)
        case MachineWrote():
            return outside.record_automatic_mail(draft, event)
        case LetterBounced():
            return bounces.record_bounce(draft, event)
        case LetterSent():
            return outside.record_letter_sent(draft, event)
        case LetterFailed():
            return outside.record_letter_failed(draft, event)
        case InvitationDue():
            return invitations.open_invited_case(draft, event)
        case StaffNotified():
            return staff_mail.add_listed_members(draft, event)
        case TimerDue():
            return timer_due.work_timer(draft, event.timer)


def _actor(case: Case, event: Event) -> str:
    match event:
        case StaffWrote() | ColleagueWrote():
            return event.member
        case MovedByOperator() | CaseErased():
            return event.by
        case CustomerWrote():
            return "customer"
        case ThirdPartyWrote():
            return "third party"
        case StrangerWrote():
            return "stranger"
        case _:
            return "reclamo"
