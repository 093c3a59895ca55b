"""A year of service invitations for a few cars; benchmarks/dealer_year.py runs a thousand."""

from __future__ import annotations

from collections import Counter

from benchmarks.dealer_year import play


def test_a_year_of_invitations_goes_out_once_each() -> None:
    """Three wrong rows are reported; every other car gets one invitation, and one question why not after 180 days."""
    year = play(24)
    assert (year.brought.new, len(year.brought.wrong)) == (21, 3)
    times = Counter((notice, reader) for notice, reader, _ in year.letters if notice != "board")
    assert set(times.values()) == {1}
    assert Counter(notice for notice, _ in times) == {"invitation": 21, "lapsed": 21}
