"""Opening hours of a calendar: spans of local time on every working day, and arithmetic with them.

Instants are aware datetimes; all arithmetic is done in UTC, so that days of 23 or 25 hours are right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from config.faults import Wrong
from config.working_time.workdays import Workdays

ALLOWED = 'spans in order, as in "09:00-18:00" or "09:00-13:00, 14:00-18:00"; 24:00 ends a day'
_SPAN = re.compile(r"(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)")
_DAY_MINUTES = 24 * 60

Instants = tuple[datetime, datetime]


def read_opening(text: str) -> tuple[tuple[int, int], ...]:
    """Read "09:00-13:00, 14:00-18:00" as spans in minutes of the day; raises ValueError with what is
    allowed."""
    spans = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise Wrong("not opening hours", ALLOWED)
        from_hour, from_minute, to_hour, to_minute = (int(number) for number in match.groups())
        spans.append((from_hour * 60 + from_minute, to_hour * 60 + to_minute))
        if from_minute > 59 or to_minute > 59 or spans[-1][1] > _DAY_MINUTES:
            raise Wrong("no such time of day", ALLOWED)
    bounds = [minute for span in spans for minute in span]
    if any(later <= earlier for earlier, later in pairwise(bounds)):
        raise Wrong("each time must be later than the one before", ALLOWED)
    return tuple(spans)


def read_zone(name: str) -> ZoneInfo:
    """The time zone of this name; raises ValueError with what is allowed and the nearest."""
    known = available_timezones()
    if name in known:
        return ZoneInfo(name)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    raise Wrong("no such time zone", "a name as in Europe/Rome", close[0] if close else "")


class OpeningHours:
    """The opening hours of one calendar on its working days."""

    def __init__(self, opening: str, zone: ZoneInfo, days: Workdays) -> None:
        self._spans = read_opening(opening)
        self._zone = zone
        self._days = days

    def opening(self, day: date) -> datetime:
        """The first opening instant of a day, as if it were a working day, in UTC."""
        return self._instant(day, self._spans[0][0])

    def closing(self, day: date) -> datetime:
        """The last closing instant of a day, as if it were a working day, in UTC."""
        return self._instant(day, self._spans[-1][1])

    def is_open(self, instant: datetime) -> bool:
        """Whether the company is open at this instant; at the closing instant it no longer is."""
        day = instant.astimezone(self._zone).date()
        return any(start <= instant < end for start, end in self._on(day))

    def is_closing(self, instant: datetime) -> bool:
        """Whether a span of opening ends at exactly this instant."""
        last = (instant - timedelta(microseconds=1)).astimezone(self._zone).date()
        return any(instant == end for _, end in self._on(last))

    def next_open(self, instant: datetime) -> datetime:
        """This instant when the company is open, else the next opening, in UTC."""
        for start, end in self._from(instant):
            if instant < end:
                return max(start, instant.astimezone(UTC))
        raise AssertionError("a calendar has no last day")

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The instant at which `length` of opening time has passed since `start`, in UTC."""
        if not length:
            return self.next_open(start)
        left = length
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins.astimezone(UTC) + left
            left -= max(closes - begins, timedelta())
        raise AssertionError("a calendar has no last day")

    def subtract(self, end: datetime, length: timedelta) -> datetime:
        """The instant from which `length` of opening time remains until `end`, in UTC."""
        left = length
        day = end.astimezone(self._zone).date()
        while True:
            for opens, closes in reversed(self._on(day)):
                stops = min(closes, end)
                if stops - opens >= left:
                    return stops.astimezone(UTC) - left
                left -= max(stops - opens, timedelta())
            day = self._days.same_or_previous(day - timedelta(days=1))

    def _from(self, instant: datetime) -> Iterator[Instants]:
        """The spans that have not ended by this instant, day after day."""
        day = instant.astimezone(self._zone).date()
        while True:
            yield from (span for span in self._on(day) if span[1] > instant)
            day = self._days.same_or_next(day + timedelta(days=1))

    def _on(self, day: date) -> list[Instants]:
        if not self._days.is_working(day):
            return []
        return [(self._instant(day, start), self._instant(day, end)) for start, end in self._spans]

    def _instant(self, day: date, minute: int) -> datetime:
        extra, minute = divmod(minute, _DAY_MINUTES)
        local = datetime.combine(day, time(minute // 60, minute % 60), self._zone) + timedelta(days=extra)
        return local.astimezone(UTC)
