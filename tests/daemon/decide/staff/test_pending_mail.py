"""Staff mail that waits for one word of its writer."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.cases import EVA
from tests.daemon.decide.story import expected

A_MAIL_OF_WHICH_ONLY_A_TOKEN_SPEAKS_IS_ASKED_ABOUT = expected("""
    Mon 2026-03-02 10:00
      letter confirm 1@waiting mail:2 to ada@firm.example answers m2@example [by_person] automatic=false
          confirms=2 asked_lines=[decide upheld] unsent_text=We replace it.
      fact waiting_mail [{inbox_id: 2, by: ada@firm.example, why: writer, since: 2026-03-02T09:00:00Z,
          until: 2026-03-09T09:00:00Z}]
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      confirmation asked by ada@firm.example: inbox_id=2
      notice written by reclamo: notice=confirm to=staff party=2 of=waiting mail:2
    Mon 2026-03-02 11:00
      letter customer_wrote 1 to ada@firm.example [] new_words=Any news? from_party=1
      fact unhandled [{id: m3@example, party: 1, at: 2026-03-02T10:00:00+00:00, sender: anna@example.it,
          words: Any news?, inbox_id: 3, told: false}]
      ticket unhandled_since Mon 2026-03-02 11:00
      mail received by customer: message_id=m3@example inbox_id=3 thread=customer files=[] evidence=
      notice written by reclamo: notice=customer_wrote to=staff party=2
    Mon 2026-03-02 11:00
      letter decision 1 to anna@example.it answers m4@example [keeps, by_person] staff_text=We replace
          it. automatic=false meanwhile=[customer wrote] decision=upheld
      letter transcript 1 to ada@firm.example answers m4@example [by_person] staff_text=We replace it.
          automatic=false meanwhile=[customer wrote] decision=upheld done=[{line: decide upheld, did:
          decided, value: upheld}]
      fact outcome upheld
      fact decided_by ada@firm.example
      fact decided_at 2026-03-02T10:00:00+00:00
      fact offered {satisfied: [{n: 1, at: 2026-03-02T10:00:00+00:00, options: [], sums: {}}]}
      fact waiting_mail forgotten
      fact unhandled forgotten
      ticket step decided
      ticket step_since Mon 2026-03-02 11:00
      ticket assignee ada@firm.example
      ticket waiting_for customer
      ticket unhandled_since null
      ticket questions [satisfied to 1 []]
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      writer confirmed by ada@firm.example: inbox_id=2
      decided by ada@firm.example: decision=upheld text=We replace it.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: We replace it.,
          decision: upheld}
      step entered by reclamo: step=decided
      promise moot by reclamo: promise=progress due=2026-03-20
      dealt with by ada@firm.example: mails=[m3@example]
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 11:00
      letter refused 1 to ada@firm.example answers m5@example [by_person] automatic=false why=nothing to
          send may_send=false
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=nothing to send
      notice written by reclamo: notice=refused to=staff party=2
    """)


def test_a_mail_of_which_only_a_token_speaks_is_asked_about() -> None:
    """Deciding waits; its writer's word lets it go, once."""
    life = histories.complaint()
    life.forget()
    asked = histories.by_token(life, "decide upheld\n\nWe replace it.")
    histories.later(life, hours=1)
    life.customer("Any news?")
    histories.confirm(life, asked)
    histories.confirm(life, asked)
    assert life.story("said", "facts", "ticket", "ledger") == A_MAIL_OF_WHICH_ONLY_A_TOKEN_SPEAKS_IS_ASKED_ABOUT


A_WORD_AFTER_A_WEEK_IS_TOO_LATE = expected("""
    Mon 2026-03-09 10:01
      letter refused 1 to ada@firm.example answers m3@example [by_person] automatic=false why=too late
          to send may_send=false unsent_text=We replace it.
    Mon 2026-03-16 10:01
      letter confirm 2@waiting mail:4 to ada@firm.example answers m4@example [by_person] automatic=false
          confirms=4 asked_lines=[decide upheld] unsent_text=We replace it.
      fact waiting_mail [{inbox_id: 4, by: ada@firm.example, why: writer, since: 2026-03-16T09:01:00Z,
          until: 2026-03-23T09:01:00Z}]
    """)


def test_a_word_after_a_week_is_too_late() -> None:
    """The words are shown once more, to be written again."""
    life = histories.complaint()
    asked = histories.by_token(life, "decide upheld\n\nWe replace it.")
    histories.later(life, days=7, minutes=1)
    life.forget()
    histories.confirm(life, asked)
    histories.later(life, days=7)
    histories.by_token(life, "decide upheld\n\nWe replace it.")
    assert life.story("said", "facts", "ticket") == A_WORD_AFTER_A_WEEK_IS_TOO_LATE


