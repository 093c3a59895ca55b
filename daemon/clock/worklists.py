"""Worklists: letters at opening each working day with what is due, and one to a substitute when an absence begins.

The key of a worklist names its reader and day, so none is written twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from config.faults import TryAgain
from config.policy import Policy
from config.policy_shapes.staff import WorklistSpec
from config.working_time.calendars import Calendar, load_calendar
from daemon.cases.transaction import EventFor, change_cases, each_alone
from daemon.clock import failed_timers
from daemon.clock.scheduled_letters import ScheduledLetter
from daemon.clock.unread_worklists import add_unread_cases
from daemon.decide.events import StaffNotified
from daemon.decide.procedure.people import stand_in
from daemon.installation import Installation
from daemon.staff import absence
from daemon.staff.set_aside_list import next_opening
from daemon.staff.worklist import UnreadCase, Worklist, lists_of_people, lists_of_teams
from daemon.staff.worklist_letter import Listing, compose_worklist
from storage import absences, outbox, worklists
from storage.absences import Absence
from storage.engine import Database
from storage.values import Letter, Ticket

_PUT_OFF = timedelta(hours=1)
_AHEAD = timedelta(days=60)  # how far ahead a substitute is shown what will be due


@dataclass(frozen=True, slots=True)
class _Context:
    """The arguments that most functions here need."""

    db: Database
    installation: Installation
    now: datetime


def schedule(db: Database, installation: Installation) -> list[ScheduledLetter]:
    """The worklists of all policies."""

    def scheduled(policy: Policy, calendar: str) -> ScheduledLetter:
        def write(at: datetime | None, now: datetime) -> tuple[list[Letter], datetime]:
            return _write(_Context(db, installation, now), policy, load_calendar(calendar, policy.calendars), at)

        return ScheduledLetter(policy.name, f"worklist {calendar}", write)

    return [scheduled(policy, calendar) for policy, calendar in _calendars(installation)]


def _calendars(installation: Installation) -> Iterator[tuple[Policy, str]]:
    """Each policy with each calendar of its teams. A policy without worklists still gets one with unhandled mail."""
    for policy in installation.policies.values():
        if installation.writes_worklists:
            names = dict.fromkeys(team.calendar or policy.calendar for team in policy.teams.values())
            yield from ((policy, name) for name in names)


def _write(context: _Context, policy: Policy, calendar: Calendar, at: datetime | None) -> tuple[list[Letter], datetime]:
    """The worklists of a policy's teams that use this calendar, and when the next ones are due."""
    now = context.now
    following = next_opening(calendar, now)
    if at is None or not calendar.is_open(now):
        return [], following  # a missed morning's list is not sent at night
    try:
        return _letters(context, policy, calendar), following
    except TryAgain:
        raise
    except Exception as error:
        failed_timers.tell_operator_of_failure(
            context.db, context.installation, f"lists of the morning of {policy.name}", error, now
        )
        return [], min(following, now + _PUT_OFF)


def _letters(context: _Context, policy: Policy, calendar: Calendar) -> list[Letter]:
    spec, now = policy.worklist or WorklistSpec(people=False, teams=False), context.now
    wanted = spec.people or spec.teams
    due = worklists.due_deadlines(context.db, policy.name, until=calendar.due(now, spec.soon).at) if wanted else []
    unread = [UnreadCase(*row) for row in worklists.unhandled_cases(context.db, policy.name)]
    away, today = absences.substituted(context.db, now), calendar.local_date(now)
    teams = [name for name, team in policy.teams.items() if (team.calendar or policy.calendar) == calendar.name]
    people = lists_of_people(policy, teams, due, away=away, today=today, now=now) if spec.people else ()
    whole = lists_of_teams(policy, teams, due, away=away, today=today, now=now) if spec.teams else ()
    lists = add_unread_cases(policy, teams, chain(people, whole), unread, away)
    shortened = [_shortened(worklist, spec.most) for worklist in lists]
    numbers = _party_numbers(context, shortened)
    return [
        compose_worklist(
            context.installation,
            Listing(policy, calendar, "worklist", _key(policy, today, worklist), worklist, numbers),
            now,
            waiting=_waiting(context.db, policy, worklist, spec.most) if wanted else (),
        )
        for worklist in shortened
    ]


