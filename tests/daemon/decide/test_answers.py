"""What comes with an answer of staff is proven before anything is done."""

from __future__ import annotations

from datetime import date

import pytest

from daemon.decide.answers import take_value
from daemon.decide.draft import Refused

TODAY = date(2026, 5, 11)


@pytest.mark.parametrize(
    ("takes", "rest", "taken"),
    [
        ("nothing", "thanks", ("", "thanks")),
        ("text", "too far away", ("too far away", "too far away")),
        ("minutes", "20 traffic", ("20", "traffic")),
        ("number", "3", ("3", "")),
        ("date", "2026-05-20 holiday", ("2026-05-20", "holiday")),
    ],
)
def test_what_is_taken(takes: str, rest: str, taken: tuple[str, str]) -> None:
    """The value in its normal form, and the words beside it."""
    assert take_value(takes, rest, TODAY) == taken


@pytest.mark.parametrize(
    ("takes", "rest", "why"),
    [
        ("text", "", "needs text"),
        ("minutes", "traffic", "needs minutes"),
        ("number", "", "needs number"),
        ("date", "", "no date"),
        ("date", "2026-05-10", "2026-05-10"),
    ],
)
def test_what_is_missing_is_told(takes: str, rest: str, why: str) -> None:
    """Nothing is guessed; a day that has passed is no answer either."""
    with pytest.raises(Refused) as refused:
        take_value(takes, rest, TODAY)
    assert refused.value.why == why
