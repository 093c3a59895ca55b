"""Parse periods as policies write them: "7 working days", "2 hours", "1 working hour", "24 months"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from config.faults import Wrong

ALLOWED = (
    'a number and a unit, as in "7 working days", "2 hours", "1 working hour", "2 hours within opening", "3 days", '
    '"24 months"'
)
_PERIOD = re.compile(
    r"(\d{1,4})\s+(working\s+)?(minute|hour|day|week|month|year)s?(\s+within\s+opening)?", re.IGNORECASE
)


class Unit(StrEnum):
    """The unit of a period. Weeks are read as days and years as months. Hours within opening run on the clock, and are
    due at the next opening when they end outside opening hours."""

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
    """A length of time: a whole number of units, 0 or more."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        noun, *more = self.unit.value.split(" within ")
        unit = " within ".join((noun[:-1] if self.count == 1 else noun, *more))
        return f"{self.count} {unit}"


def read_period(text: str) -> Period:
    """Read a period; raises Wrong."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise Wrong("not a period", ALLOWED)
    count, working, unit = int(match[1]), bool(match[2]), match[3].lower()
    if working and unit not in ("hour", "day"):
        raise Wrong("only hours and days can be working ones", ALLOWED)
    if match[4]:
        if working or unit != "hour":
            raise Wrong("only hours on the clock can end within opening", ALLOWED)
        return Period(count, Unit.HOURS_OPEN)
    if unit == "week":
        return Period(count * 7, Unit.DAYS)
    if unit == "year":
        return Period(count * 12, Unit.MONTHS)
    return Period(count, Unit(f"{'working ' if working else ''}{unit}s"))
