"""Each command of staff by itself: what becomes of the case, who is written to; and a mail is obeyed whole or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from config.policy_shapes.commands import staff_commands
from storage.facts import Facts
from storage.values import Case, Ticket
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER, EVA, MAX, Life, notices, rome
from tests.daemon.decide.story import expected

BOB = "bob@installer.example"
Check = Callable[[Ticket], object]


def working() -> Life:
    """A case with all that it needs, being worked on."""
    made = Life(rome("2026-03-02T10:00"))
    made.opens()
    made.deliver()
    made.now = rome("2026-03-02T11:00")
    return made


def state(case: Case) -> tuple[object, ...]:
    """What staff can change of a case; their own mail and the answer to it do not count."""
    facts = {
        name: value for name, value in case.ticket.facts.to_json().items() if name not in ("written", "waiting_mail")
    }
    shown = replace(case.ticket, updated_at=case.ticket.received_at, facts=Facts.from_json(facts))
    people = [party for party in case.parties if party.role.value != "staff"]
    return shown, people, case.deadlines, case.timers


DONE: list[tuple[str, list[str], Check, object]] = [
    ("kind service", ["ask", "new_case", "transcript"], lambda t: t.kind, "service"),
    ("team service", ["customer_wrote", "transcript"], lambda t: t.team, "service"),
    (f"assign {MAX}", ["customer_wrote", "transcript"], lambda t: t.assignee, MAX),
    ("take", ["transcript"], lambda t: t.assignee, ADA),
    ("detail serial: SN60A2412399", ["transcript"], lambda t: t.details["serial"].value, "SN60A2412399"),
    ("ask serial", ["ask", "transcript"], lambda t: "serial" in t.details, False),
    ("ask\n\nWhich lamp is red?", ["ask", "transcript"], lambda t: t.waiting_for, "customer"),
    ("ask: Which lamp is red?", ["ask", "transcript"], lambda t: t.waiting_for, "customer"),
    (f"third installer {BOB}\n\nWhat did you see?", ["third_party_question", "transcript"], lambda t: t.step,
     "investigating"),
    ("note\n\nShe called twice.", ["transcript"], lambda t: t.step, "investigating"),
    ("wait until 2026-03-20", ["transcript"], lambda t: t.step, "investigating"),
    ("remind 2026-03-10\n\nCall her.", ["transcript"], lambda t: len(t.facts.reminders), 1),
    ("extend 2026-05-20\n\nThe laboratory needs longer.", ["delay", "transcript"], lambda t: t.step, "investigating"),
    ("extend 20 May: the laboratory needs longer", ["delay", "transcript"], lambda t: t.step, "investigating"),
    ("decide upheld\n\nWe replace it.", ["decision", "transcript"], lambda t: t.facts.outcome, "upheld"),
    ("decide partly\n\nWe replace a part.", ["decision", "transcript"], lambda t: t.facts.outcome, "partly_upheld"),
    ("decide not\n\nIt was dropped.", ["decision", "transcript"], lambda t: t.facts.outcome, "not_upheld"),
    ("language de", ["transcript"], lambda t: t.language, "de"),
    ("spam", ["transcript"], lambda t: t.closed_at is not None, True),
    ("split\n\nThe hotline never answers.", ["transcript"], lambda t: t.step, "investigating"),
    ("vulnerable: she depends on a ventilator", ["vulnerable", "transcript"], lambda t: t.facts.vulnerable["reason"],
     "she depends on a ventilator"),
    ("send again", ["acknowledgement", "transcript"], lambda t: t.step, "investigating"),
    ("help", ["transcript"], lambda t: t.step, "investigating"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written", "check", "value"), DONE, ids=[one[0] for one in DONE])
def test_a_command_does_what_it_says(text: str, written: list[str], check: Check, value: object) -> None:
    """The case is what the command makes of it, and exactly these letters go out."""
    made = working()
    assert sorted(notices(made.staff(text, ADA))) == sorted(written)
    assert check(made.case.ticket) == value


ALSO_ELSEWHERE = {"close", "reopen", "merge", "cancel", "accept", "separate", "quote", "dossier", "move", "erase"}
ALSO_ELSEWHERE |= {"satisfied", "dissatisfied", "seen", "reply", "send", "confirm"}


def test_no_command_is_left_out() -> None:
    """Those that need more than a case being worked on have tests of their own."""
    assert {text.split()[0].rstrip(":") for text, *_ in DONE} | ALSO_ELSEWHERE | {"send-again"} >= set(staff_commands())


@pytest.mark.parametrize("bad", ["decide perhaps", "/frobnicate", "extend 2020-01-01\n\nLate.", "cancel: everything"])
@pytest.mark.parametrize("text", [one[0] for one in DONE])
def test_nothing_is_done_where_anything_cannot_be(text: str, bad: str) -> None:
    """A second line that cannot be obeyed leaves the first undone: one letter, to whoever wrote."""
    made = working()
    before = state(made.case)
    line, _, below = text.partition("\n")
    outcome = made.staff(f"{line}\n{bad}\n{below}", ADA)
    assert notices(outcome) == ["refused"]
    assert (outcome.splits, outcome.joins, outcome.replays, outcome.changes.cancelled) == ((), (), (), ())
    assert state(made.case) == before


def test_a_closed_case_is_opened_again_by_its_command() -> None:
    """Closing says so to the customer, and the case can be worked on again."""
    made = working()
    made.staff("decide upheld\n\nWe replace it.", ADA)
    made.deliver()
    made.staff("close", ADA)
    assert made.case.ticket.closed_at is not None
    made.staff("reopen", ADA)
    assert made.case.ticket.closed_at is None
    assert CUSTOMER in {party.address for party in made.case.parties}


WHAT_CANNOT_BE_DONE_IS_REFUSED_WITH_WHAT_CAN = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m2@example [by_person] automatic=false why=nobody
          allowed=ben@firm.example, ada@firm.example, ada@firm.example, eva@firm.example may_send=false
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m3@example [by_person] automatic=false why=nobody
          named allowed=ben@firm.example, ada@firm.example, ada@firm.example, eva@firm.example
          may_send=false
    Mon 2026-03-02 10:00
      letter refused 3 to ada@firm.example answers m4@example [by_person] automatic=false why=no value
          allowed=detail may_send=false
    Mon 2026-03-02 10:00
      letter refused 4 to ada@firm.example answers m5@example [by_person] automatic=false why=colour
          allowed=Inverter model, Serial number, Number of the earlier service ticket, Description of
          the problem, The solution you would like may_send=false
    Mon 2026-03-02 10:00
      letter refused 5 to ada@firm.example answers m6@example [by_person] automatic=false why=needs text
          allowed=ask may_send=false
    Mon 2026-03-02 10:00
      letter refused 6 to ada@firm.example answers m7@example [by_person] automatic=false why=colour
          allowed=Inverter model, Serial number, Number of the earlier service ticket, Description of
          the problem, The solution you would like may_send=false
    Mon 2026-03-02 10:00
      letter refused 7 to ada@firm.example answers m8@example [by_person] automatic=false why=a
          complaint is closed with a decision: write 'decide upheld', 'decide partly upheld' or 'decide
          not upheld' and the reasons may_send=false
    Mon 2026-03-02 10:00
      letter refused 8 to ada@firm.example answers m9@example [by_person] automatic=false why=not closed
          may_send=false
    Mon 2026-03-02 10:00
      letter refused 9 to ada@firm.example answers m10@example [by_person] automatic=false why=xx
          allowed=en, it, de may_send=false
    Mon 2026-03-02 10:00
      letter refused 10 to ada@firm.example answers m11@example [by_person] automatic=false
          why=2026-06-06 allowed=a working day may_send=false unsent_text=Late.
    Mon 2026-03-02 10:00
      letter refused 11 to ada@firm.example answers m12@example [by_person] automatic=false
          why=2026-04-14 allowed=a day after 2026-04-14 allowed_after=2026-04-14 may_send=false
          unsent_text=Late.
    Mon 2026-03-02 10:00
      letter refused 12 to ada@firm.example answers m13@example [by_person] automatic=false
          why=2020-01-01 allowed=a day after today, at most a year ahead may_send=false
          unsent_text=Late.
    Mon 2026-03-02 10:00
      letter refused 13 to ada@firm.example answers m14@example [by_person] automatic=false why=not
          asked now may_send=false
    Mon 2026-03-02 10:00
      letter refused 14 to ada@firm.example answers m15@example [by_person] automatic=false why=nothing
          is held may_send=false
    Mon 2026-03-02 10:00
      letter refused 15 to ada@firm.example answers m16@example [by_person] automatic=false why=nothing
          waits may_send=false
    Mon 2026-03-02 10:00
      letter refused 16 to ada@firm.example answers m17@example [by_person] automatic=false why=nothing
          to quote may_send=false unsent_text=A: 1.00
""")


