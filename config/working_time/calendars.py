"""Compute when a period that starts with an event ends, and the derivation, line by line.

The rule is Regulation (EEC, Euratom) No 1182/71, Article 3: a period in days, weeks or months starts on the
day after the event and ends with the last hour of its last day; working days are counted alone; a period in
plain days or months that would end on a day without work ends with the following working day; and one of
two days or more holds at least two working days. A period in minutes or hours runs on the clock, in working
hours while open.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from config.faults import Wrong, nearest
from config.policy_shapes.base import CalendarSpec
from config.policy_shapes.periods import Period, Unit
from config.working_time.hours import OpeningHours
from config.working_time.workdays import HOLIDAYS_VERSION, WEEKDAYS, Workdays, weekday_name, weekly_rest_days

RULE = "Regulation (EEC, Euratom) No 1182/71, Art. 3"
_CLOCK = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
_END_OF_DAY = time(23, 59, 59)
_ACT_BEFORE = timedelta(minutes=10)
HANDOVER_TIME = timedelta(minutes=10)  # from the instant a letter is due until the relay has it
# Countries for which the time zone database lists another zone before that of the capital.
_CAPITALS = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "KI": "Pacific/Tarawa",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: `at` the last instant (UTC) that is in time, `on` its date in the calendar's zone,
    `derivation` how it was computed, one line per reason."""

    at: datetime
    on: date
    derivation: tuple[str, ...]


class Calendar:
    """The working days and opening hours of a company, and the due instants that follow from them."""

    def __init__(self, spec: CalendarSpec, name: str) -> None:
        self.name = name
        self.spec = spec
        self.zone = ZoneInfo(spec.zone)
        self._days = Workdays(spec)
        self._hours = OpeningHours(spec.opening, self.zone, self._days)
        self._ends: dict[tuple[date, Period], tuple[date, tuple[str, ...]]] = {}
        self.is_working = self._days.is_working
        self.why_not = self._days.why_not
        self.working_days_between = self._days.count_between
        self.holidays_known_until = self._days.holidays_known_until
        self.opening = self._hours.opening
        self.closing = self._hours.closing
        self.is_open = self._hours.is_open
        self.next_open = self._hours.next_open

    def local_date(self, instant: datetime) -> date:
        """The date of an instant in the calendar's zone."""
        return instant.astimezone(self.zone).date()

    def due(self, start: datetime, period: Period) -> Due:
        """When a period that starts with an event at `start` is due."""
        if period.unit in _CLOCK:
            return self._due_by_clock(start, period)
        if period.unit is Unit.WORKING_HOURS:
            return self._due_by_opening(start, period)
        if period.unit is Unit.HOURS_OPEN:
            return self.due_within_opening(start, Period(period.count, Unit.HOURS))
        return self._due_by_day(start, period)

    def due_within_opening(self, start: datetime, period: Period) -> Due:
        """When a period on the clock is due; moved to the next opening if that is outside opening hours."""
        due = self.due(start, period)
        if self.is_open(due.at) or self._hours.is_closing(due.at):
            return due
        at = self.next_open(due.at)
        why = f"outside the opening hours ({self.spec.opening}): next opening {self._say(at)}"
        lines = (*due.derivation[:-1], why, due.derivation[-1])
        return Due(at, self.local_date(at), lines)

    def last_day(self, event: date, period: Period) -> date:
        """The last day of a period in days or months after the day of an event, whether or not it is a working day."""
        if period.unit is Unit.WORKING_DAYS:
            return self._days.nth_working_day(event, period.count) if period.count else self._days.same_or_next(event)
        if period.unit is Unit.DAYS:
            return event + timedelta(days=period.count)
        if period.unit is Unit.MONTHS:
            return add_months(event, period.count)
        raise ValueError(f"not a period in days or months: {period}")

    def end_of(self, day: date) -> datetime:
        """The last second of a day in the calendar's zone, in UTC."""
        return datetime.combine(day, _END_OF_DAY, self.zone).astimezone(UTC)

    def opening_before(self, on: date, period: Period) -> datetime:
        """The opening of the day that is `period` before `on`, or of the last working day before that."""
        if period.unit is Unit.WORKING_DAYS:
            day = self._days.nth_working_day(on, -period.count) if period.count else on
        elif period.unit is Unit.DAYS:
            day = on - timedelta(days=period.count)
        elif period.unit is Unit.MONTHS:
            day = add_months(on, -period.count)
        else:
            raise ValueError(f"not a period in days or months: {period}")
        return self.opening(self._days.same_or_previous(day))

    def instant_before(self, at: datetime, period: Period) -> datetime:
        """The instant that is `period` before `at`; for days and months the opening of that day."""
        if period.unit in _CLOCK:
            return at.astimezone(UTC) - period.count * _CLOCK[period.unit]
        if period.unit is Unit.WORKING_HOURS:
            return self._hours.subtract(at, timedelta(hours=period.count))
        return self.opening_before(self.local_date(at), period)

    def acts_at(self, due: Due, period: Period) -> datetime:
        """When the daemon acts without staff: at opening on the last (working) day of a period in days; ten minutes, or
        a tenth of the period if less, before the end of one in hours. A period in hours within opening is acted on at
        its end, less the time to hand over the letter."""
        if period.unit is Unit.HOURS_OPEN:
            return due.at - HANDOVER_TIME
        if period.unit is Unit.WORKING_HOURS:
            return due.at - min(_ACT_BEFORE, timedelta(hours=period.count) / 10)
        if period.unit in _CLOCK:
            return due.at - min(_ACT_BEFORE, period.count * _CLOCK[period.unit] / 10)
        return self.opening(self._days.same_or_previous(due.on))

    # -------------------------------------------------------------------------------------- how it is derived

    def _due_by_clock(self, start: datetime, period: Period) -> Due:
        at = start.astimezone(UTC) + period.count * _CLOCK[period.unit]
        lines = (self._from(start), f"{period} on the clock", f"ends {self._say(at)}", self._source())
        return Due(at, self.local_date(at), lines)

    def _due_by_opening(self, start: datetime, period: Period) -> Due:
        at = self._hours.add(start, timedelta(hours=period.count))
        counted = f"{period}, counted while open ({self.spec.opening})"
        left_out = self._left_out(self.local_date(start), self.local_date(at))
        lines = (self._from(start), counted, *left_out, f"ends {self._say(at)}", self._source())
        return Due(at, self.local_date(at), lines)

    def _due_by_day(self, start: datetime, period: Period) -> Due:
        key = (self.local_date(start), period)
        last, lines = self._ends.get(key) or self._ends.setdefault(key, self._end_by_day(*key))
        return Due(self.end_of(last), last, (self._from(start), *lines))

    def _end_by_day(self, event: date, period: Period) -> tuple[date, tuple[str, ...]]:
        """The last day of a period in days, and why. The same for every event of a day, and therefore cached."""
        last = self.last_day(event, period)
        lines = [self._first_day(event, period)]
        if period.unit is Unit.WORKING_DAYS:
            lines += self._left_out(event, last)
        else:
            last = self._moved_to_working_day(event, last, period, lines)
        return last, (*lines, f"ends with the last hour of {_day(last)}", self._source())

    def _moved_to_working_day(self, event: date, last: date, period: Period, lines: list[str]) -> date:
        """The last day of a period in plain days or months, moved as Art. 3(4) and (5) say."""
        end = self._days.same_or_next(last)
        if end != last:
            lines.append(f"{_day(last)} is no working day ({self.why_not(last)}): the next is {_day(end)}")
        long_enough = period.unit is Unit.MONTHS or period.count >= 2
        if long_enough and self._days.count_between(event, end) < 2:
            end = self._days.nth_working_day(end, 1)
            lines.append(f"two days or more hold at least two working days (Art. 3(5)): {_day(end)}")
        return end

    def _first_day(self, event: date, period: Period) -> str:
        return f"{period}, counted from the day after, {_day(event + timedelta(days=1))} ({RULE})"

    def _left_out(self, event: date, last: date) -> list[str]:
        """The days between that do not count: holidays one by one, the days of rest of the week together."""
        resting: list[str] = []
        special: list[str] = []
        for number in range(1, (last - event).days + 1):
            day = event + timedelta(days=number)
            why = self.why_not(day)
            if why and why == weekday_name(day, "en"):
                resting.append(_day(day, year=False))
            elif why:
                special.append(f"left out: {_day(day)} ({why})")
            elif WEEKDAYS[day.weekday()] not in self.spec.week:
                special.append(f"counted: {_day(day)}, a {weekday_name(day, 'en')} on which the company works")
        return ([f"left out: {', '.join(resting)} (not in the working week)"] if resting else []) + special

    def _from(self, start: datetime) -> str:
        return f"from {self._say(start)}"

    def _say(self, instant: datetime) -> str:
        local = instant.astimezone(self.zone)
        return f"{_day(local.date())} {local:%H:%M} {self.spec.zone}"

    def _source(self) -> str:
        place = self.spec.country + (f"-{self.spec.region}" if self.spec.region else "")
        return f"calendar {self.name} (holidays of {place}, holidays {HOLIDAYS_VERSION})"


