"""The customer wrote: a case opened, or words added to one."""

from __future__ import annotations

from dataclasses import replace

from daemon.decide.events import CustomerWrote
from parsers.reading import Answer, Mailbox
from parsers.reply.empty_mail import EmptyMail
from tests.daemon.decide import histories
from tests.daemon.decide.cases import CUSTOMER, FULL
from tests.daemon.decide.story import Recorded, expected

A_CASE_IS_OPENED_WITH_ALL_THAT_IS_KNOWN = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ben@firm.example []
      ticket kind unsorted
      ticket step investigating
      ticket subject My inverter
      ticket team service
      ticket zone Europe/Berlin
      ticket address it@firm.example
      ticket asked [ticket, solution]
      fact calendar DE
      fact related [C-2026-000009]
      fact form app
      fact country DE
      fact named_by Reply-To
      fact answers_lost true
      detail model: ST-6.0K (ST-6.0K) by customer
      detail problem: It does not switch on. (It does not switch on.) by customer
      detail serial: SN60A2412345 (SN60A2412345) by record
      opened by customer: kind=unsorted why=[no word] language=en how= address=it@firm.example
          came_to=[it@firm.example, de@firm.example]
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      detail found by customer: detail=problem value=It does not switch on. where=text
      detail found by record: detail=serial value=SN60A2412345 where=text
      time zone by reclamo: zone=Europe/Berlin
      answers a case that is not known by customer:
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-15 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[ticket, solution]
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=investigating
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      promise resolve:0 open due Wed 2026-04-15 23:59:59 (2026-04-15) from Mon 2026-03-02 10:00 received
    """)


def test_a_case_is_opened_with_all_that_is_known() -> None:
    """Counted in the calendar of its address; the record, the form, the country, the related cases."""
    life = Recorded(histories.MONDAY)
    life.opens(
        kind="",
        kind_reasons=("no word",),
        subject="My inverter",
        brand="",
        address="it@firm.example",
        calendar="DE",
        related=("C-2026-000009",),
        form="app",
        country="DE",
        sender_header="Reply-To",
        answers_unknown_case=True,
        own_recipients=("it@firm.example", "de@firm.example"),
        found_in_record=histories.found(serial="SN60A2412345"),
    )
    assert (
        life.story("said", "ticket", "facts", "details", "ledger", "promises")
        == A_CASE_IS_OPENED_WITH_ALL_THAT_IS_KNOWN
    )


WORDS_ADDED = expected("""
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      thanks received by customer:
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      nothing said by customer: why=blank
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=It is an ST-6.0K. from_party=1
      ticket step investigating
      ticket waiting_for staff
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      notice written by reclamo: notice=customer_wrote to=staff party=2
      step entered by reclamo: step=investigating
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      calendar answered by customer: state=accepted
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] new_words=And it hums. from_party=1
      ticket brand solar
      ticket unhandled_since Mon 2026-03-02 10:00
      mail received by customer: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m6@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: And it hums., inbox_id: 6, told: false}]
    Mon 2026-03-02 10:00
      letter decision 1 to anna@example.it answers m7@example [keeps, by_person] staff_text=We replace
          it. automatic=false decision=upheld
      letter transcript 1 to ada@firm.example answers m7@example [by_person] staff_text=We replace it.
          automatic=false decision=upheld done=[{line: decide upheld, did: decided, value: upheld}]
      ticket step decided
      ticket assignee ada@firm.example
      ticket waiting_for customer
      ticket unhandled_since null
      ticket questions [satisfied to 1 []]
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      decided by ada@firm.example: decision=upheld text=We replace it.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: We replace it.,
          decision: upheld}
      step entered by reclamo: step=decided
      promise moot by reclamo: promise=progress due=2026-03-20
      dealt with by ada@firm.example: mails=[m6@example]
      notice written by reclamo: notice=transcript to=staff party=2
      fact outcome upheld
      fact decided_by ada@firm.example
      fact decided_at 2026-03-02T09:00:00+00:00
      fact offered {satisfied: [{n: 1, at: 2026-03-02T09:00:00+00:00, options: [], sums: {}}]}
      fact unhandled forgotten
    Mon 2026-03-02 10:00
      letter closed 1 to anna@example.it answers m8@example [] new_words=Yes. But when? from_party=1
          answer=yes
      letter customer_wrote 3 to ada@firm.example [] new_words=Yes. But when? from_party=1 answer=yes
      ticket step closed
      ticket waiting_for nobody
      ticket closed_at Mon 2026-03-02 10:00
      ticket unhandled_since Mon 2026-03-02 10:00
      ticket questions []
      mail received by customer: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      answered by customer: question=satisfied answer=yes rest=
      notice written by reclamo: notice=closed to=customer party=1
      step entered by reclamo: step=closed
      closed by customer: outcome=upheld
      promise moot by reclamo: promise=resolve due=2026-04-14
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m8@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: Yes. But when?, inbox_id: 8, told: false}]
      fact answers {satisfied: [yes, , customer]}
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m9@example inbox_id=9 thread=customer files=[] evidence=
      thanks received by customer:
    Mon 2026-03-02 10:00
      letter reopened 1 to anna@example.it answers m10@example [] new_words=It is broken again.
          from_party=1
      letter customer_wrote 4 to ada@firm.example [] new_words=It is broken again. from_party=1
      ticket step reopened
      ticket waiting_for staff
      ticket closed_at null
      mail received by customer: message_id=m10@example inbox_id=10 thread=customer files=[] evidence=
      step entered by reclamo: step=reopened
      reopened by customer: step=reopened
      promise armed by reclamo: promise=answer_again due=2026-04-14 origin=reopened
      promise armed by reclamo: promise=progress due=2026-03-20 origin=reopened
      notice written by reclamo: notice=reopened to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
      fact unhandled [{id: m8@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: Yes. But when?, inbox_id: 8, told: false}, {id: m10@example, party: 1, at:
          2026-03-02T09:00:00+00:00, sender: anna@example.it, words: It is broken again., inbox_id: 10,
          told: false}]
    """)


def test_words_added() -> None:
    """Details complete it, thanks move nothing, an answer is taken, a calendar speaks, words go to the team."""
    life = histories.complaint(complete=False)
    life.forget()
    life.customer("Thanks.", bare_thanks=True)
    life.customer("OK", wordless=EmptyMail.BLANK)
    life.customer("It is an ST-6.0K.", found=FULL[:1])
    life.customer("Accepted", in_calendar="accepted")
    life.customer("And it hums.", brand="solar")
    life.staff("decide upheld\n\nWe replace it.")
    life.answered("yes", text="Yes. But when?")
    life.customer("Thanks.", bare_thanks=True)
    life.customer("It is broken again.")
    assert life.story("said", "ticket", "ledger", "facts") == WORDS_ADDED


AN_ADDRESS_THAT_WORKS_AGAIN_GETS_WHAT_IS_OWED = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 2 to anna@example.it answers m3@example [keeps] new_words=Did you get my
          mail? from_party=1
      letter customer_wrote 1 to ada@firm.example [] new_words=Did you get my mail? from_party=1
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      address works again by reclamo: address=anna@example.it
      notice written by reclamo: notice=acknowledgement to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:00 by acknowledgement
    """)


