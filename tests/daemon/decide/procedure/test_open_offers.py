"""What was asked and offered when: each time is an occasion of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide import calendar_of
from daemon.decide.draft import Draft
from daemon.decide.events import UncountedAnswer, WhyNotCounted
from daemon.decide.procedure import open_offers
from storage.facts import Facts
from storage.values import OpenQuestion, Role
from tests.daemon.decide.cases import Life, notices, rome


def _decided() -> Life:
    """A complaint that was decided: whether its customer is satisfied has been asked."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.staff("decide upheld\n\nWe replace it.")
    return life


def test_a_question_put_outside_is_kept_with_when() -> None:
    """One occasion, at the instant of the decision that put it."""
    life = _decided()
    question = life.case.ticket.questions[0]
    (first,) = open_offers.offers_of(life.case.ticket, question)
    assert (first.n, first.at) == (1, life.now.isoformat())


def test_put_again_it_is_another() -> None:
    """A second decision asks about itself."""
    life = _decided()
    life.now += timedelta(days=1)
    life.staff("reopen")
    life.now += timedelta(days=1)
    life.staff("decide not\n\nIt was dropped.")
    known = open_offers.offers_of(life.case.ticket, life.case.ticket.questions[0])
    assert [one.n for one in known] == [1, 2]
    assert not known[0].differs(known[1])


def test_questions_inside_are_not_kept() -> None:
    """What staff are asked has no letter to be answered by its occasion."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    draft = Draft(life.case, life.policy, calendar_of(life.case, life.policy), life.now, "reclamo")
    staff = next(party.number for party in draft.parties.values() if party.role is Role.STAFF)
    draft.change_ticket(questions=(OpenQuestion(question="inside", party=staff, put_at=life.now),))
    open_offers.record_offers(draft)
    assert not draft.facts.offered


def test_an_answer_that_does_not_count_moves_nothing_and_is_told() -> None:
    """A no that answers another letter: the decision stands, the team reads it, it is open."""
    life = _decided()
    step = life.case.ticket.step
    outcome = life.customer("No.", uncounted=UncountedAnswer("satisfied", "no", WhyNotCounted.OTHER_LETTER))
    assert outcome.ticket.step == step
    assert "customer_wrote" in notices(outcome)
    assert [one["words"] for one in outcome.ticket.facts.unhandled] == ["No."]


def test_times_that_have_passed_are_offered_no_longer() -> None:
    """The rest keeps its order, under numbers of its own; an old ticket without occasions has the one that is open."""
    life = _decided()
    draft = Draft(life.case, life.policy, calendar_of(life.case, life.policy), life.now, "reclamo")
    question = replace(life.case.ticket.questions[0], options=((life.now + timedelta(days=1)).isoformat(),))
    bare = replace(life.case.ticket, facts=Facts.from_json({}))
    assert [one.options for one in open_offers.offers_of(bare, question)] == [question.options]
    assert not open_offers.renew_offers(draft)
