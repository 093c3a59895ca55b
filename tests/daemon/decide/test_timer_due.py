"""What each timer brings about when it has come due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.events import TimerDue
from storage.values import Timer, TimerKind
from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

TIMERS_OF_A_COMPLAINT = expected("""
    Tue 2026-03-10 09:00
      letter reminder 1 to anna@example.it [] times=1 last=false
      reminded by reclamo: notice=reminder times=1
      notice written by reclamo: notice=reminder to=customer party=1 about={times: 1}
      timer step:remind:0 dropped
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=3
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
      timer promise:progress:0:warn:0 dropped
    Tue 2026-03-17 09:00
      letter reminder 2 to anna@example.it [] times=2 last=true
      reminded by reclamo: notice=reminder times=2
      notice written by reclamo: notice=reminder to=customer party=1 about={times: 2, last: true}
      timer step:remind:1 dropped
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=1
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
      timer promise:progress:0:warn:1 dropped
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      letter sent_for_you 1 to ada@firm.example [] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      acted by itself by reclamo: promise=progress due=2026-03-20 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-03-20}
      notice written by reclamo: notice=sent_for_you to=staff party=2
      timer promise:progress:0:act dropped
    Fri 2026-03-20 09:00
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-03-20 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-10 origin=progress
      promise progress:0 kept due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge kept Fri 2026-03-20 09:00 by progress
      promise progress:1 open due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      timer promise:progress:0:end dropped
    Tue 2026-03-24 00:00
      letter waiting_over 1 to ada@firm.example not before Tue 2026-03-24 09:00 []
      waited by reclamo: period=15 working days step=incomplete
      notice written by reclamo: notice=waiting_over to=staff party=2
      step entered by reclamo: step=investigating
      ticket step investigating
      ticket step_since Tue 2026-03-24 00:00
      ticket waiting_for staff
      timer step:after:15 working days dropped
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=10
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=10
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
      timer promise:resolve:0:warn:0 dropped
    Tue 2026-04-07 09:00
      letter warning 4@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=3
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=2 of=progress:1
      timer promise:progress:1:warn:0 dropped
    Tue 2026-04-07 09:00
      letter warning 5@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=5
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
      timer promise:resolve:0:warn:1 dropped
    Thu 2026-04-09 09:00
      letter warning 6@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=1
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=progress:1
      timer promise:progress:1:warn:1 dropped
    Fri 2026-04-10 09:00
      letter progress 2 to anna@example.it [keeps] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
      letter sent_for_you 2 to ada@firm.example [] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
      acted by itself by reclamo: promise=progress due=2026-04-10 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-04-10}
      notice written by reclamo: notice=sent_for_you to=staff party=2
      timer promise:progress:1:act dropped
    Fri 2026-04-10 09:00
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-04-10 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-30 origin=progress
      promise progress:1 kept due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress kept Fri 2026-04-10 09:00 by progress
      promise progress:2 open due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress
      timer promise:progress:2:warn:0 warn Mon 2026-04-27 09:00 progress 2
      timer promise:progress:2:warn:1 warn Wed 2026-04-29 09:00 progress 2
      timer promise:progress:2:act act Thu 2026-04-30 09:00 progress 2
      timer promise:progress:2:end end Fri 2026-05-01 00:00 progress 2
      timer promise:progress:1:end dropped
    Mon 2026-04-13 09:00
      letter warning 7@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=1
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
      timer promise:resolve:0:warn:2 dropped
    Tue 2026-04-14 09:00
      letter delay 1@resolve:1 to anna@example.it [keeps] promise=resolve due=2026-04-14 automatic=true
          sent_notice=delay old_date=2026-04-14 new_date=2026-04-28
      letter extended 1 to max@firm.example [] promise=resolve due=2026-04-14 automatic=true
          sent_notice=delay old_date=2026-04-14 new_date=2026-04-28
      letter sent_for_you 3 to ada@firm.example [] promise=resolve due=2026-04-14 automatic=true
          sent_notice=delay old_date=2026-04-14 new_date=2026-04-28
      acted by itself by reclamo: promise=resolve due=2026-04-14 notice=delay
      promise armed by reclamo: promise=resolve due=2026-04-28 origin=extension
      extended by reclamo: promise=resolve old=2026-04-14 new=2026-04-28 automatic=true
      notice written by reclamo: notice=delay to=customer party=1 of=resolve:1 about={old_date:
          2026-04-14, new_date: 2026-04-28, promise: resolve, automatic: true, due: 2026-04-14}
      notice written by reclamo: notice=extended to=manager party=3
      notice written by reclamo: notice=sent_for_you to=staff party=2
      promise resolve:1 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension by itself
      timer promise:resolve:1:warn:1 warn Tue 2026-04-21 09:00 resolve 1
      timer promise:resolve:1:warn:2 warn Mon 2026-04-27 09:00 resolve 1
      timer promise:resolve:1:act act Tue 2026-04-28 09:00 resolve 1
      timer promise:resolve:1:end end Wed 2026-04-29 00:00 resolve 1
      timer promise:resolve:0:act dropped
    Tue 2026-04-14 09:00
      letter sent by reclamo: notice=delay party=1 message_id=
    Wed 2026-04-15 00:00
      promise broken by reclamo: promise=resolve due=2026-04-14
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received
      timer promise:resolve:0:end dropped
    Tue 2026-04-21 09:00
      letter warning 8@resolve:1 to ada@firm.example [] promise=resolve due=2026-04-28
          working_days_left=5
      staff warned by reclamo: promise=resolve due=2026-04-28 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:1
      timer promise:resolve:1:warn:1 dropped
    Mon 2026-04-27 09:00
      letter warning 9@progress:2 to ada@firm.example [] promise=progress due=2026-04-30
          working_days_left=3
      staff warned by reclamo: promise=progress due=2026-04-30 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=2 of=progress:2
      timer promise:progress:2:warn:0 dropped
    Mon 2026-04-27 09:00
      letter warning 10@resolve:1 to ada@firm.example [] promise=resolve due=2026-04-28
          working_days_left=1
      staff warned by reclamo: promise=resolve due=2026-04-28 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:1
      timer promise:resolve:1:warn:2 dropped
    Tue 2026-04-28 09:00
      letter delay 2@resolve:2 to anna@example.it [keeps] promise=resolve due=2026-04-28 automatic=true
          sent_notice=delay old_date=2026-04-28 new_date=2026-05-13
      letter extended 2 to max@firm.example [] promise=resolve due=2026-04-28 automatic=true
          sent_notice=delay old_date=2026-04-28 new_date=2026-05-13
      letter sent_for_you 4 to ada@firm.example [] promise=resolve due=2026-04-28 automatic=true
          sent_notice=delay old_date=2026-04-28 new_date=2026-05-13
      acted by itself by reclamo: promise=resolve due=2026-04-28 notice=delay
      promise armed by reclamo: promise=resolve due=2026-05-13 origin=extension
      extended by reclamo: promise=resolve old=2026-04-28 new=2026-05-13 automatic=true
      notice written by reclamo: notice=delay to=customer party=1 of=resolve:2 about={old_date:
          2026-04-28, new_date: 2026-05-13, promise: resolve, automatic: true, due: 2026-04-28}
      notice written by reclamo: notice=extended to=manager party=3
      notice written by reclamo: notice=sent_for_you to=staff party=2
      promise resolve:2 open due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension by itself
      timer promise:resolve:2:warn:1 warn Wed 2026-05-06 09:00 resolve 2
      timer promise:resolve:2:warn:2 warn Tue 2026-05-12 09:00 resolve 2
      timer promise:resolve:2:act act Wed 2026-05-13 09:00 resolve 2
      timer promise:resolve:2:end end Thu 2026-05-14 00:00 resolve 2
      timer promise:resolve:1:act dropped
    Tue 2026-04-28 09:00
      letter sent by reclamo: notice=delay party=1 message_id=
      promise kept by reclamo: promise=resolve due=2026-04-28 notice=delay
      promise resolve:1 kept due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension kept Tue 2026-04-28 09:00 by delay
      timer promise:resolve:1:end dropped
    Wed 2026-04-29 09:00
      letter warning 11@progress:2 to ada@firm.example [] promise=progress due=2026-04-30
          working_days_left=1
      staff warned by reclamo: promise=progress due=2026-04-30 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=progress:2
      timer promise:progress:2:warn:1 dropped
    Thu 2026-04-30 09:00
      letter progress 3 to anna@example.it [keeps] promise=progress due=2026-04-30 automatic=true
          sent_notice=progress
      letter sent_for_you 5 to ada@firm.example [] promise=progress due=2026-04-30 automatic=true
          sent_notice=progress
      acted by itself by reclamo: promise=progress due=2026-04-30 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-04-30}
      notice written by reclamo: notice=sent_for_you to=staff party=2
      timer promise:progress:2:act dropped
    Thu 2026-04-30 09:00
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-04-30 notice=progress
      promise armed by reclamo: promise=progress due=2026-05-21 origin=progress
      promise progress:2 kept due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress kept Thu 2026-04-30 09:00 by progress
      promise progress:3 open due Thu 2026-05-21 23:59:59 (2026-05-21) from Thu 2026-04-30 09:00
          progress
      timer promise:progress:3:warn:0 warn Mon 2026-05-18 09:00 progress 3
      timer promise:progress:3:warn:1 warn Wed 2026-05-20 09:00 progress 3
      timer promise:progress:3:act act Thu 2026-05-21 09:00 progress 3
      timer promise:progress:3:end end Fri 2026-05-22 00:00 progress 3
      timer promise:progress:2:end dropped
    """)


def test_timers_of_a_complaint() -> None:
    """Warnings, reminders, the daemon's own letters, new dates, broken promises, the end of a wait."""
    life = histories.complaint(complete=False)
    life.forget()
    life.run(histories.MONDAY + timedelta(days=62))
    assert life.story("said", "ledger", "promises", "ticket", "timers") == TIMERS_OF_A_COMPLAINT