def test_an_address_that_works_again_gets_what_is_owed() -> None:
    """The acknowledgement came back; it is written anew when they write."""
    life = histories.complaint()
    histories.bounce(life, "acknowledgement")
    life.forget()
    life.customer("Did you get my mail?")
    life.deliver()
    assert life.story("said", "ledger", "promises") == AN_ADDRESS_THAT_WORKS_AGAIN_GETS_WHAT_IS_OWED


A_MAIL_THAT_CANNOT_BE_READ_GOES_ALONG_TO_STAFF = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to ada@firm.example with [[1, -1]] []
      fact unreadable no text
      opened by customer: kind=product why=[] language=de how=address
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[]
          evidence=address
      time zone by reclamo: zone=Europe/Berlin
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[model, problem, serial, solution]
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=incomplete
    """)


def test_a_mail_that_cannot_be_read_goes_along_to_staff() -> None:
    """As it was received."""
    life = Recorded(histories.MONDAY)
    mail = life.mail("", CUSTOMER, 0)
    unread = replace(mail, reading=replace(mail.reading, unreadable="no text"), evidence="address")
    life.happens(CustomerWrote(mail=unread, who=Mailbox(CUSTOMER), language="de", kind="product"))
    assert life.story("letters", "facts", "ledger") == A_MAIL_THAT_CANNOT_BE_READ_GOES_ALONG_TO_STAFF


SILENCE_IS_COUNTED_ANEW_WHERE_A_MAIL_MOVES_NOTHING = expected("""
    Wed 2026-05-13 02:00
      letter judge_wanted 3 to chen@firm.example []
      timer step:after:4 working hours after Wed 2026-05-13 07:00 4 working hours 0
      timer unhandled unhandled Tue 2026-05-19 03:00  0
      timer promise:call_back:0:act dropped
      timer promise:call_back:0:end dropped
      timer step:after:5 working days dropped
      ticket step judging
      ticket step_since Wed 2026-05-13 02:00
      ticket waiting_for staff
      ticket unhandled_since Wed 2026-05-13 02:00
      ticket questions [visit_or_advice to 0 []]
    """)


def test_silence_is_counted_anew_where_a_mail_moves_nothing() -> None:
    """They wrote before a letter left: reminders begin from their mail."""
    life = histories.visited_repair()
    life.customer("It is broken again.")
    life.told_by(histories.CHEN, "advise", "open the tap")
    life.forget()
    histories.later(life, days=1)
    life.customer("I cannot find the tap.")
    assert life.story("letters", "timers", "ticket") == SILENCE_IS_COUNTED_ANEW_WHERE_A_MAIL_MOVES_NOTHING


A_CALENDAR_THAT_ANSWERS_IS_TAKEN_AS_THEIR_ANSWER = expected("""
    Mon 2026-05-11 04:00
      letter visit_off 1 to li@firm.example [] new_words=Declined: visit from_party=1
          answer=another_time
      letter slots_offered 2 to anna@example.it answers m5@example [] new_words=Declined: visit
          from_party=1 answer=another_time thing=engineer_visit
      ticket step appointing
      ticket unhandled_since Mon 2026-05-11 04:00
      ticket questions [which_slot to 1 [2026-05-11T06:30:00+00:00, 2026-05-12T01:00:00+00:00,
          2026-05-12T05:00:00+00:00]]
      fact answers {which_slot: null, other_time: [another_time, , customer]}
      fact things {engineer_visit: {start: null, end: null, sequence: 1, was: 2026-05-11T05:00:00+00:00,
          till: 2026-05-11T06:30:00+00:00, offered: [2026-05-11T06:30:00+00:00,
          2026-05-12T01:00:00+00:00, 2026-05-12T05:00:00+00:00]}}
      fact under_way_by customer
      fact offered {which_slot: [{n: 1, at: 2026-05-11T02:00:00+00:00, options:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00], sums: {}},
          {n: 2, at: 2026-05-11T02:00:00+00:00, options: [2026-05-11T06:30:00+00:00,
          2026-05-12T01:00:00+00:00, 2026-05-12T05:00:00+00:00], sums: {}}]}
      fact unhandled [{id: m5@example, party: 1, at: 2026-05-11T02:00:00+00:00, sender: anna@example.it,
          words: Declined: visit, inbox_id: 5, told: false}]
      freed field-repair/li@firm.example engineer_visit Mon 2026-05-11 07:00 to Mon 2026-05-11 08:30
          seat 0
    Mon 2026-05-11 04:00
      letter visit_agreed 2 to anna@example.it answers m6@example [] new_words=chosen from_party=1
          chosen=2026-05-11T06:30:00+00:00 answer=chosen
      letter visit_set 2 to li@firm.example [] new_words=chosen from_party=1
          chosen=2026-05-11T06:30:00+00:00 answer=chosen
      ticket step appointed
      ticket questions [on_the_day to 3 [], other_time to 1 []]
      fact answers {other_time: null, which_slot: [chosen, 2026-05-11T06:30:00+00:00, customer]}
      fact things {engineer_visit: {sequence: 2, offered: null, start: 2026-05-11T06:30:00+00:00, end:
          2026-05-11T08:00:00+00:00}}
      booked field-repair/li@firm.example engineer_visit Mon 2026-05-11 08:30 to Mon 2026-05-11 10:00
          seat 0
    Mon 2026-05-11 04:00
      letter visit_off 2 to li@firm.example [] new_words=Declined from_party=1 answer=another_time
      letter slots_offered 3 to anna@example.it answers m7@example [] new_words=Declined from_party=1
          answer=another_time thing=engineer_visit
      ticket step appointing
      ticket questions [which_slot to 1 [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00,
          2026-05-12T01:00:00+00:00]]
      fact answers {which_slot: null, other_time: [another_time, , customer]}
      fact things {engineer_visit: {sequence: 3, was: 2026-05-11T06:30:00+00:00, till:
          2026-05-11T08:00:00+00:00, start: null, end: null, offered: [2026-05-11T05:00:00+00:00,
          2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00]}}
      fact offered {which_slot: [{n: 1, at: 2026-05-11T02:00:00+00:00, options:
          [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00, 2026-05-12T01:00:00+00:00], sums: {}},
          {n: 2, at: 2026-05-11T02:00:00+00:00, options: [2026-05-11T06:30:00+00:00,
          2026-05-12T01:00:00+00:00, 2026-05-12T05:00:00+00:00], sums: {}}, {n: 3, at:
          2026-05-11T02:00:00+00:00, options: [2026-05-11T05:00:00+00:00, 2026-05-11T08:00:00+00:00,
          2026-05-12T01:00:00+00:00], sums: {}}]}
      freed field-repair/li@firm.example engineer_visit Mon 2026-05-11 08:30 to Mon 2026-05-11 10:00
          seat 0
    """)


def test_a_calendar_that_answers_is_taken_as_their_answer() -> None:
    """Its own words are dealt with; a comment of theirs reaches the team."""
    life = histories.repair()
    life.told_by(histories.CHEN, "send_engineer")
    life.told_by(histories.LI, "take_it")
    histories.choose(life, 0)
    life.forget()
    life.answered("another_time", text="Declined: visit")
    histories.choose(life, 0)
    life.customer("Declined", answer=Answer("other_time", "another_time"), in_calendar="declined")
    life.customer("Tentative", in_calendar="tentative")
    assert life.story("said", "ticket", "facts", "rest") == A_CALENDAR_THAT_ANSWERS_IS_TAKEN_AS_THEIR_ANSWER


DETAILS_THAT_COME_BEFORE_A_LETTER_HAS_LEFT_COUNT = expected("""
    Mon 2026-03-02 10:01
      letter customer_wrote 1 to ada@firm.example [] new_words=It is an ST-6.0K. from_party=1
          crossed_until=2026-03-02T09:10:00+00:00
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:01
      fact undo {before: {ticket: {details: {model: {value: ST-6.0K, shown: ST-6.0K, wrong: , by:
          customer}}, facts: {unhandled: [{id: m3@example, party: 1, at: 2026-03-02T09:01:00+00:00,
          sender: anna@example.it, words: It is an ST-6.0K., inbox_id: 3, told: false}]}}}}
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:01:00+00:00, sender: anna@example.it,
          words: It is an ST-6.0K., inbox_id: 3, told: false}]
      detail model: ST-6.0K (ST-6.0K) by customer
    Mon 2026-03-02 10:01
      letter customer_wrote 2 to ada@firm.example [] new_words=And SN60A2412345. from_party=1
          crossed_until=2026-03-02T09:10:00+00:00
      fact undo {before: {ticket: {details: {serial: {value: SN60A2412345, shown: SN60A2412345, wrong: ,
          by: customer}}, facts: {unhandled: [{id: m3@example, party: 1, at: 2026-03-02T09:01:00+00:00,
          sender: anna@example.it, words: It is an ST-6.0K., inbox_id: 3, told: false}, {id: m4@example,
          party: 1, at: 2026-03-02T09:01:00+00:00, sender: anna@example.it, words: And SN60A2412345.,
          inbox_id: 4, told: false}]}}}}
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:01:00+00:00, sender: anna@example.it,
          words: It is an ST-6.0K., inbox_id: 3, told: false}, {id: m4@example, party: 1, at:
          2026-03-02T09:01:00+00:00, sender: anna@example.it, words: And SN60A2412345., inbox_id: 4,
          told: false}]
      detail serial: SN60A2412345 (SN60A2412345) by customer
    """)


def test_details_that_come_before_a_letter_has_left_count() -> None:
    """The letter that asked for them waits still."""
    life = histories.complaint(complete=False)
    histories.staff_with_hold(life, "ask serial\n\nWhich one?")
    life.forget()
    histories.later(life, minutes=1)
    life.customer("It is an ST-6.0K.", found=FULL[:1])
    life.customer("And SN60A2412345.", found=histories.found(serial="SN60A2412345"))
    assert life.story("said", "ticket", "facts", "details") == DETAILS_THAT_COME_BEFORE_A_LETTER_HAS_LEFT_COUNT
