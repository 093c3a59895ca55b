"""Days as people write them: in numbers, with names of months, in relative words.

Which number of 3/5 is the day depends on the languages given (the mail's own first) and the country. A day without a
year is the one nearest to `today`, preferring the past. Version numbers and other numbers that only look like dates are
left out.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from parsers.spans import TakenSpans
from parsers.wordlists import lookup_key, wordlist, words_pattern

_LOOKED_AT = 20_000  # characters of the text
_EARLIEST, _LATEST = 25, 6  # years before and after today in which a date is plausible in a complaint
_MONTH_FIRST = frozenset({"US", "PH", "BZ", "GU", "PR"})
_YEAR_FIRST = ("zh", "ja", "ko", "hu")
BABEL_LOCALES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
_EDGE = r"(?<![\w./:-])"
_ISO = re.compile(rf"{_EDGE}((?:19|20)\d\d)([-/.])(\d{{1,2}})\2(\d{{1,2}})(?![\d]|[./-]\d)")
_NUMERIC = re.compile(rf"{_EDGE}(\d{{1,2}})([./-]) ?(\d{{1,2}})\2 ?((?:19|20)\d\d|\d\d)(?!\d|[./:-]\d| ?[%°])")
_SHORT = re.compile(rf"{_EDGE}(\d{{1,2}})([./])(\d{{1,2}})(\.?)(?![\d]|[./:-]?\d)")
_SHORT_BEFORE = re.compile(
    r"(?:\bam|\bvom|\bil|\bdel|\bel|\ble|\bdu|\bon|\bem|\bop|\bden|\bd\.|\bdne|\bseit|\bdal|\bsince)\s$", re.IGNORECASE
)
_CJK = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_WORDS = wordlist("dates")
_NOT_DATES = re.compile(rf"(?:^|\W){words_pattern(_WORDS['not_dates']['before'])}[.:]?\s?$", re.IGNORECASE)
_NO_MATCH = r"(?!)(?P<month>)(?P<day>)(?P<year>)"
_CAPITAL_MAY = re.compile(r"\bmay\b|\bmarch\b")


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day found, with its span in the text.

    `certain` is false if it was written without its year, or only roughly ("two months ago").
    """

    start: int
    end: int
    day: date
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _LanguagePatterns:
    """The patterns for dates of one language, and the words they are looked up by."""

    months: dict[str, int]
    named: re.Pattern[str]
    month_first: re.Pattern[str]
    words: dict[str, int]
    relative: re.Pattern[str]
    ago: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]
    last: tuple[tuple[re.Pattern[str], bool], ...]


def find_days(text: str, *, languages: Sequence[str], today: date, country: str = "") -> tuple[FoundDay, ...]:
    """Return the days written in a text, in order and without overlaps. `languages`: the mail's own first."""
    found: list[FoundDay] = []
    taken = TakenSpans()
    for day in _candidates(text[:_LOOKED_AT], languages, today, country):
        plausible = -_EARLIEST <= day.day.year - today.year <= _LATEST
        if plausible and taken.add(day.start, day.end):
            found.append(day)
    return tuple(sorted(found, key=lambda day: day.start))


def _candidates(text: str, languages: Sequence[str], today: date, country: str) -> Iterator[FoundDay]:
    yield from _in_numbers(text, languages, today, country)
    for language in dict.fromkeys((*languages, "en")):
        patterns = _language_patterns(language)
        if patterns is not None:
            yield from _with_month_name(text, patterns, today)
            yield from _in_relative_words(text, patterns, today)


# ------------------------------------------------------------------------------------------------------- numbers


