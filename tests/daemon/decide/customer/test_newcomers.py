"""Somebody new who writes with a right address of the case."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.cases import FULL
from tests.daemon.decide.story import expected

STAFF_ARE_ASKED_AND_WHAT_THEY_GAVE_COUNTS_WHEN_THEY_SAY_SO = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ada@firm.example []
      detail model: ST-6.0K (ST-6.0K) by customer
      detail problem: It does not switch on. (It does not switch on.) by customer
      timer promise:acknowledge:0:end end Thu 2026-03-12 00:00 acknowledge 0
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:resolve:0:end end Wed 2026-04-15 00:00 resolve 0
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
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer promise:acknowledge:0:end dropped
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] newcomer=nell@example.it new_words=I am her
          neighbour. from_party=4 until=2026-03-04
      fact unconfirmed [4]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}]
      fact heard {4: [{name: serial, value: SN60A2412345, shown: SN60A2412345, where: text, start: 0,
          end: 0, wrong: }]}
      timer newcomer:4 newcomer Wed 2026-03-04 09:00 4 0
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      participant added by customer: address=nell@example.it confirmed=false
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: accept, did: accepted, value: nell@example.it}]
      fact unconfirmed forgotten
      fact heard forgotten
      detail serial: SN60A2412345 (SN60A2412345) by customer
      timer newcomer:4 dropped
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      participant confirmed by ada@firm.example: address=nell@example.it
      detail found by customer: detail=serial value=SN60A2412345 where=text
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] newcomer=wim@example.it new_words=Wrong letter?
          from_party=5 until=2026-03-04
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m4@example, party: 5, at:
          2026-03-02T09:00:00+00:00, sender: wim@example.it, words: Wrong letter?, inbox_id: 4, told:
          false}]
      fact unconfirmed [5]
      fact heard {5: []}
      timer newcomer:5 newcomer Wed 2026-03-04 09:00 5 0
      participant added by customer: address=wim@example.it confirmed=false
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Mon 2026-03-02 10:00
      letter transcript 2 to ada@firm.example answers m5@example [by_person] automatic=false
          done=[{line: separate, did: separated, value: wim@example.it}]
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}]
      fact unconfirmed forgotten
      fact heard forgotten
      timer newcomer:5 dropped
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      participant removed by ada@firm.example: address=wim@example.it mails=1
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter held 1 to ada@firm.example [] new_words=About C-2026-000001 from_party=6 until=2026-03-04
          inbox_id=6
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}]
      timer hold:6 hold Wed 2026-03-04 09:00 6 0
      mail received by stranger: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      mail held by stranger: address=eve@else.example inbox_id=6
      notice written by reclamo: notice=held to=staff party=3
    Mon 2026-03-02 10:00
      letter customer_wrote 3 to ada@firm.example answers m7@example [by_person] automatic=false
      letter transcript 3 to ada@firm.example answers m7@example [by_person] automatic=false
          done=[{line: accept, did: accepted, value: eve@else.example}]
      timer hold:6 dropped
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      participant added by ada@firm.example: address=eve@else.example
      notice written by reclamo: notice=customer_wrote to=staff party=3
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter held 2 to ada@firm.example [] new_words=Me too: C-2026-000001 from_party=7 until=2026-03-04
          inbox_id=8
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}, {id: m8@example, party: 7, at: 2026-03-02T09:00:00+00:00, sender:
          ed@else.example, words: Me too: C-2026-000001, inbox_id: 8, told: false}]
      timer hold:8 hold Wed 2026-03-04 09:00 8 0
      mail received by stranger: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      mail held by stranger: address=ed@else.example inbox_id=8
      notice written by reclamo: notice=held to=staff party=3
    Mon 2026-03-02 10:00
      fact numbers {: X-1}
      mail received by reclamo: message_id=m9@example inbox_id=9 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      number given by reclamo: third_party= number=X-1
    Mon 2026-03-02 10:00
      letter customer_wrote 4 to ada@firm.example [] new_words=Ticket opened. from_party=8
      mail received by reclamo: message_id=m10@example inbox_id=10 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Wed 2026-03-04 09:00
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: false}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: false}]
      timer hold:8 dropped
      held mail taken as a new case by reclamo: inbox_id=8
    Fri 2026-03-06 09:00
      letter unhandled 1 to max@firm.example [] unhandled_since=2026-03-02T09:00:00+00:00 new_words=I am
          her neighbour. from_party=4
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: true}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: true}]
      timer unhandled dropped
      manager told of mail by reclamo: mails=[m2@example, m6@example]
      notice written by reclamo: notice=unhandled to=manager party=9
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=3
      timer promise:progress:0:warn:0 dropped
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=3 of=progress:0
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=1
      timer promise:progress:0:warn:1 dropped
      staff warned by reclamo: promise=progress due=2026-03-20 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=3 of=progress:0
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      letter sent_for_you 1 to ada@firm.example [] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      timer promise:progress:0:act dropped
      acted by itself by reclamo: promise=progress due=2026-03-20 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-03-20}
      notice written by reclamo: notice=sent_for_you to=staff party=3
    Fri 2026-03-20 09:00
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      timer promise:progress:0:end dropped
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-03-20 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-10 origin=progress
    Sun 2026-03-22 10:00
      letter customer_wrote 5 to ada@firm.example [] newcomer=una@example.it new_words=Is there any
          news? from_party=10 until=2026-03-24
      fact unhandled [{id: m2@example, party: 4, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: I am her neighbour., inbox_id: 2, told: true}, {id: m6@example, party: 6, at:
          2026-03-02T09:00:00+00:00, sender: eve@else.example, words: About C-2026-000001, inbox_id: 6,
          told: true}, {id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: false}]
      fact unconfirmed [10]
      fact heard {10: []}
      timer newcomer:10 newcomer Tue 2026-03-24 09:00 10 0
      timer unhandled unhandled Thu 2026-03-26 09:00  0
      participant added by customer: address=una@example.it confirmed=false
      mail received by customer: message_id=m11@example inbox_id=11 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=3
    Sun 2026-03-22 10:00
      letter ask 1 to anna@example.it answers m12@example [by_person] staff_text=When did it begin?
          automatic=false
      letter transcript 4 to ada@firm.example answers m12@example [by_person] staff_text=When did it
          begin? automatic=false done=[{line: ask, did: asked the customer, value: }]
      fact unhandled [{id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: false}]
      timer step:remind:0 remind Mon 2026-03-30 09:00 reminder 0
      timer step:remind:1 remind Tue 2026-04-07 09:00 reminder 1
      timer step:after:15 working days after Tue 2026-04-14 00:00 15 working days 0
      mail received by ada@firm.example: message_id=m12@example inbox_id=12 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=ask to=customer party=1 about={staff_text: When did it begin?}
      asked the customer by ada@firm.example: details=[]
      step entered by reclamo: step=waiting
      dealt with by ada@firm.example: mails=[m2@example, m6@example]
      notice written by reclamo: notice=transcript to=staff party=3
    Tue 2026-03-24 09:00
      letter customer_wrote 6 to ada@firm.example [] from_party=10 new_words=Is there any news?
      timer newcomer:10 dropped
      timer step:remind:0 dropped
      timer step:remind:1 dropped
      timer step:after:15 working days dropped
      somebody new counts by reclamo: address=una@example.it
      notice written by reclamo: notice=customer_wrote to=staff party=3
      step entered by reclamo: step=investigating
    Thu 2026-03-26 09:00
      letter unhandled 2 to max@firm.example [] unhandled_since=2026-03-22T09:00:00+00:00 new_words=Is
          there any news? from_party=10
      fact unhandled [{id: m11@example, party: 10, at: 2026-03-22T09:00:00+00:00, sender:
          una@example.it, words: Is there any news?, inbox_id: 11, told: true}]
      timer unhandled dropped
      manager told of mail by reclamo: mails=[m11@example]
      notice written by reclamo: notice=unhandled to=manager party=9
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=10
      timer promise:resolve:0:warn:0 dropped
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=10
      notice written by reclamo: notice=warning to=staff party=3 of=resolve:0
    Tue 2026-04-07 09:00
      letter warning 4@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=3
      timer promise:progress:1:warn:0 dropped
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=3
      notice written by reclamo: notice=warning to=staff party=3 of=progress:1
    Tue 2026-04-07 09:00
      letter warning 5@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=5
      timer promise:resolve:0:warn:1 dropped
      staff warned by reclamo: promise=resolve due=2026-04-14 working_days_left=5
      notice written by reclamo: notice=warning to=staff party=3 of=resolve:0
    Thu 2026-04-09 09:00
      letter warning 6@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=1
      timer promise:progress:1:warn:1 dropped
      staff warned by reclamo: promise=progress due=2026-04-10 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=3 of=progress:1
    Fri 2026-04-10 09:00
      letter progress 2 to anna@example.it [keeps] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
      letter sent_for_you 2 to ada@firm.example [] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
      timer promise:progress:1:act dropped
      acted by itself by reclamo: promise=progress due=2026-04-10 notice=progress
      notice written by reclamo: notice=progress to=customer party=1 about={promise: progress,
          automatic: true, due: 2026-04-10}
      notice written by reclamo: notice=sent_for_you to=staff party=3
    Fri 2026-04-10 09:00
      timer promise:progress:2:warn:0 warn Mon 2026-04-27 09:00 progress 2
      timer promise:progress:2:warn:1 warn Wed 2026-04-29 09:00 progress 2
      timer promise:progress:2:act act Thu 2026-04-30 09:00 progress 2
      timer promise:progress:2:end end Fri 2026-05-01 00:00 progress 2
      timer promise:progress:1:end dropped
      letter sent by reclamo: notice=progress party=1 message_id=
      promise kept by reclamo: promise=progress due=2026-04-10 notice=progress
      promise armed by reclamo: promise=progress due=2026-04-30 origin=progress
    """)