def test_what_cannot_be_done_is_refused_with_what_can() -> None:
    """Each says why, and what there is instead; nothing else is written."""
    life = histories.complaint()
    life.forget()
    for text in (
        "/assign nobody",
        "assign",
        "/detail model",
        "/detail colour: red",
        "ask",
        "/ask colour",
        "close",
        "reopen",
        "/language xx",
        "extend 2026-06-06\n\nLate.",
        "extend 2026-04-14\n\nLate.",
        "extend 2020-01-01\n\nLate.",
        "satisfied",
        "separate",
        "cancel",
        "quote\n\nA: 1.00",
    ):
        life.staff(text)
    assert life.story("said", "ticket") == WHAT_CANNOT_BE_DONE_IS_REFUSED_WITH_WHAT_CAN


NOBODY_IS_ASKED_WHO_CANNOT_BE_WRITTEN_TO = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m5@example [by_person] automatic=false
          why=unreachable may_send=false
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m6@example [by_person] automatic=false
          why=unreachable may_send=false unsent_text=And now?
    Mon 2026-03-02 10:00
      letter refused 3 to ada@firm.example answers m7@example [by_person] automatic=false
          why=unreachable may_send=false unsent_text=The part is late.
    Mon 2026-03-02 10:00
      letter acknowledgement 2 to anna@example.it answers m8@example [keeps, by_person] automatic=false
      letter transcript 2 to ada@firm.example answers m8@example [by_person] automatic=false
          done=[{line: send-again, did: sent again, value: acknowledgement}]
      timer promise:acknowledge:0:warn:0 dropped
      timer promise:acknowledge:0:warn:1 dropped
      timer promise:acknowledge:0:act dropped
    """)


def test_nobody_is_asked_who_cannot_be_written_to() -> None:
    """Letters to the customer and to the installer fail."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    histories.bounce(life, "acknowledgement")
    histories.bounce(life, "third_party_question")
    life.forget()
    for text in ("ask serial", "third installer\n\nAnd now?", "extend 2026-06-03\n\nThe part is late.", "send-again"):
        life.staff(text)
    assert life.story("said", "ticket", "promises", "timers") == NOBODY_IS_ASKED_WHO_CANNOT_BE_WRITTEN_TO


