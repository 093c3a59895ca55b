"""A customer's request to pause the case until a day: "/wait until 20 May", "attendete fino al 2026-05-20"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parsers.details.future_dates import find_future_days

_LOOKED_AT = 12  # lines of the mail
_LONGEST = 80  # characters after the command's words: a date and a polite word
_MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class WaitRequest:
    """A request to wait: until which day, and the lines that say so, as they stand in the mail.

    Without a day the request cannot be met; it is still reported for a line that begins with "/" and the words.
    """

    day: date | None = None
    lines: tuple[str, ...] = ()


def read_wait_request(reply: str, words: Sequence[str], *, languages: Sequence[str], today: date) -> WaitRequest:
    """Read the request to wait in a mail's new text.

    Its day must be after today, at most a year ahead, and the only one in its line. The words must begin the line: "I
    cannot wait until …" is no request.
    """
    alternatives = "|".join(re.escape(word) + _edge(word) for word in sorted(words, key=len, reverse=True))
    match_request = re.compile(
        rf"\s*+(?P<slash>/?)\s*+(?:{alternatives})[\s:]*+(?P<rest>.{{2,{_LONGEST}}})$", re.IGNORECASE
    ).match
    day, lines = None, []
    for line in reply.strip().splitlines()[:_LOOKED_AT] if alternatives else []:
        match = match_request(unicodedata.normalize("NFKC", line))
        days = find_future_days(match["rest"], languages=languages, today=today) if match else ()
        valid = len(days) == 1 and today < days[0].day <= today + _MOST_AHEAD
        day = days[0].day if valid and day is None else day
        lines += [line] if match and (valid or match["slash"]) else []
    return WaitRequest(day, tuple(lines))


def blank_lines(text: str, lines: Sequence[str]) -> str:
    """Return a text with these lines blanked out, all offsets unchanged.

    So a command is not read a second time as something else, and its day is not taken for a date of delivery.
    """
    blank = {line.strip() for line in lines}
    text_lines = text.split("\n")
    return "\n".join(" " * len(line) if line.strip() in blank else line for line in text_lines) if blank else text


def _edge(word: str) -> str:
    """The pattern for the end of a word: a word boundary, but none in Chinese, which writes no space before the day."""
    return "" if "\u2e80" <= word[-1] <= "\u9fff" else r"(?!\w)"
