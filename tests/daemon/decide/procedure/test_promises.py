"""Promises on a case: when each is due, what keeps it, what moves it, and what is written meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.events import CustomerWrote, LetterFailed
from parsers.reading import Mailbox
from tests.daemon.decide import histories
from tests.daemon.decide.cases import CUSTOMER, FULL, rome
from tests.daemon.decide.story import Recorded, expected

MON = rome("2026-03-02T10:00")
CUSTOMER_PARTY = 1


PROMISES_COUNT_FROM_WHEN_THE_MAIL_WAS_RECEIVED_HOWEVER_LATE_IT_IS_READ = expected("""
    Thu 2026-03-05 09:00
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      promise resolve:0 open due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00 received
      timer promise:acknowledge:0:end end Thu 2026-03-12 00:00 acknowledge 0
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:resolve:0:end end Wed 2026-04-15 00:00 resolve 0
    """)


def test_promises_count_from_when_the_mail_was_received_however_late_it_is_read() -> None:
    """The mail lay in the inbox from Monday to Thursday: seven and thirty working days begin on Monday."""
    life = Recorded(MON)
    mail_at = life.now
    life.now = rome("2026-03-05T09:00")
    mail = replace(life.mail("It does not switch on.", CUSTOMER, 0), received_at=mail_at)
    life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER, "Anna"), language="en", kind="product", found=FULL))
    assert life.story("promises", "timers") == PROMISES_COUNT_FROM_WHEN_THE_MAIL_WAS_RECEIVED_HOWEVER_LATE_IT_IS_READ


A_PROMISE_IS_KEPT_WHEN_THE_RELAY_TOOK_THE_LETTER_AND_THE_NEXT_ONE_BEGINS = expected("""
    Mon 2026-03-02 10:03
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:03 by acknowledgement
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:03
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer promise:acknowledge:0:end dropped
    """)


def test_a_promise_is_kept_when_the_relay_took_the_letter_and_the_next_one_begins() -> None:
    """The acknowledgement keeps its promise at the instant it left; fourteen working days of progress begin then."""
    life = Recorded(MON)
    life.opens()
    life.now += timedelta(minutes=3)
    life.forget()
    life.deliver()
    assert (
        life.story("promises", "ledger", "timers")
        == A_PROMISE_IS_KEPT_WHEN_THE_RELAY_TOOK_THE_LETTER_AND_THE_NEXT_ONE_BEGINS
    )


A_LETTER_THAT_LEAVES_TOO_LATE_KEEPS_NOTHING = expected("""
    Mon 2026-03-16 10:00
      promise acknowledge:0 broken due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-16 10:00 by acknowledgement
      promise progress:0 open due Fri 2026-04-03 23:59:59 (2026-04-03) from Mon 2026-03-16 10:00
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept late by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-04-03 origin=acknowledge
    """)


def test_a_letter_that_leaves_too_late_keeps_nothing() -> None:
    """Its relay was away for two weeks: broken stays broken, with the instant at which it was done after all."""
    life = Recorded(MON)
    life.opens()
    life.days(14, deliver=False)
    life.forget()
    life.sent("acknowledgement")
    assert life.story("promises", "ledger") == A_LETTER_THAT_LEAVES_TOO_LATE_KEEPS_NOTHING


SILENCE_FROM_END_TO_END = expected("""
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example []
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example []
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to ada@firm.example []
    Fri 2026-03-20 09:00
      promise progress:0 kept due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge kept Fri 2026-03-20 09:00 by progress
      promise progress:1 open due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example []
    Tue 2026-04-07 09:00
      letter warning 4@progress:1 to ada@firm.example []
    Tue 2026-04-07 09:00
      letter warning 5@resolve:0 to ada@firm.example []
    Thu 2026-04-09 09:00
      letter warning 6@progress:1 to ada@firm.example []
    Fri 2026-04-10 09:00
      letter progress 2 to anna@example.it [keeps]
      letter sent_for_you 2 to ada@firm.example []
    Fri 2026-04-10 09:00
      promise progress:1 kept due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress kept Fri 2026-04-10 09:00 by progress
      promise progress:2 open due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress
    Mon 2026-04-13 09:00
      letter warning 7@resolve:0 to ada@firm.example []
    Tue 2026-04-14 09:00
      letter delay 1@resolve:1 to anna@example.it [keeps]
      letter extended 1 to max@firm.example []
      letter sent_for_you 3 to ada@firm.example []
      promise resolve:1 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension by itself
    Wed 2026-04-15 00:00
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received
    Tue 2026-04-21 09:00
      letter warning 8@resolve:1 to ada@firm.example []
    Mon 2026-04-27 09:00
      letter warning 9@progress:2 to ada@firm.example []
    Mon 2026-04-27 09:00
      letter warning 10@resolve:1 to ada@firm.example []
    Tue 2026-04-28 09:00
      letter delay 2@resolve:2 to anna@example.it [keeps]
      letter extended 2 to max@firm.example []
      letter sent_for_you 4 to ada@firm.example []
      promise resolve:2 open due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension by itself
    Tue 2026-04-28 09:00
      promise resolve:1 kept due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension kept Tue 2026-04-28 09:00 by delay
    Wed 2026-04-29 09:00
      letter warning 11@progress:2 to ada@firm.example []
    Thu 2026-04-30 09:00
      letter progress 3 to anna@example.it [keeps]
      letter sent_for_you 5 to ada@firm.example []
    Thu 2026-04-30 09:00
      promise progress:2 kept due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress kept Thu 2026-04-30 09:00 by progress
      promise progress:3 open due Thu 2026-05-21 23:59:59 (2026-05-21) from Thu 2026-04-30 09:00
          progress
    Wed 2026-05-06 09:00
      letter warning 12@resolve:2 to ada@firm.example []
    Tue 2026-05-12 09:00
      letter warning 13@resolve:2 to ada@firm.example []
    Wed 2026-05-13 09:00
      letter delay 3@resolve:3 to anna@example.it [keeps]
      letter extended 3 to max@firm.example []
      letter sent_for_you 6 to ada@firm.example []
      promise resolve:3 open due Wed 2026-05-27 23:59:59 (2026-05-27) from Wed 2026-05-13 09:00
          extension by itself
    Wed 2026-05-13 09:00
      promise resolve:2 kept due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension kept Wed 2026-05-13 09:00 by delay
    Mon 2026-05-18 09:00
      letter warning 14@progress:3 to ada@firm.example []
    Wed 2026-05-20 09:00
      letter warning 15@progress:3 to ada@firm.example []
    Wed 2026-05-20 09:00
      letter warning 16@resolve:3 to ada@firm.example []
    """)


def test_silence_from_end_to_end() -> None:
    """Nobody does anything: staff are warned, Reclamo writes, names a new date each time, and says so."""
    life = Recorded(MON)
    life.opens()
    life.deliver()
    life.forget()
    life.run(rome("2026-05-20T12:00"))
    assert life.story("letters", "promises") == SILENCE_FROM_END_TO_END


AN_EXTENSION_BY_STAFF_MOVES_THE_DATE_AND_IS_KEPT_BY_THE_DECISION = expected("""
    Tue 2026-03-10 11:00
      promise resolve:1 open due Wed 2026-06-03 23:59:59 (2026-06-03) from Tue 2026-03-10 11:00
          extension because The part is late.
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      promise armed by reclamo: promise=resolve due=2026-06-03 origin=extension
      notice written by reclamo: notice=delay to=customer party=1 of=resolve:1 about={reason: The part
          is late., old_date: 2026-04-14, new_date: 2026-06-03, promise: resolve}
      extended by ada@firm.example: promise=resolve old=2026-04-14 new=2026-06-03 automatic=false
          reason=The part is late.
      notice written by reclamo: notice=transcript to=staff party=2
      timer promise:resolve:1:warn:0 warn Tue 2026-05-19 09:00 resolve 1
      timer promise:resolve:1:warn:1 warn Tue 2026-05-26 09:00 resolve 1
      timer promise:resolve:1:warn:2 warn Mon 2026-06-01 09:00 resolve 1
      timer promise:resolve:1:act act Wed 2026-06-03 09:00 resolve 1
      timer promise:resolve:1:end end Thu 2026-06-04 00:00 resolve 1
      timer promise:resolve:0:warn:0 dropped
      timer promise:resolve:0:warn:1 dropped
      timer promise:resolve:0:warn:2 dropped
      timer promise:resolve:0:act dropped
    Tue 2026-03-10 11:00
      letter sent by reclamo: notice=delay party=1 message_id=
    Mon 2026-04-20 11:00
      promise progress:0 moot due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      decided by ada@firm.example: decision=upheld text=We replace it.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: We replace it.,
          decision: upheld}
      step entered by reclamo: step=decided
      promise moot by reclamo: promise=progress due=2026-03-20
      notice written by reclamo: notice=transcript to=staff party=2
      timer step:after:10 working days after Wed 2026-05-06 00:00 10 working days 0
      timer promise:progress:0:warn:0 dropped
      timer promise:progress:0:warn:1 dropped
      timer promise:progress:0:act dropped
      timer promise:progress:0:end dropped
      timer promise:resolve:1:warn:0 dropped
      timer promise:resolve:1:warn:1 dropped
      timer promise:resolve:1:warn:2 dropped
      timer promise:resolve:1:act dropped
    Mon 2026-04-20 11:00
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received kept Mon 2026-04-20 11:00 by decision
      promise resolve:1 kept due Wed 2026-06-03 23:59:59 (2026-06-03) from Tue 2026-03-10 11:00
          extension kept Mon 2026-04-20 11:00 by decision because The part is late.
      letter sent by reclamo: notice=decision party=1 message_id=
      promise kept late by reclamo: promise=resolve due=2026-04-14 notice=decision
      promise kept by reclamo: promise=resolve due=2026-06-03 notice=decision
      timer promise:resolve:0:end dropped
      timer promise:resolve:1:end dropped
    """)


def test_an_extension_by_staff_moves_the_date_and_is_kept_by_the_decision() -> None:
    """The old date stays on record; the new one is kept by the decision."""
    life = Recorded(MON)
    life.opens()
    life.deliver()
    life.now = rome("2026-03-10T11:00")
    life.forget()
    life.staff("extend 2026-06-03\n\nThe part is late.")
    life.deliver()
    life.now = rome("2026-04-20T11:00")
    life.staff("decide upheld\n\nWe replace it.")
    life.deliver()
    assert (
        life.story("promises", "ledger", "timers") == AN_EXTENSION_BY_STAFF_MOVES_THE_DATE_AND_IS_KEPT_BY_THE_DECISION
    )


A_LETTER_THAT_FAILED_LEAVES_ITS_PROMISE_OWED = expected("""
    Mon 2026-03-02 11:00
      letter failed by reclamo: notice=acknowledgement party=1 why=550 no such user
      notice written by reclamo: notice=undeliverable to=staff party=2
      timer promise:acknowledge:0:warn:0 warn Mon 2026-03-09 09:00 acknowledge 0
      timer promise:acknowledge:0:warn:1 warn Tue 2026-03-10 09:00 acknowledge 0
      timer promise:acknowledge:0:act act Wed 2026-03-11 09:00 acknowledge 0
      letter undeliverable 1 to ada@firm.example []
    """)


def test_a_letter_that_failed_leaves_its_promise_owed() -> None:
    """Warnings and the letter by itself are set again, where they are still to come."""
    life = Recorded(MON)
    life.opens()
    life.forget()
    life.now += timedelta(hours=1)
    life.happens(LetterFailed(key="", notice="acknowledgement", party=CUSTOMER_PARTY, reason="550 no such user"))
    assert life.story("promises", "ledger", "timers", "letters") == A_LETTER_THAT_FAILED_LEAVES_ITS_PROMISE_OWED


A_PROMISE_RESTS_WHILE_THE_CUSTOMER_IS_WAITED_FOR = expected("""
    Mon 2026-05-11 04:00
      promise first_contact:0 open due Mon 2026-05-11 06:00 (2026-05-11) from Mon 2026-05-11 04:00
          received
      timer promise:first_contact:0:end end Mon 2026-05-11 06:00:01 first_contact 0
      timer step:after:4 working hours after Mon 2026-05-11 08:00 4 working hours 0
      opened by customer: kind=repair_request why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=full_name value=Wang Anna where=text
      detail found by customer: detail=street_address value=1 Long Road, Shanghai where=text
      detail found by customer: detail=mobile value=+8613800138000 where=text
      detail found by customer: detail=appliance value=XQG100 where=text
      detail found by customer: detail=bought_on value=2025-02-01 where=text
      detail found by customer: detail=fault_seen value=It does not spin any more. where=text
      time zone by reclamo: zone=Asia/Shanghai
      promise armed by reclamo: promise=first_contact due=2026-05-11 origin=received
      step entered by reclamo: step=registered
      notice written by reclamo: notice=request_registered to=customer party=1
      step entered by reclamo: step=judging
      notice written by reclamo: notice=judge_wanted to=staff party=2
    Mon 2026-05-11 04:00
      promise first_contact:0 kept due Mon 2026-05-11 06:00 (2026-05-11) from Mon 2026-05-11 04:00
          received kept Mon 2026-05-11 04:00 by request_registered
      timer promise:first_contact:0:end dropped
      letter sent by reclamo: notice=request_registered party=1 message_id=
      promise kept by reclamo: promise=first_contact due=2026-05-11 notice=request_registered
    Mon 2026-05-11 04:00
      timer step:turn:take_order turn Mon 2026-05-11 05:00 take_order 0
      timer step:after:4 working hours dropped
      mail received by chen@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      answered by chen@firm.example: question=visit_or_advice answer=send_engineer rest=
      step entered by reclamo: step=dispatching
      opened by chen@firm.example: thing=dispatch_order number=DO-2026-000001 state=issued
      became by chen@firm.example: thing=dispatch_order number=DO-2026-000001 state=issued
      notice written by reclamo: notice=order_offered to=staff party=3
      asked in turn by chen@firm.example: question=take_order member=li@firm.example
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-05-11 04:00
      promise visit_made:0 open due Wed 2026-05-13 17:59:59 (2026-05-13) from Mon 2026-05-11 04:00
          appointing rests since Mon 2026-05-11 04:00
      timer step:remind:0 remind Wed 2026-05-13 03:00 slots_reminder 0
      timer step:after:3 working days after Thu 2026-05-14 18:00 3 working days 0
      timer step:turn:take_order dropped
      mail received by li@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[] evidence=
      answered by li@firm.example: question=take_order answer=take_it rest=
      assigned by li@firm.example: team=dispatchers assignee=li@firm.example
      became by li@firm.example: thing=dispatch_order number=DO-2026-000001 state=taken
      step entered by reclamo: step=appointing
      assigned by li@firm.example: team=engineers
      promise armed by reclamo: promise=visit_made due=2026-05-13 origin=appointing
      promise paused by reclamo: promise=visit_made waiting_for=customer
      opened by li@firm.example: thing=engineer_visit number=V-2026-000001 state=proposed
      slots offered by li@firm.example: thing=engineer_visit slots=[2026-05-11T05:00:00+00:00,
          2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00]
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-05-11 06:00
      promise visit_made:0 open due Wed 2026-05-13 17:59:59 (2026-05-13) from Mon 2026-05-11 04:00
          appointing
      timer thing:engineer_visit:remind:1 appointment Tue 2026-05-12 02:00 engineer_visit 1
      timer thing:engineer_visit:start starts Tue 2026-05-12 03:00 engineer_visit 0
      timer thing:engineer_visit:end ends Tue 2026-05-12 04:30 engineer_visit 0
      timer promise:visit_made:0:warn:0 warn Wed 2026-05-13 08:00 visit_made 0
      timer promise:visit_made:0:end end Wed 2026-05-13 18:00 visit_made 0
      timer step:after:10 working days after Mon 2026-05-25 18:00 10 working days 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      answered by customer: question=which_slot answer=chosen rest=2026-05-12T01:00:00+00:00
      booked by customer: thing=engineer_visit start=2026-05-12T01:00:00+00:00
      became by customer: thing=engineer_visit number=V-2026-000001 state=arranged
      notice written by reclamo: notice=visit_agreed to=customer party=1
      notice written by reclamo: notice=visit_set to=staff party=3
      step entered by reclamo: step=appointed
      promise resumed by reclamo: promise=visit_made due=2026-05-13
    Mon 2026-05-11 06:00
      promise visit_made:0 open due Wed 2026-05-13 17:59:59 (2026-05-13) from Mon 2026-05-11 04:00
          appointing rests since Mon 2026-05-11 06:00
      timer step:remind:0 remind Wed 2026-05-13 03:00 slots_reminder 0
      timer step:after:3 working days after Thu 2026-05-14 18:00 3 working days 0
      timer thing:engineer_visit:remind:1 dropped
      timer thing:engineer_visit:start dropped
      timer thing:engineer_visit:end dropped
      timer promise:visit_made:0:warn:0 dropped
      timer promise:visit_made:0:end dropped
      timer step:after:10 working days dropped
      mail received by li@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[] evidence=
      answered by li@firm.example: question=on_the_day answer=nobody_home rest=
      slot given back by li@firm.example: thing=engineer_visit
      step entered by reclamo: step=appointing
      promise paused by reclamo: promise=visit_made waiting_for=customer
      slots offered by li@firm.example: thing=engineer_visit slots=[2026-05-11T06:30:00+00:00,
          2026-05-12T02:30:00+00:00, 2026-05-12T06:30:00+00:00]
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=transcript to=staff party=3
    Tue 2026-05-12 02:00
      promise visit_made:0 open due Thu 2026-05-14 17:59:59 (2026-05-14) from Mon 2026-05-11 04:00
          appointing
      timer thing:engineer_visit:remind:1 appointment Tue 2026-05-12 07:30 engineer_visit 1
      timer thing:engineer_visit:start starts Tue 2026-05-12 08:30 engineer_visit 0
      timer thing:engineer_visit:end ends Tue 2026-05-12 10:00 engineer_visit 0
      timer promise:visit_made:0:warn:0 warn Thu 2026-05-14 08:00 visit_made 0
      timer promise:visit_made:0:end end Thu 2026-05-14 18:00 visit_made 0
      timer step:after:10 working days after Tue 2026-05-26 18:00 10 working days 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
      mail received by customer: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      answered by customer: question=other_time answer=chosen rest=2026-05-12T06:30:00+00:00
      booked by customer: thing=engineer_visit start=2026-05-12T06:30:00+00:00
      became by customer: thing=engineer_visit number=V-2026-000001 state=arranged
      notice written by reclamo: notice=visit_agreed to=customer party=1
      notice written by reclamo: notice=visit_set to=staff party=3
      step entered by reclamo: step=appointed
      promise resumed by reclamo: promise=visit_made due=2026-05-14
    Tue 2026-05-12 02:00
      timer step:after:3 working days after Fri 2026-05-15 18:00 3 working days 0
      timer promise:visit_made:0:warn:0 dropped
      timer step:after:10 working days dropped
      mail received by li@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[] evidence=
      answered by li@firm.example: question=on_the_day answer=needs_part rest=a pump
      became by li@firm.example: thing=dispatch_order number=DO-2026-000001 state=part_ordered
      notice written by reclamo: notice=part_needed to=customer party=1 about={reason: a pump}
      step entered by reclamo: step=part_awaited
      notice written by reclamo: notice=part_wanted to=staff party=2
      notice written by reclamo: notice=transcript to=staff party=3
    Tue 2026-05-12 02:00
      promise visit_made:0 kept due Thu 2026-05-14 17:59:59 (2026-05-14) from Mon 2026-05-11 04:00
          appointing kept Tue 2026-05-12 02:00 by part_needed
      timer promise:visit_made:0:end dropped
      letter sent by reclamo: notice=part_needed party=1 message_id=
      promise kept by reclamo: promise=visit_made due=2026-05-14 notice=part_needed
    """)


def test_a_promise_rests_while_the_customer_is_waited_for() -> None:
    """The clock of the visit stops; what was left is given back, one working day at least."""
    life = histories.repair()
    life.told_by(histories.CHEN, "send_engineer")
    life.told_by(histories.LI, "take_it")
    histories.later(life, hours=2)
    histories.choose(life, -1)
    life.deliver()
    life.told_by(histories.LI, "nobody_home")
    histories.later(life, hours=20)
    histories.choose(life, -1)
    life.told_by(histories.LI, "needs_part", "a pump")
    life.deliver()
    assert life.story("promises", "timers", "ledger") == A_PROMISE_RESTS_WHILE_THE_CUSTOMER_IS_WAITED_FOR


A_LETTER_THAT_CAME_BACK_TAKES_BACK_WHAT_IT_KEPT = expected("""
    Wed 2026-04-29 10:00
      promise resolve:1 open due Wed 2026-06-03 23:59:59 (2026-06-03) from Mon 2026-04-13 08:00
          extension because The part is late.
      timer promise:resolve:1:warn:0 warn Tue 2026-05-19 09:00 resolve 1
      timer promise:resolve:1:warn:1 warn Tue 2026-05-26 09:00 resolve 1
      timer promise:resolve:1:warn:2 warn Mon 2026-06-01 09:00 resolve 1
      timer promise:resolve:1:act act Wed 2026-06-03 09:00 resolve 1
      timer promise:resolve:1:end end Thu 2026-06-04 00:00 resolve 1
      mail received by reclamo: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      bounced by reclamo: notice=decision message_id=decision.1.1 party=1 addresses=[anna@example.it]
          lasting=true
      promise owed again by reclamo: promise=resolve notice=decision
      notice written by reclamo: notice=undeliverable to=staff party=2
    Wed 2026-04-29 10:00
      promise resolve:2 open due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension by itself
      timer promise:resolve:2:warn:1 warn Wed 2026-05-06 09:00 resolve 2
      timer promise:resolve:2:warn:2 warn Tue 2026-05-12 09:00 resolve 2
      timer promise:resolve:2:act act Wed 2026-05-13 09:00 resolve 2
      timer promise:resolve:2:end end Thu 2026-05-14 00:00 resolve 2
      mail received by reclamo: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      bounced by reclamo: notice=decision message_id=decision.1.1 party=1 addresses=[anna@example.it]
          lasting=true
      promise owed again by reclamo: promise=resolve notice=decision
      notice written by reclamo: notice=undeliverable to=staff party=2
    """)


def test_a_letter_that_came_back_takes_back_what_it_kept() -> None:
    """The decision kept the date that staff had named, the delay the date that Reclamo had."""
    told = []
    for text in ("extend 2026-06-03\n\nThe part is late.", ""):
        life = Recorded(MON)
        life.opens()
        life.deliver()
        life.now = rome("2026-04-13T08:00")
        if text:
            life.staff(text)
            life.deliver()
        life.run(rome("2026-04-29T10:00"))
        life.staff("decide upheld\n\nWe replace it.")
        life.deliver()
        life.forget()
        histories.bounce(life, "decision")
        told += life.told
    life.told = told
    assert life.story("promises", "timers", "ledger") == A_LETTER_THAT_CAME_BACK_TAKES_BACK_WHAT_IT_KEPT
