"""The facts of a case: what is found, what is missing, what is wrong."""

from __future__ import annotations

from parsers.reading import FoundDetail
from tests.daemon.decide import histories
from tests.daemon.decide.story import Recorded, expected

WHAT_CUSTOMERS_WRITE_IS_MERGED_INTO_WHAT_IS_KNOWN = expected("""
    Mon 2026-03-02 10:00
      detail problem: It does not switch on. (It does not switch on.) by customer
      opened by customer: kind=product why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=problem value=It does not switch on. where=text
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[model, serial, solution]
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=incomplete
    Mon 2026-03-02 10:00
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
    Mon 2026-03-02 10:00
      detail model: ?? (??) by customer wrong: no model
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      detail found by customer: detail=model value=?? where=text wrong=no model
      notice written by reclamo: notice=customer_wrote to=staff party=2
      step entered by reclamo: step=investigating
    Mon 2026-03-02 10:00
      detail model: ST-6.0K (st 6) by customer
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m4@example inbox_id=4 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m5@example inbox_id=5 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      detail problem: It hums at night. (It hums at night.) by customer
      mail received by customer: message_id=m6@example inbox_id=6 thread=customer files=[] evidence=
      detail found by customer: detail=problem value=It hums at night. where=label
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m7@example inbox_id=7 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      detail model: ST-7.0K (ST-7.0K) by customer
      mail received by customer: message_id=m8@example inbox_id=8 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-7.0K where=text
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_what_customers_write_is_merged_into_what_is_known() -> None:
    """A wrong value replaces no right one, a first description is kept, a label in front corrects it."""
    life = histories.complaint(complete=False)
    for given in (
        FoundDetail("model", "??", "??", "text", wrong="no model"),
        FoundDetail("model", "ST-6.0K", "st 6", "text"),
        FoundDetail("model", "??", "??", "text", wrong="no model"),
        FoundDetail("problem", "It hums.", "It hums.", "text"),
        FoundDetail("problem", "It hums at night.", "It hums at night.", "label"),
        FoundDetail("colour", "red", "red", "text"),
        FoundDetail("model", "ST-7.0K", "ST-7.0K", "text"),
    ):
        life.customer(given.value, found=(given,))
    assert life.story("details", "ledger") == WHAT_CUSTOMERS_WRITE_IS_MERGED_INTO_WHAT_IS_KNOWN


WHAT_IS_MISSING_IS_ASKED_FOR_ONCE_AND_WHAT_IS_REQUIRED_AGAIN = expected("""
    Mon 2026-03-02 10:00
      ticket kind service
      ticket step incomplete
      ticket team service
      ticket waiting_for customer
      ticket asked [ticket, problem, serial, solution]
      opened by customer: kind=service why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      promise armed by reclamo: promise=acknowledge due=2026-03-11 origin=received
      promise armed by reclamo: promise=resolve due=2026-04-14 origin=received
      step entered by reclamo: step=sorting
      notice written by reclamo: notice=acknowledgement to=customer party=1
      details asked by reclamo: details=[ticket, problem, serial, solution]
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=incomplete
    Mon 2026-03-02 10:00
      ticket kind product
      ticket team technical
      ticket assignee ada@firm.example
      ticket asked [ticket, problem, serial, solution, model]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      sorted by ada@firm.example: kind=product
      assigned by ada@firm.example: team=technical
      notice written by reclamo: notice=new_case to=staff party=3
      step entered by reclamo: step=incomplete
      details asked by reclamo: details=[model, problem]
      notice written by reclamo: notice=ask to=customer party=1
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      ticket step investigating
      ticket waiting_for staff
      detail model: ST-6.0K (ST-6.0K) by customer
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      detail found by customer: detail=model value=ST-6.0K where=text
      notice written by reclamo: notice=customer_wrote to=staff party=3
      step entered by reclamo: step=investigating
    Mon 2026-03-02 10:00
      ticket kind service
      ticket step incomplete
      ticket team service
      ticket assignee
      ticket waiting_for customer
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      sorted by ada@firm.example: kind=service
      assigned by ada@firm.example: team=service
      notice written by reclamo: notice=new_case to=staff party=2
      step entered by reclamo: step=incomplete
      details asked by reclamo: details=[ticket, problem]
      notice written by reclamo: notice=ask to=customer party=1
      notice written by reclamo: notice=transcript to=staff party=3
    """)


def test_what_is_missing_is_asked_for_once_and_what_is_required_again() -> None:
    """The letter that reminds asks for what is required alone."""
    life = Recorded(histories.MONDAY)
    life.opens(found=(), kind="service")
    life.staff("kind product")
    life.customer("ST-6.0K", found=histories.found(model="ST-6.0K"))
    life.staff("kind service")
    assert life.story("ticket", "details", "ledger") == WHAT_IS_MISSING_IS_ASKED_FOR_ONCE_AND_WHAT_IS_REQUIRED_AGAIN


FILES_THAT_WERE_TOO_FEW_ARE_COUNTED_TOGETHER = expected("""
    Mon 2026-03-02 10:00
      detail screens: a.png (a.png) by customer wrong: 0 of at least 1 files
      detail symptom: It does not connect. (It does not connect.) by customer
      ticket kind outside_vehicle
      ticket step details_wanted
      ticket team connected
      ticket waiting_for customer
      ticket asked [screens, chassis, call_back]
    Mon 2026-03-02 10:00
      detail screens: a.png, b.png (a.png, b.png) by customer
      ticket step in_work
      ticket waiting_for staff
    """)


def test_files_that_were_too_few_are_counted_together() -> None:
    """One picture and one more are the two that are needed; a date before its day is wrong."""
    life = Recorded(histories.MONDAY, histories.services())
    few = FoundDetail("screens", "a.png", "a.png", "files", wrong="0 of at least 1 files")
    life.customer("See there.", kind="outside_vehicle", found=(few, *histories.found(symptom="It does not connect.")))
    life.customer("Again.", found=(FoundDetail("screens", "b.png", "b.png", "files", wrong="1 of at least 1 files"),))
    assert life.story("details", "ticket") == FILES_THAT_WERE_TOO_FEW_ARE_COUNTED_TOGETHER


A_DATE_THAT_CANNOT_BE_IS_WRONG = expected("""
    Mon 2026-05-11 04:00
      detail full_name: Wang Anna (Wang Anna) by customer
      detail street_address: 1 Long Road, Shanghai (1 Long Road, Shanghai) by customer
      detail mobile: +8613800138000 (+8613800138000) by customer
      detail appliance: XQG100 (XQG100) by customer
      detail bought_on: 2019-02-01 (2019-02-01) by customer
      detail fault_seen: It does not spin any more. (It does not spin any more.) by customer
      opened by customer: kind=repair_request why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=full_name value=Wang Anna where=text
      detail found by customer: detail=street_address value=1 Long Road, Shanghai where=text
      detail found by customer: detail=mobile value=+8613800138000 where=text
      detail found by customer: detail=appliance value=XQG100 where=text
      detail found by customer: detail=bought_on value=2019-02-01 where=text
      detail found by customer: detail=fault_seen value=It does not spin any more. where=text
      time zone by reclamo: zone=Asia/Shanghai
      promise armed by reclamo: promise=first_contact due=2026-05-11 origin=received
      step entered by reclamo: step=registered
      notice written by reclamo: notice=request_registered to=customer party=1
      step entered by reclamo: step=judging
      notice written by reclamo: notice=judge_wanted to=staff party=2
    Mon 2026-05-11 04:00
      letter sent by reclamo: notice=request_registered party=1 message_id=
      promise kept by reclamo: promise=first_contact due=2026-05-11 notice=request_registered
    Mon 2026-05-11 04:00
      detail bought_on: 2020-02-01 (2020-02-01) by customer
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      detail found by customer: detail=bought_on value=2020-02-01 where=text
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 10:00
      detail screens: a.png (a.png) by customer
      detail symptom: It does not connect. (It does not connect.) by customer
      opened by customer: kind=outside_vehicle why=[] language=en how=
      mail received by customer: message_id=m1@example inbox_id=1 thread=customer files=[] evidence=
      detail found by customer: detail=screens value=a.png where=files
      detail found by customer: detail=symptom value=It does not connect. where=text
      promise armed by reclamo: promise=confirm due=2026-03-03 origin=received
      step entered by reclamo: step=opened
      notice written by reclamo: notice=confirmation to=customer party=1
      details asked by reclamo: details=[chassis, call_back]
      notice withheld by reclamo: notice=new_case to=team why=nobody to write to
      step entered by reclamo: step=in_work
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      notice withheld by reclamo: notice=customer_wrote to=team why=nobody to write to
      notice withheld by reclamo: notice=customer_wrote to=team why=nobody to write to
    """)


def test_a_date_that_cannot_be_is_wrong() -> None:
    """Before the first day there is for it; right again when another detail moves that day."""
    life = histories.repair(bought_on="2019-02-01", mobile="+8613800138000")
    life.customer("It was in 2020.", found=histories.found(bought_on="2020-02-01"))
    right = FoundDetail("screens", "a.png", "a.png", "files")
    other = Recorded(histories.MONDAY, histories.services())
    few = FoundDetail("screens", "b.png", "b.png", "files", wrong="0 of at least 1 files")
    other.customer(
        "See there.", kind="outside_vehicle", found=(right, *histories.found(symptom="It does not connect."))
    )
    other.customer("Again.", found=(few,))
    life.told += other.told
    assert life.story("details", "ledger") == A_DATE_THAT_CANNOT_BE_IS_WRONG
