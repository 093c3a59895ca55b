"""Calling letters back while they wait."""

from __future__ import annotations

from dataclasses import replace

from tests.daemon.decide import histories
from tests.daemon.decide.cases import rome
from tests.daemon.decide.story import Recorded, expected

A_DECISION_CALLED_BACK_WAS_NOT_TAKEN = expected("""
    Mon 2026-03-02 10:00
      letter decision 1 to anna@example.it not before Mon 2026-03-02 10:10 answers m2@example [keeps,
          by_person] staff_text=It was wet. automatic=false decision=not_upheld
      letter transcript 1 to ada@firm.example answers m2@example [by_person] staff_text=It was wet.
          automatic=false decision=not_upheld held_until=2026-03-02T09:10:00+00:00 done=[{line: decide
          not upheld, did: decided, value: not_upheld}]
      ticket step decided
      ticket assignee ada@firm.example
      ticket waiting_for customer
      ticket questions [satisfied to 1 []]
      timer step:after:10 working days after Tue 2026-03-17 00:00 10 working days 0
      timer promise:resolve:0:warn:0 dropped
      timer promise:resolve:0:warn:1 dropped
      timer promise:resolve:0:warn:2 dropped
      timer promise:resolve:0:act dropped
      timer promise:progress:0:warn:0 dropped
      timer promise:progress:0:warn:1 dropped
      timer promise:progress:0:act dropped
      timer promise:progress:0:end dropped
      promise progress:0 moot due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      fact decided_at 2026-03-02T09:00:00+00:00
      fact decided_by ada@firm.example
      fact offered {satisfied: [{n: 1, at: 2026-03-02T09:00:00+00:00, options: [], sums: {}}]}
      fact outcome not_upheld
      fact undo {until: 2026-03-02T09:10:00+00:00, letters: [{key: C-2026-000001/decision/1/1, notice:
          decision, party: 1, at: 2026-03-02T09:00:00+00:00}], moved: false, before: {ticket: {id: 1,
          reference: C-2026-000001, policy: complaints, kind: product, step: investigating, language:
          en, received_at: 2026-03-02T09:00:00Z, created_at: 2026-03-02T09:00:00Z, updated_at:
          2026-03-02T09:00:00Z, step_since: 2026-03-02T09:00:00Z, subject: , brand: , team: technical,
          assignee: , waiting_for: staff, zone: , address: , details: {model: {value: ST-6.0K, shown:
          ST-6.0K, wrong: , by: customer}, problem: {value: It does not switch on., shown: It does not
          switch on., wrong: , by: customer}}, asked: [serial, solution], questions: [], closed_at:
          null, erased_at: null, nonce: 0, unhandled_since: null, version: 0, facts: {written:
          {acknowledgement: 1, new_case: 1}}}, deadlines: [{promise: acknowledge, occurrence: 0,
          armed_at: 2026-03-02T09:00:00Z, counted_from: 2026-03-02T09:00:00Z, due_at:
          2026-03-11T22:59:59Z, due_on: 2026-03-11, origin: received, state: kept, kept_at:
          2026-03-02T09:00:00Z, kept_by: acknowledgement, automatic: false, reason: , derivation: [from
          Mon 2 Mar 2026 10:00 Europe/Rome, 7 working days, counted from the day after, Tue 3 Mar 2026
          (Regulation (EEC, Euratom) No 1182/71, Art. 3), left out: Sat 7 Mar, Sun 8 Mar (not in the
          working week), ends with the last hour of Wed 11 Mar 2026, calendar IT (holidays of IT,
          holidays 0.109)], paused_at: null, terms: {}}, {promise: resolve, occurrence: 0, armed_at:
          2026-03-02T09:00:00Z, counted_from: 2026-03-02T09:00:00Z, due_at: 2026-04-14T21:59:59Z,
          due_on: 2026-04-14, origin: received, state: open, kept_at: null, kept_by: , automatic: false,
          reason: , derivation: [from Mon 2 Mar 2026 10:00 Europe/Rome, 30 working days, counted from
          the day after, Tue 3 Mar 2026 (Regulation (EEC, Euratom) No 1182/71, Art. 3), left out: Sat 7
          Mar, Sun 8 Mar, Sat 14 Mar, Sun 15 Mar, Sat 21 Mar, Sun 22 Mar, Sat 28 Mar, Sun 29 Mar, Sat 4
          Apr, Sat 11 Apr, Sun 12 Apr (not in the working week), left out: Sun 5 Apr 2026 (Easter
          Sunday), left out: Mon 6 Apr 2026 (Easter Monday), ends with the last hour of Tue 14 Apr 2026,
          calendar IT (holidays of IT, holidays 0.109)], paused_at: null, terms: {}}, {promise:
          progress, occurrence: 0, armed_at: 2026-03-02T09:00:00Z, counted_from: 2026-03-02T09:00:00Z,
          due_at: 2026-03-20T22:59:59Z, due_on: 2026-03-20, origin: acknowledge, state: open, kept_at:
          null, kept_by: , automatic: false, reason: , derivation: [from Mon 2 Mar 2026 10:00
          Europe/Rome, 14 working days, counted from the day after, Tue 3 Mar 2026 (Regulation (EEC,
          Euratom) No 1182/71, Art. 3), left out: Sat 7 Mar, Sun 8 Mar, Sat 14 Mar, Sun 15 Mar (not in
          the working week), ends with the last hour of Fri 20 Mar 2026, calendar IT (holidays of IT,
          holidays 0.109)], paused_at: null, terms: {}}], timers: [{key: promise:resolve:0:warn:0, kind:
          warn, at: 2026-03-30T07:00:00Z, about: resolve, occurrence: 0}, {key:
          promise:resolve:0:warn:1, kind: warn, at: 2026-04-07T07:00:00Z, about: resolve, occurrence:
          0}, {key: promise:resolve:0:warn:2, kind: warn, at: 2026-04-13T07:00:00Z, about: resolve,
          occurrence: 0}, {key: promise:resolve:0:act, kind: act, at: 2026-04-14T07:00:00Z, about:
          resolve, occurrence: 0}, {key: promise:resolve:0:end, kind: end, at: 2026-04-14T22:00:00Z,
          about: resolve, occurrence: 0}, {key: promise:progress:0:warn:0, kind: warn, at:
          2026-03-17T08:00:00Z, about: progress, occurrence: 0}, {key: promise:progress:0:warn:1, kind:
          warn, at: 2026-03-19T08:00:00Z, about: progress, occurrence: 0}, {key: promise:progress:0:act,
          kind: act, at: 2026-03-20T08:00:00Z, about: progress, occurrence: 0}, {key:
          promise:progress:0:end, kind: end, at: 2026-03-20T23:00:00Z, about: progress, occurrence:
          0}]}}
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      decided by ada@firm.example: decision=not_upheld text=It was wet.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: It was wet.,
          decision: not_upheld}
      step entered by reclamo: step=decided
      promise moot by reclamo: promise=progress due=2026-03-20
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:02
      letter transcript 2 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: cancel, did: stopped and put back, value: , stopped: [decision], gone: []}]
      ticket step investigating
      ticket waiting_for staff
      ticket questions []
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer step:after:10 working days dropped
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      fact decided_at forgotten
      fact decided_by forgotten
      fact offered forgotten
      fact outcome forgotten
      fact returned {decision: 1}
      fact undo forgotten
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      letters stopped by ada@firm.example: notices=[decision] gone=[] put_back=true
      notice written by reclamo: notice=transcript to=staff party=2
""")


