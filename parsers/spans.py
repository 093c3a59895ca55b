"""Places in a text that may cover one another, told apart in time that grows with their number and a bit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Span(Protocol):
    """Something found between two places of a text."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends: the place behind it."""


S = TypeVar("S", bound=Span)


class Taken:
    """Parts of a text that are taken; none of them overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in spans:
            self.add(start, end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any of this stretch is taken."""
        at = bisect_left(self._starts, end)
        return at > 0 and self._ends[at - 1] > start

    def add(self, start: int, end: int) -> bool:
        """Take a stretch; False, and nothing is done, where any of it is taken already."""
        if self.overlaps(start, end):
            return False
        at = bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True


def outermost(found: Iterable[S]) -> list[S]:
    """Those that stand inside no longer one, in order."""
    kept: list[S] = []
    furthest, group, reach = -1, -1, -1  # the end of all that began before; where these begin, and their longest's end
    for one in sorted(found, key=lambda span: (span.start, -span.end)):
        if one.start != group:
            furthest, group, reach = max(furthest, reach), one.start, one.end
        if one.end > furthest and one.end == reach:
            kept.append(one)
    return kept
