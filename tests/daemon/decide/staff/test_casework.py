"""What staff do with a case as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.events import CaseJoined
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, EVA
from tests.daemon.decide.story import Recorded, expected

A_NOTE_TO_ONESELF_COMES_BACK_ON_ITS_DAY = expected("""
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m2@example [by_person] automatic=false
          done=[{line: remind 2026-03-05, did: will be reminded, value: 2026-03-05}]
      timer self:1 self Thu 2026-03-05 09:00 1 0
      fact reminders {1: {by: ada@firm.example, text: Call Anna.}}
    Mon 2026-03-02 10:00
      letter transcript 2 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: remind 2026-03-06, did: will be reminded, value: 2026-03-06}]
      timer self:2 self Fri 2026-03-06 09:00 2 0
      fact reminders {2: {by: ada@firm.example, text: Call Bob.}}
    Thu 2026-03-05 09:00
      letter self_reminder 1 to ada@firm.example [] note_text=Call Anna.
      timer self:1 dropped
      fact reminders {1: null}
    Fri 2026-03-06 09:00
      letter self_reminder 2 to ada@firm.example [] note_text=Call Bob.
      timer self:2 dropped
      fact reminders forgotten
    """)


def test_a_note_to_oneself_comes_back_on_its_day() -> None:
    """To its writer, once; others stay."""
    life = histories.complaint()
    life.forget()
    life.staff("remind 2026-03-05\n\nCall Anna.")
    life.staff("remind 2026-03-06\n\nCall Bob.")
    life.days(6)
    assert life.story("said", "timers", "facts") == A_NOTE_TO_ONESELF_COMES_BACK_ON_ITS_DAY


A_CASE_BECOMES_PART_OF_AN_OLDER_ONE = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m3@example [by_person] automatic=false why=no such
          case may_send=false
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=no such case
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m4@example [by_person] automatic=false why=another
          customer may_send=false
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=another customer
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 3 to ada@firm.example answers m5@example [by_person] automatic=false why=that case
          is closed allowed=C-2026-000007 may_send=false
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=that case is closed
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 4 to ada@firm.example answers m6@example [by_person] automatic=false why=merge the
          newer one allowed=C-2026-000001 may_send=false
      mail received by ada@firm.example: message_id=m6@example inbox_id=6 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=merge the newer one
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter transcript 1 to ada@firm.example answers m7@example [by_person] automatic=false
          done=[{line: merge C-2026-000007, did: merged, value: C-2026-000007}]
      ticket step closed
      ticket waiting_for nobody
      ticket closed_at Mon 2026-03-02 10:00
      ticket unhandled_since null
      timer promise:resolve:0:warn:0 dropped
      timer promise:resolve:0:warn:1 dropped
      timer promise:resolve:0:warn:2 dropped
      timer promise:resolve:0:act dropped
      timer promise:resolve:0:end dropped
      timer promise:progress:0:warn:0 dropped
      timer promise:progress:0:warn:1 dropped
      timer promise:progress:0:act dropped
      timer promise:progress:0:end dropped
      timer unhandled dropped
      promise resolve:0 moot due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00 received
      promise progress:0 moot due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      joins 7 as C-2026-000001
      fact merged_into C-2026-000007
      fact merged_into_id 7
      fact unhandled forgotten
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      merged by ada@firm.example: into=C-2026-000007
      promise moot by reclamo: promise=progress due=2026-03-20
      promise moot by reclamo: promise=resolve due=2026-04-14
      dealt with by ada@firm.example: mails=[m2@example]
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_a_case_becomes_part_of_an_older_one() -> None:
    """Only of the same customer, of the same policy, open, and older."""
    life = histories.complaint()
    older = histories.complaint().case
    older = replace(older, ticket=replace(older.ticket, id=7, reference="C-2026-000007"))
    life.customer("Still broken.")
    life.forget()
    for other in (
        replace(older, ticket=replace(older.ticket, policy="field-repair")),
        replace(older, parties=(replace(older.parties[0], address="bea@example.it"), *older.parties[1:])),
        replace(older, ticket=replace(older.ticket, closed_at=life.now)),
        replace(older, ticket=replace(older.ticket, received_at=life.now + timedelta(days=1))),
        older,
    ):
        histories.staff_with_hold(life, "merge C-2026-000007", others={"C-2026-000007": other})
    assert (
        life.story("said", "ticket", "timers", "promises", "rest", "facts", "ledger")
        == A_CASE_BECOMES_PART_OF_AN_OLDER_ONE
    )


THE_OLDER_CASE_TAKES_THE_OTHER_IN = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] joined=C-2026-000009 new_words=It does not switch
          on. from_party=1
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:00
      detail model: ST-6.0K (ST-6.0K) by customer
      fact named [eva@firm.example]
      fact unhandled [{id: m9@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: , words: Hello?,
          inbox_id: 5, told: false}]
      mail m1@example in customer of 1 at Mon 2026-03-02 10:00 []: It does not switch on.
      kept from who is named by reclamo: named=[eva@firm.example]
      took in a case by ada@firm.example: reference=C-2026-000009 mails=1 details=[model]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_the_older_case_takes_the_other_in() -> None:
    """Its mails, the details that are new, and whom it was about."""
    life = histories.complaint(complete=False)
    other = histories.complaint().case
    life.forget()
    life.happens(
        CaseJoined(
            reference="C-2026-000009",
            by=ADA,
            mails=(other.messages[0],),
            details=other.ticket.details,
            named=(EVA,),
            unhandled=({"id": "m9@example", "inbox_id": 5, "party": 3, "at": life.now.isoformat(), "words": "Hello?"},),
        )
    )
    assert life.story("said", "ticket", "details", "facts", "mails", "ledger") == THE_OLDER_CASE_TAKES_THE_OTHER_IN


WORDS_BECOME_A_CASE_OF_THEIR_OWN = expected("""
    Wed 2026-03-04 10:00
      split 'the hotline  is Rude.' received Tue 2026-03-03 10:00
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: split, did: split off, value: }]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      split off by ada@firm.example: words=the hotline  is Rude.
      dealt with by ada@firm.example: mails=[m2@example]
      notice written by reclamo: notice=transcript to=staff party=2
    Wed 2026-03-04 10:00
      split 'Something else.' received Tue 2026-03-03 10:00
      letter transcript 2 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: split, did: split off, value: }]
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      split off by ada@firm.example: words=Something else.
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_words_become_a_case_of_their_own() -> None:
    """Counted from when the customer wrote them."""
    life = histories.complaint()
    histories.later(life, days=1)
    life.customer("Also the hotline is rude.")
    histories.later(life, days=1)
    life.forget()
    life.staff("split\n\nthe hotline  is Rude.")
    life.staff("split\n\nSomething else.")
    assert life.story("rest", "said", "ledger") == WORDS_BECOME_A_CASE_OF_THEIR_OWN


