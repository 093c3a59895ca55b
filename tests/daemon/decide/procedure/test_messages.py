"""Mail put on a case, with its line on the ledger."""

from __future__ import annotations

from dataclasses import replace

from daemon.decide.events import CustomerWrote
from parsers.reading import Mailbox, MailKind
from tests.daemon.decide import histories
from tests.daemon.decide.cases import CUSTOMER
from tests.daemon.decide.story import expected

EVERY_MAIL_IS_ON_THE_CASE_AS_IT_CAME = expected("""
    Mon 2026-03-02 10:00
      mail m1@example in customer of 1 at Mon 2026-03-02 10:00 []: It does not switch on.
    Mon 2026-03-02 10:00
      mail m2@example in customer of 4 at Mon 2026-03-02 10:00 []: I am her neighbour.
    Mon 2026-03-02 10:00
      mail m3@example in staff of 3 at Mon 2026-03-02 10:00 []: accept
    Mon 2026-03-02 10:00
      mail m4@example in customer of 5 at Mon 2026-03-02 10:00 []: Wrong letter?
    Mon 2026-03-02 10:00
      mail m5@example in staff of 3 at Mon 2026-03-02 10:00 []: separate
    Mon 2026-03-02 10:00
      mail m6@example in customer of 6 at Mon 2026-03-02 10:00 [held]: About C-2026-000001
    Mon 2026-03-02 10:00
      mail m7@example in staff of 3 at Mon 2026-03-02 10:00 []: accept
    Mon 2026-03-02 10:00
      mail m8@example in customer of 7 at Mon 2026-03-02 10:00 [held]: Me too: C-2026-000001
    Mon 2026-03-02 10:00
      mail m9@example in customer of 1 at Mon 2026-03-02 10:00 [automatic]: I am away.
    Mon 2026-03-02 10:00
      mail m10@example in customer of 8 at Mon 2026-03-02 10:00 []: Ticket opened.
    Sun 2026-03-22 10:00
      mail m11@example in customer of 10 at Sun 2026-03-22 10:00 []: Is there any news?
    Sun 2026-03-22 10:00
      mail m12@example in staff of 3 at Sun 2026-03-22 10:00 []: ask  When did it begin?
    """)


def test_every_mail_is_on_the_case_as_it_came() -> None:
    """Whose it is, in which conversation, whether it is held or a machine wrote it."""
    life = histories.crowded_complaint()
    assert life.story("mails") == EVERY_MAIL_IS_ON_THE_CASE_AS_IT_CAME


A_MAIL_FROM_AN_ADDRESS_THAT_FAILED_MAKES_IT_COUNT_AGAIN = expected("""
    Mon 2026-03-02 10:00
      party 1 customer anna@example.it [Anna, en]
      letter acknowledgement 2 to anna@example.it answers m3@example [keeps]
      letter customer_wrote 1 to ada@firm.example []
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      address works again by reclamo: address=anna@example.it
      notice written by reclamo: notice=acknowledgement to=customer party=1
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_a_mail_from_an_address_that_failed_makes_it_count_again() -> None:
    """Letters go there again."""
    life = histories.complaint()
    histories.bounce(life, "acknowledgement")
    life.forget()
    life.customer("I have a new mailbox.")
    assert (
        life.story("parties", "letters", "ledger", "promises")
        == A_MAIL_FROM_AN_ADDRESS_THAT_FAILED_MAKES_IT_COUNT_AGAIN
    )


MACHINES_ARE_MARKED_AND_PEOPLE_ARE_NOT = expected("""
    Mon 2026-03-02 10:00
      mail m2@example in customer of 1 at Mon 2026-03-02 10:00 []: A mail by person.
    Mon 2026-03-02 10:00
      mail m3@example in customer of 1 at Mon 2026-03-02 10:00 [automatic]: A mail by automatic.
    Mon 2026-03-02 10:00
      mail m4@example in customer of 1 at Mon 2026-03-02 10:00 [automatic]: A mail by bounce.
    Mon 2026-03-02 10:00
      mail m5@example in customer of 1 at Mon 2026-03-02 10:00 []: A mail by list.
    Mon 2026-03-02 10:00
      mail m6@example in customer of 1 at Mon 2026-03-02 10:00 [automatic]: A mail by own.
    """)


def test_machines_are_marked_and_people_are_not() -> None:
    """Whatever it is taken for, it is on the case."""
    life = histories.complaint()
    life.forget()
    for kind in MailKind:
        mail = life.mail(f"A mail by {kind.value}.", CUSTOMER, 1)
        mail = replace(mail, reading=replace(mail.reading, kind=kind))
        life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en"))
    assert life.story("mails") == MACHINES_ARE_MARKED_AND_PEOPLE_ARE_NOT
