"""Add cases with unhandled mail to worklists: each to at least one, even if the policy has no worklists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from config.policy import Member, Policy
from config.policy_shapes.staff import WorklistSpec
from daemon.decide.procedure import unhandled_mail
from daemon.decide.procedure.people import member_at, stand_in
from daemon.staff.worklist import UnreadCase, Worklist, barred_readers
from storage.values import Ticket


def add_unread_cases(
    policy: Policy, teams: Sequence[str], lists: Iterable[Worklist], unread: Sequence[UnreadCase], away: frozenset[str]
) -> list[Worklist]:
    """Return the worklists with these cases added to those of their readers; missing worklists are created."""
    by_reader = {(worklist.team, worklist.reader.address.lower()): worklist for worklist in lists}
    for entry in unread:
        if entry.ticket.team in teams:
            for team, reader, stands_in_for in _readers(policy, entry.ticket, away):
                key = (team, reader.address.lower())
                known = by_reader.get(key) or Worklist(reader, team)
                by_reader[key] = replace(known, unread=(*known.unread, replace(entry, stands_in_for=stands_in_for)))
    return list(by_reader.values())


def _readers(policy: Policy, ticket: Ticket, away: frozenset[str]) -> Iterator[tuple[str, Member, str]]:
    """Yield the worklists that a case is on: the team (for a team's list), the reader, the person they stand in for."""
    spec = policy.worklist or WorklistSpec(teams=False)
    if not spec.people and not spec.teams:
        spec = WorklistSpec(teams=False)
    people = list(_people(policy, ticket, away)) if spec.people else []
    manager = policy.teams[ticket.team].manager
    acting = stand_in(policy, manager, away, barred_readers(ticket)) if manager else None
    if (
        acting
        and any(mail.told for mail in unhandled_mail.unhandled_mails(ticket))
        and acting not in [reader for reader, _ in people]
    ):
        people.append((acting, ""))
    yield from (("", reader, stands_in_for) for reader, stands_in_for in people)
    if spec.teams or not people:
        yield from ((ticket.team if spec.teams else "", member, "") for member in _for_the_team(policy, ticket, away))


def _people(policy: Policy, ticket: Ticket, away: frozenset[str]) -> Iterator[tuple[Member, str]]:
    """Yield the assignee or their substitute; else all members of the team who are present and may work on it."""
    not_them = barred_readers(ticket)
    assignee = member_at(policy, ticket.assignee) if ticket.assignee else None
    acting = stand_in(policy, assignee, away, not_them) if assignee else None
    if assignee and acting:
        own = acting.address.lower() == assignee.address.lower()
        yield acting, "" if own else assignee.name or assignee.address
        return
    for member in policy.teams[ticket.team].members:
        if member.address.lower() not in away | not_them:
            yield member, ""


def _for_the_team(policy: Policy, ticket: Ticket, away: frozenset[str]) -> Iterator[Member]:
    """Yield the team's address, else its manager, else another manager who may see the case."""
    team = policy.teams[ticket.team]
    others = [team.manager for team in policy.teams.values() if team.manager]
    first = Member(name="", address=team.address) if team.address else team.manager
    for member in (first, *others):
        acting = stand_in(policy, member, away, barred_readers(ticket)) if member else None
        if acting is not None:
            yield acting
            return