A_CUSTOMER_WHO_NEEDS_HELP_AT_ONCE = expected("""
    Mon 2026-03-02 10:00
      letter vulnerable 1 to max@firm.example [by_person] automatic=false note_text=She is on dialysis.
      letter transcript 1 to ada@firm.example answers m2@example [by_person] automatic=false
          done=[{line: vulnerable, did: fast road, value: }]
      fact vulnerable {by: ada@firm.example, at: 2026-03-02T09:00:00+00:00, reason: She is on dialysis.}
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      fast road by ada@firm.example: reason=She is on dialysis.
      notice written by reclamo: notice=vulnerable to=manager party=3
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=Please hurry. from_party=1
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T09:00:00+00:00, sender: anna@example.it,
          words: Please hurry., inbox_id: 3, told: false}]
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_a_customer_who_needs_help_at_once() -> None:
    """The case goes first, and the manager is told."""
    life = histories.complaint()
    life.forget()
    life.staff("vulnerable\n\nShe is on dialysis.")
    life.customer("Please hurry.")
    assert life.story("said", "facts", "ledger") == A_CUSTOMER_WHO_NEEDS_HELP_AT_ONCE


A_LETTER_IS_SENT_AGAIN = expected("""
    Mon 2026-03-02 10:00
      letter acknowledgement 2 to anna@example.it answers m2@example [keeps, by_person] automatic=false
      letter transcript 1 to ada@firm.example answers m2@example [by_person] automatic=false
          done=[{line: send-again, did: sent again, value: acknowledgement}]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=acknowledgement to=customer party=1
      notice written by reclamo: notice=transcript to=staff party=2
      fact returned {acknowledgement: 1}
    Mon 2026-03-02 10:00
      letter refused 1@waiting mail:3 to ada@firm.example answers m3@example [by_person] automatic=false
          why=send-again to nobody nearest=send again allowed=send-again may_send=true
          unsent_text=send-again to nobody
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=send-again to nobody
      notice written by reclamo: notice=refused to=staff party=2 of=waiting mail:3
      fact waiting_mail [{inbox_id: 3, by: ada@firm.example, why: words, since: 2026-03-02T09:00:00Z,
          until: 2026-03-09T09:00:00Z}]
    Mon 2026-03-02 10:00
      letter acknowledgement 3 to anna.rossi@example.org answers m4@example [keeps, by_person]
          automatic=false
      letter transcript 2 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: send-again Anna.Rossi@example.org, did: sent again, value: acknowledgement}]
      party 1 customer anna.rossi@example.org [Anna, en]
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      address put right by ada@firm.example: old=anna@example.it new=anna.rossi@example.org
      notice written by reclamo: notice=acknowledgement to=customer party=1
      notice written by reclamo: notice=transcript to=staff party=2
      fact returned {acknowledgement: 2}
    Mon 2026-03-02 10:00
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:00 by acknowledgement
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
    """)


def test_a_letter_is_sent_again() -> None:
    """To the address given, from now on."""
    life = Recorded(histories.MONDAY)
    life.opens()
    life.forget()
    life.staff("send-again")
    life.staff("send-again to nobody")
    life.staff("send-again Anna.Rossi@example.org")
    life.deliver()
    assert life.story("said", "parties", "promises", "ledger", "facts") == A_LETTER_IS_SENT_AGAIN


THE_LEDGER_TELLS_OF_NOTES_THAT_COME_BACK = expected("""
    Thu 2026-03-05 09:00
      reminded of a note by reclamo: to=ada@firm.example
      notice written by reclamo: notice=self_reminder to=staff party=2
      letter self_reminder 1 to ada@firm.example []
      fact reminders forgotten
    """)


def test_the_ledger_tells_of_notes_that_come_back() -> None:
    """And a note whose case has forgotten it says nothing."""
    life = histories.complaint()
    life.staff("remind 2026-03-05\n\nCall Anna.")
    life.forget()
    life.days(4)
    assert life.story("ledger", "letters", "facts") == THE_LEDGER_TELLS_OF_NOTES_THAT_COME_BACK
