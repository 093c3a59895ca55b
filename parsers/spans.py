"""Places in a text that may cover one another, told apart in time that grows with their number and a bit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
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


class TakenSpans:
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


class Cover:
    """Parts of a text that are covered, once or more often."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        known = list(spans)
        self._starts, self._ends = sorted(start for start, _ in known), sorted(end for _, end in known)
        self._before = [0, *accumulate(self._starts)], [0, *accumulate(self._ends)]

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any of this stretch is covered."""
        return bisect_left(self._starts, end) > bisect_right(self._ends, start)

    def covered(self, start: int, end: int) -> int:
        """How many places of this stretch are covered; one that is covered twice counts twice."""
        return self._up_to(end) - self._up_to(start)

    def _up_to(self, place: int) -> int:
        begun, done = bisect_left(self._starts, place), bisect_left(self._ends, place)
        return begun * place - self._before[0][begun] - (done * place - self._before[1][done])


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