def _shortened(worklist: Worklist, most: int) -> Worklist:
    """Return the list with at most `most` lines in a section, and how many more there are."""
    more = {name: len(tasks) - most for name, tasks in worklist.sections.items() if len(tasks) > most}
    if len(worklist.unread) > most:
        more["unread"] = len(worklist.unread) - most
    shown = {name: tasks[:most] for name, tasks in worklist.sections.items()}
    return Worklist(worklist.reader, worklist.team, shown, more, worklist.unread[:most])


def _key(policy: Policy, day: date, worklist: Worklist) -> str:
    whose = f"team/{worklist.team}" if worklist.team else "person"
    return f"{policy.name}/worklist/{day.isoformat()}/{whose}/{worklist.reader.address.lower()}"


def _waiting(db: Database, policy: Policy, worklist: Worklist, most: int) -> list[tuple[Ticket, str]]:
    """Return the cases of this reader that wait for the customer or a third party."""
    if worklist.team:
        return worklists.waiting_cases(db, policy.name, team=worklist.team, assignee=None, limit=most)
    address = worklist.reader.address.lower()
    teams = [name for name, team in policy.teams.items() if any(m.address.lower() == address for m in team.members)]
    by_team = [worklists.waiting_cases(db, policy.name, team=name, assignee=address, limit=most) for name in teams]
    return list(chain.from_iterable(by_team))[:most]


def _party_numbers(context: _Context, lists: Sequence[Worklist]) -> dict[tuple[int, str], int]:
    """Return each reader's party number on each of their cases. A reader who is new to a case is added to it, so that
    the token in an answer to the list proves who they are."""
    wanted = {(ticket.id, worklist.reader.address.lower()) for worklist in lists for ticket in worklist.tickets}
    known = worklists.staff_party_numbers(context.db, wanted)
    lacking: dict[int, list[str]] = {}
    for ticket_id, address in sorted(wanted - set(known)):
        lacking.setdefault(ticket_id, []).append(address)
    events: list[tuple[int, EventFor]] = [
        (ticket_id, StaffNotified(addresses=tuple(who))) for ticket_id, who in lacking.items()
    ]
    batch = context.installation.work.batch
    for start in range(0, len(events), batch):
        change_cases(context.db, context.installation, events[start : start + batch], context.now)
    return known | (worklists.staff_party_numbers(context.db, wanted - set(known)) if lacking else {})


# ------------------------------------------------------------------------------------------------- substitutes


def tell_due_substitutes(db: Database, installation: Installation, now: datetime) -> int:
    """Write to substitutes whose time begins, and end absences that are over; returns how many were due."""
    pace, context = installation.work, _Context(db, installation, now)

    def fails(absent: Absence, error: Exception) -> None:  # it is claimed again after its lease
        failed_timers.tell_operator_of_failure(
            db, installation, f"letter to who stands in for {absent.address}", error, now
        )

    due = absences.claim(db, now=now, limit=pace.batch, lease=pace.lease)
    each_alone(due, lambda absent: _tell_or_end(context, absent), fails)
    return len(due)


def next_absence_at(db: Database, _installation: Installation) -> list[datetime | None]:
    """When the next absence is due."""
    return [absences.next_at(db)]


def _tell_or_end(context: _Context, absent: Absence) -> None:
    over = absent.until is not None and absent.until <= context.now
    letters = [] if over or absent.told else _letters_to_substitute(context, absent)
    with context.db.write() as conn:
        outbox.add(conn, letters)
        if over:
            absence.end_absence(conn, absent.address, context.now)
        else:
            absences.mark_substitute_told(conn, absent)


def _letters_to_substitute(context: _Context, absent: Absence) -> list[Letter]:
    """Return one letter to the substitute with all the work that is now theirs; none if there is no work."""
    position, now = absence.position_of(context.installation, absent.address), context.now
    away = absences.substituted(context.db, now) | {absent.address}
    acting = stand_in(position.policy, position.member, away) if position else None
    if position is None or acting is None:
        return []
    policy, today = position.policy, position.calendar.local_date(now)
    due = worklists.due_deadlines(context.db, policy.name, until=now + _AHEAD, assignee=absent.address)
    lists = lists_of_people(policy, policy.teams, due, away=away, today=today, now=now)
    own = [worklist for worklist in lists if worklist.reader.address.lower() == acting.address.lower()]
    if not own:
        return []
    key = f"{policy.name}/standing_in/{absent.since.isoformat()}/{absent.address}"
    listing = Listing(policy, position.calendar, "standing_in", key, own[0], _party_numbers(context, own))
    return [compose_worklist(context.installation, listing, now, absent=(position.member, absent))]