def test_staff_are_asked_and_what_they_gave_counts_when_they_say_so() -> None:
    """Nothing moves before; where nobody says anything it ends the waiting."""
    life = histories.crowded_complaint()
    assert (
        life.story("said", "facts", "details", "timers", "ledger")
        == STAFF_ARE_ASKED_AND_WHAT_THEY_GAVE_COUNTS_WHEN_THEY_SAY_SO
    )


A_NEWCOMER_S_DETAILS_COMPLETE_A_CASE_ONCE_THEY_ARE_ACCEPTED = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] newcomer=nell@example.it new_words=It is an
          ST-6.0K. from_party=3 until=2026-03-04
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:00
      fact unconfirmed [3]
      fact unhandled [{id: m2@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender: nell@example.it,
          words: It is an ST-6.0K., inbox_id: 2, told: false}]
      fact heard {3: [{name: model, value: ST-6.0K, shown: ST-6.0K, where: text, start: 0, end: 0,
          wrong: }]}
      timer newcomer:3 newcomer Wed 2026-03-04 09:00 3 0
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      participant added by customer: address=nell@example.it confirmed=false
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      thanks received by customer:
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example answers m4@example [by_person] automatic=false
      letter transcript 1 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: accept, did: accepted, value: nell@example.it}]
      ticket step investigating
      ticket assignee ada@firm.example
      detail model: ST-6.0K (ST-6.0K) by customer
      fact unconfirmed forgotten
      fact heard forgotten
      timer step:remind:0 dropped
      timer step:remind:1 dropped
      timer step:after:15 working days dropped
      timer newcomer:3 dropped
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      participant confirmed by ada@firm.example: address=nell@example.it
      detail found by customer: detail=model value=ST-6.0K where=text
      notice written by reclamo: notice=customer_wrote to=staff party=2
      step entered by reclamo: step=investigating
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_a_newcomer_s_details_complete_a_case_once_they_are_accepted() -> None:
    """And what they wrote reaches the team."""
    life = histories.complaint(complete=False)
    life.forget()
    histories.newcomer(life, "It is an ST-6.0K.", histories.NELL, FULL[:1])
    histories.newcomer(life, "Thanks!", histories.NELL, bare_thanks=True)
    life.staff("accept")
    assert (
        life.story("said", "ticket", "details", "facts", "timers", "ledger")
        == A_NEWCOMER_S_DETAILS_COMPLETE_A_CASE_ONCE_THEY_ARE_ACCEPTED
    )


