"""The shapes of things that belong to a case: appointments, quotes, orders, returns. Each has a number and a state.

They share one shape; only appointments have the sub-table `slots`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from config.faults import Wrong
from config.policy_shapes.base import Branches, Names, PeriodText, Shape, Span, Text
from config.policy_shapes.periods import Period, Unit
from config.policy_shapes.tables import PriceSpec


def _minimum_two(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value < 2:
        raise Wrong("a choice has at least two slots", "2 or more")
    return value


class SlotsSpec(Shape):
    """The slots for appointments: on the calendar's working days, at `times` ("09:00-12:00, 14:00-17:00"), each of
    `length`, with `capacity` appointments at once.

    `offers` slots are offered to the party by `question`, from `earliest` until `within` ahead. The `reminder` is sent
    each period of `remind` before the start. The branches of `before` (by period), `at_start` and `at_end` are taken at
    those instants of a booked slot. If the time in the detail `wish` is free, it is booked at once as if chosen;
    otherwise the slots offered are near it, and the letter can say why that time is not available.
    """

    times: str
    length: Span
    capacity: int = Field(default=1, ge=1)
    offers: Annotated[int, BeforeValidator(_minimum_two)] = 3
    earliest: Span = Period(1, Unit.WORKING_DAYS)
    within: Span = Period(15, Unit.WORKING_DAYS)
    question: str
    place: str = ""  # things with the same place share its capacity; the thing's own name when empty
    remind: tuple[Span, ...] = ()
    reminder: str = "appointment_reminder"
    link: str = ""  # the web page where slots can be booked, if the company has one
    wish: str = ""  # the detail with the time that the customer asks for
    not_before: str = ""  # the remembered fact with the first date that can be offered
    before: dict[PeriodText, Branches] = {}
    at_start: Branches = ()
    at_end: Branches = ()


class ThingSpec(Shape):
    """An appointment, quote, order or return of a case.

    `number` is the prefix of its number (RMA in RMA-2026-000123); `states` are its states with their titles, the
    initial one first. With `lines` it has lines with amounts in `currency`, as a quote does; `prices` are lines that
    staff enter by name alone. `document` is the source of its page, of size `paper`, which letters attach. Customers
    are told nothing of a thing that is `inside`. The states in `over` are final (an appointment is also over after its
    slot); until then the case cannot move to another policy.
    """

    title: Text
    number: str = Field(pattern=r"^[A-Z]{1,6}$")
    states: dict[str, Text] = Field(min_length=1)
    slots: SlotsSpec | None = None
    lines: bool = False
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    document: str = ""
    paper: Literal["A4", "A5", "A6"] = "A4"
    inside: bool = False
    over: Names = ()
    prices: dict[str, PriceSpec] = {}
