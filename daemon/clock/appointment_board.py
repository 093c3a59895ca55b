"""Boards: letters to a team, each working day, with the next working day's appointments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from config.policy import Policy, all_words, in_language
from config.policy_shapes.base import Member
from config.policy_shapes.records import BoardSpec
from config.working_time.calendars import Calendar, load_calendar
from daemon.clock.scheduled_letters import ScheduledLetter
from daemon.decide.procedure.people import member_at, staff_language
from daemon.installation import Installation
from daemon.letters.standalone import BlankCase, member_as_reader, standalone_letter
from storage import bookings, cases, invitations
from storage.company_record_values import InvitationState
from storage.engine import Database
from storage.values import Booking, Case, Letter, Ticket

Row = dict[str, Any]


def schedule(db: Database, installation: Installation) -> list[ScheduledLetter]:
    """The boards of all policies."""

    def scheduled(policy: Policy, name: str) -> ScheduledLetter:
        calendar = load_calendar(policy.calendar, policy.calendars)

        def write(at: datetime | None, now: datetime) -> tuple[list[Letter], datetime]:
            letters = list(_letters(db, installation, policy, name, calendar, at)) if at is not None else []
            return letters, next_board_at(calendar, policy.boards[name], now)

        return ScheduledLetter(policy.name, name, write)

    return [scheduled(policy, name) for policy in installation.policies.values() for name in policy.boards]


def next_board_at(calendar: Calendar, board: BoardSpec, now: datetime) -> datetime:
    """Return the next instant after `now` that is `board.before` ahead of closing on a working day."""
    day = calendar.local_date(now)
    while True:
        if calendar.is_working(day):
            at = calendar.instant_before(calendar.closing(day), board.before)
            if at > now:
                return at
        day += timedelta(days=1)


def _letters(
    db: Database, installation: Installation, policy: Policy, name: str, calendar: Calendar, at: datetime
) -> Iterator[Letter]:
    spec = policy.boards[name]
    day = _next_working_day(calendar, calendar.local_date(at))
    taken = [
        booking for booking in bookings.upcoming(db, policy.name, since=at) if _is_on(calendar, booking, day, spec)
    ]
    known = cases.load(db, [booking.ticket_id for booking in taken])
    declined = [
        invitation
        for invitation in invitations.ended(db, policy.name, since=at - timedelta(days=1), until=at)
        if invitation.state is InvitationState.DECLINED
    ]
    for member in readers_of_team(policy, spec.to):
        language = staff_language(policy, member)
        rows = [_row(policy, spec, booking, known[booking.ticket_id], calendar, language) for booking in taken]
        refusals = [
            {
                "title": in_language(policy.invitations[invitation.invitation].title, language),
                "key": invitation.key,
                "reason": invitation.reason,
            }
            for invitation in declined
            if invitation.invitation in policy.invitations
        ]
        about = {"day": day, "rows": rows, "declined": refusals}
        yield standalone_letter(
            installation.letter_materials(policy, calendar), member_as_reader(policy, member),
            notice=spec.notice, key=_key(policy, name, day, member), occurrence=day.isoformat(), now=at, about=about,
            shown=BlankCase(subject=in_language(spec.title, language)),
        )  # fmt: skip


def _key(policy: Policy, name: str, day: date, member: Member) -> str:
    return f"{policy.name}/{name}/{day.isoformat()}/{member.address.lower()}"


def _next_working_day(calendar: Calendar, day: date) -> date:
    day += timedelta(days=1)
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def _is_on(calendar: Calendar, booking: Booking, day: date, spec: BoardSpec) -> bool:
    return booking.thing in spec.things and calendar.local_date(booking.start_at) == day


def readers_of_team(policy: Policy, team_name: str) -> tuple[Member, ...]:
    """Return who reads letters to a team: its manager, else its members, else its common address."""
    team = policy.teams[team_name]
    if team.manager:
        return (team.manager,)
    return team.members or ((Member(name="", address=team.address),) if team.address else ())


def _row(policy: Policy, spec: BoardSpec, booking: Booking, case: Case, calendar: Calendar, language: str) -> Row:
    ticket = case.ticket
    thing = ticket.facts.things.get(booking.thing, {})
    known = ticket.details
    return {
        "start": booking.start_at.astimezone(calendar.zone),
        "customer": case.customer().name or case.customer().address,
        "reference": ticket.reference,
        "details": [known[name].shown for name in spec.details if name in known],
        "assignee": ticket.assignee,
        "answers": {name: _answer(policy, ticket, name, language) for name in spec.questions},
        "state": in_language(policy.things[booking.thing].states.get(str(thing.get("state", "")), {}), language),
        "step": in_language(policy.steps[ticket.step].title, language),
    }


def _answer(policy: Policy, ticket: Ticket, question: str, language: str) -> Row | None:
    """Return the last answer to a question, and by whom; None if there is none."""
    answer, rest, by = (*ticket.facts.answers.get(question, ()), "", "", "")[:3]
    spec = policy.questions[question].answers.get(answer)
    if not answer:
        return None
    member = member_at(policy, by) if by else None
    words = all_words(spec.words, language) if spec else ()
    title = (in_language(spec.title, language) if spec else "") or next(iter(words), answer)
    return {"name": answer, "title": title, "text": rest, "by": member.name if member else by}
