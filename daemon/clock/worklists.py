"""Each working morning at opening: the lists of what is due. And the letter to whoever begins to stand in for somebody.

When a list comes next is a row. A list is written once for its reader and day: that is what its key is for, whatever
restarts, ticks twice, or runs on another node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from config.faults import TryAgain
from config.policy import Policy
from config.policy_shapes.staff import WorklistSpec
from config.working_time.calendars import Calendar, load_calendar
from daemon.clock import failed_timers
from daemon.clock.unread_worklists import with_unread
from daemon.decide.events import Event, StaffNotified
from daemon.decide.procedure.people import stand_in
from daemon.installation import Installation
from daemon.staff import absence
from daemon.staff.worklist import Unread, Worklist, lists_of_people, lists_of_teams
from daemon.staff.worklist_letter import Listing, list_letter
from storage import absences, invitations, outbox, worklists
from storage.absences import Absence
from storage.engine import Database
from storage.values import Letter, Ticket

Happen = Callable[[Database, Installation, Sequence[tuple[int, Event]], datetime], None]
_PUT_OFF = timedelta(hours=1)
_AHEAD = timedelta(days=60)  # how far whoever stands in is shown what comes


@dataclass(frozen=True, slots=True)
class _Clerk:
    """What everything here is done with; `happen` lets something happen to cases."""

    db: Database
    installation: Installation
    now: datetime
    happen: Happen


def send_due_worklists(db: Database, installation: Installation, now: datetime, happen: Happen) -> int:
    """Send the lists that are due and tell those who begin to stand in; how much was due."""
    clerk = _Clerk(db, installation, now, happen)
    return _mornings(clerk) + _absences(clerk)


def next_at(db: Database, installation: Installation) -> list[datetime]:
    """The instants at which something is to be done next."""
    rounds = invitations.rounds_of(db) if installation.lists else {}
    known = {(policy.name, _name(calendar)) for policy, calendar in _calendars(installation)}
    first = absences.next_at(db)
    return [*(at for key, at in rounds.items() if key in known), *((first,) if first else ())]


def _calendars(installation: Installation) -> Iterator[tuple[Policy, str]]:
    """Each policy with each calendar its teams work by. One that wants no lists of what is due has one all the same of
    the mail that nobody has dealt with."""
    for policy in installation.policies.values():
        if installation.lists:
            names = dict.fromkeys(team.calendar or policy.calendar for team in policy.teams.values())
            yield from ((policy, name) for name in names)


def _name(calendar: str) -> str:
    return f"worklist {calendar}"


def _mornings(clerk: _Clerk) -> int:
    wanted = list(_calendars(clerk.installation))
    known = invitations.rounds_of(clerk.db) if wanted else {}
    due = 0
    for policy, name in wanted:
        at = known.get((policy.name, _name(name)))
        if at is None or at <= clerk.now:
            _morning(clerk, policy, name, first=at is None)
            due += at is not None
    return due


def _morning(clerk: _Clerk, policy: Policy, name: str, *, first: bool) -> None:
    calendar, now = load_calendar(name, policy.calendars), clerk.now
    comes = _next_opening(calendar, now)
    letters: list[Letter] = []
    try:
        # A morning that was missed is not made up for at night: the next one comes.
        letters = [] if first or not calendar.is_open(now) else _letters(clerk, policy, calendar)
    except TryAgain:
        raise
    except Exception as error:  # a list that cannot be written must not hold up what is due on cases
        failed_timers.not_done(clerk.db, clerk.installation, f"lists of the morning of {policy.name}", error, now)
        comes = min(comes, now + _PUT_OFF)
    with clerk.db.write() as conn:
        outbox.add(conn, letters)
        invitations.set_round(conn, policy.name, _name(name), comes)


def _next_opening(calendar: Calendar, now: datetime) -> datetime:
    """The opening of the next working day after this instant."""
    day = calendar.local_date(now)
    while not calendar.is_working(day) or calendar.opening(day) <= now:
        day += timedelta(days=1)
    return calendar.opening(day)


def _letters(clerk: _Clerk, policy: Policy, calendar: Calendar) -> list[Letter]:
    spec, now = policy.worklist or WorklistSpec(people=False, teams=False), clerk.now
    wanted = spec.people or spec.teams
    owed = worklists.owed(clerk.db, policy.name, until=calendar.due(now, spec.soon).at) if wanted else []
    unread = [Unread(*one) for one in worklists.unhandled(clerk.db, policy.name)]
    away, today = absences.standing_in_for(clerk.db, now), calendar.local_date(now)
    teams = [name for name, team in policy.teams.items() if (team.calendar or policy.calendar) == calendar.name]
    people = lists_of_people(policy, teams, owed, away=away, today=today, now=now) if spec.people else ()
    whole = lists_of_teams(policy, teams, owed, away=away, today=today, now=now) if spec.teams else ()
    lists = with_unread(policy, teams, chain(people, whole), unread, away)
    found = [_shortened(worklist, spec.most) for worklist in lists]
    numbers = _on_their_cases(clerk, found)
    return [
        list_letter(
            clerk.installation,
            Listing(policy, calendar, "worklist", _key(policy, today, worklist), worklist, numbers),
            now,
            waiting=_waiting(clerk.db, policy, worklist, spec.most) if wanted else (),
        )
        for worklist in found
    ]


def _shortened(worklist: Worklist, most: int) -> Worklist:
    """The list with at most so many lines in a section; how many more there are is told with it."""
    more = {name: len(tasks) - most for name, tasks in worklist.sections.items() if len(tasks) > most}
    if len(worklist.unread) > most:
        more["unread"] = len(worklist.unread) - most
    shown = {name: tasks[:most] for name, tasks in worklist.sections.items()}
    return Worklist(worklist.reader, worklist.team, shown, more, worklist.unread[:most])


def _key(policy: Policy, day: date, worklist: Worklist) -> str:
    whose = f"team/{worklist.team}" if worklist.team else "person"
    return f"{policy.name}/worklist/{day.isoformat()}/{whose}/{worklist.reader.address.lower()}"


def _waiting(db: Database, policy: Policy, worklist: Worklist, most: int) -> list[tuple[Ticket, str]]:
    """The cases of this list's reader that wait for somebody outside."""
    if worklist.team:
        return worklists.waiting(db, policy.name, team=worklist.team, assignee=None, limit=most)
    address = worklist.reader.address.lower()
    teams = [name for name, team in policy.teams.items() if any(m.address.lower() == address for m in team.members)]
    found = [worklists.waiting(db, policy.name, team=name, assignee=address, limit=most) for name in teams]
    return list(chain.from_iterable(found))[:most]


