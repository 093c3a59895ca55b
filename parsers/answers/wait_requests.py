"""A customer's wish that a case stand by until a day: "/wait until 20 May", "attendete fino al 2026-05-20"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parsers.details.future_dates import find_days_ahead

_LOOKED_AT = 12  # lines
_LONGEST = 80  # characters behind the words: a date and a kind word, not a story
_MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wait:
    """A wish to wait: until which day, and the lines that say so, as they stand in the mail. Without a day it is no
    wish that can be met, but a line that begins with "/" and the words is one all the same."""

    day: date | None = None
    lines: tuple[str, ...] = ()


def read_wait(reply: str, words: Sequence[str], *, languages: Sequence[str], today: date) -> Wait:
    """The wish to wait in a mail's new words: its day is after today and at most a year ahead, and the only one in its
    line. The words must begin a line: "I cannot wait until …" is no such wish."""
    names = "|".join(re.escape(word) + _edge(word) for word in sorted(words, key=len, reverse=True))
    wish = re.compile(rf"\s*+(?P<slash>/?)\s*+(?:{names})[\s:]*+(?P<rest>.{{2,{_LONGEST}}})$", re.IGNORECASE).match
    day, lines = None, []
    for line in reply.strip().splitlines()[:_LOOKED_AT] if names else []:
        match = wish(unicodedata.normalize("NFKC", line))
        days = find_days_ahead(match["rest"], languages=languages, today=today) if match else ()
        ahead = len(days) == 1 and today < days[0].day <= today + _MOST_AHEAD
        day = days[0].day if ahead and day is None else day
        lines += [line] if match and (ahead or match["slash"]) else []
    return Wait(day, tuple(lines))


def blanked(text: str, lines: Sequence[str]) -> str:
    """A text in which these lines are blank, and every other sign stands where it stood: what is a command is read as
    nothing else, and no day in it is anybody's date of delivery."""
    gone = {line.strip() for line in lines}
    shown = text.split("\n")
    return "\n".join(" " * len(line) if line.strip() in gone else line for line in shown) if gone else text


def _edge(word: str) -> str:
    """Chinese puts no space between the words and the day."""
    return "" if "\u2e80" <= word[-1] <= "\u9fff" else r"(?!\w)"