def _in_numbers(text: str, languages: Sequence[str], today: date, country: str) -> Iterator[FoundDay]:
    for match in _ISO.finditer(text):
        yield from _day(match, int(match[1]), int(match[3]), int(match[4]))
    for match in _CJK.finditer(text):
        year = int(match[1]) if match[1] else None
        yield from _day(match, year, int(match[2]), int(match[3]), today)
    month_first = country in _MONTH_FIRST and (not languages or languages[0] == "en")
    for match in _NUMERIC.finditer(text):
        if (
            match[2] == "."
            and len(match[4]) == 2
            and _NOT_DATES.search(text[max(0, match.start() - 24) : match.start()])
        ):
            continue
        first, second, year = int(match[1]), int(match[3]), _century(int(match[4]), today)
        if second > 12 or (month_first and first <= 12):
            first, second = second, first
        yield from _day(match, year, second, first)
    for match in _SHORT.finditer(text):
        if match[4] or _SHORT_BEFORE.search(text[max(0, match.start() - 8) : match.start()]):
            yield from _without_year(match, text, today)


def _without_year(match: re.Match[str], text: str, today: date) -> Iterator[FoundDay]:
    before = text[max(0, match.start() - 24) : match.start()]
    if match[2] == "." and match[4] and not _SHORT_BEFORE.search(before):
        return  # a decimal number at the end of a sentence looks the same
    if not _NOT_DATES.search(before):
        yield from _day(match, None, int(match[3]), int(match[1]), today)


def _century(year: int, today: date) -> int:
    if year >= 100:
        return year
    full = today.year // 100 * 100 + year
    return full if full <= today.year + _LATEST else full - 100


def _day(match: re.Match[str], year: int | None, month: int, day: int, today: date | None = None) -> Iterator[FoundDay]:
    try:
        if year is not None:
            yield FoundDay(match.start(), match.end(), date(year, month, day))
        elif today is not None:
            yield FoundDay(match.start(), match.end(), _nearest(month, day, today), certain=False)
    except ValueError:
        return


def _nearest(month: int, day: int, today: date) -> date:
    """Return this day in the year that makes it nearest to today; days ahead count as twice as far."""
    years = [year for year in range(today.year - 4, today.year + 2) if (month, day) != (2, 29) or isleap(year)]
    candidates = [date(year, month, day) for year in years]
    return min(
        candidates,
        key=lambda candidate: (candidate - today).days * 2 if candidate > today else (today - candidate).days,
    )


# --------------------------------------------------------------------------------------------- names of months


def _with_month_name(text: str, patterns: _LanguagePatterns, today: date) -> Iterator[FoundDay]:
    for pattern in (patterns.named, patterns.month_first):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if _CAPITAL_MAY.search(groups["month"]) or (groups["year"] is None and match["month"].lower() == "set"):
                continue
            year = _century(int(groups["year"]), today) if groups["year"] else None
            month = patterns.months.get(_lookup_key(groups["month"]), 0)
            yield from _day(match, year, month, int(groups["day"]), today)


def _lookup_key(word: str) -> str:
    return lookup_key(word).rstrip(".")


# ------------------------------------------------------------------------------------------------ relative words


def _in_relative_words(text: str, patterns: _LanguagePatterns, today: date) -> Iterator[FoundDay]:
    for match in patterns.relative.finditer(text):
        days_off = patterns.words.get(_lookup_key(match[0]))
        if days_off is not None:
            yield FoundDay(match.start(), match.end(), today + timedelta(days=days_off))
    for pattern in patterns.ago:
        for match in pattern.finditer(text):
            count, unit = _count(match["n"], patterns), match.lastgroup or ""
            if 0 < count < 100:
                yield FoundDay(match.start(), match.end(), _ago(today, count, unit), certain=unit == "days")
    for pattern, week_before in patterns.last:
        for match in pattern.finditer(text):
            weekday = int((match.lastgroup or "d0")[1:])
            days_ago = today.weekday() + 7 - weekday if week_before else (today.weekday() - weekday - 1) % 7 + 1
            yield FoundDay(match.start(), match.end(), today - timedelta(days=days_ago))


