"""Pauses: a case rests until a day."""

from __future__ import annotations

from datetime import date

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

STAFF_LET_A_CASE_REST = expected("""
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m2@example [by_person]
      timer wait wait Fri 2026-03-20 09:00  0
      timer step:remind:0 dropped
      timer step:remind:1 dropped
      timer step:after:15 working days dropped
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      waits by ada@firm.example: until=2026-03-20
      notice written by reclamo: notice=transcript to=staff party=2
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example []
      timer promise:progress:0:warn:0 dropped
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example []
      timer promise:progress:0:warn:1 dropped
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to ada@firm.example []
      timer promise:progress:0:act dropped
      acted by itself by reclamo: promise=progress due=2026-03-20 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-03-20}
      notice written by reclamo: notice=sent_for_you to=staff party=2
    Fri 2026-03-20 09:00
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      timer promise:progress:0:end dropped
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-03-20 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-10 origin=progress
    Fri 2026-03-20 09:00
      letter reminder 1 to anna@example.it []
      timer step:remind:1 remind Tue 2026-04-07 09:00 reminder 1
      timer step:after:15 working days after Tue 2026-04-14 00:00 15 working days 0
      timer wait dropped
      wait over by reclamo:
      reminded by reclamo: notice=reminder times=1
      notice written by reclamo: notice=reminder to=customer party=1 about={times: 1}
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example []
      timer promise:resolve:0:warn:0 dropped
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=10
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
    """)


def test_staff_let_a_case_rest() -> None:
    """No reminders until the day; then the customer is reminded at once and the silence counts anew."""
    life = histories.complaint(complete=False)
    life.forget()
    life.staff("wait until 2026-03-20")
    life.days(30)
    assert life.story("letters", "timers", "ledger") == STAFF_LET_A_CASE_REST


THE_TEAM_IS_TOLD_WHEN_NOBODY_IS_WAITED_FOR = expected("""
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m2@example [by_person]
      timer wait wait Tue 2026-03-10 09:00  0
    Tue 2026-03-10 09:00
      letter waiting_over 1 to ada@firm.example []
      timer wait dropped
    """)


def test_the_team_is_told_when_nobody_is_waited_for() -> None:
    """The day comes while the case is being examined."""
    life = histories.complaint()
    life.forget()
    life.staff("wait until 2026-03-10")
    life.days(9)
    assert life.story("letters", "timers") == THE_TEAM_IS_TOLD_WHEN_NOBODY_IS_WAITED_FOR


A_CUSTOMER_ASKS_TO_WAIT_WHERE_THE_POLICY_LETS_THEM = expected("""
    Mon 2026-03-02 10:00
      letter stand_by 1 to anna@example.it answers m2@example []
      letter customer_wrote 1 to tina@firm.example []
      timer wait wait Fri 2026-03-20 09:00  0
      timer step:remind:0 dropped
      timer step:remind:1 dropped
      timer step:after:7 days dropped
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      waits by customer: until=2026-03-20
      notice written by reclamo: notice=stand_by to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Fri 2026-03-20 09:00
      letter reminder 1 to anna@example.it []
      timer step:remind:1 remind Wed 2026-03-25 09:00 reminder 1
      timer step:after:7 days after Sat 2026-03-28 00:00 7 days 0
      timer wait dropped
      wait over by reclamo:
      reminded by reclamo: notice=reminder times=1
      notice written by reclamo: notice=reminder to=customer party=1 about={times: 1}
    """)


def test_a_customer_asks_to_wait_where_the_policy_lets_them() -> None:
    """They are confirmed the day; the team reads it."""
    life = histories.device()
    life.forget()
    life.customer("I am away until the 20th.", wait_until=date(2026, 3, 20))
    life.days(20)
    assert life.story("letters", "timers", "ledger") == A_CUSTOMER_ASKS_TO_WAIT_WHERE_THE_POLICY_LETS_THEM


WHERE_THE_POLICY_DOES_NOT_IT_IS_A_MAIL_LIKE_ANY_OTHER = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example []
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_where_the_policy_does_not_it_is_a_mail_like_any_other() -> None:
    """The complaints policy has no such letter."""
    life = histories.complaint()
    life.forget()
    life.customer("I am away until the 20th.", wait_until=date(2026, 3, 20))
    assert life.story("letters", "timers", "ledger") == WHERE_THE_POLICY_DOES_NOT_IT_IS_A_MAIL_LIKE_ANY_OTHER
