"""A company's own patterns: what they find, and that no mail keeps them searching."""

from __future__ import annotations

import pytest

from config.regex_cost.pumping import Growth, known_growth
from parsers.details.company_patterns import find, is_whole, numbers_in

STEEP = r"[A-Z]+\d+X"
ENDLESS = r"(?:A|AA)+Z"


def found(pattern: str, text: str) -> list[str]:
    """What stands where the pattern matches."""
    return [match[0] for match in find(pattern, text)]


def test_a_sound_pattern_sees_the_whole_text_in_any_case() -> None:
    """Over line ends too, and places are those of the text."""
    text = f"{'y' * 3000} lamp-\n123, LAMP-456"
    assert found(r"\bLAMP-\s?\d{3}\b", text) == ["lamp-\n123", "LAMP-456"]
    assert [match.start() for match in find(r"LAMP-\d", text)] == [text.index("LAMP-4")]


def test_a_steep_pattern_sees_the_beginning_of_each_line() -> None:
    """What a customer writes is found; a wall of signs costs nothing."""
    assert known_growth(STEEP)[0] is Growth.STEEP
    assert found(STEEP, "Model: AB12X\nand CD34X\n" + "." * 300 + "EF56X") == ["AB12X", "CD34X"]
    assert found(STEEP, "A" * 40_000) == []


def test_a_pattern_beyond_all_measure_is_not_used() -> None:
    """Nobody would live to see what it finds."""
    assert known_growth(ENDLESS)[0] is Growth.ENDLESS
    assert found(ENDLESS, "AAZ " + "A" * 200) == []
    assert not is_whole(ENDLESS, "AAZ")


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
    """A steep pattern proves short values only."""
    assert is_whole(pattern, text) is whole


def test_numbers_are_the_first_group_or_all() -> None:
    """As a third party's own case number is written, in capitals or not as the pattern has it."""
    assert list(numbers_in(r"\bVC-?(\d{5,9})\b", "VC-12345, vc-99999")) == ["12345"]
    assert list(numbers_in(r"\bVC-\d{5}\b", "VC-12345")) == ["VC-12345"]
    assert list(numbers_in(r"A(B)?\d", "A1")) == ["A1"]
    assert list(numbers_in("", "VC-12345")) == []
