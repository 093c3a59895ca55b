"""A company's own patterns: their matches, and limits on the work that a mail can cause."""

from __future__ import annotations

import pytest

from config.regex_cost.pumping import Growth, known_growth
from parsers.details.company_patterns import find_matches, matches_whole, numbers_in

STEEP = r"[A-Z]+\d+X"
ENDLESS = r"(?:A|AA)+Z"


def found(pattern: str, text: str) -> list[str]:
    """Matches are returned in order."""
    return [match[0] for match in find_matches(pattern, text)]


def test_a_sound_pattern_sees_the_whole_text_in_any_case() -> None:
    """A linear pattern matches across lines, and offsets are those of the text."""
    text = f"{'y' * 3000} lamp-\n123, LAMP-456"
    assert found(r"\bLAMP-\s?\d{3}\b", text) == ["lamp-\n123", "LAMP-456"]
    assert [match.start() for match in find_matches(r"LAMP-\d", text)] == [text.index("LAMP-4")]


def test_a_steep_pattern_sees_the_beginning_of_each_line() -> None:
    """An ordinary line is searched; a very long one is cut off."""
    assert known_growth(STEEP)[0] is Growth.STEEP
    assert found(STEEP, "Model: AB12X\nand CD34X\n" + "." * 300 + "EF56X") == ["AB12X", "CD34X"]
    assert found(STEEP, "A" * 40_000) == []


def test_a_pattern_beyond_all_measure_is_not_used() -> None:
    """A pattern of exponential growth is not used."""
    assert known_growth(ENDLESS)[0] is Growth.ENDLESS
    assert found(ENDLESS, "AAZ " + "A" * 200) == []
    assert not matches_whole(ENDLESS, "AAZ")


@pytest.mark.parametrize(
    ("pattern", "text", "whole"),
    [
        (r"[A-Z]{2}\d{4}", "AB1234", True),
        (r"[A-Z]{2}\d{4}", "AB12345", False),
        (STEEP, "AB12X", True),
        (STEEP, "A" * 300 + "1X", False),
    ],
)
def test_a_value_is_proven_as_a_whole(pattern: str, text: str, whole: bool) -> None:
    """A pattern of steep growth matches only short values as a whole."""
    assert matches_whole(pattern, text) is whole


def test_numbers_are_the_first_group_or_all() -> None:
    """A third party's case number is found as written, in the pattern's letter case."""
    assert list(numbers_in(r"\bVC-?(\d{5,9})\b", "VC-12345, vc-99999")) == ["12345"]
    assert list(numbers_in(r"\bVC-\d{5}\b", "VC-12345")) == ["VC-12345"]
    assert list(numbers_in(r"A(B)?\d", "A1")) == ["A1"]
    assert list(numbers_in("", "VC-12345")) == []
