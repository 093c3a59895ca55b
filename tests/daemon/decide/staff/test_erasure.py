"""Erasing as a decision: what is refused, what is left of the case, and what the ledger tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.files.load_policy import load_policy
from config.policy_shapes.base import Right
from daemon.decide import decide
from daemon.decide.events import CaseErased, Erasable, StaffWrote
from daemon.decide.outcome import Outcome
from daemon.decide.refusals import Refused
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from storage.facts import Facts
from storage.values import Detail, Role
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER, MAX, PEOPLE, Life, notices, policy, rome
from tests.daemon.decide.story import expected

HELD = Erasable(mails=2, letters=3)
REFERENCE = "C-2026-000001"


def closed() -> Life:
    """A case that was decided and closed."""
    made = Life(rome("2026-03-02T10:00"))
    made.opens()
    made.deliver()
    made.staff("decide upheld\n\nWe replace it.")
    made.deliver()
    made.staff("close")
    made.now += timedelta(days=1)
    return made


def says(made: Life, text: str, member: str = MAX, erasable: Erasable = HELD) -> Outcome:
    """A manager's mail."""
    said = read_commands(text, grammar_of(policy()))
    mail = made.mail(text, member, 0)
    wrote = StaffWrote(mail=mail, member=member, commands=said.commands, text=said.text, erasable=erasable)
    return decide(made.case, wrote, policy(), made.now)


def why(outcome: Outcome) -> str:
    """Why a mail was refused, or an empty string."""
    return next((str(notice.about["why"]) for notice in outcome.notices if notice.notice == "refused"), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"erase {REFERENCE}", "needs a reason"),
        (f"erase {REFERENCE}:   ", "needs a reason"),
        ("erase C-2026-000002: asked for it", "another reference"),
        (f"erase {REFERENCE} C-2026-000002: asked for it", "another reference"),
        (f"erase {REFERENCE}: Anna asked for it", "reason names somebody"),
        (f"erase {REFERENCE}: {CUSTOMER} asked", "reason names somebody"),
        (f"erase {REFERENCE}: about ST-6.0K\n\nIt is the ST-6.0K of Anna.", "reason names somebody"),
        (f"erase {REFERENCE}: asked for it\nreopen", "alone"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, reason: str) -> None:
    """Nothing is erased, and the case stays as it is."""
    made = closed()
    outcome = says(made, text)
    assert (why(outcome), outcome.ticket.erased_at, notices(outcome)) == (reason, None, ["refused"])


@pytest.mark.parametrize(
    "text",
    [f"erase {REFERENCE}: asked for it", f"/erase {REFERENCE} asked for it", f"erase {REFERENCE}\n\nasked for it"],
)
def test_the_whole_line_erases(text: str) -> None:
    """Ticket and people are bare; the ledger tells who and why, and nothing else of this mail."""
    outcome = says(closed(), text)
    assert outcome.ticket.erased_at is not None
    assert (outcome.ticket.subject, outcome.ticket.details, outcome.changes.messages) == ("", {}, ())
    assert [
        (party.role, party.address, party.name) for party in outcome.changes.parties if party.role is Role.CUSTOMER
    ] == [(Role.CUSTOMER, "", "")]
    assert [entry.event for entry in outcome.changes.ledger] == ["erased", "notice written"]
    assert (outcome.changes.ledger[0].by, dict(outcome.changes.ledger[0].facts)) == (MAX, {"why": "asked for it"})
    assert outcome.ticket.facts.outcome == "upheld"
    assert set(outcome.ticket.facts.to_json()) <= {"calendar", "outcome", "decided_by", "decided_at", "written"}


def test_the_word_alone_tells_what_would_go() -> None:
    """How many mails and letters; nothing is taken."""
    outcome = says(closed(), "erase")
    [told] = [notice for notice in outcome.notices if notice.notice == "transcript"]
    assert told.about["done"][0]["held"] == {"mails": 2, "letters": 3}
    assert outcome.ticket.erased_at is None


@pytest.mark.parametrize("right", [Right.NOTE, Right.REPLY, Right.DECIDE, Right.EXTEND])
def test_only_the_highest_right_erases(right: Right) -> None:
    """Whoever may decide and extend still may not."""
    made = closed()
    teams = {**PEOPLE["teams"], "reviewers": {"members": []}}
    teams["technical"] = {**teams["technical"], "rights": right.value}
    given = load_policy("complaints", extra={"teams": teams})
    said = read_commands(f"erase {REFERENCE}: asked for it", grammar_of(given))
    wrote = StaffWrote(mail=made.mail("", ADA, 0), member=ADA, commands=said.commands, erasable=HELD)
    assert why(decide(made.case, wrote, given, made.now)) == "no right"


def test_an_operator_hears_why_not() -> None:
    """An open case, letters on their way, a case that is part of another, one erased before: Refused."""
    made = closed()
    ticket = made.case.ticket
    for case, erasable, reason in (
        (replace(made.case, ticket=replace(ticket, closed_at=None)), HELD, "not closed yet"),
        (made.case, replace(HELD, waiting=1), "letters wait"),
        (
            replace(made.case, ticket=replace(ticket, facts=Facts(merged_into="C-2026-000009"))),
            HELD,
            "part of another",
        ),
        (replace(made.case, ticket=replace(ticket, erased_at=made.now)), Erasable(letters=1), "erased"),
    ):
        with pytest.raises(Refused, match=reason):
            decide(case, CaseErased(by="operator", why="asked for it", erasable=erasable), policy(), made.now)


def test_a_name_without_spaces_around_it_is_found() -> None:
    """Chinese does not part its words."""
    made = closed()
    named = {"owner": Detail(value="王明", shown="王明")}
    made.case = replace(made.case, ticket=replace(made.case.ticket, details=named))
    assert why(says(made, f"erase {REFERENCE}：王明要求删除")) == "reason names somebody"
    assert why(says(made, f"erase {REFERENCE}：客户要求删除")) == ""


WHAT_AN_ERASED_CASE_KNOWS = expected("""
    Mon 2026-03-02 10:00
      fact reminders forgotten
      fact offered forgotten
      fact answers forgotten
      ticket asked []
      ticket erased_at Mon 2026-03-02 10:00
      party 1 customer  [en]
      erased by operator: why=asked
    """)


def test_what_an_erased_case_knows() -> None:
    """How it ended and by whom; nothing of whom it was for."""
    life = histories.complaint()
    life.staff("remind 2026-03-05\n\nCall Anna.")
    life.staff("decide upheld\n\nWe replace it.")
    life.deliver()
    life.answered("yes")
    life.forget()
    life.happens(CaseErased(by="operator", why="asked"))
    assert (
        life.story("facts", "ticket", "details", "parties", "timers", "ledger", "letters") == WHAT_AN_ERASED_CASE_KNOWS
    )