A_NEWCOMER_REOPENS_A_CLOSED_CASE_WHEN_NOBODY_SAYS_ANYTHING = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] newcomer=nell@example.it new_words=It is broken
          again. from_party=3 until=2026-03-04
      ticket unhandled_since Mon 2026-03-02 10:00
      timer newcomer:3 newcomer Wed 2026-03-04 09:00 3 0
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      participant added by customer: address=nell@example.it confirmed=false
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Wed 2026-03-04 09:00
      letter reopened 1 to anna@example.it [] from_party=3 new_words=It is broken again.
      letter customer_wrote 2 to ada@firm.example [] from_party=3 new_words=It is broken again.
      ticket step reopened
      ticket step_since Wed 2026-03-04 09:00
      ticket waiting_for staff
      ticket closed_at null
      timer promise:answer_again:0:warn:0 warn Wed 2026-04-01 09:00 answer_again 0
      timer promise:answer_again:0:warn:1 warn Thu 2026-04-09 09:00 answer_again 0
      timer promise:answer_again:0:warn:2 warn Wed 2026-04-15 09:00 answer_again 0
      timer promise:answer_again:0:act act Thu 2026-04-16 09:00 answer_again 0
      timer promise:answer_again:0:end end Fri 2026-04-17 00:00 answer_again 0
      timer promise:progress:1:warn:0 warn Thu 2026-03-19 09:00 progress 1
      timer promise:progress:1:warn:1 warn Mon 2026-03-23 09:00 progress 1
      timer promise:progress:1:act act Tue 2026-03-24 09:00 progress 1
      timer promise:progress:1:end end Wed 2026-03-25 00:00 progress 1
      timer newcomer:3 dropped
      somebody new counts by reclamo: address=nell@example.it
      step entered by reclamo: step=reopened
      reopened by reclamo: step=reopened
      promise armed by reclamo: promise=answer_again due=2026-04-16 origin=reopened
      promise armed by reclamo: promise=progress due=2026-03-24 origin=reopened
      notice written by reclamo: notice=reopened to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Fri 2026-03-06 09:00
      letter unhandled 1 to max@firm.example [] unhandled_since=2026-03-02T09:00:00+00:00 new_words=It
          is broken again. from_party=3
      timer unhandled dropped
      manager told of mail by reclamo: mails=[m3@example]
      notice written by reclamo: notice=unhandled to=manager party=4
    """)


def test_a_newcomer_reopens_a_closed_case_when_nobody_says_anything() -> None:
    """Their silence about it is no answer."""
    life = histories.complaint()
    life.staff("spam")
    life.forget()
    histories.newcomer(life, "It is broken again.", histories.NELL)
    life.days(5)
    assert (
        life.story("said", "ticket", "timers", "ledger") == A_NEWCOMER_REOPENS_A_CLOSED_CASE_WHEN_NOBODY_SAYS_ANYTHING
    )


A_NEWCOMER_WHO_IS_SEPARATED_TAKES_THEIR_MAILS_ALONG = expected("""
    Mon 2026-03-02 10:00
      taken in anew 2
      taken in anew 3
      party 3 stranger nell@example.it [en]
      fact unconfirmed forgotten
      fact unhandled forgotten
      fact heard forgotten
      timer newcomer:3 dropped
      timer unhandled dropped
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      participant removed by ada@firm.example: address=nell@example.it mails=2
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_a_newcomer_who_is_separated_takes_their_mails_along() -> None:
    """All that they wrote."""
    life = histories.complaint()
    histories.newcomer(life, "My own is broken.", histories.NELL)
    histories.newcomer(life, "Hello?", histories.NELL)
    life.forget()
    life.staff("separate")
    assert (
        life.story("rest", "parties", "facts", "timers", "ledger")
        == A_NEWCOMER_WHO_IS_SEPARATED_TAKES_THEIR_MAILS_ALONG
    )


