"""Periods as people write them: "7 working days", "2 hours", "1 working hour", "24 months"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ALLOWED = (
    'a number and a unit, as in "7 working days", "2 hours", "1 working hour", "2 hours within opening", "3 days", '
    '"24 months"'
)
_PERIOD = re.compile(
    r"(\d{1,4})\s+(working\s+)?(minute|hour|day|week|month|year)s?(\s+within\s+opening)?", re.IGNORECASE
)


class Unit(StrEnum):
    """What a period is counted in. Weeks are written as days, years as months, when they are read. Hours within
    opening run on the clock; where they end while nobody works, the next opening is meant."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working hours"
    HOURS_OPEN = "hours within opening"
    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"

    @property
    def is_daily(self) -> bool:
        """Whether a period ends with a day, and not at an instant within one."""
        return self in (Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: `count` whole `unit`s, count >= 0."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        noun, *more = self.unit.value.split(" within ")
        unit = " within ".join((noun[:-1] if self.count == 1 else noun, *more))
        return f"{self.count} {unit}"


def read_period(text: str) -> Period:
    """Read a period; raises ValueError that says what is allowed."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a period; allowed: {ALLOWED}")
    count, working, unit = int(match[1]), bool(match[2]), match[3].lower()
    if working and unit not in ("hour", "day"):
        raise ValueError(f"only hours and days can be working ones; allowed: {ALLOWED}")
    if match[4]:
        if working or unit != "hour":
            raise ValueError(f"only hours on the clock can end within opening; allowed: {ALLOWED}")
        return Period(count, Unit.HOURS_OPEN)
    if unit == "week":
        return Period(count * 7, Unit.DAYS)
    if unit == "year":
        return Period(count * 12, Unit.MONTHS)
    return Period(count, Unit(f"{'working ' if working else ''}{unit}s"))
