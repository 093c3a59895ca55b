"""What comes with an answer is proven before anything is done, whoever gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from config.files.load_policy import load_policy
from daemon.decide.events import StaffWrote, ThirdPartyWrote
from daemon.decide.outcome import Outcome
from daemon.decide.procedure.answers import read_answer_value
from daemon.decide.refusals import Refused
from parsers.reading import Answer, FoundDetail
from storage.values import Role
from tests.daemon.decide.cases import Life, notices, rome
from tests.paths import TESTS

TODAY = date(2026, 5, 11)


@pytest.mark.parametrize(
    ("takes", "rest", "taken"),
    [
        ("nothing", "thanks", ("", "thanks")),
        ("text", "too far away", ("too far away", "too far away")),
        ("minutes", "20 traffic", ("20", "traffic")),
        ("number", "3", ("3", "")),
        ("date", "2026-05-20 holiday", ("2026-05-20", "holiday")),
    ],
)
def test_what_is_taken(takes: str, rest: str, taken: tuple[str, str]) -> None:
    """The value in its normal form, and the words beside it."""
    assert read_answer_value(takes, rest, TODAY) == taken


@pytest.mark.parametrize(
    ("takes", "rest", "why"),
    [
        ("text", "", "needs text"),
        ("minutes", "traffic", "needs minutes"),
        ("number", "", "needs number"),
        ("date", "", "no date"),
        ("date", "2026-05-10", "2026-05-10"),
    ],
)
def test_what_is_missing_is_told(takes: str, rest: str, why: str) -> None:
    """Nothing is guessed; a day that has passed is no answer either."""
    with pytest.raises(Refused) as refused:
        read_answer_value(takes, rest, TODAY)
    assert refused.value.why == why


# ------------------------------------------------------------------------------------------ answers from outside

LIBRARY = TESTS / "library" / "policies" / "lost-books"
STACKS = "stacks@town.example"


@pytest.fixture
def searching() -> Life:
    """A lost book that somebody outside looks for."""
    extra = {
        "teams": {"lending": {"members": [{"name": "Lena", "address": "lena@town.example"}]}},
        "third_parties": {"stacks": {"address": STACKS}},
    }
    life = Life(rome("2026-03-03T11:00"), load_policy(LIBRARY, extra=extra))
    given = {"shelfmark": "ST1234567", "card": "2020-4711", "happened": "Left on the train, I think."}
    life.case = replace(life.case, ticket=replace(life.case.ticket, kind="lost", step="noted"))
    life.customer(
        "I lost it.", kind="lost", found=tuple(FoundDetail(name, one, one, "text") for name, one in given.items())
    )
    sort = Answer("assessed", "search", "")
    life.happens(StaffWrote(mail=life.mail("search", "lena@town.example", 2), member="lena@town.example", answer=sort))
    assert life.case.ticket.step == "searching"
    return life


def answers(life: Life, answer: str, rest: str) -> Outcome:
    party = next(one.number for one in life.case.parties if one.role is Role.THIRD_PARTY)
    mail = life.mail(f"{answer} {rest}", STACKS, party)
    return life.happens(ThirdPartyWrote(mail=mail, answer=Answer("shelves", answer, rest)))


def test_what_comes_with_an_answer_from_outside_is_noted(searching: Life) -> None:
    """As a detail, and for conditions to look at."""
    answers(searching, "on_shelf", "R 12 b")
    assert searching.case.ticket.step == "closed"
    assert searching.case.ticket.details["shelf"].value == "R 12 b"
    assert searching.case.ticket.facts.answers["shelves"] == ["on_shelf", "R 12 b", "third party"]


def test_an_answer_from_outside_that_lacks_something_goes_to_staff(searching: Life) -> None:
    """Nobody outside is refused anything, and nothing is guessed."""
    outcome = answers(searching, "on_shelf", "")
    assert searching.case.ticket.step == "searching"
    assert notices(outcome) == ["third_party_wrote"]
    answers(searching, "not_there", "")
    assert searching.case.ticket.step == "pricing"


@pytest.mark.parametrize(("answer", "step"), [("pay", "paying"), ("contest", "contested")])
def test_what_a_customer_answered_is_remembered(searching: Life, answer: str, step: str) -> None:
    """The question is open no longer, and conditions see what was said."""
    answers(searching, "not_there", "")
    searching.staff("quote\nPaperback", "lena@town.example")
    searching.customer(answer=Answer("fee", answer, ""))
    assert searching.case.ticket.step == step
    assert searching.case.ticket.facts.answers["fee"] == [answer, "", "customer"]
    assert "fee" not in {one.question for one in searching.case.ticket.questions}
