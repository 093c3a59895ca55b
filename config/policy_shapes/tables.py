"""The shapes of lookup tables by a detail, such as the warranty of a model, and of price lists."""

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
    """Parse a period, or a date as TOML or ISO 8601 writes it. Raises Wrong."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return read_period(value)


Cell = Annotated[Period | date, BeforeValidator(_read_cell), PlainSerializer(str)]


class TableSpec(Shape):
    """Periods and dates looked up by the value of a detail (`by`). The row is the one with the longest name that the
    value begins with, or else "*". Each row has a cell for each column; the cells of a column are periods, or dates."""

    by: str
    rows: dict[str, dict[str, Cell]] = Field(min_length=1)


class PriceSpec(Shape):
    """A line of a price list. Every quote begins with the lines marked `always`."""

    title: Text
    amount: Decimal = Field(ge=0)
    always: bool = False
