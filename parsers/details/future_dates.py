"""Days that lie ahead, as people name them in what they announce: "until Monday", "bis 24. August", "到下周一".

A weekday is the next one of its name; a day without a year is the next one, but where it has only just passed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names

from parsers.details.dates import BABEL, Day, find_days
from parsers.wordlists import either, wordlist

_JUST_PASSED = timedelta(days=30)  # "I was away until 20 February", written in March
_BESIDE = 6  # signs between a weekday and the date that it belongs to: "Freitag, den 13. März"


def find_days_ahead(text: str, *, languages: Sequence[str], today: date) -> tuple[Day, ...]:
    """The days written in a text, in order, as read by somebody who speaks of what is to come. `languages`: the
    mail's own first; `today` is the day it was written."""
    found = find_days(text, languages=languages, today=today)
    days = [_to_come(one, found[at + 1 :], text, today) for at, one in enumerate(found)]
    for language in dict.fromkeys((*languages, "en")):
        days += [one for one in _weekdays(text, language, today) if not any(_belong(one, day, text) for day in days)]
    return tuple(sorted(days, key=lambda one: one.start))


def _to_come(one: Day, later: Sequence[Day], text: str, today: date) -> Day:
    """A month and a day are meant ahead; "five months ago" is not, nor the begin of what ends sooner."""
    named = re.search(rf"(?<!\d)0?{one.day.day}(?!\d)", text[one.start : one.end])
    if one.sure or not named or one.day >= today - _JUST_PASSED:
        return one
    try:
        day = one.day.replace(year=one.day.year + 1)
    except ValueError:  # 29 February
        return one
    return one if any(today < other.day < day for other in later) else Day(one.start, one.end, day, sure=False)


def _belong(weekday: Day, day: Day, text: str) -> bool:
    """Whether a weekday is part of what has been read already: "last Monday", "Monday, 23 March", "3月16日（周一）"."""
    between = text[min(weekday.end, day.end) : max(weekday.start, day.start)]
    return len(between) <= _BESIDE and not re.search(r"[\d.!?\n]", between)


def _weekdays(text: str, language: str, today: date) -> Iterator[Day]:
    for match in _pattern(language).finditer(text):
        weekday = int((match.lastgroup or "d0")[1:])
        if match["every"]:
            continue
        if match["next"]:
            yield Day(match.start(), match.end(), today + timedelta(days=7 - today.weekday() + weekday))
        else:
            yield Day(match.start(), match.end(), today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """A weekday; the last group that matches is named d and its number, Monday 0."""
    words = wordlist("dates")
    known = words["weekdays"].get(language)
    names = known or [
        _spelt(name) for _, name in sorted(get_day_names("wide", "format", BABEL.get(language, language)).items())
    ]
    days = "|".join(f"(?P<d{weekday}>{name})" for weekday, name in enumerate(names))
    every, of_next_week = (
        either(one for group in words[name].values() for one in group) for name in ("every", "next_week")
    )
    edge = ("", "") if language.startswith(("zh", "ja", "ko")) else (r"(?<!\w)", r"(?!\w)")
    return re.compile(rf"(?P<every>{every}\s*)?(?P<next>{of_next_week}\s*)?{edge[0]}(?:{days}){edge[1]}", re.IGNORECASE)


def _spelt(name: str) -> str:
    """A name with or without its accents: lunedì, lunedi, lunedi'."""
    signs = ((sign, unicodedata.normalize("NFD", sign)[0]) for sign in unicodedata.normalize("NFC", name))
    return "".join(re.escape(sign) if sign == plain else f"(?:{sign}|{plain}['’]?)" for sign, plain in signs)
