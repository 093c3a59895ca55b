"""Read and write dates and times as scenarios have them: "Tue 14 Apr 2026", "Tue 14 Apr 2026 9:30", or 2026-04-14."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from config.faults import Wrong, nearest

ALLOWED_DAY = "Tue 14 Apr 2026, or 2026-04-14"
ALLOWED_MOMENT = "Tue 14 Apr 2026 9:30, or 2026-04-14 9:30"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WRITTEN = re.compile(r"(?:([A-Za-z]{3,9}),?\s+)?(\d{1,2})\s+([A-Za-z]{3,9})\.?\s+(\d{4})")
_ISO = re.compile(r"(?:([A-Za-z]{3,9}),?\s+)?(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(.*\S)\s+(\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_day(text: str) -> date:
    """Read a date. Raises Wrong, also if the weekday is not the date's."""
    if written := _WRITTEN.fullmatch(text.strip()):
        weekday, day, month, year = written.groups()
        found = _make_date(int(year), _month(month), int(day))
    elif iso := _ISO.fullmatch(text.strip()):
        weekday = iso[1]
        found = _make_date(int(iso[2]), int(iso[3]), int(iso[4]))
    else:
        raise Wrong("not a date", ALLOWED_DAY)
    real = _WEEKDAYS[found.weekday()]
    if weekday and weekday[:3].title() != real:
        raise Wrong(f"{found:%-d %b %Y} is a {real}", f"{real} {found:%-d %b %Y}")
    return found


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a local date and time in `zone`, and return it in UTC. Raises Wrong."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise Wrong("not a date with a time", ALLOWED_MOMENT)
    day = read_day(match[1])
    try:
        clock = time(int(match[2]), int(match[3]), int(match[4] or 0))
    except ValueError:
        raise Wrong("no such time of day", "0:00 to 23:59") from None
    return datetime.combine(day, clock, zone).astimezone(UTC)


def format_day(day: date) -> str:
    """Format a date as scenarios write it."""
    return f"{_WEEKDAYS[day.weekday()]} {day:%-d %b %Y}"


def format_moment(instant: datetime, zone: ZoneInfo) -> str:
    """Format an instant as scenarios write it, in local time."""
    local = instant.astimezone(zone)
    return f"{format_day(local.date())} {local:%-H:%M}"


def _month(name: str) -> int:
    if name[:3].lower() not in _MONTHS:
        near = nearest(name[:3], _MONTHS).title()
        raise Wrong("no such month", "Jan to Dec", near)
    return _MONTHS.index(name[:3].lower()) + 1


def _make_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong("no such day", ALLOWED_DAY) from None
