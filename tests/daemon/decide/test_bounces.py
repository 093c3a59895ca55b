"""Letters that came back."""

from __future__ import annotations

from datetime import timedelta

from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA
from tests.daemon.decide.story import expected

A_LETTER_THAT_CAME_BACK_KEEPS_NOTHING = expected("""
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=anna@example.it
          failed_notice=acknowledgement why=550 no such user
      party 1 customer anna@example.it [Anna, en, bounced: 550 no such user]
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      fact returned {acknowledgement: 1}
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.1.1 party=1
          addresses=[anna@example.it] lasting=true
      promise owed again by reclamo: promise=acknowledge notice=acknowledgement
      notice written by reclamo: notice=undeliverable to=staff party=2
      timer promise:acknowledge:0:warn:0 warn Mon 2026-03-09 09:00 acknowledge 0
      timer promise:acknowledge:0:warn:1 warn Tue 2026-03-10 09:00 acknowledge 0
      timer promise:acknowledge:0:act act Wed 2026-03-11 09:00 acknowledge 0
      timer promise:acknowledge:0:end end Thu 2026-03-12 00:00 acknowledge 0
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.1.1 party=1
          addresses=[anna@example.it] lasting=true
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m4@example [by_person] automatic=false
          why=unreachable may_send=false unsent_text=Here is some news.
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=unreachable
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-09 09:00
      letter warning 1@acknowledge:0 to ada@firm.example [] promise=acknowledge due=2026-03-11
          working_days_left=2
      staff warned by reclamo: promise=acknowledge due=2026-03-11 working_days_left=2
      notice written by reclamo: notice=warning to=staff party=2 of=acknowledge:0
      timer promise:acknowledge:0:warn:0 dropped
    Tue 2026-03-10 09:00
      letter warning 2@acknowledge:0 to ada@firm.example [] promise=acknowledge due=2026-03-11
          working_days_left=1
      staff warned by reclamo: promise=acknowledge due=2026-03-11 working_days_left=1
      notice written by reclamo: notice=warning to=staff party=2 of=acknowledge:0
      timer promise:acknowledge:0:warn:1 dropped
    Wed 2026-03-11 09:00
      notice withheld by reclamo: notice=acknowledgement to=customer why=letters to the address fail:
          550 no such user
      timer promise:acknowledge:0:act dropped
    Thu 2026-03-12 00:00
      promise acknowledge:0 broken due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      promise broken by reclamo: promise=acknowledge due=2026-03-11
      timer promise:acknowledge:0:end dropped
    """)


def test_a_letter_that_came_back_keeps_nothing() -> None:
    """The promise is owed again, the address is not written to, staff are told once."""
    life = histories.complaint()
    life.forget()
    histories.bounce(life, "acknowledgement")
    histories.bounce(life, "acknowledgement")
    life.staff("Here is some news.")
    life.run(histories.MONDAY + timedelta(days=12))
    assert (
        life.story("said", "parties", "promises", "facts", "ledger", "timers") == A_LETTER_THAT_CAME_BACK_KEEPS_NOTHING
    )


A_REPORT_THAT_PASSES_CHANGES_NOTHING = expected("""
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice= message_id=acknowledgement.1.1 party=1 addresses=[] lasting=false
    """)


def test_a_report_that_passes_changes_nothing() -> None:
    """Delayed is not lost."""
    life = histories.complaint()
    life.forget()
    histories.bounce(life, "acknowledgement", permanent=False)
    assert life.story("said", "parties", "promises", "ledger") == A_REPORT_THAT_PASSES_CHANGES_NOTHING


A_REPORT_WITHOUT_THE_LETTER_S_NAME_IS_ABOUT_THE_LAST_TO_THAT_ADDRESS = expected("""
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=anna@example.it
          failed_notice=acknowledgement why=550 no such user
      party 1 customer anna@example.it [Anna, en, bounced: 550 no such user]
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.1.1 party=1
          addresses=[anna@example.it] lasting=true
      promise owed again by reclamo: promise=acknowledge notice=acknowledgement
      notice written by reclamo: notice=undeliverable to=staff party=2
    Sun 2026-03-08 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=anna@example.it why=550 no such user
      party 1 customer anna@example.it [Anna, en, bounced: 550 no such user]
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice= message_id= party=1 addresses=[anna@example.it] lasting=true
      notice written by reclamo: notice=undeliverable to=staff party=2
    """)


def test_a_report_without_the_letter_s_name_is_about_the_last_to_that_address() -> None:
    """Of the last five days."""
    life = histories.complaint()
    life.forget()
    histories.bounce(life, "acknowledgement", named=False)
    other = histories.complaint()
    histories.later(other, days=6)
    other.forget()
    histories.bounce(other, "acknowledgement", named=False)
    life.told += other.told
    assert (
        life.story("said", "parties", "promises", "ledger")
        == A_REPORT_WITHOUT_THE_LETTER_S_NAME_IS_ABOUT_THE_LAST_TO_THAT_ADDRESS
    )