A_HELD_MAIL_IS_SEPARATED = expected("""
    Mon 2026-03-02 10:00
      letter held 1 to ada@firm.example [] new_words=About C-2026-000001 from_party=3 until=2026-03-04
          inbox_id=2
      fact unhandled [{id: m2@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          eve@else.example, words: About C-2026-000001, inbox_id: 2, told: false}]
      timer hold:2 hold Wed 2026-03-04 09:00 2 0
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      mail received by stranger: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      mail held by stranger: address=eve@else.example inbox_id=2
      notice written by reclamo: notice=held to=staff party=2
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: separate, did: separated, value: eve@else.example}]
      fact unhandled forgotten
      timer hold:2 dropped
      timer unhandled dropped
      taken in anew 2
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      held mail taken as a new case by ada@firm.example: inbox_id=2
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_a_held_mail_is_separated() -> None:
    """It becomes a case of its own at once, and is no longer open here."""
    life = histories.complaint()
    life.forget()
    histories.stranger(life, "About C-2026-000001", histories.EVE)
    life.staff("separate")
    assert life.story("said", "facts", "timers", "rest", "ledger") == A_HELD_MAIL_IS_SEPARATED


A_NEWCOMER_S_MAIL_ENDS_THE_WAITING_FOR_AN_ANSWER = expected("""
    Tue 2026-05-12 02:00
      letter customer_wrote 1 to chen@firm.example [] newcomer=nell@example.it new_words=She is in
          hospital. from_party=6 until=2026-05-14
      ticket waiting_for staff
      ticket unhandled_since Tue 2026-05-12 02:00
      timer newcomer:6 newcomer Thu 2026-05-14 03:00 6 0
      timer unhandled unhandled Mon 2026-05-18 03:00  0
    Tue 2026-05-12 04:00
      letter follow_up 1 to anna@example.it [keeps] promise=call_back due=2026-05-12 automatic=true
          sent_notice=follow_up
      timer promise:call_back:0:act dropped
    Tue 2026-05-12 04:00
      timer promise:call_back:0:end dropped
    Thu 2026-05-14 03:00
      letter judge_wanted 3 to chen@firm.example [] from_party=6 new_words=She is in hospital.
          question=visit_or_advice
      ticket step judging
      ticket step_since Thu 2026-05-14 03:00
      ticket questions [visit_or_advice to 0 []]
      timer step:after:4 working hours after Thu 2026-05-14 07:00 4 working hours 0
      timer step:after:5 working days dropped
      timer newcomer:6 dropped
    Thu 2026-05-14 07:00
      letter case_waits 1 to gao@firm.example []
      letter judge_wanted 4 to chen@firm.example [] question=visit_or_advice
      ticket step_since Thu 2026-05-14 07:00
      ticket questions [visit_or_advice to 0 []]
      timer step:after:4 working hours after Thu 2026-05-14 11:00 4 working hours 0
    Thu 2026-05-14 11:00
      letter case_waits 2 to gao@firm.example []
      letter judge_wanted 5 to chen@firm.example [] question=visit_or_advice
      ticket step_since Thu 2026-05-14 11:00
      ticket questions [visit_or_advice to 0 []]
      timer step:after:4 working hours after Fri 2026-05-15 06:00 4 working hours 0
    Fri 2026-05-15 06:00
      letter case_waits 3 to gao@firm.example []
      letter judge_wanted 6 to chen@firm.example [] question=visit_or_advice
      ticket step_since Fri 2026-05-15 06:00
      ticket questions [visit_or_advice to 0 []]
      timer step:after:4 working hours after Fri 2026-05-15 10:00 4 working hours 0
    Fri 2026-05-15 10:00
      letter case_waits 4 to gao@firm.example []
      letter judge_wanted 7 to chen@firm.example [] question=visit_or_advice
      ticket step_since Fri 2026-05-15 10:00
      ticket questions [visit_or_advice to 0 []]
      timer step:after:4 working hours after Mon 2026-05-18 05:00 4 working hours 0
    """)


def test_a_newcomer_s_mail_ends_the_waiting_for_an_answer() -> None:
    """The customer was asked something else: staff read it."""
    life = histories.visited_repair()
    life.customer("It is broken again.")
    life.told_by(histories.CHEN, "advise", "open the tap")
    life.forget()
    histories.newcomer(life, "She is in hospital.", histories.NELL)
    life.days(4)
    assert life.story("said", "ticket", "timers") == A_NEWCOMER_S_MAIL_ENDS_THE_WAITING_FOR_AN_ANSWER
