"""The shapes of lookup tables by a detail, such as a model's warranty and first day of sale; and of price lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from config.policy_shapes.base import Shape, Text
from config.policy_shapes.periods import Period, read_period

OTHERS = "*"
"""The key of the row for values without a row of their own."""


def _read_cell(value: Any) -> Any:
    """A period, or a day as TOML or ISO 8601 writes it."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return read_period(value)


Cell = Annotated[Period | date, BeforeValidator(_read_cell), PlainSerializer(str)]


class TableSpec(Shape):
    """Periods and days looked up by a detail: a row's name is the beginning of its value, the longest counts; "*"
    stands for the others. Each row is a table of cells by column; a column holds periods, or days."""

    by: str
    rows: dict[str, dict[str, Cell]] = Field(min_length=1)


class PriceSpec(Shape):
    """A line of a price list. One that is `always` there begins every quote."""

    title: Text
    amount: Decimal = Field(ge=0)
    always: bool = False
