"""Too much mail is kept, moves nothing, and is told of once a day."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

TOO_MANY_MAILS_ON_ONE_CASE = expected("""
    Mon 2026-03-02 10:00
      letter limit_reached 2 to ada@firm.example [] new_words=One too many. from_party=1 why=mails on
          one case
      mail received by customer: message_id=m51@example inbox_id=51 thread=customer files=[] evidence=
      mail damped by customer: why=mails on one case address=anna@example.it
      limit reached by reclamo: why=mails on one case address=
      notice written by reclamo: notice=limit_reached to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m52@example inbox_id=52 thread=customer files=[] evidence=
      mail damped by customer: why=mails on one case address=anna@example.it
    Tue 2026-03-03 10:01
      letter customer_wrote 50 to ada@firm.example [] new_words=The day after. from_party=1
      mail received by customer: message_id=m53@example inbox_id=53 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    """)


def test_too_many_mails_on_one_case() -> None:
    """The case has had as many as it may have in a day."""
    life = histories.complaint()
    for number in range(life.policy.limits.mails_per_case_per_day - 1):
        life.customer(f"Mail {number}.")
    life.forget()
    life.customer("One too many.")
    life.customer("And one more.")
    histories.later(life, days=1, minutes=1)
    life.customer("The day after.")
    assert life.story("said", "ledger") == TOO_MANY_MAILS_ON_ONE_CASE


TOO_MANY_MAILS_FROM_ONE_SENDER = expected("""
    Mon 2026-03-02 10:00
      letter limit_reached 1 to ada@firm.example [] new_words=Again. from_party=1 why=mails from one
          sender limited_address=anna@example.it
      mail received by customer: message_id=m2@example inbox_id=2 thread=customer files=[] evidence=
      mail damped by customer: why=mails from one sender address=anna@example.it
      limit reached by reclamo: why=mails from one sender address=anna@example.it
      notice written by reclamo: notice=limit_reached to=staff party=2
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      mail damped by customer: why=mails from one sender address=anna@example.it
    """)


def test_too_many_mails_from_one_sender() -> None:
    """A flood is told of with its sender."""
    life = histories.complaint()
    life.forget()
    life.customer("Again.", over_limits=True)
    life.customer("Again.", over_limits=True)
    assert life.story("said", "ledger") == TOO_MANY_MAILS_FROM_ONE_SENDER


OPENED_AGAIN_TOO_OFTEN = expected("""
    Mon 2026-03-02 10:00
      mail received by customer: message_id=m13@example inbox_id=13 thread=customer files=[] evidence=
      thanks received by customer:
    Mon 2026-03-02 10:00
      letter limit_reached 1 to ada@firm.example [] new_words=It is broken again. from_party=1
          why=reopened too often
      mail received by customer: message_id=m14@example inbox_id=14 thread=customer files=[] evidence=
      mail damped by customer: why=reopened too often address=anna@example.it
      limit reached by reclamo: why=reopened too often address=
      notice written by reclamo: notice=limit_reached to=staff party=2
    """)


def test_opened_again_too_often() -> None:
    """Then their mail opens it no more; thanks never do."""
    life = histories.complaint()
    for _ in range(life.policy.limits.reopens_per_case):
        life.staff("spam")
        life.customer("It is broken again.")
    life.staff("spam")
    life.forget()
    life.customer("Thanks.", bare_thanks=True)
    life.customer("It is broken again.")
    assert life.story("said", "ledger") == OPENED_AGAIN_TOO_OFTEN
