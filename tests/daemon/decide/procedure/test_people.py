"""Who works on a case, who must not, and who stands in."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import Recorded, expected

WHO_DECIDED_DOES_NOT_REVIEW = expected("""
    Mon 2026-03-02 10:00
      ticket step incomplete
      ticket team technical
      ticket waiting_for customer
      ticket asked [model, serial, solution]
      party 1 customer anna@example.it [Anna, en]
      party 2 staff ada@firm.example [Ada, en]
    Wed 2026-03-11 10:00
      ticket step investigating
      ticket step_since Wed 2026-03-11 10:00
      ticket waiting_for staff
    Wed 2026-03-11 12:00
      ticket assignee ada@firm.example
    Wed 2026-03-11 12:00
      party 3 third party bob@installer.example [en, installer]
    Fri 2026-03-20 12:00
      ticket unhandled_since Fri 2026-03-20 12:00
    Fri 2026-03-20 12:00
      ticket step waiting
      ticket step_since Fri 2026-03-20 12:00
      ticket waiting_for customer
    Fri 2026-03-20 12:00
      ticket step investigating
      ticket waiting_for staff
    Sat 2026-03-21 12:00
      ticket step decided
      ticket step_since Sat 2026-03-21 12:00
      ticket waiting_for customer
      ticket unhandled_since null
      ticket questions [satisfied to 1 []]
    Sat 2026-03-21 17:00
      ticket step escalated
      ticket step_since Sat 2026-03-21 17:00
      ticket team reviewers
      ticket assignee
      ticket waiting_for staff
      ticket questions []
      party 4 staff eva@firm.example [Eva, en]
    Sat 2026-03-21 17:00
      ticket step reviewed
      ticket assignee eva@firm.example
      ticket waiting_for customer
    Sat 2026-04-04 00:00
      ticket step closed
      ticket step_since Sat 2026-04-04 00:00
      ticket waiting_for nobody
      ticket closed_at Sat 2026-04-04 00:00
    Fri 2026-04-10 18:00
      ticket step reopened
      ticket step_since Fri 2026-04-10 18:00
      ticket team technical
      ticket assignee
      ticket waiting_for staff
      ticket closed_at null
      ticket unhandled_since Fri 2026-04-10 18:00
    """)


def test_who_decided_does_not_review() -> None:
    """Ada decided: the review is Eva's; when it is opened again it goes to the first team."""
    life = histories.worked_complaint()
    assert life.story("ticket", "parties") == WHO_DECIDED_DOES_NOT_REVIEW


A_COMPLAINT_ABOUT_SOMEBODY_NEVER_GOES_TO_THEM = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ada@firm.example []
      letter new_case 1 to bea@firm.example []
      ticket step investigating
      ticket subject Ada Bianchi was rude
      ticket team technical
      ticket asked [serial, solution]
      opened by customer: kind=product why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      detail found by customer: detail=problem value=It does not switch on. where=text
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[serial, solution]
      notice written by reclamo: notice=new_case to=staff party=2
      notice written by reclamo: notice=new_case to=staff party=3
      step entered by reclamo: step=investigating
      party 1 customer anna@example.it [Anna, en]
      party 2 staff ada@firm.example [Ada Bianchi, en]
      party 3 staff bea@firm.example [Bea, en]
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m2@example [by_person] automatic=false
          done=[{line: take, did: assigned, value: ada@firm.example}]
      ticket assignee ada@firm.example
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      assigned by ada@firm.example: team=technical assignee=ada@firm.example
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter transcript 2 to bea@firm.example answers m3@example [by_person] automatic=false
          done=[{line: take, did: assigned, value: bea@firm.example}]
      ticket assignee bea@firm.example
      mail received by bea@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      assigned by bea@firm.example: team=technical assignee=bea@firm.example
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [by_person] automatic=false
      letter transcript 3 to bea@firm.example answers m4@example [by_person] automatic=false
          done=[{line: assign ada@firm.example, did: assigned, value: ada@firm.example}]
      ticket assignee ada@firm.example
      mail received by bea@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      assigned by bea@firm.example: team=technical assignee=ada@firm.example
      notice written by reclamo: notice=customer_wrote to=staff party=2
      notice written by reclamo: notice=transcript to=staff party=3
    """)


def test_a_complaint_about_somebody_never_goes_to_them() -> None:
    """Named by full name or address; a first name alone names nobody."""
    life = Recorded(histories.MONDAY, histories.named_people())
    life.opens(subject="Ada Bianchi was rude")
    life.staff("take", "ada@firm.example")
    life.staff("take", "bea@firm.example")
    life.staff("assign ada@firm.example", "bea@firm.example")
    assert life.story("said", "ticket", "ledger", "facts", "parties") == A_COMPLAINT_ABOUT_SOMEBODY_NEVER_GOES_TO_THEM


THOSE_OF_AN_EARLIER_COMPLAINT_STAY_AWAY_TOO = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to bea@firm.example []
      fact named [ada@firm.example]
    """)


def test_those_of_an_earlier_complaint_stay_away_too() -> None:
    """What goes with a complaint about Ada is not Ada's either."""
    life = Recorded(histories.MONDAY, histories.named_people())
    life.opens(named=("ada@firm.example",))
    life.days(8)
    assert life.story("letters", "facts") == THOSE_OF_AN_EARLIER_COMPLAINT_STAY_AWAY_TOO
