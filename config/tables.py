"""The shapes of a policy's tables: what is looked up by a detail, such as a model's warranty; and price lists."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from config.shapes import Shape, Span, Text

OTHERS = "*"
"""The row of a table for every value that has none of its own."""


class TableSpec(Shape):
    """Periods looked up by a detail: a row's name is the beginning of its value, the longest counts; "*" stands for
    the others. Each row is a table of periods by column."""

    by: str
    rows: dict[str, dict[str, Span]] = Field(min_length=1)


class PriceSpec(Shape):
    """A line of a price list. One that is `always` there begins every quote."""

    title: Text
    amount: Decimal = Field(ge=0)
    always: bool = False
