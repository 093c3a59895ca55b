"""Patterns that a company has written: what they find, and how much of a text they see.

Their text comes from anybody. A pattern whose work grows with its length sees all of it; one that grows faster sees
line by line and only the beginning of each; one that grows beyond all measure is not used at all, and `policy check`
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from config.regex_cost.pumping import Growth, known_growth

_LOOKED_AT = 40_000  # characters
_LINE = 200  # characters of each line that a steep pattern sees


def find(pattern: str, text: str, *, any_case: bool = True) -> Iterator[re.Match[str]]:
    """What a company's pattern finds in a text, in order."""
    compiled, text = _compiled(pattern, any_case), text[:_LOOKED_AT]
    for start, end in _windows(pattern, text):
        yield from compiled.finditer(text, start, end)


def is_whole(pattern: str, text: str) -> bool:
    """Whether a company's pattern is all of a text."""
    seen = next(_windows(pattern, text), (0, -1))
    return seen == (0, len(text)) and _compiled(pattern, False).fullmatch(text) is not None


def numbers_in(pattern: str, text: str) -> Iterator[str]:
    """The numbers that a pattern finds, each by its first group where it has one."""
    for found in find(pattern, text, any_case=False) if pattern else ():
        yield (found[1] if found.re.groups else "") or found[0]


@lru_cache(maxsize=512)
def _compiled(pattern: str, any_case: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if any_case else 0)


def _windows(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """The pieces of a text that a pattern may see."""
    fast, _ = known_growth(pattern)
    if fast is Growth.LINEAR:
        yield 0, len(text)
    elif fast is Growth.STEEP:
        at = 0
        for line in text.split("\n"):
            yield at, at + min(len(line), _LINE)
            at += len(line) + 1