LINES_THAT_ARE_NO_COMMAND_ARE_ASKED_ABOUT = expected("""
    Mon 2026-03-02 10:00
      letter refused 1@waiting mail:2 to ada@firm.example answers m2@example [by_person] automatic=false
          why=decid upheld nearest=decide allowed=decide may_send=true unsent_text=decid upheld  We
          replace it.
      fact waiting_mail [{inbox_id: 2, by: ada@firm.example, why: words, since: 2026-03-02T09:00:00Z,
          until: 2026-03-09T09:00:00Z}]
    Mon 2026-03-02 10:00
      letter reply 1 to anna@example.it answers m3@example [by_person] staff_text=decid upheld  We
          replace it. automatic=false
      letter transcript 1 to ada@firm.example answers m3@example [by_person] staff_text=decid upheld  We
          replace it. automatic=false done=[{did: wrote, value: reply}]
      fact waiting_mail forgotten
      ticket assignee ada@firm.example
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m4@example [by_person] automatic=false why=nothing to
          send may_send=false
    """)


def test_lines_that_are_no_command_are_asked_about() -> None:
    """One word sends them as words."""
    life = histories.complaint()
    life.forget()
    asked = histories.unknown_line(life, "decid upheld\n\nWe replace it.")
    histories.send(life, asked)
    histories.send(life, asked)
    assert life.story("said", "facts", "ticket") == LINES_THAT_ARE_NO_COMMAND_ARE_ASKED_ABOUT


OF_SEVERAL_MAILS_THE_LETTER_ANSWERED_TELLS_WHICH = expected("""
    Mon 2026-03-02 10:00
      letter refused 3 to ada@firm.example answers m4@example [by_person] automatic=false why=nothing to
          send may_send=false
    Mon 2026-03-02 10:00
      letter refused 4 to ada@firm.example answers m5@example [by_person] automatic=false why=alone
          allowed=send may_send=false unsent_text=And more.
    Mon 2026-03-02 10:00
      letter refused 5 to eva@firm.example answers m6@example [by_person] automatic=false why=nothing to
          send may_send=false
    Mon 2026-03-02 10:00
      letter refused 6 to ada@firm.example answers m7@example [by_person] automatic=false why=nothing to
          send may_send=false
    """)


def test_of_several_mails_the_letter_answered_tells_which() -> None:
    """Without one it is the only one; the word goes alone."""
    life = histories.complaint()
    first = histories.unknown_line(life, "decid upheld\n\nWe replace it.")
    second = histories.unknown_line(life, "clos\n\nThat is all.")
    life.forget()
    histories.send(life, second)
    histories.send(life, first, answering="refused.1@waiting mail:2.2", text="send\n\nAnd more.")
    histories.send(life, first, answering="refused.1@waiting mail:2.2", member=EVA)
    histories.send(life, first, answering="refused.1@waiting mail:2.2")
    assert life.story("said", "facts", "ticket") == OF_SEVERAL_MAILS_THE_LETTER_ANSWERED_TELLS_WHICH


WHAT_THE_WRITER_MAY_NOT_KNOW_IS_TOLD = expected("""
    Mon 2026-03-02 11:00
      letter refused 1 to ada@firm.example answers m6@example [by_person] automatic=false why=closed
          nearest=reopen allowed=reopen may_send=false
    Mon 2026-03-02 11:00
      letter reopened 1 to anna@example.it answers m7@example [by_person] automatic=false
      letter customer_wrote 2 to ada@firm.example [by_person] automatic=false
      letter transcript 4 to ben@firm.example answers m7@example [by_person] automatic=false
          done=[{line: reopen, did: reopened, value: }]
      ticket step reopened
      ticket team technical
      ticket assignee
      ticket waiting_for staff
      ticket closed_at null
    Mon 2026-03-02 11:00
      letter decision 2 to anna@example.it answers m8@example [keeps, by_person] staff_text=We replace
          it. automatic=false meanwhile=[passed on, decided] decision=upheld
      letter transcript 5 to ada@firm.example answers m8@example [by_person] staff_text=We replace it.
          automatic=false meanwhile=[passed on, decided] decision=upheld done=[{line: decide upheld,
          did: decided, value: upheld}]
      ticket step decided
      ticket assignee ada@firm.example
      ticket waiting_for customer
      ticket questions [satisfied to 1 []]
    """)


def test_what_the_writer_may_not_know_is_told() -> None:
    """Meanwhile decided, passed on, closed."""
    life = histories.complaint()
    asked = histories.by_token(life, "decide upheld\n\nWe replace it.")
    histories.later(life, hours=1)
    life.staff("team service")
    life.staff("decide upheld\n\nDone.", "ben@firm.example")
    life.staff("spam", "ben@firm.example")
    life.forget()
    histories.confirm(life, asked)
    life.staff("reopen", "ben@firm.example")
    histories.confirm(life, asked)
    assert life.story("said", "ticket") == WHAT_THE_WRITER_MAY_NOT_KNOW_IS_TOLD