WHAT_A_POLICY_HAS_NOT_IS_REFUSED = expected("""
    Mon 2026-05-11 04:00
      letter refused 1 to chen@firm.example answers m2@example [by_person] automatic=false why=nothing
          to extend may_send=false unsent_text=Late.
    Mon 2026-05-11 04:00
      letter refused 2 to chen@firm.example answers m3@example [by_person] automatic=false why=upheld
          may_send=false
    Mon 2026-05-11 04:00
      letter refused 3 to chen@firm.example answers m4@example [by_person] automatic=false why=no
          dossier may_send=false
    Mon 2026-05-11 04:00
      letter refused 4 to chen@firm.example answers m5@example [by_person] automatic=false
          why=field-repair may_send=false
    Mon 2026-05-11 04:00
      letter refused 5 to chen@firm.example answers m6@example [by_person] automatic=false why=Labour:
          cheap allowed=quote may_send=false unsent_text=Labour: cheap
    """)


def test_what_a_policy_has_not_is_refused() -> None:
    """Nothing there can be extended, decided or passed on."""
    life = histories.repair()
    life.forget()
    for text in (
        "extend 2026-06-03\n\nLate.",
        "/decide upheld",
        "dossier",
        "move field-repair",
        "quote\nLabour: cheap",
    ):
        life.staff(text, histories.CHEN)
    assert life.story("said", "ticket") == WHAT_A_POLICY_HAS_NOT_IS_REFUSED