TIMERS_OF_A_REPAIR = expected("""
    Mon 2026-05-11 04:00
      letter request_registered 1 to anna@example.it answers m1@example [keeps]
      letter judge_wanted 1 to chen@firm.example [] question=visit_or_advice
      timer promise:first_contact:0:end end Mon 2026-05-11 06:00:01 first_contact 0
      timer step:after:4 working hours after Mon 2026-05-11 08:00 4 working hours 0
    Mon 2026-05-11 04:00
      timer promise:first_contact:0:end dropped
    Mon 2026-05-11 04:00
      letter quote_wanted 1 to chen@firm.example answers m2@example [by_person] automatic=false
          answer=send_engineer
      letter transcript 1 to chen@firm.example answers m2@example [by_person] automatic=false
          answer=send_engineer done=[{did: answered, value: send_engineer}]
      timer step:after:1 working day after Tue 2026-05-12 18:00 1 working day 0
      timer step:after:4 working hours dropped
    Mon 2026-05-11 04:00
      letter price_offer 1 to anna@example.it answers m3@example [by_person] automatic=false
          thing=estimate
      letter transcript 2 to chen@firm.example answers m3@example [by_person] automatic=false
          thing=estimate done=[{line: quote, did: quoted, value: 460.00 CNY}]
      timer step:remind:0 remind Wed 2026-05-13 03:00 price_reminder 0
      timer step:after:5 working days after Mon 2026-05-18 18:00 5 working days 0
      timer step:after:1 working day dropped
    Wed 2026-05-13 03:00
      letter price_reminder 1 to anna@example.it [] times=1 last=true
      timer step:remind:0 dropped
    Wed 2026-05-13 04:00
      letter order_offered 1 to li@firm.example [] new_words=agree_to_pay from_party=1
          answer=agree_to_pay question=take_order
      timer step:turn:take_order turn Wed 2026-05-13 05:00 take_order 0
      timer unhandled unhandled Tue 2026-05-19 03:00  0
      timer step:after:5 working days dropped
    Wed 2026-05-13 04:00
      letter order_refused 1 to chen@firm.example [by_person] automatic=false answer=cannot_take
          answer_text=too far away answer_value=too far away reason=too far away
      letter order_offered 2 to sun@firm.example [by_person] automatic=false answer=cannot_take
          answer_text=too far away answer_value=too far away reason=too far away question=take_order
      letter transcript 3 to li@firm.example answers m5@example [by_person] automatic=false
          answer=cannot_take answer_text=too far away answer_value=too far away reason=too far away
          done=[{did: answered, value: cannot_take}]
    Wed 2026-05-13 04:00
      letter order_refused 2 to chen@firm.example [by_person] automatic=false answer=cannot_take
          answer_text=on leave answer_value=on leave reason=on leave
      letter nobody_took_it 1 to chen@firm.example [by_person] automatic=false answer=cannot_take
          answer_text=on leave answer_value=on leave reason=on leave question=who_goes
      letter transcript 4 to sun@firm.example answers m6@example [by_person] automatic=false
          answer=cannot_take answer_text=on leave answer_value=on leave reason=on leave done=[{did:
          answered, value: cannot_take}]
      timer step:after:4 working hours after Wed 2026-05-13 08:00 4 working hours 0
      timer step:turn:take_order dropped
      timer unhandled dropped
    Wed 2026-05-13 04:00
      letter order_given 1 to chen@firm.example answers m7@example [by_person] automatic=false
      letter slots_offered 1 to anna@example.it answers m7@example [by_person] automatic=false
          thing=engineer_visit
      letter transcript 5 to chen@firm.example answers m7@example [by_person] automatic=false
          done=[{line: assign li@firm.example, did: assigned, value: li@firm.example}]
      timer step:remind:0 remind Fri 2026-05-15 03:00 slots_reminder 0
      timer step:after:3 working days after Mon 2026-05-18 18:00 3 working days 0
      timer step:after:4 working hours dropped
    Wed 2026-05-13 04:00
      letter visit_agreed 1 to anna@example.it answers m8@example [] new_words=chosen from_party=1
          chosen=2026-05-13T05:00:00+00:00 answer=chosen
      letter visit_set 1 to li@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-13T05:00:00+00:00 answer=chosen
      timer thing:engineer_visit:remind:1 appointment Wed 2026-05-13 06:00 engineer_visit 1
      timer thing:engineer_visit:start starts Wed 2026-05-13 07:00 engineer_visit 0
      timer thing:engineer_visit:end ends Wed 2026-05-13 08:30 engineer_visit 0
      timer promise:visit_made:0:warn:0 warn Fri 2026-05-15 08:00 visit_made 0
      timer promise:visit_made:0:end end Fri 2026-05-15 18:00 visit_made 0
      timer step:after:10 working days after Wed 2026-05-27 18:00 10 working days 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
    Wed 2026-05-13 06:00
      letter visit_reminder 1 to anna@example.it [] thing=engineer_visit times=2
      timer thing:engineer_visit:remind:1 dropped
    Wed 2026-05-13 06:00
      letter transcript 6 to li@firm.example answers m9@example [by_person] automatic=false
          answer=on_site done=[{did: answered, value: on_site}]
    Wed 2026-05-13 06:00
      letter part_needed 1 to anna@example.it answers m10@example [keeps, by_person] automatic=false
          answer=needs_part answer_text=a pump answer_value=a pump reason=a pump
      letter part_wanted 1 to chen@firm.example [by_person] automatic=false answer=needs_part
          answer_text=a pump answer_value=a pump reason=a pump question=part_there
      letter transcript 7 to li@firm.example answers m10@example [by_person] automatic=false
          answer=needs_part answer_text=a pump answer_value=a pump reason=a pump done=[{did: answered,
          value: needs_part}]
      timer step:after:3 working days after Mon 2026-05-18 18:00 3 working days 0
      timer promise:visit_made:0:warn:0 dropped
      timer step:after:10 working days dropped
    Wed 2026-05-13 06:00
      timer promise:visit_made:0:end dropped
    Wed 2026-05-13 07:00
      timer thing:engineer_visit:start dropped
    Wed 2026-05-13 08:30
      timer thing:engineer_visit:end dropped
    Sun 2026-05-17 06:00
      letter slots_offered 2 to anna@example.it answers m11@example [by_person] automatic=false
          answer=part_in thing=engineer_visit
      letter transcript 8 to chen@firm.example answers m11@example [by_person] automatic=false
          answer=part_in done=[{did: answered, value: part_in}]
      timer step:remind:0 remind Tue 2026-05-19 03:00 slots_reminder 0
      timer step:after:3 working days after Wed 2026-05-20 18:00 3 working days 0
    Sun 2026-05-17 06:00
      letter visit_agreed 2 to anna@example.it answers m12@example [] new_words=chosen from_party=1
          chosen=2026-05-18T05:00:00+00:00 answer=chosen
      letter visit_set 2 to li@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-18T05:00:00+00:00 answer=chosen
      timer thing:engineer_visit:remind:0 appointment Sun 2026-05-17 07:00 engineer_visit 0
      timer thing:engineer_visit:remind:1 appointment Mon 2026-05-18 06:00 engineer_visit 1
      timer thing:engineer_visit:start starts Mon 2026-05-18 07:00 engineer_visit 0
      timer thing:engineer_visit:end ends Mon 2026-05-18 08:30 engineer_visit 0
      timer promise:visit_made:1:warn:0 warn Tue 2026-05-19 08:00 visit_made 1
      timer promise:visit_made:1:end end Tue 2026-05-19 18:00 visit_made 1
      timer step:after:10 working days after Fri 2026-05-29 18:00 10 working days 0
      timer step:after:3 working days dropped
      timer step:remind:0 dropped
    Sun 2026-05-17 07:00
      letter visit_reminder 2 to anna@example.it [] thing=engineer_visit times=1
      timer thing:engineer_visit:remind:0 dropped
    Mon 2026-05-18 06:00
      letter visit_reminder 3 to anna@example.it [] thing=engineer_visit times=2
      timer thing:engineer_visit:remind:1 dropped
    Mon 2026-05-18 07:00
      letter engineer_unheard 1 to chen@firm.example [] thing=engineer_visit
      timer thing:engineer_visit:start dropped
    Mon 2026-05-18 08:30
      letter engineer_unheard 2 to chen@firm.example [] thing=engineer_visit
      timer thing:engineer_visit:end dropped
    Mon 2026-05-18 08:30
      letter no_fault_fee 1 to anna@example.it answers m13@example [keeps, by_person] automatic=false
          answer=not_a_fault answer_text=the tap was shut answer_value=the tap was shut reason=the tap
          was shut
      letter transcript 9 to li@firm.example answers m13@example [by_person] automatic=false
          answer=not_a_fault answer_text=the tap was shut answer_value=the tap was shut reason=the tap
          was shut done=[{did: answered, value: not_a_fault}]
      timer promise:call_back:0:act act Mon 2026-05-18 10:30 call_back 0
      timer promise:call_back:0:end end Mon 2026-05-18 10:40:01 call_back 0
      timer step:after:5 working days after Mon 2026-05-25 18:00 5 working days 0
      timer promise:visit_made:1:warn:0 dropped
      timer promise:visit_made:1:end dropped
      timer step:after:10 working days dropped
    Mon 2026-05-18 10:30
      letter follow_up 1 to anna@example.it [keeps] promise=call_back due=2026-05-18 automatic=true
          sent_notice=follow_up
      timer promise:call_back:0:act dropped
    Mon 2026-05-18 10:30
      timer promise:call_back:0:end dropped
    Mon 2026-05-25 18:00
      letter closed_unconfirmed 1 to anna@example.it []
      letter case_report 1 to service-reports@manufacturer.example []
      timer step:after:5 working days dropped
    """)


