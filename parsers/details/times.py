"""Times that people ask for: a day, near or far, and perhaps an hour: "Tuesday 10 March at 10:30", "明天下午兩點"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from parsers.details.dates import find_days
from parsers.spans import TakenSpans
from parsers.wordlists import any_pattern, wordlist

_REACH = 40  # characters between a day and its hour
_WORDS = wordlist("moments")
_CJK_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")} | {"兩": 2, "两": 2}
_CJK_DIGITS |= {"十一": 11, "十二": 12}
_CLOCK = re.compile(
    r"(?P<part>上午|早上|下午|晚上|中午)?\s{0,3}"
    r"(?:(?<![\d:/.-])(?P<hour>\d{1,2})"
    r"(?:\s{0,3}[:：h]\s{0,3}(?P<minute>[0-5]\d)|\s{0,3}[点點時时](?:\s{0,3}(?P<zh>\d{1,2})\s{0,3}分)?(?P<half>半)?)"
    r"|(?P<word>十[一二]?|[一二三四五六七八九兩两])[点點](?P<wordhalf>半)?"
    r"|(?<![\d:/.-])(?P<plain>\d{1,2})(?=\s{0,3}[ap]\.?m))"
    r"\s{0,3}(?P<noon>[ap]\.?m\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundMoment:
    """A day and perhaps an hour of it, with its span in the text. `hour` is local time."""

    start: int
    end: int
    day: date
    hour: time | None = None

    @property
    def iso(self) -> str:
        """ISO 8601: 2026-03-10T10:30, or the day alone."""
        return f"{self.day.isoformat()}T{self.hour:%H:%M}" if self.hour else self.day.isoformat()


def find_moments(text: str, *, languages: Sequence[str], today: date, country: str = "") -> tuple[FoundMoment, ...]:
    """Return the moments written in a text, in order. `languages`: the mail's own first."""
    days = [
        (found.start, found.end, _next_occurrence(found.day, today, text[found.start : found.end]))
        for found in find_days(text, languages=languages, today=today, country=country)
    ]
    taken = TakenSpans((start, end) for start, end, _ in days)
    days += [relative for relative in _relative_days(text, today) if not taken.overlaps(relative[0], relative[1])]
    return tuple(_with_hour(text, *day) for day in sorted(days))


def _next_occurrence(day: date, today: date, written: str) -> date:
    """Move a day written without a year to its next occurrence, because what is asked for lies ahead."""
    bare = not re.search(r"\d{4}|\d[./]\d{1,2}[./]\d{2}\b", written)
    if bare and day < today - timedelta(days=30):
        return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else day
    return day


def _relative_days(text: str, today: date) -> Iterator[tuple[int, int, date]]:
    """Yield the words for today, tomorrow and the day after as (start, end, day)."""
    taken = TakenSpans()
    for ahead in (2, 1, 0):  # "the day after tomorrow" before "tomorrow"
        words = _WORDS[("today", "tomorrow", "after_tomorrow")[ahead]]
        latin, cjk = any_pattern(words["words"]), any_pattern(words["cjk"])
        for match in re.finditer(rf"(?<![^\W\d_])(?:{latin})(?![^\W\d_])|{cjk}", text, re.IGNORECASE):
            if taken.add(*match.span()):
                yield match.start(), match.end(), today + timedelta(days=ahead)


def _with_hour(text: str, start: int, end: int, day: date) -> FoundMoment:
    match = _CLOCK.search(text, end, end + _REACH) or _last_clock_time(text, max(0, start - _REACH), start)
    hour = _hour(match) if match else None
    if match is None or hour is None:
        return FoundMoment(start, end, day)
    return FoundMoment(min(start, match.start()), max(end, match.end()), day, hour)


def _last_clock_time(text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for match in _CLOCK.finditer(text, start, end):
        found = match
    return found


def _hour(match: re.Match[str]) -> time | None:
    written = match["hour"] or match["plain"] or ""
    hour = int(written) if written else _CJK_DIGITS.get(match["word"] or "", 24)
    minute = 30 if match["half"] or match["wordhalf"] else int(match["minute"] or match["zh"] or 0)
    late = match["part"] in ("下午", "晚上") or (match["noon"] or "").lower().startswith("p")
    if late and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None
