"""Things of a case: appointments, quotes, orders, returns. Each has a number and a state (`Facts.things`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from daemon.decide.draft import Draft
from storage.ledger_events import LedgerEvent


def is_thing_open(draft: Draft, name: str) -> bool:
    """Whether a thing is not over: its booked slot is still to come, or its state is not a final one."""
    known, spec = draft.thing(name), draft.policy.things[name]
    if spec.slots:
        return bool(known.get("start")) and datetime.fromisoformat(known["start"]) > draft.now
    return bool(known) and known["state"] not in spec.over


def change_thing(draft: Draft, name: str, **fields: Any) -> dict[str, Any]:
    """Change fields of a thing; None removes one. Returns the thing."""
    kept = {key: value for key, value in {**draft.thing(name), **fields}.items() if value is not None}
    draft.facts = replace(draft.facts, things={**draft.facts.things, name: kept})
    return kept


def open_thing(draft: Draft, name: str) -> dict[str, Any]:
    """Open a thing with a new number in its first state, in place of an earlier one. Returns it."""
    spec = draft.policy.things[name]
    times = int(draft.thing(name).get("times", 0)) + 1
    year_and_count = draft.ticket.reference.partition("-")[2]
    number = f"{spec.number}-{year_and_count}" + (f"-{times}" if times > 1 else "")
    state = next(iter(spec.states))
    fresh = {"number": number, "state": state, "since": draft.now.isoformat(), "times": times}
    draft.facts = replace(draft.facts, things={**draft.facts.things, name: fresh})
    draft.log_event(LedgerEvent.OPENED, thing=name, number=number, state=state)
    return fresh


def set_thing_state(draft: Draft, name: str, state: str) -> None:
    """Change a thing's state; it is opened where the case does not have it yet."""
    if not draft.thing(name):
        open_thing(draft, name)
    change_thing(draft, name, state=state, since=draft.now.isoformat())
    draft.log_event(LedgerEvent.BECAME, thing=name, number=draft.thing(name)["number"], state=state)
