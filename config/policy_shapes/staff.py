"""The shapes of worklists, of the absence of staff, and of how long personal data is kept."""

from __future__ import annotations

from pydantic import Field

from config.policy_shapes.base import Shape, Span
from config.policy_shapes.periods import Period, Unit


class WorklistSpec(Shape):
    """The list of what is due, mailed at opening on each working morning to everybody who has something to do
    (`people`) and for each team to its address or manager (`teams`). `soon` is how far ahead it looks; of more than
    `most` lines the rest is only counted."""

    people: bool = True
    teams: bool = True
    soon: Span = Period(3, Unit.WORKING_DAYS)
    most: int = Field(default=40, ge=1)


class RetentionSpec(Shape):
    """Retention of personal data: cases are erased `erase_after` their closing, or never."""

    erase_after: Span | None = None


class AwaySpec(Shape):
    """When somebody's mail program says that they are away: `after` which time their due work is their substitute's,
    and how long they are away where it names no day (`lasts`)."""

    after: Span = Period(1, Unit.WORKING_DAYS)
    lasts: Span = Period(5, Unit.WORKING_DAYS)
