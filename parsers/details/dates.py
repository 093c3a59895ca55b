"""Days as people write them: numbers, names of months, relative words; never a number that is not a date.

Which of 3/5 is the day depends on who writes: the languages given (the mail's own first) and the country. A day
without a year is the one nearest to `today`, the past first.
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
from parsers.wordlists import any_of, same, wordlist

_LOOKED_AT = 20_000
_EARLIEST, _LATEST = 25, 6  # years before and after today in which a date makes sense in a complaint
_MONTH_FIRST = frozenset({"US", "PH", "BZ", "GU", "PR"})
_YEAR_FIRST = ("zh", "ja", "ko", "hu")
BABEL = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
_EDGE = r"(?<![\w./:-])"
_ISO = re.compile(rf"{_EDGE}((?:19|20)\d\d)([-/.])(\d{{1,2}})\2(\d{{1,2}})(?![\d]|[./-]\d)")
_NUMERIC = re.compile(rf"{_EDGE}(\d{{1,2}})([./-]) ?(\d{{1,2}})\2 ?((?:19|20)\d\d|\d\d)(?!\d|[./:-]\d| ?[%°])")
_SHORT = re.compile(rf"{_EDGE}(\d{{1,2}})([./])(\d{{1,2}})(\.?)(?![\d]|[./:-]?\d)")
_SHORT_BEFORE = re.compile(
    r"(?:\bam|\bvom|\bil|\bdel|\bel|\ble|\bdu|\bon|\bem|\bop|\bden|\bd\.|\bdne|\bseit|\bdal|\bsince)\s$", re.IGNORECASE
)
_CJK = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_WORDS = wordlist("dates")
_NOT_DATES = re.compile(rf"(?:^|\W){any_of(_WORDS['not_dates']['before'])}[.:]?\s?$", re.IGNORECASE)
_NOTHING = r"(?!)(?P<month>)(?P<day>)(?P<year>)"
_CAPITAL_MAY = re.compile(r"\bmay\b|\bmarch\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day found: its span in the text, and whether it was written with its year or could be of another one."""

    start: int
    end: int
    day: date
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The patterns of one language."""

    months: dict[str, int]
    named: re.Pattern[str]
    month_first: re.Pattern[str]
    words: dict[str, int]
    relative: re.Pattern[str]
    ago: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]
    last: tuple[tuple[re.Pattern[str], bool], ...]


def find_days(text: str, *, languages: Sequence[str], today: date, country: str = "") -> tuple[Day, ...]:
    """The days written in a text, in order, none overlapping. `languages`: the mail's own first."""
    found: list[Day] = []
    taken = TakenSpans()
    for day in _all(text[:_LOOKED_AT], languages, today, country):
        sensible = -_EARLIEST <= day.day.year - today.year <= _LATEST
        if sensible and taken.add(day.start, day.end):
            found.append(day)
    return tuple(sorted(found, key=lambda day: day.start))


def _all(text: str, languages: Sequence[str], today: date, country: str) -> Iterator[Day]:
    yield from _numbers(text, languages, today, country)
    for language in dict.fromkeys((*languages, "en")):
        tongue = _tongue(language)
        if tongue is not None:
            yield from _named(text, tongue, today)
            yield from _relative(text, tongue, today)


# ------------------------------------------------------------------------------------------------------- numbers


def _numbers(text: str, languages: Sequence[str], today: date, country: str) -> Iterator[Day]:
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


def _without_year(match: re.Match[str], text: str, today: date) -> Iterator[Day]:
    before = text[max(0, match.start() - 24) : match.start()]
    if match[2] == "." and match[4] and not _SHORT_BEFORE.search(before):
        return  # the end of a sentence after a decimal number looks the same
    if not _NOT_DATES.search(before):
        yield from _day(match, None, int(match[3]), int(match[1]), today)


def _century(year: int, today: date) -> int:
    if year >= 100:
        return year
    full = today.year // 100 * 100 + year
    return full if full <= today.year + _LATEST else full - 100


def _day(match: re.Match[str], year: int | None, month: int, day: int, today: date | None = None) -> Iterator[Day]:
    try:
        if year is not None:
            yield Day(match.start(), match.end(), date(year, month, day))
        elif today is not None:
            yield Day(match.start(), match.end(), _nearest(month, day, today), sure=False)
    except ValueError:
        return


def _nearest(month: int, day: int, today: date) -> date:
    """The day in the year that makes it nearest; half a year ahead counts as the past year's."""
    years = [year for year in range(today.year - 4, today.year + 2) if (month, day) != (2, 29) or isleap(year)]
    near = [date(year, month, day) for year in years]
    return min(near, key=lambda one: (one - today).days * 2 if one > today else (today - one).days)


