"""Sets of spans in a text, with overlap queries in O(log n)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol, TypeVar


class Span(Protocol):
    """Something found in a text, from offset `start` up to but not including `end`."""

    @property
    def start(self) -> int:
        """The offset of its first character."""

    @property
    def end(self) -> int:
        """The offset after its last character."""


S = TypeVar("S", bound=Span)


class TakenSpans:
    """A set of spans that do not overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in spans:
            self.add(start, end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any character from `start` to `end` is taken."""
        at = bisect_left(self._starts, end)
        return at > 0 and self._ends[at - 1] > start

    def add(self, start: int, end: int) -> bool:
        """Take a span. Returns False and changes nothing if part of it is taken already."""
        if self.overlaps(start, end):
            return False
        at = bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True


class CoveredSpans:
    """Spans of a text that may overlap each other."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        all_spans = list(spans)
        self._starts, self._ends = sorted(start for start, _ in all_spans), sorted(end for _, end in all_spans)
        self._before = [0, *accumulate(self._starts)], [0, *accumulate(self._ends)]

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any character from `start` to `end` is covered."""
        return bisect_left(self._starts, end) > bisect_right(self._ends, start)

    def covered_length(self, start: int, end: int) -> int:
        """The number of covered characters from `start` to `end`; a character covered twice counts twice."""
        return self._up_to(end) - self._up_to(start)

    def _up_to(self, place: int) -> int:
        starts_before, ends_before = bisect_left(self._starts, place), bisect_left(self._ends, place)
        return (
            starts_before * place
            - self._before[0][starts_before]
            - (ends_before * place - self._before[1][ends_before])
        )


def outermost_spans(found: Iterable[S]) -> list[S]:
    """The spans that are not inside a longer one, in order. Equal spans are all kept."""
    kept: list[S] = []
    # `furthest`: the largest end of spans with an earlier start; `group` and `reach`: the current start, and the end of
    # the longest span that begins there.
    furthest, group, reach = -1, -1, -1
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if span.start != group:
            furthest, group, reach = max(furthest, reach), span.start, span.end
        if span.end > furthest and span.end == reach:
            kept.append(span)
    return kept
