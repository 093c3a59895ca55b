"""What speaks against sending words of staff as they are: the line is shown, and nothing is sent."""

from __future__ import annotations

from daemon.decide.findings import Finding, Reason
from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

WORDS_WITH_A_TOKEN_IN_THEM_ARE_NOT_SENT = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m2@example [by_person] automatic=false why=check
          words findings=[{reason: token, line: a line with a token}] may_send=false unsent_text=Here is
          some news.
    Mon 2026-03-02 10:00
      letter refused 2@waiting mail:3 to ada@firm.example answers m3@example [by_person] automatic=false
          why=check words findings=[{reason: notice, line: a line with a notice}] may_send=true
          unsent_text=Here is some news.
    Mon 2026-03-02 10:00
      letter refused 3@waiting mail:4 to ada@firm.example answers m4@example [by_person] automatic=false
          why=check words findings=[{reason: footer, line: a line with a footer}] may_send=true
          unsent_text=Here is some news.
    Mon 2026-03-02 10:00
      letter refused 4@waiting mail:5 to ada@firm.example answers m5@example [by_person] automatic=false
          why=check words findings=[{reason: header, line: a line with a header}] may_send=true
          unsent_text=Here is some news.
    Mon 2026-03-02 10:00
      letter reply 1 to anna@example.it not before Mon 2026-03-02 10:10 answers m6@example [by_person]
          staff_text=Here is some news. automatic=false
      letter transcript 1 to ada@firm.example answers m6@example [by_person] staff_text=Here is some
          news. automatic=false held_until=2026-03-02T09:10:00+00:00 done=[{did: wrote, value: reply}]
      ticket assignee ada@firm.example
    """)


def test_words_with_a_token_in_them_are_not_sent() -> None:
    """Its writer is shown the line."""
    life = histories.complaint()
    life.forget()
    for reason in Reason:
        histories.staff_with_hold(
            life, "Here is some news.", findings=(Finding(reason, f"a line with a {reason.value}"),)
        )
    histories.staff_with_hold(life, "Here is some news.", findings=(Finding(Reason.FOOTER, "a line"),), confirmed=True)
    assert life.story("said", "ticket") == WORDS_WITH_A_TOKEN_IN_THEM_ARE_NOT_SENT
