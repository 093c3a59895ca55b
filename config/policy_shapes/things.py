"""The shapes of things that belong to a case: appointments, quotes, orders, returns. Each has a number and a state.

One shape serves them all; what only appointments have is in the sub-table `slots`.
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
    """When appointments can be: on the calendar's working days, at `times` ("09:00-12:00, 14:00-17:00") in slots of
    `length`, `capacity` at once. `offers` are put to the party by `question`, not before `earliest` and at most
    `within` ahead. `remind` is how long before its start the `reminder` goes out. `before`, `at_start` and
    `at_end` are followed so long before a booked slot and at those instants of it. Where the time of `wish` is free it
    is taken at once, as if chosen; else the offers lie near it, and the letter can say why it cannot be had."""

    times: str
    length: Span
    capacity: int = Field(default=1, ge=1)
    offers: Annotated[int, BeforeValidator(_minimum_two)] = 3
    earliest: Span = Period(1, Unit.WORKING_DAYS)
    within: Span = Period(15, Unit.WORKING_DAYS)
    question: str
    place: str = ""  # whose time it is: things with the same place share their capacity; the thing's name when empty
    remind: tuple[Span, ...] = ()
    reminder: str = "appointment_reminder"
    link: str = ""  # where slots can be booked on the web, if the company has that
    wish: str = ""  # the detail with the time that the customer wishes
    not_before: str = ""  # the remembered fact with the first day that can be offered
    before: dict[PeriodText, Branches] = {}
    at_start: Branches = ()
    at_end: Branches = ()


class ThingSpec(Shape):
    """Something a case carries. `number` is the prefix of its number (RMA-2026-000123); `states` with their titles,
    the first being the one it opens in; `lines` says that it has lines with amounts (a quote), in `currency`;
    `document` is the source of its page, on `paper` of this size, which goes along with the letters that attach it;
    `prices` are lines that staff need only name. Customers are told nothing of what is `inside`. In the states of
    `over` nothing of it is to come any more (an appointment is over once its slot is); before that its case cannot go
    to another policy."""

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
