"""Run the regular expressions that a company has written in its policy, within limits.

The text they search comes from anybody. A pattern whose work grows linearly sees all of a text; one that grows faster
sees only the beginning of each line; one that grows faster still is not used at all, and `reclamo policy check` reports
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from config.regex_cost.pumping import Growth, known_growth

_LOOKED_AT = 40_000  # characters
_LINE = 200  # characters of each line that a pattern of steep growth sees


def find_matches(pattern: str, text: str, *, any_case: bool = True) -> Iterator[re.Match[str]]:
    """Yield the matches of a company's pattern in a text, in order."""
    compiled, text = _compiled(pattern, any_case), text[:_LOOKED_AT]
    for start, end in _windows(pattern, text):
        yield from compiled.finditer(text, start, end)


def matches_whole(pattern: str, text: str) -> bool:
    """Whether a company's pattern matches the whole of a text."""
    window = next(_windows(pattern, text), (0, -1))
    return window == (0, len(text)) and _compiled(pattern, False).fullmatch(text) is not None


def numbers_in(pattern: str, text: str) -> Iterator[str]:
    """Yield the numbers that a pattern finds: its first group if it has one, else the whole match."""
    for match in find_matches(pattern, text, any_case=False) if pattern else ():
        yield (match[1] if match.re.groups else "") or match[0]


@lru_cache(maxsize=512)
def _compiled(pattern: str, any_case: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if any_case else 0)


def _windows(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a text that a pattern may see."""
    growth, _ = known_growth(pattern)
    if growth is Growth.LINEAR:
        yield 0, len(text)
    elif growth is Growth.STEEP:
        line_start = 0
        for line in text.split("\n"):
            yield line_start, line_start + min(len(line), _LINE)
            line_start += len(line) + 1