def test_timers_of_a_repair() -> None:
    """Turns, reminders of a visit, its start and its end, an offer renewed, silence."""
    life = histories.priced_repair()
    assert life.story("said", "timers") == TIMERS_OF_A_REPAIR


A_TIMER_THAT_IS_NO_LONGER_SET_DOES_NOTHING = expected("""

    """)


def test_a_timer_that_is_no_longer_set_does_nothing() -> None:
    """It was moved, or dropped, after it was taken up."""
    life = histories.complaint()
    old = life.case.timers[0]
    life.forget()
    life.happens(TimerDue(timer=replace(old, at=old.at + timedelta(hours=1))))
    life.happens(TimerDue(timer=replace(old, key="gone")))
    assert life.story("said", "ledger", "promises", "timers", "ticket") == A_TIMER_THAT_IS_NO_LONGER_SET_DOES_NOTHING


LETTERS_NOBODY_CAN_GET_ARE_NOT_WRITTEN_AND_STAFF_ARE_WARNED = expected("""
    Mon 2026-03-09 09:00
      letter warning 1@acknowledge:0 to ada@firm.example [] promise=acknowledge due=2026-03-11
          working_days_left=2
      staff warned by reclamo: promise=acknowledge due=2026-03-11 working_days_left=2
      notice written by reclamo: notice=warning to=staff party=2 of=acknowledge:0
    Tue 2026-03-10 09:00
      letter warning 2@acknowledge:0 to ada@firm.example [] promise=acknowledge due=2026-03-11
          working_days_left=1
      staff warned by reclamo: promise=acknowledge due=2026-03-11 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=acknowledge:0
    Wed 2026-03-11 09:00
      notice withheld by reclamo: notice=acknowledgement to=customer why=letters to the address fail:
          550 no such user
    Thu 2026-03-12 00:00
      promise broken by reclamo: promise=acknowledge due=2026-03-11
      promise acknowledge:0 broken due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
    Tue 2026-03-17 09:00
      letter warning 3@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=3
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
    Thu 2026-03-19 09:00
      letter warning 4@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=1
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=progress:0
    Fri 2026-03-20 09:00
      notice withheld by reclamo: notice=progress to=customer why=letters to the address fail: 550 no
          such user
    Sat 2026-03-21 00:00
      promise broken by reclamo: promise=progress due=2026-03-20
      promise progress:0 broken due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
    Mon 2026-03-30 09:00
      letter warning 5@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=10
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=10
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
    Tue 2026-04-07 09:00
      letter warning 6@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=5
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
    Mon 2026-04-13 09:00
      letter warning 7@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=1
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:0
    Tue 2026-04-14 09:00
      promise armed by reclamo: promise=resolve due=2026-04-28 origin=extension
      extended untold by reclamo: promise=resolve old=2026-04-14 new=2026-04-28 automatic=true
      notice withheld by reclamo: notice=delay to=customer why=letters to the address fail: 550 no such
          user
      promise resolve:1 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension by itself
    Wed 2026-04-15 00:00
      promise broken by reclamo: promise=resolve due=2026-04-14
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received
    Tue 2026-04-21 09:00
      letter warning 8@resolve:1 to ada@firm.example [] promise=resolve due=2026-04-28
          working_days_left=5
      staff warned by reclamo: promise=resolve due=2026-04-28 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=2 of=resolve:1
    """)


