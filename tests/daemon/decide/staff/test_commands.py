"""Each command of staff by itself: what becomes of the case, who is written to; and a mail is obeyed whole or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from config.policy_shapes.commands import staff_commands
from storage.facts import Facts
from storage.values import Case, Ticket
from tests.daemon.decide.cases import ADA, CUSTOMER, MAX, Life, notices, rome

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


@pytest.mark.parametrize("bad", ["decide perhaps", "/frobnicate", "extend 2020-01-01", "cancel: everything"])
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
