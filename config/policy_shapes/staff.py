"""The shapes of worklists, of the absence of staff, and of how long personal data is kept."""

from __future__ import annotations

from pydantic import Field

from config.policy_shapes.base import Shape, Span
from config.policy_shapes.periods import Period, Unit


class WorklistSpec(Shape):
    """The list of due work, mailed at opening on each working day to every person who has some (`people`), and for each
    team to its address or manager (`teams`). `soon` is how far ahead it looks; lines beyond `most` are only counted."""

    people: bool = True
    teams: bool = True
    soon: Span = Period(3, Unit.WORKING_DAYS)
    most: int = Field(default=40, ge=1)


class RetentionSpec(Shape):
    """Retention of personal data: cases are erased `erase_after` their closing, or never."""

    erase_after: Span | None = None


class AwaySpec(Shape):
    """Absence announced by a staff member's mail program: the period `after` which the substitute gets their due work,
    and how long the absence `lasts` when the mail names no day."""

    after: Span = Period(1, Unit.WORKING_DAYS)
    lasts: Span = Period(5, Unit.WORKING_DAYS)
