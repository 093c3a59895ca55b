"""What follows from whether the customer is satisfied: by their words, and by staff's word for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.policy_shapes.stance import Stance
from parsers.answers.stance import StanceReading
from parsers.reply.empty_mail import EmptyMail
from storage.values import DeadlineState
from tests.config.test_satisfaction import old
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, PEOPLE, Life, notices, policy, rome
from tests.daemon.decide.story import expected

UNCLEAR = StanceReading(Stance.UNCLEAR, "", True)


def decided(life: Life | None = None) -> Life:
    """A case that was decided, the letter delivered."""
    made = life or Life(rome("2026-03-02T10:00"))
    made.opens()
    made.deliver()
    made.now = rome("2026-03-04T10:00")
    made.staff("decide upheld\n\nWe replace it.", ADA)
    made.deliver()
    made.now = rome("2026-03-05T10:00")
    return made


def test_unclear_words_leave_the_decision_standing() -> None:
    """The team is told, and asked which it is."""
    made = decided()
    wrote = made.customer("When does it arrive?", stance=UNCLEAR)
    assert notices(wrote) == ["customer_wrote"]
    assert wrote.notices[0].about["stance"] == "unclear"
    assert made.case.ticket.step == "decided"


def test_an_old_policy_escalates_by_clear_words_alone() -> None:
    """Whatever moves.customer_wrote says there."""
    procedure = old().model_copy(update={"teams": policy().teams})
    made = decided(Life(rome("2026-03-02T10:00"), procedure))
    assert notices(made.customer("When does it arrive?", stance=UNCLEAR)) == ["customer_wrote"]
    assert made.case.ticket.step == "decided"
    assert PEOPLE


@pytest.mark.parametrize("why", list(EmptyMail))
def test_who_says_nothing_moves_nothing(why: EmptyMail) -> None:
    """It stands on the ledger, and nobody is written to."""
    made = decided()
    wrote = made.customer("", wordless=why)
    assert notices(wrote) == []
    assert [entry.facts for entry in wrote.changes.ledger if entry.event == "nothing said"] == [{"why": why.value}]
    assert made.case.ticket.waiting_for == "customer"


def test_staff_say_it_for_the_customer_as_of_when_they_wrote() -> None:
    """One word escalates; the review's promises count from the customer's mail."""
    made = decided()
    made.customer("The warranty covers this.", stance=UNCLEAR)
    made.now += timedelta(days=5)
    said = made.staff("dissatisfied", ADA)
    assert {"escalated", "escalation", "transcript"} <= set(notices(said))
    assert made.case.ticket.step == "escalated"
    due = {row.promise: row.due_on.isoformat() for row in made.case.deadlines if row.state is DeadlineState.OPEN}
    assert due["decide_review"] == "2026-04-17"
    assert due["acknowledge_review"] == "2026-03-16"
    assert [entry.facts["answer"] for entry in said.changes.ledger if entry.event == "answered"] == ["no"]


def test_staff_say_that_the_customer_is_satisfied() -> None:
    """It closes the case as the customer's own yes does."""
    made = decided()
    made.customer("Good. Which colour does it have?", stance=UNCLEAR)
    assert "closed" in notices(made.staff("satisfied", ADA))
    assert made.case.ticket.closed_at is not None


def test_where_it_is_not_asked_the_word_is_refused() -> None:
    """It is never sent to anybody as words."""
    made = Life(rome("2026-03-02T10:00"))
    made.opens()
    made.deliver()
    for word in ("satisfied", "dissatisfied"):
        assert notices(made.staff(word, ADA)) == ["refused"]


def test_consent_after_the_end_does_not_open_the_case_again() -> None:
    """It is recorded; other words open it."""
    made = decided()
    made.staff("close", ADA)
    wrote = made.customer("Perfect, I am happy with that.", stance=StanceReading(Stance.SATISFIED, "happy", True))
    assert notices(wrote) == []
    assert made.case.ticket.closed_at is not None
    made.customer("It is broken again.", stance=UNCLEAR)
    assert made.case.ticket.step == "reopened"


CLEAR_WORDS_ARE_AN_ANSWER_WHERE_THAT_IS_ASKED = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=As I said. from_party=1 stance=satisfied
          stance_said=as they said asked_whether_satisfied=true
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}]
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] new_words=As I said. from_party=1 stance=satisfied
          stance_said=as they said asked_whether_satisfied=true
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}, {id: m4@example, party: 1, at:
          2026-03-02T09:00:00+00:00, sender: anna@example.it, words: As I said., inbox_id: 4, told:
          false}]
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=As I said. from_party=1
          stance=dissatisfied stance_said=as they said asked_whether_satisfied=true
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}]
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] new_words=As I said. from_party=1
          stance=dissatisfied stance_said=as they said asked_whether_satisfied=true
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}, {id: m4@example, party: 1, at:
          2026-03-02T09:00:00+00:00, sender: anna@example.it, words: As I said., inbox_id: 4, told:
          false}]
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=As I said. from_party=1 stance=unclear
          stance_said=as they said asked_whether_satisfied=true
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}]
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] new_words=As I said. from_party=1 stance=unclear
          stance_said=as they said asked_whether_satisfied=true
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: As I said., inbox_id: 3, told: false}, {id: m4@example, party: 1, at:
          2026-03-02T09:00:00+00:00, sender: anna@example.it, words: As I said., inbox_id: 4, told:
          false}]
    """)


def test_clear_words_are_an_answer_where_that_is_asked() -> None:
    """Yes closes, no is reviewed, neither goes to the team."""
    told = []
    for stance in Stance:
        life = histories.complaint()
        life.staff("decide not upheld\n\nIt was wet.")
        life.deliver()
        life.forget()
        life.customer("As I said.", stance=StanceReading(stance, "as they said"))
        life.customer("As I said.", stance=StanceReading(stance, "as they said"))
        told += life.told
    life.told = told
    assert life.story("said", "ticket", "ledger", "facts") == CLEAR_WORDS_ARE_AN_ANSWER_WHERE_THAT_IS_ASKED
