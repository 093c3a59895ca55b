"""Recognise complaints that come with a statutory time limit.

Courts, ombudsmen, arbitrators and authorities send them by portals whose mails look automatic. The words are in
words/statutory.toml.
"""

from __future__ import annotations

import re
from functools import cache

from parsers.wordlists import any_pattern, wordlist

_LOOKED_AT = 6_000  # characters of the text
_NEAR = 160  # characters after a time limit's name in which its number or date stands
_NUMBER = re.compile(r"[0-9]|一|二|三|十")


def mentions_statutory_deadline(text: str) -> bool:
    """Whether a text names a complaint together with an authority, or together with a time limit."""
    start = text[:_LOOKED_AT].lower()
    if not _pattern("complaints").search(start):
        return False
    return bool(_pattern("authorities").search(start)) or any(
        _NUMBER.search(start, found.start(), found.end() + _NEAR) for found in _pattern("limits").finditer(start)
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(any_pattern(wordlist("statutory")["patterns"][name]))
