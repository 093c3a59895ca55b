"""A customer's wish that a case stand by until a day: "/wait until 20 May", "attendete fino al 2026-05-20"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from parsers.ahead import find_days_ahead

_LOOKED_AT = 12  # lines
_LONGEST = 80  # characters behind the words: a date and a kind word, not a story
_MOST_AHEAD = timedelta(days=366)


def read_wait(reply: str, words: Sequence[str], *, languages: Sequence[str], today: date) -> date | None:
    """The day until which a mail asks to wait; None where it does not, or where no day after today and at most a year
    ahead is named. The words must begin a line: "I cannot wait until …" is no such wish."""
    names = "|".join(re.escape(word) + _edge(word) for word in sorted(words, key=len, reverse=True))
    wish = re.compile(rf"\s*+/?\s*+(?:{names})[\s:]*+(?P<rest>.{{2,{_LONGEST}}})$", re.IGNORECASE).match
    for line in unicodedata.normalize("NFKC", reply).strip().splitlines()[:_LOOKED_AT]:
        match = wish(line) if names else None
        days = find_days_ahead(match["rest"], languages=languages, today=today) if match else ()
        if len(days) == 1 and today < days[0].day <= today + _MOST_AHEAD:
            return days[0].day
    return None


def _edge(word: str) -> str:
    """Chinese puts no space between the words and the day."""
    return "" if "\u2e80" <= word[-1] <= "\u9fff" else r"(?!\w)"