def test_letters_nobody_can_get_are_not_written_and_staff_are_warned() -> None:
    """The customer cannot be written to: the date is put off for staff alone."""
    life = histories.complaint()
    histories.bounce(life, "acknowledgement")
    life.forget()
    life.run(histories.MONDAY + timedelta(days=50))
    assert life.story("said", "ledger", "promises") == LETTERS_NOBODY_CAN_GET_ARE_NOT_WRITTEN_AND_STAFF_ARE_WARNED


A_PART_THAT_ARRIVES_FOR_ALL_MOVES_THE_CASES_THAT_WAIT = expected("""
    Mon 2026-03-02 10:00
      arrived by reclamo: what=pump
      timer awaited:pump dropped
    """)


def test_a_part_that_arrives_for_all_moves_the_cases_that_wait() -> None:
    """The dealer announces it; the timer of each case does the rest."""
    life = histories.awaiting_part()
    life.forget()
    timer = Timer(key="awaited:pump", kind=TimerKind.AWAITED, at=life.now, about="pump")
    life.case = replace(life.case, timers=(*life.case.timers, timer))
    life.happens(TimerDue(timer=timer))
    assert life.story("said", "ticket", "ledger", "timers") == A_PART_THAT_ARRIVES_FOR_ALL_MOVES_THE_CASES_THAT_WAIT


