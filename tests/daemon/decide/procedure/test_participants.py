"""Others on the customer's side: copied in, or new with a right address."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

WHO_IS_ON_THE_CASE = expected("""
    Mon 2026-03-02 10:00
      party 1 customer anna@example.it [Anna, en]
      party 2 participant bert@example.it [Bert, en]
      party 3 staff ada@firm.example [Ada, en]
      opened by customer: kind=product why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      participant added by customer: address=bert@example.it confirmed=true
      detail found by customer: detail=model value=ST-6.0K where=text
      detail found by customer: detail=problem value=It does not switch on. where=text
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[serial, solution]
      notice written by reclamo: notice=new_case to=staff party=3
      step entered by reclamo: step=investigating
    Mon 2026-03-02 10:00
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
    Mon 2026-03-02 10:00
      party 4 participant nell@example.it [en]
      fact unconfirmed [4]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}]
      fact heard {4: [{name: serial, value: SN60A2412345, shown: SN60A2412345, where: text, start: 0,
          end: 0, wrong: }]}
      participant added by customer: address=nell@example.it confirmed=false
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-03-02 10:00
      fact unconfirmed forgotten
      fact heard forgotten
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      participant confirmed by ada@firm.example: address=nell@example.it
      detail found by customer: detail=serial value=SN60A2412345 where=text
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      party 5 participant wim@example.it [en]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m4@example, party: 5, at:
          2026-03-02T09:00:00+00:00, sender: wim@example.it, words: Wrong letter?, inbox_id: 4, told:
          false}]
      fact unconfirmed [5]
      fact heard {5: []}
      participant added by customer: address=wim@example.it confirmed=false
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-03-02 10:00
      party 5 stranger wim@example.it [en]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}]
      fact unconfirmed forgotten
      fact heard forgotten
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      participant removed by ada@firm.example: address=wim@example.it mails=1
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      party 6 stranger eve@else.example []
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}]
      mail received by stranger: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      mail held by stranger: address=eve@else.example inbox_id=6
      notice written by reclamo: notice=held to=staff party=3
    Mon 2026-03-02 10:00
      party 6 participant eve@else.example []
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      participant added by ada@firm.example: address=eve@else.example
      notice written by reclamo: notice=customer_wrote to=staff party=3
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      party 7 stranger ed@else.example []
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}, {id: m8@example, party: 7, at: 2026-03-02T09:00:00+00:00, sender:
          ed@else.example, words: Me too: C-2026-000001, inbox_id: 8, told: false}]
      mail received by stranger: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      mail held by stranger: address=ed@else.example inbox_id=8
      notice written by reclamo: notice=held to=staff party=3
    Mon 2026-03-02 10:00
      fact numbers {: X-1}
      mail received by reclamo: message_id=m9@example inbox_id=9 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      number given by reclamo: third_party= number=X-1
    Mon 2026-03-02 10:00
      party 8 stranger desk@else.example []
      mail received by reclamo: message_id=m10@example inbox_id=10 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Wed 2026-03-04 09:00
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}]
      held mail taken as a new case by reclamo: inbox_id=8
    Fri 2026-03-06 09:00
      party 9 manager max@firm.example [Max, en]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: true}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: true}]
      manager told of mail by reclamo: mails=[m2@example, m6@example]
      notice written by reclamo: notice=unhandled to=manager party=9
    Tue 2026-03-17 09:00
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=3 of=progress:0
    Thu 2026-03-19 09:00
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=3 of=progress:0
    Fri 2026-03-20 09:00
      acted by itself by reclamo: promise=progress due=2026-03-20 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-03-20}
      notice written by reclamo: notice=sent_for_you to=staff party=3
    Fri 2026-03-20 09:00
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-03-20 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-10 origin=progress
    Sun 2026-03-22 10:00
      party 10 participant una@example.it [en]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: true}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: true}, {id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: false}]
      fact unconfirmed [10]
      fact heard {10: []}
      participant added by customer: address=una@example.it confirmed=false
      mail received by customer: message_id=m11@example inbox_id=11 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Sun 2026-03-22 10:00
      fact unhandled [{id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: false}]
      mail received by ada@firm.example: message_id=m12@example inbox_id=12 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=ask to=customer party=1 about={staff_text: When did it begin?}
      asked the customer by ada@firm.example: details=[]
      step entered by reclamo: step=waiting
      dealt with by ada@firm.example: mails=[m2@example, m6@example]
      notice written by reclamo: notice=transcript to=staff party=3
    Tue 2026-03-24 09:00
      somebody new counts by reclamo: address=una@example.it
      notice written by reclamo: notice=customer_wrote to=staff party=3
      step entered by reclamo: step=investigating
    Thu 2026-03-26 09:00
      fact unhandled [{id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: true}]
      manager told of mail by reclamo: mails=[m11@example]
      notice written by reclamo: notice=unhandled to=manager party=9
    Mon 2026-03-30 09:00
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=10
      notice written by reclamo: notice=warning to=staff party=3 of=resolve:0
    Tue 2026-04-07 09:00
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=3 of=progress:1
    Tue 2026-04-07 09:00
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=3 of=resolve:0
    Thu 2026-04-09 09:00
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=3 of=progress:1
    Fri 2026-04-10 09:00
      acted by itself by reclamo: promise=progress due=2026-04-10 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-04-10}
      notice written by reclamo: notice=sent_for_you to=staff party=3
    Fri 2026-04-10 09:00
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-04-10 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-30 origin=progress
    """)


def test_who_is_on_the_case() -> None:
    """Copied in: on it at once. New: on it when staff say so; separated: a stranger again."""
    life = histories.crowded_complaint()
    assert life.story("parties", "facts", "ledger") == WHO_IS_ON_THE_CASE


AT_MOST_TEN_ARE_COPIED_IN = expected("""
    Mon 2026-03-02 10:00
      party 3 participant p0@example.it [en]
      party 4 participant p1@example.it [en]
      party 5 participant p2@example.it [en]
      party 6 participant p3@example.it [en]
      party 7 participant p4@example.it [en]
      party 8 participant p5@example.it [en]
      party 9 participant p6@example.it [en]
      party 10 participant p7@example.it [en]
      party 11 participant p8@example.it [en]
      party 12 participant p9@example.it [en]
    """)


def test_at_most_ten_are_copied_in() -> None:
    """Eleven in copy: ten are on the case."""
    life = histories.complaint()
    life.forget()
    histories.copied(life, [f"p{number}@example.it" for number in range(11)])
    assert life.story("parties") == AT_MOST_TEN_ARE_COPIED_IN


NOTHING_IS_ACCEPTED_WHERE_NOBODY_WAITS = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m2@example [by_person] automatic=false why=nothing is
          held may_send=false
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=nothing is held
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m3@example [by_person] automatic=false why=nothing is
          held may_send=false
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=nothing is held
      notice written by reclamo: notice=refused to=staff party=2
    """)


def test_nothing_is_accepted_where_nobody_waits() -> None:
    """Both commands are refused."""
    life = histories.complaint()
    life.forget()
    life.staff("accept")
    life.staff("separate")
    assert life.story("said", "ledger") == NOTHING_IS_ACCEPTED_WHERE_NOBODY_WAITS
