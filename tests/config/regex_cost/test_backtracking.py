"""The counting regex engine finds the same matches as the library and counts its steps."""

from __future__ import annotations

import random
import re

import pytest

from config.regex_cost.backtracking import Counted
from config.regex_cost.repeating import TooManySteps

ENOUGH = 20_000
ATOMS = ["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\s", " ", r"\n"]


def some_pattern(dice: random.Random, depth: int = 0) -> str:
    """Return a random pattern, nested at most four deep."""
    throw = dice.random()
    if depth > 3 or (depth > 1 and throw < 0.4):
        return dice.choice(ATOMS)
    inner = some_pattern(dice, depth + 1)
    made = (
        (0.50, lambda: inner + some_pattern(dice, depth + 1)),
        (0.60, lambda: f"(?:{inner}|{some_pattern(dice, depth + 1)})"),
        (0.66, lambda: f"({inner})"),
        (
            0.85,
            lambda: f"(?:{inner}){dice.choice(['*', '+', '?', '{1,3}', '{2}', '{0,2}'])}{dice.choice(['', '?', '+'])}",
        ),
        (0.88, lambda: f"(?>{inner})"),
        (0.91, lambda: f"(?={inner})"),
        (0.94, lambda: f"(?!{inner})"),
        (0.96, lambda: f"(?<{dice.choice('!=')}[abc])"),
        (0.98, lambda: dice.choice(["^", "$", r"\b", r"\Z"])),
        (1.01, lambda: f"(?i:{inner})"),
    )
    return next(make for most, make in made if throw < most)()


def test_the_counted_engine_and_the_library_agree() -> None:
    """On random patterns and short texts: where a match ends, and full matches."""
    dice, compared = random.Random(7), 0
    for _ in range(400):
        pattern = "".join(some_pattern(dice) for _ in range(3))
        library, counted = re.compile(pattern), Counted(pattern)
        for _ in range(5):
            text = "".join(dice.choice("abcA \n") for _ in range(dice.randint(0, 7)))
            try:
                found = counted.match(text, ENOUGH), counted.match(text, ENOUGH, full=True)
            except TooManySteps:
                continue
            ends = [found_at.end() if found_at else -1 for found_at in (library.match(text), library.fullmatch(text))]
            assert found == tuple(ends), (pattern, text)
            compared += 1
    assert compared > 1900


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(a|ab)(c|bcd)\2?", "abcbcd abcd ac"),
        (r"(?P<q>['\"]).*?(?P=q)", "say 'a' or \"b\" or 'c"),
        (r"(a)?(?(1)b|c)", "ab c b ac"),
        (r"(?i)straße|[à-ü]+", "STRAßE ÀÜ ÿ"),
        (r"(?m)^\w+$|\d{2,3}?", "one\n12345\ntwo"),
        (r"(?s)x.y|x[^\n]", "x\ny x\n xz"),
    ],
)
def test_all_matches_are_those_of_the_library(pattern: str, text: str) -> None:
    """Subroutine calls, conditionals, flags and line anchors."""
    expected = [found.span() for found in re.finditer(pattern, text) if found.end() > found.start()]
    assert [span for span in Counted(pattern).scan(text, ENOUGH) if span[1] > span[0]] == expected


def test_steps_are_those_of_a_backtracking_engine() -> None:
    """A run of n blanks costs the sum of 1 to n, forth and back."""
    counted = Counted(r" +x")
    counted.scan(" " * 100, ENOUGH)
    assert 100 * 101 <= counted.steps <= 100 * 101 * 2
    with pytest.raises(TooManySteps):
        counted.scan(" " * 1000, ENOUGH)
    assert counted.scan("  x", ENOUGH) == [(0, 3)]
