"""Where a case stands: each step with its owner, its questions, its reminders and what ends it."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

A_COMPLAINT_GOES_THROUGH_ITS_STEPS = expected("""
    Mon 2026-03-02 10:00
      ticket step incomplete
      ticket team technical
      ticket waiting_for customer
      ticket asked [model, serial, solution]
      timer promise:acknowledge:0:end end Thu 2026-03-12 00:00 acknowledge 0
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:resolve:0:end end Wed 2026-04-15 00:00 resolve 0
      timer step:remind:0 remind Tue 2026-03-10 09:00 reminder 0
      timer step:remind:1 remind Tue 2026-03-17 09:00 reminder 1
      timer step:after:15 working days after Tue 2026-03-24 00:00 15 working days 0
    Mon 2026-03-02 10:00
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer promise:acknowledge:0:end dropped
    Tue 2026-03-10 09:00
      timer step:remind:0 dropped
    Wed 2026-03-11 10:00
      ticket step investigating
      ticket step_since Wed 2026-03-11 10:00
      ticket waiting_for staff
      timer step:remind:1 dropped
      timer step:after:15 working days dropped
    Wed 2026-03-11 12:00
      ticket assignee ada@firm.example
    Wed 2026-03-11 12:00
      timer third:installer:chase chase Thu 2026-03-19 09:00 installer 0
    Tue 2026-03-17 09:00
      timer promise:progress:0:warn:0 dropped
    Thu 2026-03-19 09:00
      timer promise:progress:0:warn:1 dropped
    Thu 2026-03-19 09:00
      timer third:installer:chase dropped
    Fri 2026-03-20 09:00
      timer promise:progress:0:act dropped
    Fri 2026-03-20 09:00
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      timer promise:progress:0:end dropped
    Fri 2026-03-20 12:00
      ticket unhandled_since Fri 2026-03-20 12:00
      timer unhandled unhandled Thu 2026-03-26 09:00  0
    Fri 2026-03-20 12:00
      ticket step waiting
      ticket step_since Fri 2026-03-20 12:00
      ticket waiting_for customer
      timer step:remind:0 remind Mon 2026-03-30 09:00 reminder 0
      timer step:remind:1 remind Tue 2026-04-07 09:00 reminder 1
      timer step:after:15 working days after Tue 2026-04-14 00:00 15 working days 0
    Fri 2026-03-20 12:00
      ticket step investigating
      ticket waiting_for staff
      timer step:remind:0 dropped
      timer step:remind:1 dropped
      timer step:after:15 working days dropped
    Sat 2026-03-21 12:00
      ticket step decided
      ticket step_since Sat 2026-03-21 12:00
      ticket waiting_for customer
      ticket unhandled_since null
      ticket questions [satisfied to 1 []]
      timer step:after:10 working days after Sat 2026-04-04 00:00 10 working days 0
      timer promise:resolve:0:warn:0 dropped
      timer promise:resolve:0:warn:1 dropped
      timer promise:resolve:0:warn:2 dropped
      timer promise:resolve:0:act dropped
      timer promise:progress:1:warn:0 dropped
      timer promise:progress:1:warn:1 dropped
      timer promise:progress:1:act dropped
      timer promise:progress:1:end dropped
      timer unhandled dropped
    Sat 2026-03-21 12:00
      timer promise:resolve:0:end dropped
    Sat 2026-03-21 17:00
      ticket step escalated
      ticket step_since Sat 2026-03-21 17:00
      ticket team reviewers
      ticket assignee
      ticket waiting_for staff
      ticket questions []
      timer promise:acknowledge_review:0:end end Wed 2026-04-01 00:00 acknowledge_review 0
      timer promise:decide_review:0:warn:0 warn Mon 2026-04-20 09:00 decide_review 0
      timer promise:decide_review:0:warn:1 warn Mon 2026-04-27 09:00 decide_review 0
      timer promise:decide_review:0:warn:2 warn Mon 2026-05-04 09:00 decide_review 0
      timer promise:decide_review:0:act act Tue 2026-05-05 09:00 decide_review 0
      timer promise:decide_review:0:end end Wed 2026-05-06 00:00 decide_review 0
      timer promise:progress:2:warn:0 warn Tue 2026-04-07 09:00 progress 2
      timer promise:progress:2:warn:1 warn Thu 2026-04-09 09:00 progress 2
      timer promise:progress:2:act act Fri 2026-04-10 09:00 progress 2
      timer promise:progress:2:end end Sat 2026-04-11 00:00 progress 2
      timer step:after:10 working days dropped
    Sat 2026-03-21 17:00
      timer promise:acknowledge_review:0:end dropped
    Sat 2026-03-21 17:00
      ticket step reviewed
      ticket assignee eva@firm.example
      ticket waiting_for customer
      timer step:after:10 working days after Sat 2026-04-04 00:00 10 working days 0
      timer promise:decide_review:0:warn:0 dropped
      timer promise:decide_review:0:warn:1 dropped
      timer promise:decide_review:0:warn:2 dropped
      timer promise:decide_review:0:act dropped
      timer promise:progress:2:warn:0 dropped
      timer promise:progress:2:warn:1 dropped
      timer promise:progress:2:act dropped
      timer promise:progress:2:end dropped
    Sat 2026-03-21 17:00
      timer promise:decide_review:0:end dropped
    Sat 2026-04-04 00:00
      ticket step closed
      ticket step_since Sat 2026-04-04 00:00
      ticket waiting_for nobody
      ticket closed_at Sat 2026-04-04 00:00
      timer step:after:10 working days dropped
    Fri 2026-04-10 18:00
      ticket step reopened
      ticket step_since Fri 2026-04-10 18:00
      ticket team technical
      ticket assignee
      ticket waiting_for staff
      ticket closed_at null
      ticket unhandled_since Fri 2026-04-10 18:00
      timer promise:answer_again:0:warn:0 warn Mon 2026-05-11 09:00 answer_again 0
      timer promise:answer_again:0:warn:1 warn Mon 2026-05-18 09:00 answer_again 0
      timer promise:answer_again:0:warn:2 warn Fri 2026-05-22 09:00 answer_again 0
      timer promise:answer_again:0:act act Mon 2026-05-25 09:00 answer_again 0
      timer promise:answer_again:0:end end Tue 2026-05-26 00:00 answer_again 0
      timer promise:progress:3:warn:0 warn Mon 2026-04-27 09:00 progress 3
      timer promise:progress:3:warn:1 warn Wed 2026-04-29 09:00 progress 3
      timer promise:progress:3:act act Thu 2026-04-30 09:00 progress 3
      timer promise:progress:3:end end Fri 2026-05-01 00:00 progress 3
      timer unhandled unhandled Thu 2026-04-16 09:00  0
    """)


def test_a_complaint_goes_through_its_steps() -> None:
    """From the missing details to the case that is opened again."""
    life = histories.worked_complaint()
    assert life.story("ticket", "timers") == A_COMPLAINT_GOES_THROUGH_ITS_STEPS


A_REPAIR_GOES_THROUGH_ITS_STEPS = expected("""
    Mon 2026-05-11 04:00
      ticket step judging
      ticket team dispatchers
      ticket zone Asia/Shanghai
      ticket questions [visit_or_advice to 0 []]
    Mon 2026-05-11 04:00
      ticket step dispatching
      ticket assignee chen@firm.example
      ticket questions [take_order to 3 []]
      fact answers {visit_or_advice: [send_engineer, , chen@firm.example]}
      fact things {dispatch_order: {number: DO-2026-000001, state: issued, since:
          2026-05-11T02:00:00+00:00, times: 1}}
      fact in_turn {take_order: {round: [li@firm.example], asked: [li@firm.example]}}
    Mon 2026-05-11 05:00
      ticket questions [take_order to 4 []]
      fact in_turn {take_order: {round: [li@firm.example, sun@firm.example], asked: [li@firm.example,
          sun@firm.example]}}
    Mon 2026-05-11 05:00
      ticket step appointing
      ticket step_since Mon 2026-05-11 05:00
      ticket team engineers
      ticket assignee sun@firm.example
      ticket waiting_for customer
      ticket questions [which_slot to 1 [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00,
          2026-05-12T01:00:00+00:00]]
      fact answers {take_order: [take_it, , sun@firm.example]}
      fact things {dispatch_order: {state: taken, since: 2026-05-11T03:00:00+00:00}, engineer_visit:
          {number: V-2026-000001, state: proposed, since: 2026-05-11T03:00:00+00:00, times: 1, offered:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00]}}
      fact under_way no
      fact under_way_by sun@firm.example
      fact offered {which_slot: [{n: 1, at: 2026-05-11T03:00:00+00:00, options:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00], sums: {}}]}
    Mon 2026-05-11 05:00
      ticket step appointed
      ticket waiting_for staff
      ticket questions [on_the_day to 4 [], other_time to 1 []]
      fact answers {which_slot: [chosen, 2026-05-11T05:00:00+00:00, customer]}
      fact things {engineer_visit: {state: arranged, offered: null, start: 2026-05-11T05:00:00+00:00,
          end: 2026-05-11T06:30:00+00:00, booked_at: 2026-05-11T03:00:00+00:00, sequence: 0}}
      fact offered {other_time: [{n: 1, at: 2026-05-11T03:00:00+00:00, options: [], sums: {}}]}
    Mon 2026-05-11 06:00
      ticket step appointing
      ticket step_since Mon 2026-05-11 06:00
      ticket unhandled_since Mon 2026-05-11 06:00
      ticket questions [which_slot to 1 [2026-05-11T06:30:00+00:00, 2026-05-12T01:00:00+00:00,
          2026-05-12T05:00:00+00:00]]
      fact answers {which_slot: null, other_time: [another_time, , customer]}
      fact things {engineer_visit: {start: null, end: null, sequence: 1, was: 2026-05-11T05:00:00+00:00,
          till: 2026-05-11T06:30:00+00:00, offered: [2026-05-11T06:30:00+00:00,
          2026-05-12T01:00:00+00:00, 2026-05-12T05:00:00+00:00]}}
      fact under_way_by customer
      fact offered {which_slot: [{n: 1, at: 2026-05-11T03:00:00+00:00, options:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00], sums: {}},
          {n: 2, at: 2026-05-11T04:00:00+00:00, options: [2026-05-11T06:30:00+00:00,
          2026-05-12T01:00:00+00:00, 2026-05-12T05:00:00+00:00], sums: {}}]}
      fact unhandled [{id: m5@example, party: 1, at: 2026-05-11T04:00:00+00:00, sender: anna@example.it,
          words: another_time, inbox_id: 5, told: false}]
    Mon 2026-05-11 06:00
      ticket step appointed
      ticket questions [on_the_day to 4 [], other_time to 1 []]
      fact answers {other_time: null, which_slot: [chosen, 2026-05-12T01:00:00+00:00, customer]}
      fact things {engineer_visit: {since: 2026-05-11T04:00:00+00:00, booked_at:
          2026-05-11T04:00:00+00:00, sequence: 2, offered: null, start: 2026-05-12T01:00:00+00:00, end:
          2026-05-12T02:30:00+00:00}}
      fact offered {other_time: [{n: 1, at: 2026-05-11T03:00:00+00:00, options: [], sums: {}}, {n: 2,
          at: 2026-05-11T04:00:00+00:00, options: [], sums: {}}]}
    Tue 2026-05-12 02:00
      ticket questions [other_time to 1 [], on_the_day to 4 []]
      fact answers {on_the_day: [leaving_now, , sun@firm.example]}
      fact under_way yes
      fact under_way_by sun@firm.example
    Tue 2026-05-12 02:00
      ticket step confirming
      ticket step_since Tue 2026-05-12 02:00
      ticket waiting_for customer
      ticket unhandled_since null
      ticket questions [other_time to 1 [], is_it_repaired to 1 []]
      fact answers {on_the_day: [finished_work, , sun@firm.example]}
      fact things {dispatch_order: {state: finished, since: 2026-05-12T00:00:00+00:00}}
      fact offered {is_it_repaired: [{n: 1, at: 2026-05-12T00:00:00+00:00, options: [], sums: {}}]}
      fact unhandled forgotten
    Tue 2026-05-12 02:00
      ticket step closed
      ticket waiting_for nobody
      ticket closed_at Tue 2026-05-12 02:00
      ticket questions []
      fact answers {is_it_repaired: [repaired, , customer]}
      fact things {engineer_visit: {sequence: 3, was: 2026-05-12T01:00:00+00:00, till:
          2026-05-12T02:30:00+00:00, start: null, end: null}}
      fact closing confirmed
      fact closing_by customer
    """)


def test_a_repair_goes_through_its_steps() -> None:
    """An engineer is found, comes, and the customer says that it works: nothing is left to come."""
    life = histories.visited_repair()
    assert life.story("ticket", "facts") == A_REPAIR_GOES_THROUGH_ITS_STEPS


A_REPAIR_THAT_COSTS_SOMETHING_GOES_THROUGH_ITS_STEPS = expected("""
    Mon 2026-05-11 04:00
      opened by customer: kind=repair_request why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=full_name value=Wang Anna where=text
      detail found by customer: detail=street_address value=1 Long Road, Shanghai where=text
      detail found by customer: detail=mobile value=+8613800138000 where=text
      detail found by customer: detail=appliance value=XQG100 where=text
      detail found by customer: detail=bought_on value=2019-02-01 where=text
      detail found by customer: detail=fault_seen value=It does not spin any more. where=text
      time zone by reclamo: zone=Asia/Shanghai
      promise armed by reclamo: promise=first_contact due=2026-05-11 origin=received
      step entered by reclamo: step=registered
      notice written by reclamo: notice=request_registered to=customer party=1
      step entered by reclamo: step=judging
      notice written by reclamo: notice=judge_wanted to=staff party=2
    Mon 2026-05-11 04:00
      letter sent by reclamo: notice=request_registered party=1 message_id=
      promise kept by reclamo: promise=first_contact due=2026-05-11 notice=request_registered
    Mon 2026-05-11 04:00
      mail received by chen@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      answered by chen@firm.example: question=visit_or_advice answer=send_engineer rest=
      step entered by reclamo: step=pricing
      notice written by reclamo: notice=quote_wanted to=staff party=2
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-05-11 04:00
      mail received by chen@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      opened by chen@firm.example: thing=estimate number=FQ-2026-000001 state=offered
      quoted by chen@firm.example: thing=estimate total=460.00 currency=CNY
      notice written by reclamo: notice=price_offer to=customer party=1 about={thing: estimate}
      step entered by reclamo: step=priced
      notice written by reclamo: notice=transcript to=staff party=2
    Wed 2026-05-13 03:00
      reminded by reclamo: notice=price_reminder times=1
      notice written by reclamo: notice=price_reminder to=customer party=1 about={times: 1, last: true}
    Wed 2026-05-13 04:00
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      answered by customer: question=agree_price answer=agree_to_pay rest=
      became by customer: thing=estimate number=FQ-2026-000001 state=agreed
      step entered by reclamo: step=dispatching
      opened by customer: thing=dispatch_order number=DO-2026-000001 state=issued
      became by customer: thing=dispatch_order number=DO-2026-000001 state=issued
      notice written by reclamo: notice=order_offered to=staff party=3
      asked in turn by customer: question=take_order member=li@firm.example
    Wed 2026-05-13 04:00
      mail received by li@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[] evidence=
      answered by li@firm.example: question=take_order answer=cannot_take rest=too far away
      notice written by reclamo: notice=order_refused to=staff party=2
      notice written by reclamo: notice=order_offered to=staff party=4
      asked in turn by li@firm.example: question=take_order member=sun@firm.example
      notice written by reclamo: notice=transcript to=staff party=3
    Wed 2026-05-13 04:00
      mail received by sun@firm.example: message_id=m6@example inbox_id=6 thread=staff files=[]
          evidence=
      answered by sun@firm.example: question=take_order answer=cannot_take rest=on leave
      notice written by reclamo: notice=order_refused to=staff party=2
      nobody left to ask by sun@firm.example: question=take_order
      step entered by reclamo: step=no_engineer
      assigned by sun@firm.example: team=dispatchers assignee=
      notice written by reclamo: notice=nobody_took_it to=staff party=2
      dealt with by sun@firm.example: mails=[m4@example]
      notice written by reclamo: notice=transcript to=staff party=4
    Wed 2026-05-13 04:00
      mail received by chen@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      assigned by chen@firm.example: team=dispatchers assignee=li@firm.example
      became by chen@firm.example: thing=dispatch_order number=DO-2026-000001 state=taken
      notice written by reclamo: notice=order_given to=staff party=2
      step entered by reclamo: step=appointing
      assigned by chen@firm.example: team=engineers
      promise armed by reclamo: promise=visit_made due=2026-05-15 origin=appointing
      promise paused by reclamo: promise=visit_made waiting_for=customer
      opened by chen@firm.example: thing=engineer_visit number=V-2026-000001 state=proposed
      slots offered by chen@firm.example: thing=engineer_visit slots=[2026-05-13T05:00:00+00:00,
          2026-05-13T08:00:00+00:00, 2026-05-14T01:00:00+00:00]
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=transcript to=staff party=2
    Wed 2026-05-13 04:00
      mail received by customer: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      answered by customer: question=who_goes answer=chosen rest=2026-05-13T05:00:00+00:00
      booked by customer: thing=engineer_visit start=2026-05-13T05:00:00+00:00
      became by customer: thing=engineer_visit number=V-2026-000001 state=arranged
      notice written by reclamo: notice=visit_agreed to=customer party=1
      notice written by reclamo: notice=visit_set to=staff party=3
      step entered by reclamo: step=appointed
      promise resumed by reclamo: promise=visit_made due=2026-05-15
    Wed 2026-05-13 06:00
      notice written by reclamo: notice=visit_reminder to=customer party=1 about={thing: engineer_visit,
          times: 2}
    Wed 2026-05-13 06:00
      mail received by li@firm.example: message_id=m9@example inbox_id=9 thread=staff files=[] evidence=
      answered by li@firm.example: question=on_the_day answer=on_site rest=
      became by li@firm.example: thing=dispatch_order number=DO-2026-000001 state=in_work
      notice written by reclamo: notice=transcript to=staff party=3
    Wed 2026-05-13 06:00
      mail received by li@firm.example: message_id=m10@example inbox_id=10 thread=staff files=[]
          evidence=
      answered by li@firm.example: question=on_the_day answer=needs_part rest=a pump
      became by li@firm.example: thing=dispatch_order number=DO-2026-000001 state=part_ordered
      notice written by reclamo: notice=part_needed to=customer party=1 about={reason: a pump}
      step entered by reclamo: step=part_awaited
      notice written by reclamo: notice=part_wanted to=staff party=2
      notice written by reclamo: notice=transcript to=staff party=3
    Wed 2026-05-13 06:00
      letter sent by reclamo: notice=part_needed party=1 message_id=
      promise kept by reclamo: promise=visit_made due=2026-05-15 notice=part_needed
    Sun 2026-05-17 06:00
      mail received by chen@firm.example: message_id=m11@example inbox_id=11 thread=staff files=[]
          evidence=
      answered by chen@firm.example: question=part_there answer=part_in rest=
      slot given back by chen@firm.example: thing=engineer_visit
      step entered by reclamo: step=appointing
      promise armed by reclamo: promise=visit_made due=2026-05-19 origin=appointing
      promise paused by reclamo: promise=visit_made waiting_for=customer
      slots offered by chen@firm.example: thing=engineer_visit slots=[2026-05-18T05:00:00+00:00,
          2026-05-18T08:00:00+00:00, 2026-05-19T01:00:00+00:00]
      notice written by reclamo: notice=slots_offered to=customer party=1 about={thing: engineer_visit}
      notice written by reclamo: notice=transcript to=staff party=2
    Sun 2026-05-17 06:00
      mail received by customer: message_id=m12@example inbox_id=12 thread=customer files=[] evidence=
      answered by customer: question=other_time answer=chosen rest=2026-05-18T05:00:00+00:00
      booked by customer: thing=engineer_visit start=2026-05-18T05:00:00+00:00
      became by customer: thing=engineer_visit number=V-2026-000001 state=arranged
      notice written by reclamo: notice=visit_agreed to=customer party=1
      notice written by reclamo: notice=visit_set to=staff party=3
      step entered by reclamo: step=appointed
      promise resumed by reclamo: promise=visit_made due=2026-05-19
    Sun 2026-05-17 07:00
      notice written by reclamo: notice=visit_reminder to=customer party=1 about={thing: engineer_visit,
          times: 1}
    Mon 2026-05-18 06:00
      notice written by reclamo: notice=visit_reminder to=customer party=1 about={thing: engineer_visit,
          times: 2}
    Mon 2026-05-18 07:00
      notice written by reclamo: notice=engineer_unheard to=staff party=2
    Mon 2026-05-18 08:30
      notice written by reclamo: notice=engineer_unheard to=staff party=2
    Mon 2026-05-18 08:30
      mail received by li@firm.example: message_id=m13@example inbox_id=13 thread=staff files=[]
          evidence=
      answered by li@firm.example: question=on_the_day answer=not_a_fault rest=the tap was shut
      became by li@firm.example: thing=dispatch_order number=DO-2026-000001 state=no_fault
      notice written by reclamo: notice=no_fault_fee to=customer party=1 about={reason: the tap was
          shut}
      step entered by reclamo: step=advised
      promise paused by reclamo: promise=visit_made waiting_for=customer
      promise armed by reclamo: promise=call_back due=2026-05-18 origin=advised
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-05-18 08:30
      letter sent by reclamo: notice=no_fault_fee party=1 message_id=
      promise kept by reclamo: promise=visit_made due=2026-05-19 notice=no_fault_fee
    Mon 2026-05-18 10:30
      acted by itself by reclamo: promise=call_back due=2026-05-18 notice=follow_up
      notice written by reclamo: notice=follow_up to=customer party=1 about={promise: call_back,
          automatic: true, due: 2026-05-18}
    Mon 2026-05-18 10:30
      letter sent by reclamo: notice=follow_up party=1 message_id=
      promise kept by reclamo: promise=call_back due=2026-05-18 notice=follow_up
    Mon 2026-05-25 18:00
      waited by reclamo: period=5 working days step=advised
      step entered by reclamo: step=closed_unconfirmed
      closed by reclamo: outcome=
      notice written by reclamo: notice=closed_unconfirmed to=customer party=1
      notice written by reclamo: notice=case_report to=third party party=5
    """)


def test_a_repair_that_costs_something_goes_through_its_steps() -> None:
    """A price is agreed, nobody takes the order, a part is waited for, silence ends it."""
    life = histories.priced_repair()
    assert life.story("ledger") == A_REPAIR_THAT_COSTS_SOMETHING_GOES_THROUGH_ITS_STEPS