def load_calendar(name: str, calendars: Mapping[str, CalendarSpec]) -> Calendar:
    """The calendar of this name among a policy's, else that of a country by its code (IT, DE, CN).

    Raises Wrong for an unknown name.
    """
    return _calendar(name, calendars.get(name) or country_calendar(name, calendars))


@cache
def _calendar(name: str, spec: CalendarSpec) -> Calendar:
    return Calendar(spec, name)


def country_calendar(code: str, others: Mapping[str, CalendarSpec] | None = None) -> CalendarSpec:
    """The default calendar of a country: its holidays, its capital's zone, its weekly days of rest. Raises Wrong."""
    zone = _CAPITALS.get(code) or _first_zones().get(code)
    if zone is None:
        names = [*(others or {}), *_first_zones()]
        near = nearest(code, names)
        raise Wrong(f"no calendar {code!r}", "one the policy defines, or a country code", near)
    return _plain(code, zone)


@cache
def _plain(code: str, zone: str) -> CalendarSpec:
    rest = weekly_rest_days(code)
    return CalendarSpec(country=code, zone=zone, week=tuple(day for n, day in enumerate(WEEKDAYS) if n not in rest))


@cache
def _first_zones() -> dict[str, str]:
    """The first zone of each country in the time zone database's own table (zone.tab)."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="ascii")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {code: zone for code, _, zone, *_ in reversed(rows)}


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _day(day: date, *, year: bool = True) -> str:
    return f"{weekday_name(day, 'en')[:3]} {day.day} {day:%b}" + (f" {day.year}" if year else "")
