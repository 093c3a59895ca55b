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
from tests.daemon.decide import histories
from tests.daemon.decide.cases import Life, notices, rome
from tests.daemon.decide.story import expected


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


AN_EARLIER_OFFER_IS_ANSWERED = expected("""
    Mon 2026-05-11 04:00
      letter slots_offered 2 to anna@example.it answers m4@example [] new_words=The first one, and
          please hurry. from_party=1 superseded=true thing=engineer_visit
      letter customer_wrote 1 to li@firm.example [] new_words=The first one, and please hurry.
          from_party=1
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      answer not counted by customer: question=which_slot answer=chosen why=an earlier offer
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-05-11 04:00
      letter slots_offered 3 to anna@example.it answers m5@example [] new_words=The first one, and
          please hurry. from_party=1 superseded=true thing=engineer_visit
      letter customer_wrote 2 to li@firm.example [] new_words=The first one, and please hurry.
          from_party=1
      mail received by customer: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      answer not counted by customer: question=which_slot answer=chosen why=which offer is unclear
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-05-11 04:00
      letter customer_wrote 3 to li@firm.example [] new_words=The first one, and please hurry.
          from_party=1
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-05-11 04:00
      fact unhandled [{id: m6@example, party: 1, at: 2026-05-11T02:00:00+00:00, sender: anna@example.it,
          words: The first one, and please hurry., inbox_id: 6, told: false}]
      timer promise:visit_made:0:warn:0 warn Wed 2026-05-13 08:00 visit_made 0
      timer promise:visit_made:0:end end Wed 2026-05-13 18:00 visit_made 0
      timer unhandled unhandled Fri 2026-05-15 03:00  0
      mail received by customer: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      answer not counted by customer: question=which_slot answer=chosen why=another letter
      notice written by reclamo: notice=customer_wrote to=staff party=3
      promise resumed by reclamo: promise=visit_made due=2026-05-13
    Mon 2026-05-11 04:00
      letter customer_wrote 4 to li@firm.example [] new_words=The first one, and please hurry.
          from_party=1
      fact unhandled [{id: m6@example, party: 1, at: 2026-05-11T02:00:00+00:00, sender: anna@example.it,
          words: The first one, and please hurry., inbox_id: 6, told: false}, {id: m7@example, party: 1,
          at: 2026-05-11T02:00:00+00:00, sender: anna@example.it, words: The first one, and please
          hurry., inbox_id: 7, told: false}]
      mail received by customer: message_id=m7@example inbox_id=7 thread=customer files=[] evidence=
      answer not counted by customer: question=which_slot answer=chosen why=another price
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-05-11 04:00
      letter customer_wrote 5 to li@firm.example [] new_words=Yes. from_party=1
      fact unhandled [{id: m6@example, party: 1, at: 2026-05-11T02:00:00+00:00, sender: anna@example.it,
          words: The first one, and please hurry., inbox_id: 6, told: false}, {id: m7@example, party: 1,
          at: 2026-05-11T02:00:00+00:00, sender: anna@example.it, words: The first one, and please
          hurry., inbox_id: 7, told: false}, {id: m8@example, party: 1, at: 2026-05-11T02:00:00+00:00,
          sender: anna@example.it, words: Yes., inbox_id: 8, told: false}]
      mail received by customer: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      answer not counted by customer: question=agree_price answer=agree_to_pay why=another price
      notice written by reclamo: notice=customer_wrote to=staff party=3
    """)


def test_an_earlier_offer_is_answered() -> None:
    """The times that are offered now are sent once more; what was answered is dealt with."""
    life = histories.repair()
    life.told_by(histories.CHEN, "send_engineer")
    life.told_by(histories.LI, "take_it")
    life.deliver()
    life.forget()
    for why in WhyNotCounted:
        life.customer("The first one, and please hurry.", uncounted=UncountedAnswer("which_slot", "chosen", why))
    life.customer("Yes.", uncounted=UncountedAnswer("agree_price", "agree_to_pay", WhyNotCounted.OTHER_PRICE))
    assert life.story("said", "ticket", "facts", "timers", "ledger") == AN_EARLIER_OFFER_IS_ANSWERED


AN_EARLIER_PRICE_IS_ANSWERED = expected("""
    Mon 2026-05-11 05:00
      letter price_offer 3 to anna@example.it answers m5@example [] new_words=I agree to 200.
          from_party=1 superseded=true
      letter customer_wrote 1 to chen@firm.example [] new_words=I agree to 200. from_party=1
      mail received by customer: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      answer not counted by customer: question=agree_price answer=agree_to_pay why=an earlier offer
      notice written by reclamo: notice=price_offer to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_an_earlier_price_is_answered() -> None:
    """The quote of today is sent once more."""
    life = histories.repair(bought_on="2019-02-01")
    life.told_by(histories.CHEN, "send_engineer")
    life.staff("quote\nLabour: 120.00", histories.CHEN)
    life.deliver()
    histories.later(life, hours=1)
    life.staff("quote\nLabour: 90.00", histories.CHEN)
    life.deliver()
    life.forget()
    life.customer("I agree to 200.", uncounted=UncountedAnswer("agree_price", "agree_to_pay", WhyNotCounted.SUPERSEDED))
    assert life.story("said", "ticket", "facts", "timers", "ledger") == AN_EARLIER_PRICE_IS_ANSWERED