WHO_DECIDED_DECIDES_NO_REVIEW = expected("""
    Mon 2026-03-02 10:00
      letter refused 1 to ada@firm.example answers m4@example [by_person] automatic=false why=somebody
          else decides allowed=assign may_send=false unsent_text=You are right.
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=somebody else decides
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 2 to ada@firm.example answers m5@example [by_person] automatic=false why=somebody
          else decides allowed=assign may_send=false
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      command refused by ada@firm.example: why=somebody else decides
      notice written by reclamo: notice=refused to=staff party=2
    Mon 2026-03-02 10:00
      letter refused 3 to eva@firm.example answers m6@example [by_person] automatic=false why=somebody
          else decides allowed=assign may_send=false
      mail received by eva@firm.example: message_id=m6@example inbox_id=6 thread=staff files=[]
          evidence=
      command refused by eva@firm.example: why=somebody else decides
      notice written by reclamo: notice=refused to=staff party=3
    Mon 2026-03-02 10:00
      letter review_decision 1 to anna@example.it answers m7@example [keeps, by_person] staff_text=You
          are right. automatic=false decision=upheld
      letter transcript 2 to eva@firm.example answers m7@example [by_person] staff_text=You are right.
          automatic=false decision=upheld done=[{line: decide upheld, did: decided, value: upheld}]
      ticket step reviewed
      ticket assignee eva@firm.example
      ticket waiting_for customer
      fact decided_by eva@firm.example
      fact outcome upheld
      mail received by eva@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      decided by eva@firm.example: decision=upheld text=You are right.
      step entered by reclamo: step=reviewed
      promise moot by reclamo: promise=progress due=2026-03-20
      notice written by reclamo: notice=review_decision to=customer party=1 about={staff_text: You are
          right., decision: upheld}
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter decision 2 to anna@example.it answers m8@example [keeps, by_person] staff_text=Once more.
          automatic=false decision=upheld
      letter transcript 3 to eva@firm.example answers m8@example [by_person] staff_text=Once more.
          automatic=false decision=upheld done=[{line: decide upheld, did: decided, value: upheld}]
      ticket step decided
      ticket questions [satisfied to 1 []]
      fact answers forgotten
      mail received by eva@firm.example: message_id=m8@example inbox_id=8 thread=staff files=[]
          evidence=
      decided by eva@firm.example: decision=upheld text=Once more.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: Once more.,
          decision: upheld}
      step entered by reclamo: step=decided
      notice written by reclamo: notice=transcript to=staff party=3
""")


def test_who_decided_decides_no_review() -> None:
    """Nor does Ada take it, or is given it."""
    life = histories.complaint()
    life.staff("decide not upheld\n\nIt was wet.")
    life.deliver()
    life.answered("no")
    life.forget()
    life.staff("decide upheld\n\nYou are right.")
    life.staff("take")
    life.staff("assign ada@firm.example", EVA)
    life.staff("decide upheld\n\nYou are right.", EVA)
    life.staff("decide upheld\n\nOnce more.", EVA)
    assert life.story("said", "ticket", "facts", "ledger") == WHO_DECIDED_DECIDES_NO_REVIEW