def _count(written: str, patterns: _LanguagePatterns) -> int:
    if written.isdecimal():
        return int(written)
    return next((value for value, number in enumerate(patterns.numbers, 1) if number.fullmatch(written)), 0)


def _ago(today: date, count: int, unit: str) -> date:
    if unit in ("days", "weeks"):
        return today - timedelta(days=count * (7 if unit == "weeks" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    longest = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, longest))


# ------------------------------------------------------------------------------------------- patterns by language


@cache
def _language_patterns(language: str) -> _LanguagePatterns | None:
    if language not in _WORDS["days"]:
        return None
    months = _month_names(language)
    names = words_pattern(months)
    year = r"(?:(?:,| de[l]?| от| г\.)?[\s.]{1,3}(?P<year>(?:19|20)\d\d)(?!\d))?"
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|ª|\.|-?го|-е)?"
    named = rf"{_EDGE}{day}[ -]{{0,2}}(?:of |de |d['’])?(?P<month>{names})(?!\w)\.?{year}"
    first = (
        rf"(?<!\w)(?P<month>{names})(?!\w)\.?\s{day}(?![\d.:]|\w){year}"
        if language in ("en", "fi", "hu")
        else _NO_MATCH
    )
    words = {_lookup_key(word): days_off for word, days_off in _WORDS["days"][language].items()}
    numbers = _WORDS["numbers"][language]
    edge = ("", "") if language.startswith(("zh", "ja", "ko")) else (r"(?<!\w)", r"(?!\w)")
    relative = edge[0] + words_pattern(_WORDS["days"][language]) + edge[1]
    return _LanguagePatterns(
        months={_lookup_key(name): number for name, number in months.items()},
        named=_compiled(named),
        month_first=_compiled(first),
        words=words,
        relative=_compiled(relative),
        ago=tuple(_ago_patterns(language, numbers, edge)),
        numbers=tuple(_compiled(number) for number in numbers),
        last=tuple(_last_patterns(language, edge)),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _month_names(language: str) -> dict[str, int]:
    locale = BABEL_LOCALES.get(language, language)
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, context, locale).items():
                plain = name.lower().rstrip(".")
                if not plain.isdecimal() and not re.fullmatch(r"\d+[月월]", plain):
                    names.setdefault(plain, number)
    for number, more in _WORDS["months"].get(language, {}).items():
        names.update(dict.fromkeys(more, int(number)))
    return names or {"\x00": 1}


def _ago_patterns(language: str, numbers: list[str], edge: tuple[str, str]) -> Iterator[re.Pattern[str]]:
    """Yield the patterns for "some time ago"; the last group that matches is named for the unit."""
    count = rf"(?P<n>\d{{1,2}}|{'|'.join(numbers)})"
    units = "|".join(f"(?P<{unit}>{written})" for unit, written in _WORDS["units"][language].items())
    for pattern in _WORDS["ago"][language]:
        spaced = pattern.replace(" ?", r"\s?").replace(" ", r"\s{1,3}")
        yield _compiled(edge[0] + spaced.replace("{n}", count).replace("{unit}", f"(?:{units})") + edge[1])


def _last_patterns(language: str, edge: tuple[str, str]) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Yield patterns for a past weekday, each with whether it means last week.

    The last group that matches is named d and the weekday's number, Monday 0.
    """
    patterns = [(pattern, False) for pattern in _WORDS["last"].get(language, ())]
    patterns += [(pattern, True) for pattern in _WORDS["last_week"].get(language, ())]
    if not patterns:
        return
    known = _WORDS["weekdays"].get(language)
    names = known or [get_day_names("wide", "format", BABEL_LOCALES.get(language, language))[at] for at in range(7)]
    days = "|".join(f"(?P<d{weekday}>{name})" for weekday, name in enumerate(names))
    for pattern, week_before in patterns:
        yield _compiled(edge[0] + pattern.replace("{day}", f"(?:{days})") + edge[1]), week_before