A_REPORT_THAT_PROVES_NOTHING_IS_KEPT_AND_TOLD_OF_ONCE_A_DAY = expected("""
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=anna@example.it why=550 no such user
          in_doubt=true
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=true
      notice written by reclamo: notice=undeliverable to=staff party=2
      mail m2@example in customer of 0 at Mon 2026-03-02 10:00 []: Undelivered
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=false
      mail m3@example in customer of 0 at Mon 2026-03-02 10:00 []: Undelivered
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=false
      mail m4@example in customer of 0 at Mon 2026-03-02 10:00 []: Undelivered
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=false
      mail m5@example in customer of 0 at Mon 2026-03-02 10:00 []: Undelivered
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=false
      mail m6@example in customer of 0 at Mon 2026-03-02 10:00 []: Undelivered
    Tue 2026-03-03 10:01
      mail received by reclamo: message_id=m9@example inbox_id=9 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=false
      mail m9@example in customer of 0 at Tue 2026-03-03 10:01 []: Undelivered
    Tue 2026-03-03 10:01
      letter undeliverable 2 to ada@firm.example [] failed_address=anna@example.it why=550 no such user
          in_doubt=true
      mail received by reclamo: message_id=m10@example inbox_id=10 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[anna@example.it] why=it carries nothing of ours that
          proves which letter it is about told=true
      notice written by reclamo: notice=undeliverable to=staff party=2
      mail m10@example in customer of 0 at Tue 2026-03-03 10:01 []: Undelivered
    """)


def test_a_report_that_proves_nothing_is_kept_and_told_of_once_a_day() -> None:
    """Five are kept in a day."""
    life = histories.complaint()
    life.forget()
    for _ in range(7):
        histories.bounce(life, "acknowledgement", party=0)
    histories.later(life, days=1, minutes=1)
    histories.bounce(life, "acknowledgement", party=0, may_tell=False)
    histories.bounce(life, "acknowledgement", party=0)
    assert life.story("said", "ledger", "mails") == A_REPORT_THAT_PROVES_NOTHING_IS_KEPT_AND_TOLD_OF_ONCE_A_DAY


A_REPORT_THAT_NAMES_SOMEBODY_ELSE_IS_IN_DOUBT = expected("""
    Mon 2026-03-02 10:00
      letter undeliverable 1 to ada@firm.example [] failed_address=ada@firm.example why=550 no such user
          in_doubt=true
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced in doubt by reclamo: addresses=[ada@firm.example] why=it carries the proof of one letter
          and names the reader of another told=true
      notice written by reclamo: notice=undeliverable to=staff party=2
    """)


def test_a_report_that_names_somebody_else_is_in_doubt() -> None:
    """The proof of one letter, the reader of another."""
    life = histories.complaint()
    life.forget()
    histories.bounce(life, "acknowledgement", failed=ADA)
    assert life.story("said", "parties", "ledger") == A_REPORT_THAT_NAMES_SOMEBODY_ELSE_IS_IN_DOUBT


A_LETTER_LATE_BY_ITS_RETURN_IS_BROKEN = expected("""
    Sun 2026-03-22 10:00
      promise acknowledge:0 broken due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.1.1 party=1
          addresses=[anna@example.it] lasting=true
      promise owed again by reclamo: promise=acknowledge notice=acknowledgement
      notice written by reclamo: notice=undeliverable to=staff party=2
    """)


def test_a_letter_late_by_its_return_is_broken() -> None:
    """It came back after the last instant."""
    life = histories.complaint()
    histories.later(life, days=20)
    life.forget()
    histories.bounce(life, "acknowledgement")
    assert life.story("promises", "ledger", "timers") == A_LETTER_LATE_BY_ITS_RETURN_IS_BROKEN


AN_ADDRESS_OF_BEFORE_MARKS_NOBODY = expected("""
    Mon 2026-03-02 10:00
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      mail received by reclamo: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.2.1 party=1
          addresses=[anna@example.it] lasting=true
      promise owed again by reclamo: promise=acknowledge notice=acknowledgement
      fact returned {acknowledgement: 2}
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      bounced by reclamo: notice=acknowledgement message_id=acknowledgement.1.1 party=1
          addresses=[anna@example.it] lasting=true
      fact returned {acknowledgement: 3}
    """)


def test_an_address_of_before_marks_nobody() -> None:
    """The customer has another address by now."""
    life = histories.complaint()
    life.staff("send-again anna.rossi@example.org")
    life.forget()
    histories.bounce(life, "acknowledgement", address="anna@example.it", failed="anna@example.it")
    histories.bounce(life, "acknowledgement", named=False, address="anna@example.it", failed="anna@example.it")
    assert life.story("said", "parties", "promises", "ledger", "facts") == AN_ADDRESS_OF_BEFORE_MARKS_NOBODY


A_REPORT_ABOUT_STAFF_WRITES_TO_NOBODY = expected("""
    Mon 2026-03-02 10:00
      mail received by reclamo: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      bounced by reclamo: notice=new_case message_id=new_case.1.2 party=2 addresses=[ada@firm.example]
          lasting=true
    """)


def test_a_report_about_staff_writes_to_nobody() -> None:
    """The case goes on as it was."""
    life = histories.complaint()
    life.forget()
    histories.bounce(life, "new_case")
    assert life.story("said", "parties", "promises", "ledger", "facts") == A_REPORT_ABOUT_STAFF_WRITES_TO_NOBODY