def test_a_decision_called_back_was_not_taken() -> None:
    """The case stands where it stood; the letter is out of the outbox; the promise is owed."""
    life = histories.complaint()
    life.forget()
    histories.staff_with_hold(life, "decide not upheld\n\nIt was wet.")
    histories.later(life, minutes=2)
    histories.staff_with_hold(life, "cancel")
    assert life.story("said", "ticket", "timers", "promises", "facts", "ledger") == A_DECISION_CALLED_BACK_WAS_NOT_TAKEN


WHERE_SOMETHING_HAS_HAPPENED_ONLY_THE_LETTER_IS_STOPPED = expected("""
    Mon 2026-03-02 10:02
      letter customer_wrote 1 to ada@firm.example [] new_words=Any news? By the way, SN60A2412345.
          from_party=1 crossed_until=2026-03-02T09:10:00+00:00
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:02
      timer unhandled unhandled Fri 2026-03-06 09:00  0
    Mon 2026-03-02 10:02
      letter transcript 2 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: cancel, did: stopped and put back, value: , stopped: [decision], gone: []}]
      ticket step investigating
      ticket unhandled_since null
      ticket questions []
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer step:after:10 working days dropped
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
    Mon 2026-03-02 10:02
      letter refused 1 to ada@firm.example answers m5@example [by_person] automatic=false why=nothing
          waits may_send=false
    """)


