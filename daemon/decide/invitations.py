"""Invitations: letters that we write first, to the owner of a company record. Planned whenever the record changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from config.policy import Policy
from config.policy_shapes.records import InvitationSpec
from config.working_time.calendars import Calendar
from daemon.decide.draft import Draft
from daemon.decide.events import InvitationDue
from daemon.decide.procedure import details, notices, steps
from daemon.decide.procedure.meter_readings import grown_by
from storage.company_record_values import CompanyRecord, Invitation
from storage.ledger_events import LedgerEvent
from storage.values import Role


def invitations_due(policy: Policy, calendar: Calendar, record: CompanyRecord, now: datetime) -> Iterator[Invitation]:
    """The invitations to send for a record as it is now, each with its instant."""
    for name, spec in policy.invitations.items():
        if spec.of != record.of or any(record.content.get(column) for column in spec.unless):
            continue
        days = [date.fromisoformat(str(record.content[column])) for column in spec.since if record.content.get(column)]
        if not days or spec.within is None:
            continue
        start = max(days)
        due = _due(policy, calendar, record, spec, start)
        end = calendar.last_day(start, spec.within)
        if spec.late and calendar.last_day(end, spec.late) < calendar.local_date(now):
            continue
        yield Invitation(
            policy=policy.name,
            of=record.of,
            key=record.key,
            invitation=name,
            period=start.isoformat(),
            ready_at=_opening(calendar, sending_day(calendar, spec, due), now),
        )


def _due(policy: Policy, calendar: Calendar, record: CompanyRecord, spec: InvitationSpec, start: date) -> date:
    assert spec.within is not None, "checked by the caller"
    by_date = calendar.last_day(start, spec.within)
    grows = policy.records[record.of].grows
    by_meter = grown_by(record.content, grows, start, spec.grown) if grows and spec.grown else None
    return min(by_date, by_meter) if by_meter else by_date


def sending_day(calendar: Calendar, spec: InvitationSpec, due: date) -> date:
    """The working day on which to send: the first one within the time ahead, else the last one before it."""
    if not spec.ahead:
        return due
    least, most = sorted((due - calendar.last_day(due, period)).days for period in spec.ahead)
    first, last = due + timedelta(days=least), due + timedelta(days=most)
    day = first
    while day <= last:
        if calendar.is_working(day):
            return day
        day += timedelta(days=1)
    day = first
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


def _opening(calendar: Calendar, day: date, now: datetime) -> datetime:
    """The opening of this day, or of the first working day still to come."""
    day = max(day, calendar.local_date(now))
    while not calendar.is_working(day) or calendar.opening(day) < now:
        day += timedelta(days=1)
    return calendar.opening(day)


def next_opening(calendar: Calendar, now: datetime) -> datetime:
    """The next opening of a working day after `now`."""
    return _opening(calendar, calendar.local_date(now), now + timedelta(seconds=1))


def campaign_invitation(record: CompanyRecord, name: str, at: datetime) -> Invitation:
    """The invitation of a campaign, sent once for each record."""
    return Invitation(policy=record.policy, of=record.of, key=record.key, invitation=name, period="once", ready_at=at)


def open_invited_case(draft: Draft, event: InvitationDue) -> str:
    """Open a case for an invitation: write its letter and enter its first step. Returns the verdict."""
    spec = draft.policy.invitations[event.invitation]
    draft.party(Role.CUSTOMER, event.who.address, name=event.who.name, language=event.language)
    draft.change_ticket(
        kind=spec.kind,
        team=draft.policy.kinds[spec.kind].team,
        language=event.language,
        subject=event.subject,
        address=event.address,
    )
    place = {"of": spec.of, "key": event.key}
    draft.facts = replace(draft.facts, record=place, invitation=event.invitation, period=event.period)
    draft.log_event(LedgerEvent.INVITED, invitation=event.invitation, period=event.period, **place)
    details.merge_details(draft, event.found, "record")
    draft.change_ticket(step=spec.first)
    notices.write_notice(draft, spec.notice, about={"invitation": event.invitation})
    steps.enter_step(draft, spec.first)
    return f"opened {draft.ticket.reference}: {event.invitation} {event.key}"
