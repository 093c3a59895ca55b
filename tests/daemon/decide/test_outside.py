"""Those who are neither customer nor staff, and the letters that left."""

from __future__ import annotations

from dataclasses import replace

from daemon.decide.events import LetterFailed, LetterSent, MachineWrote
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER
from tests.daemon.decide.story import Recorded, expected

A_THIRD_PARTY_ANSWERS = expected("""
    Mon 2026-03-02 10:00
      letter third_party_wrote 1 to ada@firm.example [by_person] third_party=installer new_words=It was
          wet. from_party=3
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      timer third:installer:chase dropped
      fact unhandled [{id: m3@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          bob@installer.example, words: It was wet., inbox_id: 3, told: false}]
      fact numbers {installer: B-77}
      mail received by third party: message_id=m3@example inbox_id=3 thread=third:installer files=[]
          evidence=
      number given by third party: third_party=installer number=B-77
      notice written by reclamo: notice=third_party_wrote to=staff party=2
      mail m3@example in third:installer of 3 at Mon 2026-03-02 10:00 []: It was wet.
    Mon 2026-03-02 10:00
      letter third_party_wrote 2 to ada@firm.example [by_person] third_party=installer new_words=As I
          said. from_party=3
      fact unhandled [{id: m3@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          bob@installer.example, words: It was wet., inbox_id: 3, told: false}, {id: m4@example, party:
          3, at: 2026-03-02T09:00:00+00:00, sender: bob@installer.example, words: As I said., inbox_id:
          4, told: false}]
      mail received by third party: message_id=m4@example inbox_id=4 thread=third:installer files=[]
          evidence=
      notice written by reclamo: notice=third_party_wrote to=staff party=2
      mail m4@example in third:installer of 3 at Mon 2026-03-02 10:00 []: As I said.
    Mon 2026-03-02 10:00
      letter third_party_wrote 3 to ada@firm.example [by_person] third_party=installer new_words=Now it
          is another. from_party=3
      fact unhandled [{id: m3@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          bob@installer.example, words: It was wet., inbox_id: 3, told: false}, {id: m4@example, party:
          3, at: 2026-03-02T09:00:00+00:00, sender: bob@installer.example, words: As I said., inbox_id:
          4, told: false}, {id: m5@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          bob@installer.example, words: Now it is another., inbox_id: 5, told: false}]
      fact numbers {installer: B-78}
      mail received by third party: message_id=m5@example inbox_id=5 thread=third:installer files=[]
          evidence=
      number given by third party: third_party=installer number=B-78
      notice written by reclamo: notice=third_party_wrote to=staff party=2
      mail m5@example in third:installer of 3 at Mon 2026-03-02 10:00 []: Now it is another.
    """)


