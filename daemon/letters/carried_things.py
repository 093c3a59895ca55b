"""What a letter says of the things that the case carries: appointments, quotes, orders, returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from config.policy import say
from config.policy_shapes.things import ThingSpec
from daemon.letters.letter_input import LetterInput

Row = dict[str, Any]


class Carried(dict[str, Row]):
    """Things by name, in the policy's order. One that the case does not carry is None, so that letters can ask."""

    def __missing__(self, name: str) -> None:
        return None


def carried(letter_input: LetterInput) -> Carried:
    """What the case carries, each as a row; instants are in the reader's zone."""
    known: Mapping[str, Mapping[str, Any]] = letter_input.ticket.facts.things
    specs = letter_input.policy.things.items()
    return Carried({name: _row(letter_input, name, spec, known[name]) for name, spec in specs if name in known})


def _row(letter_input: LetterInput, name: str, spec: ThingSpec, thing: Mapping[str, Any]) -> Row:
    state = str(thing.get("state", ""))
    return {
        "name": name,
        "title": say(spec.title, letter_input.language),
        "inside": spec.inside,
        "number": str(thing.get("number", "")),
        "state": state,
        "state_title": say(spec.states.get(state, {}), letter_input.language),
        "start": _local(letter_input, thing.get("start")),
        "end": _local(letter_input, thing.get("end")),
        "was": _local(letter_input, thing.get("was")),
        "wished": _wish(letter_input, str(thing.get("wished", ""))),
        "refused": str(thing.get("refused", "")),
        "offered": [_local(letter_input, slot) for slot in thing.get("offered", ())],
        "link": spec.slots.link if spec.slots else "",
        "lines": [{"label": label, "amount": Decimal(amount)} for label, amount in thing.get("lines", ())],
        "total": Decimal(thing["total"]) if "total" in thing else None,
        "currency": spec.currency,
    }


def _wish(letter_input: LetterInput, wished: str) -> date | None:
    """The time that the customer wished for, or the mere day."""
    if "T" not in wished:
        return date.fromisoformat(wished) if wished else None
    return datetime.fromisoformat(wished).replace(tzinfo=letter_input.calendar.zone)


def _local(letter_input: LetterInput, instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant).astimezone(letter_input.zone) if instant else None
