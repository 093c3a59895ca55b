"""Who may do what, and when a proven mail is not obeyed all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from daemon.decide.events import StaffWrote
from parsers.reading import MailKind
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA
from tests.daemon.decide.story import Recorded, expected


@pytest.mark.parametrize(
    ("member", "text", "why"),
    [
        ("nora@firm.example", "Here is some news.", "no right"),
        ("nora@firm.example", "note\n\nShe called.", ""),
        ("rita@firm.example", "Here is some news.", ""),
        ("rita@firm.example", "decide upheld", "no right"),
        ("max@firm.example", "decide upheld", ""),
        ("lone@firm.example", "decide upheld", "no right"),
        ("desk@firm.example", "Here is some news.", ""),
    ],
)
def test_graded_rights(member: str, text: str, why: str) -> None:
    """Each may do what their grade says, on whatever team; a manager everything."""
    life = Recorded(histories.MONDAY, histories.graded_people())
    life.opens()
    outcome = life.staff(text, member)
    refusals = [str(letter.about["why"]) for letter in outcome.notices if letter.notice == "refused"]
    assert refusals == ([why] if why else [])


WHAT_WAS_OBEYED_ONCE_IS_NOT_OBEYED_AGAIN = expected("""
    Mon 2026-03-02 10:00
      letter reply 2 to anna@example.it answers m2@example [by_person] staff_text=Here is some news.
          automatic=false
      letter transcript 2 to ada@firm.example answers m2@example [by_person] staff_text=Here is some
          news. automatic=false done=[{did: wrote, value: reply}]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is some news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter reply 3 to anna@example.it answers other@example [by_person] staff_text=Here is some news.
          automatic=false
      letter transcript 3 to ada@firm.example answers other@example [by_person] staff_text=Here is some
          news. automatic=false done=[{did: wrote, value: reply}]
      mail received by ada@firm.example: message_id=other@example inbox_id=2 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: Here is some news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter reply 4 to anna@example.it answers m3@example [by_person] staff_text=More news.
          automatic=false
      letter transcript 4 to ada@firm.example answers m3@example [by_person] staff_text=More news.
          automatic=false done=[{did: wrote, value: reply}]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=reply to=customer party=1 about={staff_text: More news.}
      wrote to the customer by ada@firm.example: notice=reply
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter transcript 5 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: spam, did: set aside, value: }]
      ticket step discarded
      ticket waiting_for nobody
      ticket closed_at Mon 2026-03-02 10:00
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      step entered by reclamo: step=discarded
      closed by ada@firm.example: outcome=
      promise moot by reclamo: promise=progress due=2026-03-20
      promise moot by reclamo: promise=resolve due=2026-04-14
      notice written by reclamo: notice=transcript to=staff party=2
    Tue 2027-04-06 11:00
      letter reopened 1 to anna@example.it answers m5@example [by_person] automatic=false
      letter customer_wrote 1 to ada@firm.example answers m5@example [by_person] automatic=false
      letter transcript 6 to ada@firm.example answers m5@example [by_person] automatic=false
          done=[{line: reopen, did: reopened, value: }]
      ticket step reopened
      ticket step_since Tue 2027-04-06 11:00
      ticket waiting_for staff
      ticket closed_at null
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      step entered by reclamo: step=reopened
      reopened by ada@firm.example: step=reopened
      promise armed by reclamo: promise=answer_again due=2027-05-18 origin=reopened
      promise armed by reclamo: promise=progress due=2027-04-26 origin=reopened
      notice written by reclamo: notice=reopened to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
      notice written by reclamo: notice=transcript to=staff party=2
    """)


def test_what_was_obeyed_once_is_not_obeyed_again() -> None:
    """The same mail, or a copy of it; nor one after the time for answers is over, nor one from a list."""
    life = histories.complaint()
    mail = life.mail("Here is some news.", ADA, 2)
    wrote = StaffWrote(mail=mail, member=ADA, text="Here is some news.")
    life.happens(wrote)
    life.forget()
    life.happens(wrote)
    life.happens(replace(wrote, mail=replace(mail, reading=replace(mail.reading, message_id="other@example"))))
    listed = life.mail("More news.", ADA, 2)
    listed = replace(listed, reading=replace(listed.reading, kind=MailKind.LIST))
    life.happens(StaffWrote(mail=listed, member=ADA, text="More news."))
    life.staff("spam")
    life.now += timedelta(days=400)
    life.staff("reopen")
    assert life.story("said", "ticket", "ledger") == WHAT_WAS_OBEYED_ONCE_IS_NOT_OBEYED_AGAIN