def test_a_third_party_answers() -> None:
    """Staff see it, the customer does not; its number is kept; it is chased no more."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.forget()
    life.outsider("It was wet.", histories.INSTALLER, number="B-77")
    life.outsider("As I said.", histories.INSTALLER, number="B-77")
    life.outsider("Now it is another.", histories.INSTALLER, number="B-78")
    assert life.story("said", "timers", "facts", "ledger", "mails") == A_THIRD_PARTY_ANSWERS


A_STRANGER_IS_HELD_AND_SHOWN_NOTHING = expected("""
    Mon 2026-03-02 10:00
      letter held 1 to ada@firm.example [] new_words=About C-2026-000001 from_party=3 until=2026-03-04
          inbox_id=2
      timer hold:2 hold Wed 2026-03-04 09:00 2 0
      timer unhandled unhandled Fri 2026-03-06 09:00  0
      party 3 stranger eve@else.example []
      mail m2@example in customer of 3 at Mon 2026-03-02 10:00 [held]: About C-2026-000001
      mail received by stranger: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      mail held by stranger: address=eve@else.example inbox_id=2
      notice written by reclamo: notice=held to=staff party=2
      fact unhandled [{id: m2@example, party: 3, at: 2026-03-02T09:00:00+00:00, sender:
          eve@else.example, words: About C-2026-000001, inbox_id: 2, told: false}]
    Wed 2026-03-04 09:00
      timer hold:2 dropped
      timer unhandled dropped
      taken in anew 2
      held mail taken as a new case by reclamo: inbox_id=2
      fact unhandled forgotten
    """)


def test_a_stranger_is_held_and_shown_nothing() -> None:
    """Nobody says anything: it becomes a case of its own."""
    life = histories.complaint()
    life.forget()
    histories.stranger(life, "About C-2026-000001", histories.EVE)
    life.days(4)
    assert (
        life.story("said", "timers", "rest", "parties", "mails", "ledger", "facts")
        == A_STRANGER_IS_HELD_AND_SHOWN_NOTHING
    )


MACHINES_MOVE_NOTHING = expected("""
    Mon 2026-03-02 10:00
      mail m3@example in customer of 1 at Mon 2026-03-02 10:00 [automatic]: An automatic mail.
      mail received by reclamo: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      number given by reclamo: third_party= number=B-1
      fact numbers {: B-1}
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=An automatic mail. from_party=1
      mail m4@example in customer of 1 at Mon 2026-03-02 10:00 []: An automatic mail.
      mail received by reclamo: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail m5@example in third:installer of 3 at Mon 2026-03-02 10:00 [automatic]: An automatic mail.
      mail received by reclamo: message_id=m5@example inbox_id=5 thread=third:installer files=[]
          evidence=
      automatic mail by reclamo: why=[]
      number given by reclamo: third_party=installer number=B-1
      fact numbers {installer: B-1}
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example [] new_words=An automatic mail. from_party=3
      mail m6@example in third:installer of 3 at Mon 2026-03-02 10:00 []: An automatic mail.
      mail received by reclamo: message_id=m6@example inbox_id=6 thread=third:installer files=[]
          evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail m7@example in staff of 2 at Mon 2026-03-02 10:00 [automatic]: An automatic mail.
      mail received by reclamo: message_id=m7@example inbox_id=7 thread=staff files=[] evidence=
      automatic mail by reclamo: why=[]
    Mon 2026-03-02 10:00
      letter customer_wrote 3 to ada@firm.example [] new_words=An automatic mail. from_party=2
      mail m8@example in staff of 2 at Mon 2026-03-02 10:00 []: An automatic mail.
      mail received by reclamo: message_id=m8@example inbox_id=8 thread=staff files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail m9@example in customer of 0 at Mon 2026-03-02 10:00 [automatic]: An automatic mail.
      mail received by reclamo: message_id=m9@example inbox_id=9 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
    Mon 2026-03-02 10:00
      letter customer_wrote 4 to ada@firm.example [] new_words=An automatic mail. from_party=4
      party 4 stranger desk@else.example []
      mail m10@example in customer of 4 at Mon 2026-03-02 10:00 []: An automatic mail.
      mail received by reclamo: message_id=m10@example inbox_id=10 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail m11@example in customer of 0 at Mon 2026-03-02 10:00 [automatic]: An automatic mail.
      mail received by reclamo: message_id=m11@example inbox_id=11 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
    Mon 2026-03-02 10:00
      letter customer_wrote 5 to ada@firm.example [] new_words=An automatic mail. from_party=0
      mail m12@example in customer of 0 at Mon 2026-03-02 10:00 []: An automatic mail.
      mail received by reclamo: message_id=m12@example inbox_id=12 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_machines_move_nothing() -> None:
    """What may be a person's after all is shown to the team."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.forget()
    for address in (CUSTOMER, histories.INSTALLER, ADA, "desk@else.example", ""):
        for shown in (False, True):
            mail = life.mail("An automatic mail.", address, life.party_of(address))
            life.happens(MachineWrote(mail=mail, number="B-1", shown=shown))
    assert life.story("said", "timers", "parties", "mails", "ledger", "facts") == MACHINES_MOVE_NOTHING


LETTERS_THAT_FAIL_HERE = expected("""
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=anna@example.it
          failed_notice=acknowledgement why=held for its content failed_here=true
      fact returned {acknowledgement: 1}
      letter failed by reclamo: notice=acknowledgement party=1 why=a token in it
      notice written by reclamo: notice=undeliverable to=staff party=2
      timer promise:acknowledge:0:warn:0 warn Mon 2026-03-09 09:00 acknowledge 0
      timer promise:acknowledge:0:warn:1 warn Tue 2026-03-10 09:00 acknowledge 0
      timer promise:acknowledge:0:act act Wed 2026-03-11 09:00 acknowledge 0
    Mon 2026-03-02 10:00
      letter undeliverable 2 to ada@firm.example [] failed_address=anna@example.it
          failed_notice=acknowledgement why=550 no such user
      party 1 customer anna@example.it [Anna, en, bounced: 550 no such user]
      fact returned {acknowledgement: 2}
      letter failed by reclamo: notice=acknowledgement party=1 why=550 no such user
      notice written by reclamo: notice=undeliverable to=staff party=2
    Mon 2026-03-02 10:00
      fact returned {acknowledgement: 3}
      letter failed by reclamo: notice=acknowledgement party=1 why=550 no such user
    Mon 2026-03-02 10:00
      fact returned {new_case: 1}
      letter failed by reclamo: notice=new_case party=2 why=550 no such user
    """)


def test_letters_that_fail_here() -> None:
    """What they promised is still owed; the address is not at fault where the content is."""
    life = Recorded(histories.MONDAY)
    life.opens()
    life.forget()
    life.happens(LetterFailed(key="", notice="acknowledgement", party=1, reason="a token in it", held=True))
    life.happens(LetterFailed(key="", notice="acknowledgement", party=1, reason="550 no such user"))
    life.happens(LetterFailed(key="", notice="acknowledgement", party=1, reason="550 no such user"))
    life.happens(LetterFailed(key="", notice="new_case", party=2, reason="550 no such user"))
    assert life.story("said", "parties", "facts", "ledger", "promises", "timers") == LETTERS_THAT_FAIL_HERE


A_LETTER_THAT_KEEPS_A_PROMISE_BY_ITSELF = expected("""
    Mon 2026-03-02 10:00
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:00 by acknowledgement by itself
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=acknowledgement.1.1
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement automatic=true
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
    """)


def test_a_letter_that_keeps_a_promise_by_itself() -> None:
    """The ledger says whether a person had a hand in it."""
    life = Recorded(histories.MONDAY)
    life.opens()
    life.case = replace(
        life.case, messages=tuple(replace(letter, automatic=letter.direction == "out") for letter in life.case.messages)
    )
    life.forget()
    life.happens(
        LetterSent(
            key="", notice="acknowledgement", occurrence="1", party=1, at=life.now, message_id="acknowledgement.1.1"
        )
    )
    assert life.story("promises", "ledger") == A_LETTER_THAT_KEEPS_A_PROMISE_BY_ITSELF


WHOM_STAFF_MAY_ASK = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m2@example [by_person] automatic=false why=no address
          allowed=third may_send=false unsent_text=What did you see?
    Mon 2026-03-02 10:00
      letter third_party_question 1 to bob@installer.example [by_person] staff_text=What did you see?
          automatic=false third_party=installer
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          third_party=installer done=[{line: third installer <bob@installer.example>, did: asked a third
          party, value: installer <bob@installer.example>}]
      party 3 third party bob@installer.example [en, installer]
      timer third:installer:chase chase Tue 2026-03-10 09:00 installer 0
    Mon 2026-03-02 10:00
      letter third_party_question 2 to bob@installer.example [by_person] staff_text=And now?
          automatic=false third_party=installer
      letter transcript 2 to ada@firm.example answers m4@example [by_person] automatic=false
          third_party=installer done=[{line: third installer, did: asked a third party, value: installer
          <bob@installer.example>}]
    """)


