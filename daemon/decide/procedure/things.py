"""What a case carries: appointments, quotes, orders, returns. Each has a number and a state of its own.

They are kept among the ticket's facts, under "things": JSON values, so that letters and listings can show them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from daemon.decide.draft import Draft
from storage.ledger_events import LedgerEvent


def is_open(draft: Draft, name: str) -> bool:
    """Whether something of it is still to come: a slot that is booked, or a state that does not end it."""
    known, spec = draft.thing(name), draft.policy.things[name]
    if spec.slots:
        return bool(known.get("start")) and datetime.fromisoformat(known["start"]) > draft.now
    return bool(known) and known["state"] not in spec.over


def keep(draft: Draft, name: str, **fields: Any) -> dict[str, Any]:
    """Change fields of a thing; None forgets one."""
    kept = {key: value for key, value in {**draft.thing(name), **fields}.items() if value is not None}
    draft.facts = replace(draft.facts, things={**draft.facts.things, name: kept})
    return kept


def open_thing(draft: Draft, name: str) -> dict[str, Any]:
    """Open a thing anew: with a number, in its first state. One that was open before is history, on the ledger."""
    spec = draft.policy.things[name]
    times = int(draft.thing(name).get("times", 0)) + 1
    year_and_count = draft.ticket.reference.partition("-")[2]
    number = f"{spec.number}-{year_and_count}" + (f"-{times}" if times > 1 else "")
    state = next(iter(spec.states))
    fresh = {"number": number, "state": state, "since": draft.now.isoformat(), "times": times}
    draft.facts = replace(draft.facts, things={**draft.facts.things, name: fresh})
    draft.log_event(LedgerEvent.OPENED, thing=name, number=number, state=state)
    return fresh


def becomes(draft: Draft, name: str, state: str) -> None:
    """Change a thing's state, opening it where the case does not carry it yet."""
    if not draft.thing(name):
        open_thing(draft, name)
    keep(draft, name, state=state, since=draft.now.isoformat())
    draft.log_event(LedgerEvent.BECAME, thing=name, number=draft.thing(name)["number"], state=state)
