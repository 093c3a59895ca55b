"""Notices: to whom one goes, which occurrence it is, whether it may keep a promise."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

LETTERS_OF_A_WORKED_COMPLAINT = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ada@firm.example []
    Tue 2026-03-10 09:00
      letter reminder 1 to anna@example.it [] times=1 last=false
    Wed 2026-03-11 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=It is an ST-6.0K. from_party=1
    Wed 2026-03-11 12:00
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: take, did: assigned, value: ada@firm.example}]
    Wed 2026-03-11 12:00
      letter third_party_question 1 to bob@installer.example [by_person] staff_text=What did you see?
          automatic=false third_party=installer
      letter transcript 2 to ada@firm.example answers m4@example [by_person] automatic=false
          third_party=installer done=[{line: third installer bob@installer.example, did: asked a third
          party, value: installer <bob@installer.example>}]
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=3
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=1
    Thu 2026-03-19 09:00
      letter chase 1 to bob@installer.example [] third_party=installer times=1
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      letter sent_for_you 1 to ada@firm.example [] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
    Fri 2026-03-20 12:00
      letter third_party_wrote 1 to ada@firm.example [by_person] third_party=installer new_words=It was
          wet. from_party=3
    Fri 2026-03-20 12:00
      letter ask 1 to anna@example.it answers m6@example [by_person] staff_text=Where is the number?
          automatic=false ask_details=[serial]
      letter transcript 3 to ada@firm.example answers m6@example [by_person] staff_text=Where is the
          number? automatic=false ask_details=[serial] done=[{line: ask serial, did: asked the customer,
          value: serial}]
    Fri 2026-03-20 12:00
      letter customer_wrote 2 to ada@firm.example [] new_words=Here it is. from_party=1
    Sat 2026-03-21 12:00
      letter decision 1 to anna@example.it answers m8@example [keeps, by_person] staff_text=It was wet.
          automatic=false decision=not_upheld
      letter transcript 4 to ada@firm.example answers m8@example [by_person] staff_text=It was wet.
          automatic=false decision=not_upheld done=[{line: decide not upheld, did: decided, value:
          not_upheld}]
    Sat 2026-03-21 17:00
      letter escalated 1 to anna@example.it answers m9@example [keeps] new_words=No, it was not.
          from_party=1 answer=no
      letter escalation 1 to eva@firm.example [] new_words=No, it was not. from_party=1 answer=no
    Sat 2026-03-21 17:00
      letter review_decision 1 to anna@example.it answers m10@example [keeps, by_person] staff_text=You
          are right. automatic=false decision=upheld
      letter transcript 5 to eva@firm.example answers m10@example [by_person] staff_text=You are right.
          automatic=false decision=upheld done=[{line: decide upheld, did: decided, value: upheld}]
    Fri 2026-04-10 18:00
      letter reopened 1 to anna@example.it answers m11@example [] new_words=One more thing. from_party=1
      letter customer_wrote 3 to ada@firm.example [] new_words=One more thing. from_party=1
    """)


def test_letters_of_a_worked_complaint() -> None:
    """Each letter once, with its number for ever, and what it speaks of."""
    life = histories.worked_complaint()
    assert life.story("said") == LETTERS_OF_A_WORKED_COMPLAINT


LETTERS_OF_A_REPAIR = expected("""
    Mon 2026-05-11 04:00
      letter request_registered 1 to anna@example.it answers m1@example [keeps]
      letter judge_wanted 1 to chen@firm.example [] question=visit_or_advice
    Mon 2026-05-11 04:00
      letter order_offered 1 to li@firm.example [by_person] automatic=false answer=send_engineer
          question=take_order
      letter transcript 1 to chen@firm.example answers m2@example [by_person] automatic=false
          answer=send_engineer done=[{did: answered, value: send_engineer}]
    Mon 2026-05-11 05:00
      letter order_unanswered 1 to chen@firm.example [] member=Li question_asked=take_order
      letter order_offered 2 to sun@firm.example [] member=Li question_asked=take_order
          question=take_order
    Mon 2026-05-11 05:00
      letter slots_offered 1 to anna@example.it answers m3@example [by_person] automatic=false
          answer=take_it thing=engineer_visit
      letter transcript 2 to sun@firm.example answers m3@example [by_person] automatic=false
          answer=take_it done=[{did: answered, value: take_it}]
    Mon 2026-05-11 05:00
      letter visit_agreed 1 to anna@example.it answers m4@example [] new_words=chosen from_party=1
          chosen=2026-05-11T05:00:00+00:00 answer=chosen
      letter visit_set 1 to sun@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-11T05:00:00+00:00 answer=chosen
    Mon 2026-05-11 06:00
      letter visit_off 1 to sun@firm.example [] new_words=another_time from_party=1 answer=another_time
      letter slots_offered 2 to anna@example.it answers m5@example [] new_words=another_time
          from_party=1 answer=another_time thing=engineer_visit
    Mon 2026-05-11 06:00
      letter visit_agreed 2 to anna@example.it answers m6@example [] new_words=chosen from_party=1
          chosen=2026-05-12T01:00:00+00:00 answer=chosen
      letter visit_set 2 to sun@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-12T01:00:00+00:00 answer=chosen
    Tue 2026-05-12 02:00
      letter visit_reminder 1 to anna@example.it [] thing=engineer_visit times=2
    Tue 2026-05-12 02:00
      letter engineer_leaving 1 to anna@example.it answers m7@example [by_person] automatic=false
          answer=leaving_now
      letter transcript 3 to sun@firm.example answers m7@example [by_person] automatic=false
          answer=leaving_now done=[{did: answered, value: leaving_now}]
    Tue 2026-05-12 02:00
      letter record_filed 1 to chen@firm.example [by_person] automatic=false answer=finished_work
      letter confirm_repair 1 to anna@example.it answers m8@example [keeps, by_person] automatic=false
          answer=finished_work
      letter transcript 4 to sun@firm.example answers m8@example [by_person] automatic=false
          answer=finished_work done=[{did: answered, value: finished_work}]
    Tue 2026-05-12 02:00
      letter closed 1 to anna@example.it answers m9@example [] new_words=repaired from_party=1
          answer=repaired
      letter case_report 1 to service-reports@manufacturer.example [] new_words=repaired from_party=1
          answer=repaired
    """)


