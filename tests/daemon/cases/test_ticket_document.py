"""One ticket whole, as programs and as people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.cases.ticket_document import as_text, ticket_json
from storage.values import Detail
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ROME
from tests.daemon.decide.story import expected


def test_a_ticket_as_programs_read_it() -> None:
    """Instants in UTC, dates as dates, what is missing by name, a promise with how it was kept."""
    life = histories.complaint(complete=False)
    whole = ticket_json(life.case, life.policy)
    assert (whole["reference"], whole["kind"], whole["step"]) == ("C-2026-000001", "product", "incomplete")
    assert whole["customer"] == {"name": "Anna", "address": "anna@example.it"}
    assert whole["received"] == "2026-03-02T09:00:00+00:00"
    assert whole["closed"] is whole["erased"] is None
    assert list(whole["details"]["found"]) == ["problem"]
    assert whole["details"]["missing"] == ["model"]
    assert whole["details"]["missing_if_available"] == ["serial", "solution"]
    kept = whole["deadlines"][0]
    assert (kept["promise"], kept["due"], kept["state"], kept["paused"]) == ("acknowledge", "2026-03-11", "kept", False)
    assert (kept["kept_by"], kept["kept_at"], kept["kept_by_itself"]) == ("acknowledgement", whole["received"], False)
    owed = whole["deadlines"][1]
    assert (owed["state"], owed["kept_at"], owed["kept_by_itself"]) == ("open", None, None)
    assert [(m["direction"], m["notice"], m["to"]) for m in whole["messages"]][:2] == [
        ("in", "", []), ("out", "acknowledgement", ["anna@example.it"]),
    ]  # fmt: skip
    assert {p["role"] for p in whole["parties"]} == {"customer", "staff"}
    assert whole["ledger"][0]["event"] == "opened"


def test_what_is_wrong_is_missing_and_what_others_call_it_is_there() -> None:
    """A wrong value counts as missing; numbers of third parties, dossiers and the outcome are shown."""
    life = histories.dossier()
    ticket = life.case.ticket
    wrong = {**ticket.details, "symptom": Detail(value="?", shown="?", wrong="too short")}
    whole = ticket_json(replace(life.case, ticket=replace(ticket, details=wrong)), life.policy)
    assert whole["details"]["missing"] == ["symptom"]
    assert whole["details"]["found"]["symptom"]["wrong"] == "too short"
    assert whole["numbers"] == {"vehicle_desk": "VC-123456"}
    assert whole["dossiers"] == {"vehicle_case": "sent"}
    assert whole["brand"] == "citroen"
    assert whole["closed"] == life.now.isoformat()


A_TICKET_AS_PEOPLE_READ_IT = expected("""
    C-2026-000001
    complaints / product, incomplete, waiting for staff
    customer Anna <anna@example.it>, writes en
    team technical, assignee -
    received 2026-03-02 10:00

    details
      problem: It does not switch on.
      model: missing

    promises
      2026-03-11  acknowledge (received): kept, by acknowledgement at 2026-03-02 10:00, by a person
      2026-04-14  resolve (received): open
      2026-03-20  progress (acknowledge): open

    messages
      2026-03-02 10:00  from anna@example.it
      2026-03-02 10:00  acknowledgement to anna@example.it
      2026-03-02 10:00  new_case to ada@firm.example
      2026-03-02 10:00  from eve@else.example (held)
      2026-03-02 10:00  held to ada@firm.example

    ledger
      2026-03-02 10:00  opened, by customer
      2026-03-02 10:00  mail received, by customer
      2026-03-02 10:00  detail found, by customer
      2026-03-02 10:00  promise armed, by reclamo
      2026-03-02 10:00  promise armed, by reclamo
      2026-03-02 10:00  step entered, by reclamo
      2026-03-02 10:00  notice written, by reclamo
      2026-03-02 10:00  details asked, by reclamo
      2026-03-02 10:00  notice written, by reclamo
      2026-03-02 10:00  step entered, by reclamo
      2026-03-02 10:00  letter sent, by reclamo
      2026-03-02 10:00  promise kept, by reclamo
      2026-03-02 10:00  promise armed, by reclamo
      2026-03-02 10:00  mail received, by stranger
      2026-03-02 10:00  mail held, by stranger
      2026-03-02 10:00  notice written, by reclamo
    """)


def test_a_ticket_as_people_read_it() -> None:
    """At a terminal, in their own time."""
    life = histories.complaint(complete=False)
    histories.stranger(life, "Me too.", histories.EVE)
    text = as_text(ticket_json(life.case, life.policy), ROME)
    assert [line.rstrip() for line in text.splitlines()] == A_TICKET_AS_PEOPLE_READ_IT
    erased = replace(life.case, ticket=replace(life.case.ticket, erased_at=life.now + timedelta(days=1)), parties=())
    assert "erased 2026-03-03 10:00: nobody knows any more whom it was for" in as_text(
        ticket_json(erased, life.policy), ROME
    )