def test_where_something_has_happened_only_the_letter_is_stopped() -> None:
    """The customer wrote meanwhile: the case stays, and the transcript says so."""
    life = histories.complaint()
    histories.staff_with_hold(life, "decide not upheld\n\nIt was wet.")
    histories.later(life, minutes=2)
    life.forget()
    life.customer("Any news? By the way, SN60A2412345.", found=histories.found(serial="SN60A2412345"))
    histories.staff_with_hold(life, "cancel")
    histories.staff_with_hold(life, "cancel")
    assert life.story("said", "ticket", "timers", "promises") == WHERE_SOMETHING_HAS_HAPPENED_ONLY_THE_LETTER_IS_STOPPED


A_CASE_THAT_AN_UNREAD_LETTER_CLOSED_IS_PUT_BACK_BY_A_MAIL = expected("""
    Mon 2026-03-02 10:01
      letter customer_wrote 2 to ada@firm.example [] new_words=yes from_party=1
          crossed_until=2026-03-02T09:10:00+00:00
      ticket waiting_for staff
      ticket unhandled_since Mon 2026-03-02 10:01
      fact unhandled [{id: m5@example, party: 1, at: 2026-03-02T09:01:00+00:00, sender: anna@example.it,
          words: yes, inbox_id: 5, told: false}]
    Mon 2026-03-02 10:21
      letter escalated 1 to anna@example.it answers m6@example [keeps] new_words=no from_party=1
          answer=no
      letter escalation 1 to eva@firm.example [] new_words=no from_party=1 answer=no
      ticket step escalated
      ticket step_since Mon 2026-03-02 10:21
      ticket team reviewers
      ticket assignee
      ticket questions []
      fact answers {satisfied: [no, , customer]}
      fact not_for ada@firm.example
      fact stage review
      fact stage_by customer
      fact undo forgotten
    """)


def test_a_case_that_an_unread_letter_closed_is_put_back_by_a_mail() -> None:
    """No mail is lost to a closing."""
    life = histories.complaint()
    histories.staff_with_hold(life, "spam")
    histories.staff_with_hold(life, "reopen")
    histories.staff_with_hold(life, "decide upheld\n\nWe replace it.")
    histories.later(life, minutes=1)
    life.forget()
    life.answered("yes")
    histories.later(life, minutes=20)
    life.case = replace(life.case, recallable=frozenset())
    life.answered("no")
    assert life.story("said", "ticket", "facts") == A_CASE_THAT_AN_UNREAD_LETTER_CLOSED_IS_PUT_BACK_BY_A_MAIL


LETTERS_THAT_HAVE_LEFT_ARE_NOT_CALLED_BACK = expected("""
    Mon 2026-03-02 10:11
      letter refused 1 to ada@firm.example answers m3@example [by_person] automatic=false why=already
          gone may_send=false
    Mon 2026-03-02 10:11
      letter customer_wrote 1 to ada@firm.example [] new_words=Thanks. from_party=1
      fact unhandled [{id: m4@example, party: 1, at: 2026-03-02T09:11:00+00:00, sender: anna@example.it,
          words: Thanks., inbox_id: 4, told: false}]
      fact undo forgotten
    """)


def test_letters_that_have_left_are_not_called_back() -> None:
    """Too late: the command is refused; what can be called back is forgotten."""
    life = histories.complaint()
    histories.staff_with_hold(life, "Here is some news.")
    histories.later(life, minutes=11)
    life.case = replace(life.case, recallable=frozenset())
    life.forget()
    histories.staff_with_hold(life, "cancel")
    life.customer("Thanks.")
    assert life.story("said", "facts") == LETTERS_THAT_HAVE_LEFT_ARE_NOT_CALLED_BACK


A_LETTER_THAT_IS_OWED_BEFORE_THE_WAIT_IS_OVER_DOES_NOT_WAIT = expected("""
    Wed 2026-03-11 23:55
      letter reply 1 to anna@example.it answers m2@example [by_person]
      letter transcript 1 to ada@firm.example answers m2@example [by_person]
    """)


def test_a_letter_that_is_owed_before_the_wait_is_over_does_not_wait() -> None:
    """A promise is worth more than second thoughts."""
    life = Recorded(histories.MONDAY)
    life.opens()
    life.now = rome("2026-03-11T23:55")
    life.forget()
    histories.staff_with_hold(life, "Here is some news.")
    assert life.story("letters") == A_LETTER_THAT_IS_OWED_BEFORE_THE_WAIT_IS_OVER_DOES_NOT_WAIT
