"""Whom we never write to, and how often at most."""

from __future__ import annotations

from dataclasses import replace

from daemon.decide.events import CustomerWrote
from parsers.reading import Mailbox
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER, FULL
from tests.daemon.decide.story import Recorded, expected

LETTERS_BEYOND_THE_LIMIT_WAIT_A_DAY_AND_STAFF_ARE_TOLD_ONCE = expected("""
    Mon 2026-03-02 10:00
      letter reply 1 to anna@example.it answers m2@example [by_person] staff_text=Here is some news.
          automatic=false
      letter transcript 1 to ada@firm.example answers m2@example [by_person] staff_text=Here is some
          news. automatic=false done=[{did: wrote, value: reply}]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is some news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter reply 2 to anna@example.it answers m3@example [by_person] staff_text=Here is more.
          automatic=false
      letter transcript 2 to ada@firm.example answers m3@example [by_person] staff_text=Here is more.
          automatic=false done=[{did: wrote, value: reply}]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is more.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_letters_beyond_the_limit_wait_a_day_and_staff_are_told_once() -> None:
    """The address has had as many as it may get in a day."""
    life = histories.complaint()
    life.case = replace(life.case, letters_to={CUSTOMER: (0, life.policy.limits.letters_in_all_per_day - 1)})
    life.forget()
    life.staff("Here is some news.")
    life.staff("Here is more.")
    assert life.story("said", "ledger") == LETTERS_BEYOND_THE_LIMIT_WAIT_A_DAY_AND_STAFF_ARE_TOLD_ONCE


LETTERS_BEYOND_THE_LIMIT_OF_AN_HOUR_WAIT_AN_HOUR = expected("""
    Mon 2026-03-02 10:00
      letter reply 1 to anna@example.it answers m2@example [by_person]
      letter transcript 1 to ada@firm.example answers m2@example [by_person]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is some news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter limit_reached 1 to ada@firm.example answers m3@example [by_person]
      letter reply 2 to anna@example.it not before Mon 2026-03-02 11:00 answers m3@example [by_person]
      letter transcript 2 to ada@firm.example answers m3@example [by_person]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      letter held back by reclamo: notice=reply party=1
      limit reached by reclamo: why=letters address=anna@example.it
      notice written by reclamo: notice=limit_reached to=staff party=2
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is more.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter reply 3 to anna@example.it answers m4@example [by_person]
      letter transcript 3 to ada@firm.example answers m4@example [by_person]
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is the rest.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_letters_beyond_the_limit_of_an_hour_wait_an_hour() -> None:
    """One less goes at once; staff are not counted in all."""
    life = histories.complaint()
    life.case = replace(life.case, letters_to={CUSTOMER: (life.policy.limits.letters_in_all_per_hour - 1, 0)})
    life.forget()
    life.staff("Here is some news.")
    life.case = replace(life.case, letters_to={CUSTOMER: (life.policy.limits.letters_in_all_per_hour, 0)})
    life.staff("Here is more.")
    life.case = replace(life.case, letters_to={ADA: (10_000, 10_000)})
    life.staff("Here is the rest.")
    assert life.story("letters", "ledger") == LETTERS_BEYOND_THE_LIMIT_OF_AN_HOUR_WAIT_AN_HOUR


LETTERS_ON_ONE_CASE_ARE_COUNTED_BY_THE_DAY = expected("""
    Mon 2026-03-02 10:00
      letter reply 21 to anna@example.it not before Tue 2026-03-03 10:00 answers m22@example [by_person]
      letter transcript 21 to ada@firm.example not before Tue 2026-03-03 10:00 answers m22@example
          [by_person]
    Tue 2026-03-03 10:01
      letter reply 22 to anna@example.it answers m23@example [by_person]
      letter transcript 22 to ada@firm.example answers m23@example [by_person]
    """)


def test_letters_on_one_case_are_counted_by_the_day() -> None:
    """The limit of the case is reached by the letters of one day; a day later it is not."""
    life = histories.complaint()
    for _ in range(life.policy.limits.letters_per_address_per_day):
        life.staff("Here is some news.")
    life.forget()
    life.staff("Here is more.")
    histories.later(life, days=1, minutes=1)
    life.staff("Here is the rest.")
    assert life.story("letters") == LETTERS_ON_ONE_CASE_ARE_COUNTED_BY_THE_DAY


SOME_ADDRESSES_ARE_NEVER_WRITTEN_TO = expected("""
    Mon 2026-03-02 10:00
      letter new_case 1 to ada@firm.example []
      opened by customer: kind=product why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      detail found by customer: detail=problem value=It does not switch on. where=text
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice withheld by reclamo: notice=acknowledgement to=customer why=nobody reads what is sent to
          this address
      details asked by reclamo: details=[serial, solution]
      notice withheld by reclamo: notice=ask to=customer why=nobody reads what is sent to this address
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=investigating
    """)


def test_some_addresses_are_never_written_to() -> None:
    """Nobody reads them; they fail; at most so often."""
    life = Recorded(histories.MONDAY)
    mail = life.mail("It does not switch on.", "noreply@example.it", 0)
    life.happens(CustomerWrote(mail=mail, who=Mailbox("noreply@example.it"), language="en", kind="product", found=FULL))
    other = histories.complaint()
    histories.bounce(other, "acknowledgement")
    other.forget()
    other.staff("Here is some news.")
    assert [line for line in other.story("ledger") if "withheld" in line] == []
    assert life.story("letters", "ledger") == SOME_ADDRESSES_ARE_NEVER_WRITTEN_TO


A_LETTER_IS_WRITTEN_AS_OFTEN_AS_ITS_POLICY_SAYS = expected("""
    Mon 2026-03-02 10:00
      letter reply 1 to anna@example.it answers m2@example [by_person]
      letter transcript 1 to ada@firm.example answers m2@example [by_person]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is some news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m3@example [by_person]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=unreachable
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example []
      mail received by reclamo: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      bounced by reclamo: notice=reply message_id=reply.1.1 party=1 addresses=[anna@example.it]
          lasting=true
      notice written by reclamo: notice=undeliverable to=staff party=2
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example []
      mail received by customer: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      address works again by reclamo: address=anna@example.it
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      letter reply 2 to anna@example.it answers m6@example [by_person]
      letter transcript 2 to ada@firm.example answers m6@example [by_person]
      mail received by ada@firm.example: message_id=m6@example inbox_id=6 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is the rest.}
      wrote to the customer by ada@firm.example: notice=reply
      dealt with by ada@firm.example: mails=[m5@example]
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m7@example [by_person]
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=unreachable
      notice written by reclamo: notice=refused to=staff party=2
    """)


def test_a_letter_is_written_as_often_as_its_policy_says() -> None:
    """Once, and once more for each that came back."""
    life = histories.complaint()
    once = life.policy.notices["reply"].model_copy(update={"at_most": 1})
    life.policy = life.policy.model_copy(update={"notices": {**life.policy.notices, "reply": once}})
    life.forget()
    life.staff("Here is some news.")
    life.staff("Here is more.")
    histories.bounce(life, "reply")
    life.customer("I am here again.")
    life.staff("Here is the rest.")
    life.staff("And once more.")
    assert life.story("letters", "ledger") == A_LETTER_IS_WRITTEN_AS_OFTEN_AS_ITS_POLICY_SAYS
