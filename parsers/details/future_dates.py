"""Future days, as people name them in announcements: "until Monday", "bis 24. August", "到下周一".

A weekday is the next one of its name. A day without a year is the next one of its date, unless it has only just passed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names

from parsers.details.dates import BABEL_LOCALES, FoundDay, find_days
from parsers.wordlists import any_pattern, wordlist

_JUST_PASSED = timedelta(days=30)  # "I was away until 20 February", written in March
_BESIDE = 6  # characters between a weekday and its date: "Freitag, den 13. März"


def find_future_days(text: str, *, languages: Sequence[str], today: date) -> tuple[FoundDay, ...]:
    """Return the days written in a text, in order, read as lying ahead.

    `languages`: the mail's own first; `today` is the day the mail was written.
    """
    found = find_days(text, languages=languages, today=today)
    days = [_next_occurrence(day, found[index + 1 :], text, today) for index, day in enumerate(found)]
    for language in dict.fromkeys((*languages, "en")):
        weekdays = _weekdays(text, language, today)
        days += [weekday for weekday in weekdays if not any(_is_same_date(weekday, day, text) for day in days)]
    return tuple(sorted(days, key=lambda day: day.start))


def _next_occurrence(found: FoundDay, later: Sequence[FoundDay], text: str, today: date) -> FoundDay:
    """Move a past day without a year to the next year.

    Not if no number of the day is written ("five months ago"), nor if that would put it after a later day of the text,
    as the end of a period that began before.
    """
    has_day_number = re.search(rf"(?<!\d)0?{found.day.day}(?!\d)", text[found.start : found.end])
    if found.certain or not has_day_number or found.day >= today - _JUST_PASSED:
        return found
    try:
        next_year = found.day.replace(year=found.day.year + 1)
    except ValueError:  # 29 February
        return found
    return (
        found
        if any(today < other.day < next_year for other in later)
        else FoundDay(found.start, found.end, next_year, certain=False)
    )


def _is_same_date(weekday: FoundDay, day: FoundDay, text: str) -> bool:
    """Whether a weekday belongs to a day already read: "last Monday", "Monday, 23 March", "3月16日（周一）"."""
    between = text[min(weekday.end, day.end) : max(weekday.start, day.start)]
    return len(between) <= _BESIDE and not re.search(r"[\d.!?\n]", between)


def _weekdays(text: str, language: str, today: date) -> Iterator[FoundDay]:
    for match in _pattern(language).finditer(text):
        weekday = int((match.lastgroup or "d0")[1:])
        if match["every"]:
            continue
        if match["next"]:
            yield FoundDay(match.start(), match.end(), today + timedelta(days=7 - today.weekday() + weekday))
        else:
            yield FoundDay(match.start(), match.end(), today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """A pattern for a weekday. The last group that matches is named d and the weekday's number, Monday 0."""
    words = wordlist("dates")
    known = words["weekdays"].get(language)
    names = known or [
        _accents_optional(name)
        for _, name in sorted(get_day_names("wide", "format", BABEL_LOCALES.get(language, language)).items())
    ]
    days = "|".join(f"(?P<d{weekday}>{name})" for weekday, name in enumerate(names))
    every, of_next_week = (
        any_pattern(pattern for group in words[name].values() for pattern in group) for name in ("every", "next_week")
    )
    edge = ("", "") if language.startswith(("zh", "ja", "ko")) else (r"(?<!\w)", r"(?!\w)")
    return re.compile(rf"(?P<every>{every}\s*)?(?P<next>{of_next_week}\s*)?{edge[0]}(?:{days}){edge[1]}", re.IGNORECASE)


def _accents_optional(name: str) -> str:
    """A pattern for a name with or without its accents: lunedì, lunedi, lunedi'."""
    letters = ((letter, unicodedata.normalize("NFD", letter)[0]) for letter in unicodedata.normalize("NFC", name))
    return "".join(re.escape(letter) if letter == bare else f"(?:{letter}|{bare}['’]?)" for letter, bare in letters)
