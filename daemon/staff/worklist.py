"""Worklists: the promises that are due, by person and team. Pure.

The work of an absent person is on their substitute's list; what nobody has taken is on the list of every member of the
team who may take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from config.policy import Member, Policy
from config.policy_shapes.base import TeamSpec
from daemon.decide.procedure.people import member_at, stand_in
from storage.values import Ticket
from storage.worklists import DueDeadline

OVERDUE, TODAY, SOON = "overdue", "due_today", "due_soon"


@dataclass(frozen=True, slots=True)
class Task:
    """One promise on a worklist. `stands_in_for` is the absent person whose work it is, or empty."""

    owed: DueDeadline
    stands_in_for: str = ""


@dataclass(frozen=True, slots=True)
class UnreadCase:
    """One case with unhandled mail on a worklist; `stands_in_for` as in Task."""

    ticket: Ticket
    customer: str
    stands_in_for: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """One worklist: for a person, or for a `team` (by name) at its address or manager; sections by name, in order.
    `more` is how many lines of a section are left out; `unread` are cases with unhandled mail."""

    reader: Member
    team: str = ""
    sections: Mapping[str, tuple[Task, ...]] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[UnreadCase, ...] = ()

    @property
    def tasks(self) -> Iterator[Task]:
        """All tasks, in order."""
        for tasks in self.sections.values():
            yield from tasks

    @property
    def tickets(self) -> Iterator[Ticket]:
        """The cases on it."""
        yield from (task.owed.ticket for task in self.tasks)
        yield from (entry.ticket for entry in self.unread)


def barred_readers(ticket: Ticket) -> frozenset[str]:
    """Return the addresses of staff who must not see the case."""
    return frozenset((ticket.facts.not_for, *ticket.facts.named))


def lists_of_people(
    policy: Policy,
    teams: Iterable[str],
    owed: Sequence[DueDeadline],
    *,
    away: frozenset[str],
    today: date,
    now: datetime,
) -> Iterator[Worklist]:
    """Yield a worklist for each present member of these teams who has something to do."""
    people = {m.address.lower(): m for name in teams for m in _everybody(policy.teams[name])}
    for address, member in people.items():
        if address in away:
            continue
        mine = [task for promise in owed if (task := _task_of(policy, promise, address, away)) is not None]
        if mine:
            yield Worklist(member, "", sections(mine, today, now))


def lists_of_teams(
    policy: Policy,
    teams: Iterable[str],
    owed: Sequence[DueDeadline],
    *,
    away: frozenset[str],
    today: date,
    now: datetime,
) -> Iterator[Worklist]:
    """Yield a worklist for each of these teams, at its common address or its manager's."""
    for name in teams:
        team = policy.teams[name]
        reader = Member(name="", address=team.address) if team.address else team.manager
        acting = stand_in(policy, reader, away) if reader else None
        if acting is None:
            continue
        seen = [
            Task(promise)
            for promise in owed
            if promise.ticket.team == name and acting.address.lower() not in barred_readers(promise.ticket)
        ]
        if seen:
            yield Worklist(acting, name, sections(seen, today, now))


def _everybody(team: TeamSpec) -> tuple[Member, ...]:
    return (*team.members, *((team.manager,) if team.manager else ()))


def _task_of(policy: Policy, owed: DueDeadline, address: str, away: frozenset[str]) -> Task | None:
    """The task as it stands on this person's list, or None."""
    ticket, not_them = owed.ticket, barred_readers(owed.ticket)
    assignee = member_at(policy, ticket.assignee) if ticket.assignee else None
    if assignee is None:
        works = any(m.address.lower() == address for m in policy.teams[ticket.team].members) if ticket.team else False
        return Task(owed) if works and address not in not_them else None
    acting = stand_in(policy, assignee, away, not_them)
    if acting is None or acting.address.lower() != address:
        return None
    own = assignee.address.lower() == address
    return Task(owed, "" if own else assignee.name or assignee.address)


def sections(tasks: Iterable[Task], today: date, now: datetime) -> dict[str, tuple[Task, ...]]:
    """Return the sections overdue, due today and due soon; in each vulnerable customers first, then by date."""
    found: dict[str, list[Task]] = {OVERDUE: [], TODAY: [], SOON: []}
    for task in tasks:
        late = task.owed.missed or task.owed.due_at < now
        found[OVERDUE if late else TODAY if task.owed.due_on <= today else SOON].append(task)
    return {name: tuple(sorted(those, key=_urgency)) for name, those in found.items()}


def _urgency(task: Task) -> tuple[bool, datetime, int]:
    return not task.owed.ticket.facts.vulnerable, task.owed.due_at, task.owed.ticket.id
