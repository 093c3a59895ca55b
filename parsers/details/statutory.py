"""Whether a text is about a complaint with a date that the law sets: what courts, ombudsmen, arbitrators and
authorities send by portals that take no answer. The words stand in words/statutory.toml."""

from __future__ import annotations

import re
from functools import cache

from parsers.wordlists import either, wordlist

_LOOKED_AT = 6_000
_NEAR = 160  # characters in which a time limit stands beside its number or date
_NUMBER = re.compile(r"[0-9]|一|二|三|十")


def has_a_statutory_date(text: str) -> bool:
    """Whether an authority is named together with a complaint, or a complaint together with a time limit."""
    start = text[:_LOOKED_AT].lower()
    if not _pattern("complaints").search(start):
        return False
    return bool(_pattern("authorities").search(start)) or any(
        _NUMBER.search(start, found.start(), found.end() + _NEAR) for found in _pattern("limits").finditer(start)
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(either(wordlist("statutory")["patterns"][name]))
