"""Appointments: free slots, offered, taken, reminded of, given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storage.values import Booking
from tests.daemon.decide import histories
from tests.daemon.decide.cases import rome
from tests.daemon.decide.story import expected

A_VISIT_IS_OFFERED_TAKEN_MOVED_AND_MADE = expected("""
    Mon 2026-05-11 04:00
      timer promise:first_contact:0:end end Mon 2026-05-11 06:00:01 first_contact 0
      timer step:after:4 working hours after Mon 2026-05-11 08:00 4 working hours 0
    Mon 2026-05-11 04:00
      timer promise:first_contact:0:end dropped
    Mon 2026-05-11 04:00
      timer step:turn:take_order turn Mon 2026-05-11 05:00 take_order 0
      timer step:after:4 working hours dropped
      fact answers {visit_or_advice: [send_engineer, , chen@firm.example]}
      fact things {dispatch_order: {number: DO-2026-000001, state: issued, since:
          2026-05-11T02:00:00+00:00, times: 1}}
      fact in_turn {take_order: {round: [li@firm.example], asked: [li@firm.example]}}
    Mon 2026-05-11 05:00
      timer step:turn:take_order turn Mon 2026-05-11 06:00 take_order 0
      fact in_turn {take_order: {round: [li@firm.example, sun@firm.example], asked: [li@firm.example,
          sun@firm.example]}}
    Mon 2026-05-11 05:00
      timer step:remind:0 remind Wed 2026-05-13 03:00 slots_reminder 0
      timer step:after:3 working days after Thu 2026-05-14 18:00 3 working days 0
      timer step:turn:take_order dropped
      fact answers {take_order: [take_it, , sun@firm.example]}
      fact things {dispatch_order: {state: taken, since: 2026-05-11T03:00:00+00:00}, engineer_visit:
          {number: V-2026-000001, state: proposed, since: 2026-05-11T03:00:00+00:00, times: 1, offered:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00]}}
      fact under_way no
      fact under_way_by sun@firm.example
      fact offered {which_slot: [{n: 1, at: 2026-05-11T03:00:00+00:00, options:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00], sums: {}}]}
    Mon 2026-05-11 05:00
      booked field-repair/sun@firm.example engineer_visit Mon 2026-05-11 07:00 to Mon 2026-05-11 08:30
          seat 0
      timer thing:engineer_visit:remind:1 appointment Mon 2026-05-11 06:00 engineer_visit 1
      timer thing:engineer_visit:start starts Mon 2026-05-11 07:00 engineer_visit 0
      timer thing:engineer_visit:end ends Mon 2026-05-11 08:30 engineer_visit 0
      timer promise:visit_made:0:warn:0 warn Wed 2026-05-13 08:00 visit_made 0
      timer promise:visit_made:0:end end Wed 2026-05-13 18:00 visit_made 0
      timer step:after:10 working days after Mon 2026-05-25 18:00 10 working days 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
      fact answers {which_slot: [chosen, 2026-05-11T05:00:00+00:00, customer]}
      fact things {engineer_visit: {state: arranged, offered: null, start: 2026-05-11T05:00:00+00:00,
          end: 2026-05-11T06:30:00+00:00, booked_at: 2026-05-11T03:00:00+00:00, sequence: 0}}
      fact offered {other_time: [{n: 1, at: 2026-05-11T03:00:00+00:00, options: [], sums: {}}]}
    Mon 2026-05-11 06:00
      freed field-repair/sun@firm.example engineer_visit Mon 2026-05-11 07:00 to Mon 2026-05-11 08:30
          seat 0
      timer step:remind:0 remind Wed 2026-05-13 03:00 slots_reminder 0
      timer step:after:3 working days after Thu 2026-05-14 18:00 3 working days 0
      timer unhandled unhandled Fri 2026-05-15 03:00  0
      timer thing:engineer_visit:remind:1 dropped
      timer thing:engineer_visit:start dropped
      timer thing:engineer_visit:end dropped
      timer step:after:10 working days dropped
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
      booked field-repair/sun@firm.example engineer_visit Tue 2026-05-12 03:00 to Tue 2026-05-12 04:30
          seat 0
      timer thing:engineer_visit:remind:1 appointment Tue 2026-05-12 02:00 engineer_visit 1
      timer thing:engineer_visit:start starts Tue 2026-05-12 03:00 engineer_visit 0
      timer thing:engineer_visit:end ends Tue 2026-05-12 04:30 engineer_visit 0
      timer step:after:10 working days after Mon 2026-05-25 18:00 10 working days 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
      fact answers {other_time: null, which_slot: [chosen, 2026-05-12T01:00:00+00:00, customer]}
      fact things {engineer_visit: {since: 2026-05-11T04:00:00+00:00, booked_at:
          2026-05-11T04:00:00+00:00, sequence: 2, offered: null, start: 2026-05-12T01:00:00+00:00, end:
          2026-05-12T02:30:00+00:00}}
      fact offered {other_time: [{n: 1, at: 2026-05-11T03:00:00+00:00, options: [], sums: {}}, {n: 2,
          at: 2026-05-11T04:00:00+00:00, options: [], sums: {}}]}
    Tue 2026-05-12 02:00
      timer thing:engineer_visit:remind:1 dropped
    Tue 2026-05-12 02:00
      fact answers {on_the_day: [leaving_now, , sun@firm.example]}
      fact under_way yes
      fact under_way_by sun@firm.example
    Tue 2026-05-12 02:00
      timer step:remind:0 remind Mon 2026-05-18 03:00 confirm_reminder 0
      timer step:after:8 working days after Fri 2026-05-22 18:00 8 working days 0
      timer promise:visit_made:0:warn:0 dropped
      timer promise:visit_made:0:end dropped
      timer unhandled dropped
      timer step:after:10 working days dropped
      fact answers {on_the_day: [finished_work, , sun@firm.example]}
      fact things {dispatch_order: {state: finished, since: 2026-05-12T00:00:00+00:00}}
      fact offered {is_it_repaired: [{n: 1, at: 2026-05-12T00:00:00+00:00, options: [], sums: {}}]}
      fact unhandled forgotten
    Tue 2026-05-12 02:00
      freed field-repair/sun@firm.example engineer_visit Tue 2026-05-12 03:00 to Tue 2026-05-12 04:30
          seat 0
      timer thing:engineer_visit:start dropped
      timer thing:engineer_visit:end dropped
      timer step:remind:0 dropped
      timer step:after:8 working days dropped
      fact answers {is_it_repaired: [repaired, , customer]}
      fact things {engineer_visit: {sequence: 3, was: 2026-05-12T01:00:00+00:00, till:
          2026-05-12T02:30:00+00:00, start: null, end: null}}
      fact closing confirmed
      fact closing_by customer
    """)


def test_a_visit_is_offered_taken_moved_and_made() -> None:
    """The slot that was taken first is given back; its reminders go with it."""
    life = histories.visited_repair()
    assert life.story("rest", "timers", "facts") == A_VISIT_IS_OFFERED_TAKEN_MOVED_AND_MADE


A_VISIT_THAT_NOBODY_BEGAN_IS_NOTICED = expected("""
    Mon 2026-05-11 04:00
      fact answers {visit_or_advice: [send_engineer, , chen@firm.example]}
    Mon 2026-05-11 04:00
      fact things {estimate: {number: FQ-2026-000001, state: offered, since: 2026-05-11T02:00:00+00:00,
          times: 1, lines: [[Visit, 80.00], [Labour, 120.00], [Drain pump, 260.00]], total: 460.00}}
      fact offered {agree_price: [{n: 1, at: 2026-05-11T02:00:00+00:00, options: [], sums: {estimate:
          460.00}}]}
    Wed 2026-05-13 04:00
      fact answers {agree_price: [agree_to_pay, , customer]}
      fact things {estimate: {state: agreed, since: 2026-05-13T02:00:00+00:00}, dispatch_order: {number:
          DO-2026-000001, state: issued, since: 2026-05-13T02:00:00+00:00, times: 1}}
      fact unhandled [{id: m4@example, party: 1, at: 2026-05-13T02:00:00+00:00, sender: anna@example.it,
          words: agree_to_pay, inbox_id: 4, told: false}]
      fact in_turn {take_order: {round: [li@firm.example], asked: [li@firm.example]}}
    Wed 2026-05-13 04:00
      fact answers {take_order: [cannot_take, too far away, li@firm.example]}
      fact in_turn {take_order: {round: [li@firm.example, sun@firm.example], asked: [li@firm.example,
          sun@firm.example]}}
    Wed 2026-05-13 04:00
      fact answers {take_order: [cannot_take, on leave, sun@firm.example]}
      fact in_turn {take_order: {round: []}}
      fact unhandled forgotten
    Wed 2026-05-13 04:00
      fact things {dispatch_order: {state: taken}, engineer_visit: {number: V-2026-000001, state:
          proposed, since: 2026-05-13T02:00:00+00:00, times: 1, offered: [2026-05-13T05:00:00+00:00,
          2026-05-13T08:00:00+00:00, 2026-05-14T01:00:00+00:00]}}
      fact offered {which_slot: [{n: 1, at: 2026-05-13T02:00:00+00:00, options:
          [2026-05-13T05:00:00+00:00, 2026-05-13T08:00:00+00:00, 2026-05-14T01:00:00+00:00], sums: {}}]}
      fact under_way no
      fact under_way_by chen@firm.example
    Wed 2026-05-13 04:00
      booked field-repair/li@firm.example engineer_visit Wed 2026-05-13 07:00 to Wed 2026-05-13 08:30
          seat 0
      fact answers {who_goes: [chosen, 2026-05-13T05:00:00+00:00, customer]}
      fact things {engineer_visit: {state: arranged, offered: null, start: 2026-05-13T05:00:00+00:00,
          end: 2026-05-13T06:30:00+00:00, booked_at: 2026-05-13T02:00:00+00:00, sequence: 0}}
      fact offered {other_time: [{n: 1, at: 2026-05-13T02:00:00+00:00, options: [], sums: {}}]}
    Wed 2026-05-13 06:00
      fact answers {on_the_day: [on_site, , li@firm.example]}
      fact things {dispatch_order: {state: in_work, since: 2026-05-13T04:00:00+00:00}}
      fact under_way yes
      fact under_way_by li@firm.example
    Wed 2026-05-13 06:00
      fact answers {on_the_day: [needs_part, a pump, li@firm.example]}
      fact things {dispatch_order: {state: part_ordered}}
      fact part_wanted a pump
      fact part_wanted_by li@firm.example
    Sun 2026-05-17 06:00
      freed field-repair/li@firm.example engineer_visit Wed 2026-05-13 07:00 to Wed 2026-05-13 08:30
          seat 0
      fact answers {part_there: [part_in, , chen@firm.example]}
      fact things {engineer_visit: {start: null, end: null, sequence: 1, was: 2026-05-13T05:00:00+00:00,
          till: 2026-05-13T06:30:00+00:00, offered: [2026-05-18T05:00:00+00:00,
          2026-05-18T08:00:00+00:00, 2026-05-19T01:00:00+00:00]}}
      fact offered {which_slot: [{n: 1, at: 2026-05-13T02:00:00+00:00, options:
          [2026-05-13T05:00:00+00:00, 2026-05-13T08:00:00+00:00, 2026-05-14T01:00:00+00:00], sums: {}},
          {n: 2, at: 2026-05-17T04:00:00+00:00, options: [2026-05-18T05:00:00+00:00,
          2026-05-18T08:00:00+00:00, 2026-05-19T01:00:00+00:00], sums: {}}]}
      fact under_way no
      fact under_way_by chen@firm.example
    Sun 2026-05-17 06:00
      booked field-repair/li@firm.example engineer_visit Mon 2026-05-18 07:00 to Mon 2026-05-18 08:30
          seat 0
      fact answers {on_the_day: null}
      fact things {engineer_visit: {since: 2026-05-17T04:00:00+00:00, booked_at:
          2026-05-17T04:00:00+00:00, sequence: 2, offered: null, start: 2026-05-18T05:00:00+00:00, end:
          2026-05-18T06:30:00+00:00}}
      fact offered {other_time: [{n: 1, at: 2026-05-13T02:00:00+00:00, options: [], sums: {}}, {n: 2,
          at: 2026-05-17T04:00:00+00:00, options: [], sums: {}}]}
    Mon 2026-05-18 08:30
      fact answers {on_the_day: [not_a_fault, the tap was shut, li@firm.example]}
      fact things {dispatch_order: {state: no_fault, since: 2026-05-18T06:30:00+00:00}}
      fact offered {did_it_help: [{n: 1, at: 2026-05-18T06:30:00+00:00, options: [], sums: {}}]}
      fact under_way yes
      fact under_way_by li@firm.example
    Mon 2026-05-25 18:00
      fact closing unconfirmed
      fact closing_by reclamo
    """)


def test_a_visit_that_nobody_began_is_noticed() -> None:
    """The dispatchers are told at its start and at its end; the slot counts as over."""
    life = histories.priced_repair()
    assert life.story("rest", "facts") == A_VISIT_THAT_NOBODY_BEGAN_IS_NOTICED


TIMES_FOLLOW_EACH_OTHER_WHERE_FEW_ARE_FREE = expected("""
    Mon 2026-05-11 04:00
      letter nobody_took_it 1 to chen@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-11T06:30:00+00:00 answer=chosen question=who_goes
      ticket step no_engineer
      ticket team dispatchers
      ticket assignee
      ticket waiting_for staff
      ticket questions [who_goes to 0 []]
      timer promise:visit_made:0:warn:0 warn Wed 2026-05-13 08:00 visit_made 0
      timer promise:visit_made:0:end end Wed 2026-05-13 18:00 visit_made 0
      timer step:after:4 working hours after Mon 2026-05-11 08:00 4 working hours 0
      timer step:remind:0 dropped
      timer step:after:3 working days dropped
    Mon 2026-05-11 08:00
      letter case_waits 1 to gao@firm.example []
      letter nobody_took_it 2 to chen@firm.example [] question=who_goes
      ticket step_since Mon 2026-05-11 08:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Mon 2026-05-11 12:00 4 working hours 0
    Mon 2026-05-11 12:00
      letter case_waits 2 to gao@firm.example not before Tue 2026-05-12 03:00 []
      letter nobody_took_it 3 to chen@firm.example [] question=who_goes
      ticket step_since Mon 2026-05-11 12:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Tue 2026-05-12 07:00 4 working hours 0
    Tue 2026-05-12 07:00
      letter case_waits 3 to gao@firm.example []
      letter nobody_took_it 4 to chen@firm.example [] question=who_goes
      ticket step_since Tue 2026-05-12 07:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Tue 2026-05-12 11:00 4 working hours 0
    Tue 2026-05-12 11:00
      letter case_waits 4 to gao@firm.example []
      letter nobody_took_it 5 to chen@firm.example [] question=who_goes
      ticket step_since Tue 2026-05-12 11:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Wed 2026-05-13 06:00 4 working hours 0
    Wed 2026-05-13 06:00
      letter case_waits 5 to gao@firm.example []
      letter nobody_took_it 6 to chen@firm.example [] question=who_goes
      ticket step_since Wed 2026-05-13 06:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Wed 2026-05-13 10:00 4 working hours 0
    Wed 2026-05-13 08:00
      letter warning 1@visit_made:0 to chen@firm.example [] promise=visit_made due=2026-05-13
          working_days_left=0
      timer promise:visit_made:0:warn:0 dropped
    Wed 2026-05-13 10:00
      letter case_waits 6 to gao@firm.example []
      letter nobody_took_it 7 to chen@firm.example [] question=who_goes
      ticket step_since Wed 2026-05-13 10:00
      ticket questions [who_goes to 0 []]
      timer step:after:4 working hours after Thu 2026-05-14 05:00 4 working hours 0
    Wed 2026-05-13 18:00
      timer promise:visit_made:0:end dropped
    """)


def test_times_follow_each_other_where_few_are_free() -> None:
    """Two are offered though they lie close; one that was taken meanwhile is not booked, and others are offered."""
    life = histories.repair()
    life.told_by(histories.CHEN, "send_engineer")
    taken = [
        Booking(
            place=f"field-repair/{histories.LI}", start_at=at, end_at=at, seat=0, ticket_id=9, thing="engineer_visit"
        )
        for at in (
            rome(f"2026-05-{day}T{hour}") for day in (12, 13) for hour in ("03:00", "04:30", "07:00", "08:30", "10:00")
        )
    ]
    taken.append(replace(taken[0], start_at=rome("2026-05-11T07:00")))
    life.case = replace(life.case, taken=tuple(taken))
    life.told_by(histories.LI, "take_it")
    life.forget()
    options = next(asked.options for asked in life.case.ticket.questions if asked.options)
    life.case = replace(life.case, taken=(*taken, replace(taken[0], start_at=datetime.fromisoformat(options[0]))))
    life.answered("chosen", options[0])
    life.days(3)
    assert life.story("said", "ticket", "rest", "timers") == TIMES_FOLLOW_EACH_OTHER_WHERE_FEW_ARE_FREE
