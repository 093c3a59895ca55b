"""A year of invitations, smaller than the benchmark: benchmarks/dealer_year.py plays a thousand cars."""

from __future__ import annotations

from collections import Counter

from benchmarks.dealer_year import play


def test_a_year_of_invitations_goes_out_once_each() -> None:
    """Three rows are wrong and told; every other car is invited once, and asked why after 180 days, once."""
    year = play(24)
    assert (year.brought.new, len(year.brought.wrong)) == (21, 3)
    times = Counter((notice, reader) for notice, reader, _ in year.letters if notice != "board")
    assert set(times.values()) == {1}
    assert Counter(notice for notice, _ in times) == {"invitation": 21, "lapsed": 21}
