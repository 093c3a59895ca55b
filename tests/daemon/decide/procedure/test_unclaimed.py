"""A case that nobody takes goes round, and work of those away is done by others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from config.files.load_policy import load_policy
from config.policy import Policy
from config.working_time.calendars import load_calendar
from daemon.decide.events import LetterFailed
from daemon.decide.outcome import Outcome
from tests.daemon.decide.cases import ADA, CUSTOMER, MAX, Life, notices, rome

BEN, CARL = "ben@firm.example", "carl@firm.example"
MON, WED = rome("2026-03-02T10:00"), rome("2026-03-05T09:00")  # two working days after Monday end with Wednesday
MEMBERS: tuple[dict[str, Any], ...] = (
    {"name": "Ada", "address": ADA, "substitute": BEN},
    {"name": "Ben", "address": BEN, "substitute": CARL},
    {"name": "Carl", "address": CARL, "substitute": ADA},
)


@cache
def policy(count: int = 3) -> Policy:
    """The complaints policy with so many people on the technical team."""
    team = {"members": list(MEMBERS[:count]), "manager": {"name": "Max", "address": MAX}}
    return load_policy("complaints", extra={"teams": {"technical": team}})


def life(count: int = 3) -> Life:
    """A case of theirs."""
    one = Life(MON, policy(count))
    one.opens()
    one.deliver()
    return one


def readers(one: Life, outcome: Outcome | None, notice: str) -> list[str]:
    """Who got a notice."""
    assert outcome is not None
    return [one.case.party(due.party).address for due in outcome.notices if due.notice == notice]


def test_case_that_nobody_takes_goes_round_and_then_to_the_manager() -> None:
    """Each member has it for two working days, in turn; after the last of them the manager is told, once."""
    one = life()
    assert one.run(WED)[-1] == "unclaimed"
    had = [one.case.ticket.assignee]
    for _ in range(2):
        one.days(5)
        had.append(one.case.ticket.assignee)
    assert sorted(had) == [ADA, BEN, CARL]
    one.days(5)
    told = [e for e in one.case.history if e.event == "nobody takes it"]
    assert len(told) == 1
    manager = [p.number for p in one.case.parties if p.address == MAX]
    assert [m.notice for m in one.case.messages if m.party in manager][:1] == ["unclaimed"]
    assert "unclaimed" not in one.days(30)


def test_first_turn_differs_from_case_to_case() -> None:
    """Work is spread: the next case begins with the next member."""
    had = []
    for number in (1, 2, 3):
        one = life()
        one.case = replace(one.case, ticket=replace(one.case.ticket, id=number))
        one.run(WED)
        had.append(one.case.ticket.assignee)
    assert sorted(had) == [ADA, BEN, CARL]


def test_whoever_writes_has_taken_it() -> None:
    """After a staff member's word it goes round no more, and is theirs whoever had it in turn."""
    one = life()
    one.staff("I call the customer.", CARL, inside=True)
    assert one.case.ticket.assignee == CARL
    assert "unclaimed" not in one.days(30)
    other = life()
    other.run(WED)
    writer = next(member for member in (ADA, BEN, CARL) if member != other.case.ticket.assignee)
    other.staff("I have it.", writer, inside=True)
    assert other.case.ticket.assignee == writer
    assert "unclaimed" not in other.days(30)


def test_nothing_goes_round_where_it_makes_no_difference() -> None:
    """Not with one member alone, nor while the customer is waited for."""
    alone = life(1)
    assert "unclaimed" not in alone.days(10)
    waits = life()
    waits.staff("ask\nWhich colour has the lamp?", ADA)
    assert waits.case.ticket.waiting_for == "customer"
    assert not [timer for timer in waits.case.timers if timer.kind == "unclaimed"]


def away(one: Life, *those: str) -> None:
    """These people cannot act now."""
    one.case = replace(one.case, away=frozenset(those))


def test_notices_of_who_is_away_go_to_the_substitute_and_back() -> None:
    """The assignee's letters go to the substitute, or theirs; they act with rights of their own; the case stays."""
    one = life()
    one.staff("I look at it.", ADA, inside=True)
    away(one, ADA)
    assert readers(one, one.customer(), "customer_wrote") == [BEN]
    away(one, ADA, BEN)
    assert readers(one, one.customer(), "customer_wrote") == [CARL]
    one.staff("We have tested it.", CARL)
    assert one.case.ticket.assignee == ADA
    away(one)
    assert readers(one, one.customer(), "customer_wrote") == [ADA]


def test_somebody_is_always_told() -> None:
    """Where all are away the manager gets it; where the manager is away too, those it belongs to."""
    one = life()
    away(one, ADA, BEN, CARL)
    assert readers(one, one.customer(), "customer_wrote") == [MAX]
    away(one, ADA, BEN, CARL, MAX)
    assert readers(one, one.customer(), "customer_wrote") == [ADA, BEN, CARL]


def test_team_is_told_without_those_away() -> None:
    """A letter to all goes to those who are there, each once."""
    one = life()
    away(one, BEN)
    assert readers(one, one.customer(), "customer_wrote") == [ADA, CARL]


def test_turn_passes_over_who_is_away() -> None:
    """A case is not given to somebody who cannot act."""
    one = life()
    away(one, BEN)
    one.run(WED)
    one.days(5)
    had = [e.facts["assignee"] for e in one.case.history if e.event == "assigned in turn"]
    assert sorted(had) == [ADA, CARL]


def test_staff_are_reminded_in_office_hours_only() -> None:
    """Whatever time brings about, by itself, reaches staff while the company is open, or waits for opening."""
    one = life()
    while one.case.timers and one.now < rome("2026-06-01T10:00"):
        before = set(one.keys)
        timer = min(one.case.timers, key=lambda each: (each.at, each.key))
        one.run(timer.at)
        written = [] if one.last is None or set(one.keys) == before else one.last.notices
        for due in written:
            inside = one.case.party(due.party).address not in (CUSTOMER,)
            at = (due.not_before or one.now).astimezone(rome("2026-03-02T10:00").tzinfo)
            assert not inside or load_calendar("IT", {}).is_open(at), (due.notice, at)
    assert "warning" in {notice for notice, _, _ in one.keys}


def test_bounce_to_staff_writes_to_nobody() -> None:
    """A staff member's mailbox that is full or gone makes no letter of the case, whoever else is on the team."""
    one = life()
    party = next(p.number for p in one.case.parties if p.address == ADA)
    outcome = one.happens(LetterFailed(key="", notice="new_case", party=party, reason="550 no such mailbox"))
    assert notices(outcome) == []
