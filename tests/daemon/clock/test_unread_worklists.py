"""Mail that nobody has dealt with is always on somebody's worklist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.clock.unread_worklists import add_unread_cases
from daemon.staff.worklist import UnreadCase
from storage.facts import Facts
from storage.values import Ticket

AT = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
ADA, BEN, MAX, DESK = "ada@firm.example", "ben@firm.example", "max@firm.example", "desk@firm.example"
TICKET = Ticket(
    id=1, reference="C-2026-000001", policy="complaints", kind="product", step="investigating", language="it",
    received_at=AT, created_at=AT, updated_at=AT, step_since=AT, team="technical", unhandled_since=AT,
)  # fmt: skip


def _policy(worklist: dict[str, bool] | None = None, **team: Any) -> Policy:
    """Return the complaints policy with Ada, Ben and Max, or with another technical team."""
    members = [{"name": "Ada", "address": ADA, "substitute": BEN}, {"name": "Ben", "address": BEN}]
    people = {"members": members, "manager": {"name": "Max", "address": MAX}, **team}
    policy = load_policy("complaints", extra={"teams": {"technical": people}, "worklist": worklist or {}})
    return policy if worklist is not None else policy.model_copy(update={"worklist": None})


def _readers(policy: Policy, ticket: Ticket = TICKET, *away: str) -> list[tuple[str, str]]:
    lists = add_unread_cases(policy, ["technical"], [], [UnreadCase(ticket, "Anna")], frozenset(away))
    return sorted((worklist.team, worklist.reader.address) for worklist in lists)


@pytest.mark.parametrize("worklist", [None, {"people": False, "teams": False}])
def test_a_policy_without_lists_has_this_one(worklist: dict[str, bool] | None) -> None:
    """An unassigned case's mail is on every team member's list, an assigned one's on the assignee's."""
    assert _readers(_policy(worklist)) == [("", ADA), ("", BEN)]
    assert _readers(_policy(worklist), replace(TICKET, assignee=BEN)) == [("", BEN)]


def test_whoever_stands_in_has_it() -> None:
    """The substitute's list has it; without a substitute, everybody present has it."""
    mine = replace(TICKET, assignee=ADA)
    assert _readers(_policy(), mine, ADA) == [("", BEN)]
    assert _readers(_policy(), replace(TICKET, assignee=BEN), BEN) == [("", ADA)]


def test_the_manager_has_it_once_they_were_told() -> None:
    """It is on the manager's list after the escalation, not before."""
    kept = {"id": "m@x", "party": 1, "at": AT.isoformat(), "told": True}
    assert _readers(_policy(), replace(TICKET, facts=Facts(unhandled=(kept,)))) == [
        ("", ADA),
        ("", BEN),
        ("", MAX),
    ]
    fresh = replace(TICKET, facts=Facts(unhandled=({**kept, "told": False},)))
    assert _readers(_policy(), fresh) == [("", ADA), ("", BEN)]


def test_never_on_the_list_of_whom_it_is_about_and_never_on_nobodys() -> None:
    """Somebody barred from the case does not get it; if nobody of the team is left, the team's address or its manager
    does."""
    assert _readers(_policy(), replace(TICKET, facts=Facts(named=(ADA,)))) == [("", BEN)]
    assert _readers(_policy(), replace(TICKET, facts=Facts(named=(ADA, BEN)))) == [("", MAX)]
    assert _readers(_policy(members=[])) == [("", MAX)]
    assert _readers(_policy(members=[], address=DESK)) == [("", DESK)]


def test_the_lists_of_teams_have_it_too() -> None:
    """A policy may put it on team lists."""
    assert _readers(_policy({"people": True, "teams": True})) == [("", ADA), ("", BEN), ("technical", MAX)]