# --------------------------------------------------------------------------------------------- names of months


def _named(text: str, tongue: _Tongue, today: date) -> Iterator[Day]:
    for pattern in (tongue.named, tongue.month_first):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if _CAPITAL_MAY.search(groups["month"]) or (groups["year"] is None and match["month"].lower() == "set"):
                continue
            year = _century(int(groups["year"]), today) if groups["year"] else None
            month = tongue.months.get(_key(groups["month"]), 0)
            yield from _day(match, year, month, int(groups["day"]), today)


def _key(word: str) -> str:
    return same(word).rstrip(".")


# ------------------------------------------------------------------------------------------------ relative words


def _relative(text: str, tongue: _Tongue, today: date) -> Iterator[Day]:
    for match in tongue.relative.finditer(text):
        away = tongue.words.get(_key(match[0]))
        if away is not None:
            yield Day(match.start(), match.end(), today + timedelta(days=away))
    for pattern in tongue.ago:
        for match in pattern.finditer(text):
            count, unit = _count(match["n"], tongue), match.lastgroup or ""
            if 0 < count < 100:
                yield Day(match.start(), match.end(), _ago(today, count, unit), sure=unit == "days")
    for pattern, week_before in tongue.last:
        for match in pattern.finditer(text):
            weekday = int((match.lastgroup or "d0")[1:])
            back = today.weekday() + 7 - weekday if week_before else (today.weekday() - weekday - 1) % 7 + 1
            yield Day(match.start(), match.end(), today - timedelta(days=back))


def _count(written: str, tongue: _Tongue) -> int:
    if written.isdecimal():
        return int(written)
    return next((at for at, number in enumerate(tongue.numbers, 1) if number.fullmatch(written)), 0)


def _ago(today: date, count: int, unit: str) -> date:
    if unit in ("days", "weeks"):
        return today - timedelta(days=count * (7 if unit == "weeks" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    longest = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, longest))


# ------------------------------------------------------------------------------------------- patterns by language


@cache
def _tongue(language: str) -> _Tongue | None:
    if language not in _WORDS["days"]:
        return None
    months = _month_names(language)
    names = any_of(months)
    year = r"(?:(?:,| de[l]?| от| г\.)?[\s.]{1,3}(?P<year>(?:19|20)\d\d)(?!\d))?"
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|ª|\.|-?го|-е)?"
    named = rf"{_EDGE}{day}[ -]{{0,2}}(?:of |de |d['’])?(?P<month>{names})(?!\w)\.?{year}"
    first = (
        rf"(?<!\w)(?P<month>{names})(?!\w)\.?\s{day}(?![\d.:]|\w){year}" if language in ("en", "fi", "hu") else _NOTHING
    )
    words = {_key(word): away for word, away in _WORDS["days"][language].items()}
    numbers = _WORDS["numbers"][language]
    edge = ("", "") if language.startswith(("zh", "ja", "ko")) else (r"(?<!\w)", r"(?!\w)")
    relative = edge[0] + any_of(_WORDS["days"][language]) + edge[1]
    return _Tongue(
        months={_key(name): number for name, number in months.items()},
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
    locale = BABEL.get(language, language)
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
    """Some time ago; the last group that matches is named for the unit."""
    count = rf"(?P<n>\d{{1,2}}|{'|'.join(numbers)})"
    units = "|".join(f"(?P<{unit}>{written})" for unit, written in _WORDS["units"][language].items())
    for pattern in _WORDS["ago"][language]:
        spaced = pattern.replace(" ?", r"\s?").replace(" ", r"\s{1,3}")
        yield _compiled(edge[0] + spaced.replace("{n}", count).replace("{unit}", f"(?:{units})") + edge[1])


def _last_patterns(language: str, edge: tuple[str, str]) -> Iterator[tuple[re.Pattern[str], bool]]:
    """A weekday that lies behind; the last group that matches is named d and its number, Monday 0."""
    patterns = [(pattern, False) for pattern in _WORDS["last"].get(language, ())]
    patterns += [(pattern, True) for pattern in _WORDS["last_week"].get(language, ())]
    if not patterns:
        return
    known = _WORDS["weekdays"].get(language)
    names = known or [get_day_names("wide", "format", BABEL.get(language, language))[at] for at in range(7)]
    days = "|".join(f"(?P<d{weekday}>{name})" for weekday, name in enumerate(names))
    for pattern, week_before in patterns:
        yield _compiled(edge[0] + pattern.replace("{day}", f"(?:{days})") + edge[1]), week_before
