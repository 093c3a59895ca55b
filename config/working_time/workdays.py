"""Working days: by public holidays of a country or region, make-up days, and the company's own days.

In order of precedence: a day the company closes, a day it opens, a public holiday, a make-up day (China's working
weekends), the working week. Holidays are those of the `holidays` library, whose version every derivation names.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

import holidays
from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from config.faults import Wrong, nearest
from config.policy_shapes.base import CalendarSpec

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS_VERSION = version("holidays")
_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_COMPUTED_DAY = date(2100, 12, 31)  # the last day for which the library computes holidays by rule
_SEARCH = 400  # days; a calendar with no working day in so many is a mistake
_CLOSED = {
    "en": "closed by the company",
    "it": "chiusura aziendale",
    "de": "Betriebsruhe",
    "fr": "fermeture de l'entreprise",
    "es": "cierre de la empresa",
    "nl": "bedrijfssluiting",
    "pt": "encerramento da empresa",
    "pl": "dzień wolny w firmie",
    "zh": "公司休息日",
}


class Workdays:
    """The working days of one calendar. Raises ValueError for a country or region without holiday data."""

    def __init__(self, spec: CalendarSpec) -> None:
        self._spec = spec
        self._week = frozenset(WEEKDAYS.index(day) for day in spec.week)
        self._closed = frozenset(date.fromisoformat(day) for day in spec.closed)
        self._open = frozenset(date.fromisoformat(day) for day in spec.open)
        self._public = public_holidays(spec.country, spec.region)
        self._known: dict[date, bool] = {}

    def is_working(self, day: date) -> bool:
        """Whether the company works on this day."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._works(day)
        return known

    def _works(self, day: date) -> bool:
        if day in self._closed:
            return False
        if day in self._open:
            return True
        if day in self._public:
            return False
        return day.weekday() in self._week or day in self._public.weekend_workdays

    def why_not(self, day: date, language: str = "en") -> str:
        """Why the company does not work on this day, in a person's language: the holiday, the weekday, or
        its own closing; empty for a working day. English where the language is not known."""
        if self.is_working(day):
            return ""
        if day in self._closed:
            return _CLOSED.get(_short(language), _CLOSED["en"])
        if day in self._public:
            named = _in_language(self._spec.country, self._spec.region, language).get(day)
            return str(named or self._public[day])
        return weekday_name(day, language)

    def same_or_next(self, day: date) -> date:
        """The day itself when it is a working day, else the next one."""
        return self._seek(day, 1)

    def same_or_previous(self, day: date) -> date:
        """The day itself when it is a working day, else the last one before it."""
        return self._seek(day, -1)

    def nth_working_day(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it when `count` is negative. `day` is never
        counted."""
        way = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = self._seek(day + timedelta(days=way), way)
        return day

    def count_between(self, after: date, last: date) -> int:
        """How many working days lie in (after, last]; 0 when `last` is not later."""
        days = (last - after).days
        return sum(self.is_working(after + timedelta(days=n)) for n in range(1, days + 1))

    def holidays_known_until(self, today: date) -> date:
        """The last day for which the holidays are settled, seen from `today`.

        A government that moves working days by decree (China) does so a year at a time; lunar and Islamic
        feasts are estimates until announced. Other countries: as far as the library computes.
        """
        years = range(today.year - 1, today.year + 6)
        decreed = {day.year for day in _with_years(self._spec, tuple(years)).weekend_workdays} & set(years)
        if decreed:
            return date(max(decreed), 12, 31)
        names = _with_years(self._spec, tuple(years), "en_US")
        guessed = [day.year for day, name in names.items() if "estimated" in name and day.year > today.year]
        return date(min(guessed) - 1, 12, 31) if guessed else LAST_COMPUTED_DAY

    def _seek(self, day: date, way: int) -> date:
        for _ in range(_SEARCH):
            if self.is_working(day):
                return day
            day += timedelta(days=way)
        raise ValueError(f"no working day within {_SEARCH} days of {day.isoformat()}: the calendar is never open")


def public_holidays(country: str, region: str = "", language: str | None = None) -> holidays.HolidayBase:
    """The public holidays of a country or region; raises ValueError that says what is allowed."""
    known = holidays.list_supported_countries()
    if country not in known:
        near = nearest(country, known)
        raise Wrong("no holidays are known for this country", "an ISO 3166 code, as in IT", near)
    if region and region not in known[country]:
        allowed = ", ".join(known[country]) or "no regions for this country"
        raise Wrong(f"no such region in {country}", allowed)
    return holidays.country_holidays(country, subdiv=region or None, language=language)


def weekday_name(day: date, language: str) -> str:
    """The day of the week in a language, English where that is not known."""
    if _short(language) == "en":
        return _ENGLISH[day.weekday()]
    try:
        return format_date(day, "EEEE", locale=Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return _ENGLISH[day.weekday()]


def weekly_rest_days(country: str) -> frozenset[int]:
    """The weekly days of rest of a country, Monday = 0; Saturday and Sunday when the library has no others."""
    return frozenset(public_holidays(country).weekend)


def _short(language: str) -> str:
    return language.replace("_", "-").split("-", maxsplit=1)[0]


def _with_years(spec: CalendarSpec, years: tuple[int, ...], language: str | None = None) -> holidays.HolidayBase:
    return holidays.country_holidays(
        spec.country, subdiv=spec.region or None, years=years, expand=False, language=language
    )


@cache
def _in_language(country: str, region: str, language: str) -> holidays.HolidayBase:
    """The same holidays named in a language. The library wants its own exact code (it_IT, not it)."""
    plain = public_holidays(country, region)
    codes = (*plain.supported_languages, plain.default_language or "")
    wanted = "zh_TW" if language.replace("_", "-") in ("zh-Hant", "zh-TW") else language.replace("-", "_")
    exact = [code for code in codes if code == wanted]
    near = [code for code in codes if code and _short(code) == _short(language)]
    return public_holidays(country, region, next(iter((*exact, *near)), "en_US"))