def test_letters_of_a_repair() -> None:
    """Customer, dispatchers, engineers and the manufacturer each get their own."""
    life = histories.visited_repair()
    assert life.story("said") == LETTERS_OF_A_REPAIR


LETTERS_TO_PEOPLE_COPIED_IN = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ada@firm.example []
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] newcomer=nell@example.it new_words=I am her
          neighbour. from_party=4 until=2026-03-04
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: accept, did: accepted, value: nell@example.it}]
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] newcomer=wim@example.it new_words=Wrong letter?
          from_party=5 until=2026-03-04
    Mon 2026-03-02 10:00
      letter transcript 2 to ada@firm.example answers m5@example [by_person] automatic=false
          done=[{line: separate, did: separated, value: wim@example.it}]
    Mon 2026-03-02 10:00
      letter held 1 to ada@firm.example [] new_words=About C-2026-000001 from_party=6 until=2026-03-04
          inbox_id=6
    Mon 2026-03-02 10:00
      letter customer_wrote 3 to ada@firm.example answers m7@example [by_person] automatic=false
      letter transcript 3 to ada@firm.example answers m7@example [by_person] automatic=false
          done=[{line: accept, did: accepted, value: eve@else.example}]
    Mon 2026-03-02 10:00
      letter held 2 to ada@firm.example [] new_words=Me too: C-2026-000001 from_party=7 until=2026-03-04
          inbox_id=8
    Mon 2026-03-02 10:00
      letter customer_wrote 4 to ada@firm.example [] new_words=Ticket opened. from_party=8
    Fri 2026-03-06 09:00
      letter unhandled 1 to max@firm.example [] unhandled_since=2026-03-02T09:00:00+00:00 new_words=I am
          her neighbour. from_party=4
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=3
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example [] promise=progress due=2026-03-20
          working_days_left=1
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
      letter sent_for_you 1 to ada@firm.example [] promise=progress due=2026-03-20 automatic=true
          sent_notice=progress
    Sun 2026-03-22 10:00
      letter customer_wrote 5 to ada@firm.example [] newcomer=una@example.it new_words=Is there any
          news? from_party=10 until=2026-03-24
    Sun 2026-03-22 10:00
      letter ask 1 to anna@example.it answers m12@example [by_person] staff_text=When did it begin?
          automatic=false
      letter transcript 4 to ada@firm.example answers m12@example [by_person] staff_text=When did it
          begin? automatic=false done=[{line: ask, did: asked the customer, value: }]
    Tue 2026-03-24 09:00
      letter customer_wrote 6 to ada@firm.example [] from_party=10 new_words=Is there any news?
    Thu 2026-03-26 09:00
      letter unhandled 2 to max@firm.example [] unhandled_since=2026-03-22T09:00:00+00:00 new_words=Is
          there any news? from_party=10
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=10
    Tue 2026-04-07 09:00
      letter warning 4@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=3
    Tue 2026-04-07 09:00
      letter warning 5@resolve:0 to ada@firm.example [] promise=resolve due=2026-04-14
          working_days_left=5
    Thu 2026-04-09 09:00
      letter warning 6@progress:1 to ada@firm.example [] promise=progress due=2026-04-10
          working_days_left=1
    Fri 2026-04-10 09:00
      letter progress 2 to anna@example.it [keeps] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
      letter sent_for_you 2 to ada@firm.example [] promise=progress due=2026-04-10 automatic=true
          sent_notice=progress
    """)


def test_letters_to_people_copied_in() -> None:
    """Nobody who is not confirmed is written to."""
    life = histories.crowded_complaint()
    assert life.story("said") == LETTERS_TO_PEOPLE_COPIED_IN
