"""Unclaimed cases: give a case that nobody takes to one member of the team after another.

`Facts.goes_round` records to whom it was given, until a staff member writes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from config.policy import Member
from config.policy_shapes.periods import Period
from daemon.decide.draft import Draft
from daemon.decide.events import Event, StaffWrote
from daemon.decide.procedure import notices
from daemon.decide.procedure.people import members_available
from storage.ledger_events import LedgerEvent
from storage.values import TimerKind

TIMER = "unclaimed"


def update_unclaimed(draft: Draft, event: Event) -> None:
    """At the end of every decision, set or drop the timer of a case that nobody has taken."""
    if isinstance(event, StaffWrote):
        _taken_by(draft, event.member)
    after = draft.policy.teams[draft.ticket.team].unclaimed_after if draft.ticket.team else None
    if after is None or not _is_unclaimed(draft):
        draft.drop_timers(TIMER)
    elif TIMER not in draft.timers:
        _set_timer(draft, after)


def _is_unclaimed(draft: Draft) -> bool:
    """Whether the case waits for staff, is not over, and none of two or more members has taken it."""
    ticket = draft.ticket
    if draft.step.final or ticket.waiting_for != "staff":
        return False
    if ticket.assignee and ticket.assignee not in members_who_had_it(draft):
        return False
    return len(members_available(draft, ticket.team)) > 1 and not _went_round(draft)


def members_who_had_it(draft: Draft) -> tuple[str, ...]:
    """The addresses of members of the current team to whom the case was given in turn."""
    kept = draft.facts.goes_round
    return tuple(kept.get("members", ())) if kept.get("team") == draft.ticket.team else ()


def _went_round(draft: Draft) -> bool:
    kept = draft.facts.goes_round
    return kept.get("team") == draft.ticket.team and bool(kept.get("over"))


def _taken_by(draft: Draft, member: str) -> None:
    """Stop passing the case on, because a staff member wrote; assign it to them unless they changed the assignee."""
    given = members_who_had_it(draft)
    draft.facts = replace(draft.facts, goes_round={})
    same = draft.ticket.assignee == draft.case.ticket.assignee
    colleagues = members_available(draft, draft.ticket.team) if given else ()
    may_work = any(colleague.address.lower() == member for colleague in colleagues)
    if given and same and may_work and not draft.step.final:
        draft.change_ticket(assignee=member)


def _set_timer(draft: Draft, after: Period) -> None:
    due = draft.calendar.due(draft.now, after)
    at = due.at + timedelta(seconds=1) if after.unit.is_daily else due.at
    draft.set_timer(TIMER, TimerKind.UNCLAIMED, draft.calendar.next_open(at))


def give_to_next(draft: Draft) -> None:
    """Give a case that nobody took in time to the next member; after the last one tell the manager."""
    given = members_who_had_it(draft)
    following = next((m for m in _in_turn(draft) if m.address.lower() not in given), None)
    kept = {"team": draft.ticket.team, "members": list(given)}
    if following is None:
        draft.facts = replace(draft.facts, goes_round={**kept, "over": True})
        draft.log_event(LedgerEvent.NOBODY_TAKES_IT, team=draft.ticket.team)
        notices.write_notice(draft, notices.UNCLAIMED, to="manager", about={"everybody": True})
        return
    address = following.address.lower()
    draft.facts = replace(draft.facts, goes_round={**kept, "members": [*given, address]})
    draft.change_ticket(assignee=address)
    draft.log_event(LedgerEvent.ASSIGNED_IN_TURN, team=draft.ticket.team, assignee=address)
    notices.write_notice(draft, notices.UNCLAIMED, to="assignee", about={"everybody": False})


def _in_turn(draft: Draft) -> tuple[Member, ...]:
    """The members who are not away, starting at one chosen by the case's id, which spreads the work evenly."""
    there = tuple(m for m in members_available(draft, draft.ticket.team) if m.address.lower() not in draft.case.away)
    first = draft.ticket.id % len(there) if there else 0
    return (*there[first:], *there[:first])