WHAT_WAS_NOT_WRITTEN_IN_TIME_IS_WRITTEN_LATE = expected("""
    Sat 2026-03-21 10:00
      promise progress:0 broken due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      timer promise:progress:0:warn:0 dropped
      timer promise:progress:0:warn:1 dropped
      timer promise:progress:0:end dropped
      promise broken by reclamo: promise=progress due=2026-03-20
    Sat 2026-03-21 10:00
      letter progress 1 to anna@example.it [keeps] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      letter sent_for_you 1 to ada@firm.example [] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      timer promise:progress:0:act dropped
      acted by itself by reclamo: promise=progress due=2026-03-20 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-03-20}
      notice written by reclamo: notice=sent_for_you to=staff party=2
    Sat 2026-03-21 10:00
      promise progress:0 broken due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge kept Sat 2026-03-21 10:00 by progress
      promise progress:1 open due Fri 2026-04-10 23:59:59 (2026-04-10) from Sat 2026-03-21 10:00
          progress
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept late by reclamo: promise=progress due=2026-03-20 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-10 origin=progress
    """)


def test_what_was_not_written_in_time_is_written_late() -> None:
    """The computer was off over the last morning: broken, and the letter goes all the same."""
    life = histories.complaint()
    life.forget()
    act = next(timer for timer in life.case.timers if timer.key == "promise:progress:0:act")
    end = next(timer for timer in life.case.timers if timer.key == "promise:progress:0:end")
    life.now = end.at + timedelta(hours=10)
    life.happens(TimerDue(timer=end))
    life.happens(TimerDue(timer=act))
    life.deliver()
    assert life.story("said", "promises", "timers", "ledger") == WHAT_WAS_NOT_WRITTEN_IN_TIME_IS_WRITTEN_LATE