COMMANDS_MOVE_WHAT_THEY_NAME = expected("""
    Mon 2026-03-02 10:00
      letter customer_wrote 1 to ada@firm.example answers m2@example [by_person] automatic=false
      letter transcript 1 to ada@firm.example answers m2@example [by_person] automatic=false
          done=[{line: detail model: ST-6.0K, did: noted detail, value: model: ST-6.0K}]
      ticket step investigating
      ticket assignee ada@firm.example
      ticket waiting_for staff
      detail model: ST-6.0K (ST-6.0K) by ada@firm.example
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      detail found by ada@firm.example: detail=model value=ST-6.0K where=staff
      notice written by reclamo: notice=customer_wrote to=staff party=2
      step entered by reclamo: step=investigating
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter transcript 2 to ada@firm.example answers m3@example [by_person] automatic=false
          done=[{line: language it, did: language, value: it}]
      ticket language it
      party 1 customer anna@example.it [Anna, it]
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      language by ada@firm.example: language=it
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter customer_wrote 2 to ben@firm.example [by_person] automatic=false
      letter transcript 3 to ada@firm.example answers m4@example [by_person] automatic=false
          done=[{line: team service, did: passed on, value: service}]
      ticket team service
      ticket assignee
      fact reassigned 1
      party 3 staff ben@firm.example [Ben, en]
      mail received by ada@firm.example: message_id=m4@example inbox_id=4 thread=staff files=[]
          evidence=
      assigned by ada@firm.example: team=service
      notice written by reclamo: notice=customer_wrote to=staff party=3
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter customer_wrote 3 to ben@firm.example [by_person] automatic=false
      letter transcript 4 to ada@firm.example answers m5@example [by_person] automatic=false
          done=[{line: assign ben@firm.example, did: assigned, value: ben@firm.example}]
      ticket assignee ben@firm.example
      mail received by ada@firm.example: message_id=m5@example inbox_id=5 thread=staff files=[]
          evidence=
      assigned by ada@firm.example: team=service assignee=ben@firm.example
      notice written by reclamo: notice=customer_wrote to=staff party=3
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter new_case 2 to ben@firm.example [by_person] automatic=false
      letter ask 1 to anna@example.it answers m6@example [by_person] automatic=false
      letter transcript 5 to ada@firm.example answers m6@example [by_person] automatic=false
          done=[{line: kind service, did: sorted, value: service}]
      ticket kind service
      ticket step incomplete
      ticket waiting_for customer
      ticket asked [model, serial, solution, ticket]
      mail received by ada@firm.example: message_id=m6@example inbox_id=6 thread=staff files=[]
          evidence=
      sorted by ada@firm.example: kind=service
      notice written by reclamo: notice=new_case to=staff party=3
      step entered by reclamo: step=incomplete
      details asked by reclamo: details=[ticket]
      notice written by reclamo: notice=ask to=customer party=1
      notice written by reclamo: notice=transcript to=staff party=2
    Mon 2026-03-02 10:00
      letter customer_wrote 4 to ben@firm.example answers m7@example [by_person] automatic=false
      letter transcript 6 to ben@firm.example answers m7@example [by_person] automatic=false
          done=[{line: detail ticket: 2026011499, did: noted detail, value: ticket: 2026011499}]
      ticket step investigating
      ticket waiting_for staff
      detail ticket: 2026011499 (2026011499) by ben@firm.example
      mail received by ben@firm.example: message_id=m7@example inbox_id=7 thread=staff files=[]
          evidence=
      detail found by ben@firm.example: detail=ticket value=2026011499 where=staff
      notice written by reclamo: notice=customer_wrote to=staff party=3
      step entered by reclamo: step=investigating
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter transcript 7 to ben@firm.example answers m8@example [by_person] automatic=false
          done=[{line: note, did: noted, value: }]
      mail received by ben@firm.example: message_id=m8@example inbox_id=8 thread=staff files=[]
          evidence=
      note by ben@firm.example:
      notice written by reclamo: notice=transcript to=staff party=3
    Mon 2026-03-02 10:00
      letter transcript 8 to ben@firm.example answers m9@example [by_person] automatic=false
          done=[{line: help, did: helped, value: }]
      mail received by ben@firm.example: message_id=m9@example inbox_id=9 thread=staff files=[]
          evidence=
      notice written by reclamo: notice=transcript to=staff party=3
    """)


def test_commands_move_what_they_name() -> None:
    """Kind, team, member, detail, language: who gets the case, and what the customer is asked."""
    life = histories.complaint(complete=False)
    life.forget()
    life.staff("detail model: ST-6.0K")
    life.staff("language it")
    life.staff("team service")
    life.staff("assign ben@firm.example")
    life.staff("kind service")
    life.staff("detail ticket: 2026011499", "ben@firm.example")
    life.staff("note\n\nShe called.", "ben@firm.example", inside=True)
    life.staff("help", "ben@firm.example")
    assert life.story("said", "ticket", "facts", "details", "parties", "ledger") == COMMANDS_MOVE_WHAT_THEY_NAME
