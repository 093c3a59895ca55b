"""Events: each brings about what its kind says, in the name of whoever brought it about."""

from __future__ import annotations

from daemon.decide.events import ColleagueWrote, MachineWrote, StaffNotified, StaffNotProven
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER
from tests.daemon.decide.story import expected

THE_LEDGER_SAYS_WHO_BROUGHT_IT_ABOUT = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example [] new_words=Any news? from_party=1
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      letter third_party_question 1 to bob@installer.example [by_person] staff_text=What did you see?
          automatic=false third_party=installer
      letter transcript 1 to ada@firm.example answers m3@example [by_person] automatic=false
          third_party=installer done=[{line: third installer bob@installer.example, did: asked a third
          party, value: installer <bob@installer.example>}]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=third_party_question to=third party party=3 about={staff_text:
          What did you see?, third_party: installer}
      asked a third party by ada@firm.example: third_party=installer address=bob@installer.example
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter third_party_wrote 1 to ada@firm.example [by_person] third_party=installer new_words=It was
          wet. from_party=3
      mail received by third party: message_id=m4@example inbox_id=4 thread=third:installer files=[]
          evidence=
      notice written by reclamo: notice=third_party_wrote to=staff party=2
    Mon 2026-03-02 10:00
      letter held 1 to ada@firm.example [] new_words=Me too. from_party=4 until=2026-03-04 inbox_id=5
      mail received by stranger: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      mail held by stranger: address=eve@else.example inbox_id=5
      notice written by reclamo: notice=held to=staff party=2
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      automatic mail by reclamo: why=[]
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ada@firm.example answers m7@example [by_person] new_words=I know this
          one. from_party=2
      letter moved_away 1 to ada@firm.example answers m7@example [by_person] moved_to=Customer
          complaints, Europe passed_on=true
      mail received by ada@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      colleague wrote by ada@firm.example:
      notice written by reclamo: notice=customer_wrote to=staff party=2
      notice written by reclamo: notice=moved_away to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example [] why=unproven allowed=no proof claimed_by=ada@firm.example
          claimed_for=ada@firm.example
      letter refused 2 to max@firm.example [] why=unproven allowed=no proof claimed_by=ada@firm.example
          claimed_for=ada@firm.example
      staff mail refused by reclamo: address=ada@firm.example why=no proof
      notice written by reclamo: notice=refused to=staff party=2
      notice written by reclamo: notice=refused to=manager party=5
    Mon 2026-03-02 10:00
      staff mail refused by reclamo: address=ada@firm.example why=no proof
    """)


def test_the_ledger_says_who_brought_it_about() -> None:
    """Customer, staff by address, third party, stranger, the daemon itself."""
    life = histories.complaint()
    life.forget()
    life.customer("Any news?")
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.outsider("It was wet.", histories.INSTALLER)
    histories.stranger(life, "Me too.", histories.EVE)
    life.happens(MachineWrote(mail=life.mail("I am away.", CUSTOMER, 1)))
    life.happens(ColleagueWrote(mail=life.mail("I know this one.", ADA, 2), member=ADA))
    life.happens(StaffNotProven(mail=life.mail("decide upheld", ADA, 2), member=ADA, why="no proof"))
    life.happens(
        StaffNotProven(mail=life.mail("decide upheld", ADA, 2), member=ADA, why="no proof", told_elsewhere=True)
    )
    life.happens(StaffNotified(addresses=(ADA,)))
    assert life.story("said", "ledger") == THE_LEDGER_SAYS_WHO_BROUGHT_IT_ABOUT
