"""Spans in a text: the same results as by comparing every pair."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from parsers.spans import CoveredSpans, TakenSpans, outermost_spans


@dataclass(frozen=True)
class Found:
    """A span."""

    start: int
    end: int


SPANS = st.lists(st.builds(lambda start, length: (start, start + length), st.integers(0, 30), st.integers(1, 8)))


@given(SPANS)
def test_nothing_that_is_taken_is_taken_again(spans: list[tuple[int, int]]) -> None:
    """The first span takes the characters."""
    taken, kept = TakenSpans(), []
    for start, end in spans:
        free = not any(start < other_end and other < end for other, other_end in kept)
        assert taken.overlaps(start, end) is not free
        assert taken.add(start, end) is free
        kept += [(start, end)] if free else []


@given(SPANS)
def test_the_longer_hides_what_stands_inside_it(spans: list[tuple[int, int]]) -> None:
    """Equal spans do not hide each other."""

    def inside(span: tuple[int, int]) -> bool:
        return any(a <= span[0] and span[1] <= b and b - a > span[1] - span[0] for a, b in spans)

    expected = sorted((span for span in spans if not inside(span)), key=lambda span: (span[0], -span[1]))
    assert [(span.start, span.end) for span in outermost_spans(Found(*ends) for ends in spans)] == expected


@given(SPANS, st.integers(0, 40), st.integers(0, 10))
def test_what_is_covered_is_counted_as_often_as_it_is(spans: list[tuple[int, int]], start: int, length: int) -> None:
    """The sum of all overlaps with a span, and whether there is any."""
    end, cover = start + length, CoveredSpans(spans)
    assert cover.covered_length(start, end) == sum(max(0, min(end, b) - max(start, a)) for a, b in spans)
    assert cover.overlaps(start, end) is any(a < end and start < b for a, b in spans)
