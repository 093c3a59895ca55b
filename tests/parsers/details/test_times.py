"""Times that people ask for."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.details.times import find_moments

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Tuesday 10 March 2026 at 10:30", ["2026-03-10T10:30"]),
        ("10:30 on 10 March would be fine", ["2026-03-10T10:30"]),
        ("tomorrow at 2 pm", ["2026-03-04T14:00"]),
        ("the day after tomorrow at 9:00", ["2026-03-05T09:00"]),
        ("today at 15:00", ["2026-03-03T15:00"]),
        ("想預約3月10日上午10點", ["2026-03-10T10:00"]),
        ("希望2026年3月10日下午两点半到店", ["2026-03-10T14:30"]),
        ("今天下午3点可以吗", ["2026-03-03T15:00"]),
        ("明天中午12:00", ["2026-03-04T12:00"]),
        ("on 5 January, next year", ["2027-01-05"]),
        ("any day will do", []),
    ],
)
def test_a_moment_is_a_day_and_its_hour(text: str, expected: list[str]) -> None:
    """A time is read in the three languages, near and far, with or without an hour."""
    found = find_moments(text, languages=["en", "zh-Hant", "zh-Hans"], today=TODAY)
    assert [time.iso for time in found] == expected
