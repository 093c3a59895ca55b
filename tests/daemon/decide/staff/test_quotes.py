"""Quotes as staff write them, line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from daemon.decide.refusals import Refused
from daemon.decide.staff.quotes import read_quote_line

LINES = [
    ("Parts: 120.00", ("Parts", "120.00")),
    ("Parts: 120,00", ("Parts", "120.00")),
    ("- Labour, 2 hours: 1.234,50 €", ("Labour, 2 hours", "1234.50")),
    ("Labour: EUR 60", ("Labour", "60.00")),
    ("运费：12.50", ("运费", "12.50")),
    ("Discount: -10.00", ("Discount", "-10.00")),
]


@pytest.mark.parametrize(("line", "read"), LINES)
def test_a_line_is_read(line: str, read: tuple[str, str]) -> None:
    """Words, a colon, an amount as anybody writes amounts."""
    assert read_quote_line(line, "EUR") == (read[0], Decimal(read[1]))


@pytest.mark.parametrize("line", ["Parts 120.00", "Parts:", "Parts: cheap", "Parts: 10.00 or 20.00", ": 10.00",
                                  "Parts: 10.00 USD", "Parts: 10.0055"])  # fmt: skip
def test_what_is_no_line_is_refused(line: str) -> None:
    """Nothing is guessed of a price."""
    with pytest.raises(Refused):
        read_quote_line(line, "EUR")