def test_whom_staff_may_ask() -> None:
    """An address is given once; where none is known the command is refused."""
    life = histories.complaint()
    life.forget()
    life.staff("third installer\n\nWhat did you see?")
    life.staff(f"third installer <{histories.INSTALLER}>\n\nWhat did you see?")
    life.staff("third installer\n\nAnd now?")
    assert life.story("said", "parties", "timers") == WHOM_STAFF_MAY_ASK


A_THIRD_PARTY_OF_A_CASE_THAT_WAITS_FOR_NONE = expected("""
    Tue 2026-03-10 10:00
      letter third_party_wrote 2 to sally@firm.example [by_person] third_party=vehicle_desk
          new_words=One more thing. from_party=3
      ticket unhandled_since Tue 2026-03-10 10:00
      fact numbers {vehicle_desk: VC-999999}
      fact unhandled [{id: m6@example, party: 3, at: 2026-03-10T09:00:00+00:00, sender:
          desk@vehicles.example, words: One more thing., inbox_id: 6, told: false}]
      mail received by third party: message_id=m6@example inbox_id=6 thread=third:vehicle_desk files=[]
          evidence=
      number given by third party: third_party=vehicle_desk number=VC-999999
      notice written by reclamo: notice=third_party_wrote to=staff party=2
    Tue 2026-03-10 10:00
      letter reopened 1 to anna@example.it answers m7@example [] new_words=It is broken again.
          from_party=1
      letter customer_wrote 1 to sally@firm.example [] new_words=It is broken again. from_party=1
      ticket step open_again
      ticket waiting_for staff
      ticket closed_at null
      fact unhandled [{id: m6@example, party: 3, at: 2026-03-10T09:00:00+00:00, sender:
          desk@vehicles.example, words: One more thing., inbox_id: 6, told: false}, {id: m7@example,
          party: 1, at: 2026-03-10T09:00:00+00:00, sender: anna@example.it, words: It is broken again.,
          inbox_id: 7, told: false}]
      mail received by customer: message_id=m7@example inbox_id=7 thread=customer files=[] evidence=
      step entered by reclamo: step=open_again
      reopened by customer: step=open_again
      promise armed by reclamo: promise=news due=2026-03-17 origin=open_again
      notice written by reclamo: notice=reopened to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Tue 2026-03-10 10:00
      letter third_party_wrote 3 to sally@firm.example [by_person] third_party=vehicle_desk
          new_words=And another. from_party=3
      fact unhandled [{id: m6@example, party: 3, at: 2026-03-10T09:00:00+00:00, sender:
          desk@vehicles.example, words: One more thing., inbox_id: 6, told: false}, {id: m7@example,
          party: 1, at: 2026-03-10T09:00:00+00:00, sender: anna@example.it, words: It is broken again.,
          inbox_id: 7, told: false}, {id: m8@example, party: 3, at: 2026-03-10T09:00:00+00:00, sender:
          desk@vehicles.example, words: And another., inbox_id: 8, told: false}]
      mail received by third party: message_id=m8@example inbox_id=8 thread=third:vehicle_desk files=[]
          evidence=
      notice written by reclamo: notice=third_party_wrote to=staff party=2
    """)


def test_a_third_party_of_a_case_that_waits_for_none() -> None:
    """Where the policy says nothing of it the team reads it; its answer is taken where a question is open."""
    life = histories.dossier()
    life.forget()
    life.outsider("One more thing.", histories.DESK, number="VC-999999")
    life.customer("It is broken again.")
    life.outsider("And another.", histories.DESK)
    assert life.story("said", "ticket", "facts", "ledger") == A_THIRD_PARTY_OF_A_CASE_THAT_WAITS_FOR_NONE