def _on_their_cases(clerk: _Clerk, lists: Sequence[Worklist]) -> dict[tuple[int, str], int]:
    """The number under which each reader is on each case of theirs: whoever is new to one is put on it, so that an
    answer to the list proves who they are."""
    wanted = {(ticket.id, worklist.reader.address.lower()) for worklist in lists for ticket in worklist.tickets}
    known = worklists.numbers(clerk.db, wanted)
    lacking: dict[int, list[str]] = {}
    for ticket_id, address in sorted(wanted - set(known)):
        lacking.setdefault(ticket_id, []).append(address)
    rows: list[tuple[int, Event]] = [(number, StaffNotified(addresses=tuple(who))) for number, who in lacking.items()]
    batch = clerk.installation.pace.batch
    for start in range(0, len(rows), batch):
        clerk.happen(clerk.db, clerk.installation, rows[start : start + batch], clerk.now)
    return known | (worklists.numbers(clerk.db, wanted - set(known)) if lacking else {})


# ------------------------------------------------------------------------------------------------- who stands in


def _absences(clerk: _Clerk) -> int:
    pace = clerk.installation.pace
    due = absences.claim(clerk.db, now=clerk.now, limit=pace.batch, lease=pace.lease)
    for absent in due:
        try:
            _tell_or_end(clerk, absent)
        except TryAgain:
            raise
        except Exception as error:  # its lease brings it back
            failed_timers.not_done(
                clerk.db, clerk.installation, f"letter to who stands in for {absent.address}", error, clerk.now
            )
    return len(due)


def _tell_or_end(clerk: _Clerk, one: Absence) -> None:
    over = one.until is not None and one.until <= clerk.now
    letters = [] if over or one.told else _to_stand_in(clerk, one)
    with clerk.db.write() as conn:
        outbox.add(conn, letters)
        if over:
            absence.back(conn, one.address, clerk.now)
        else:
            absences.told(conn, one)


def _to_stand_in(clerk: _Clerk, one: Absence) -> list[Letter]:
    """One mail to the substitute with all that is now theirs to do; none where there is nothing."""
    position, now = absence.position_of(clerk.installation, one.address), clerk.now
    away = absences.standing_in_for(clerk.db, now) | {one.address}
    acting = stand_in(position.policy, position.member, away) if position else None
    if position is None or acting is None:
        return []
    policy, today = position.policy, position.calendar.local_date(now)
    owed = worklists.owed(clerk.db, policy.name, until=now + _AHEAD, assignee=one.address)
    lists = lists_of_people(policy, policy.teams, owed, away=away, today=today, now=now)
    found = [work for work in lists if work.reader.address.lower() == acting.address.lower()]
    if not found:
        return []
    key = f"{policy.name}/standing_in/{one.since.isoformat()}/{one.address}"
    listing = Listing(policy, position.calendar, "standing_in", key, found[0], _on_their_cases(clerk, found))
    return [list_letter(clerk.installation, listing, now, absent=(position.member, one))]
