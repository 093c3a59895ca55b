"""A figure that only grows, known from readings (kilometres): what it is on a day, and when it will be so much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from config.policy_shapes.records import GrowthSpec, RecordSpec

KEPT = "readings"
"""Where a record keeps what was read when, beside its columns."""

_MOST_KEPT = 12
_SPAN = 30  # days that two readings must lie apart for their difference to tell how fast it grows
_FARTHEST = timedelta(days=3650)

Point = tuple[date, float]


def points(content: Mapping[str, Any], grows: GrowthSpec) -> list[Point]:
    """What is known of the figure, in order of the days: readings, and the day on which it was nought."""
    known = {date.fromisoformat(day): float(value) for day, value in content.get(KEPT, ())}
    start = content.get(grows.since) if grows.since else None
    if start and (not known or date.fromisoformat(start) < min(known)):
        known[date.fromisoformat(start)] = 0.0
    return sorted(known.items())


def grown_by(content: Mapping[str, Any], grows: GrowthSpec, since: date, by: int) -> date | None:
    """The day on which the figure will have grown by so much since a day, or None where that cannot be told."""
    known = points(content, grows)
    pace = _pace(known)
    if pace is None:
        return None
    target = _on(known, since, pace) + by
    last_day, last = known[-1]
    days = timedelta(days=(target - last) / pace)
    if abs(days) > _FARTHEST:
        return None
    return last_day + timedelta(days=days.days)


def _pace(known: list[Point]) -> float | None:
    """How much a day it grows, by the newest readings that lie far enough apart."""
    for day, value in reversed(known[:-1]):
        if (known[-1][0] - day).days >= _SPAN:
            pace = (known[-1][1] - value) / (known[-1][0] - day).days
            return pace if pace > 0 else None
    return None


def _on(known: list[Point], day: date, pace: float) -> float:
    """What the figure was on a day: between two readings on the line between them, outside them at today's pace."""
    before = [point for point in known if point[0] <= day]
    after = [point for point in known if point[0] > day]
    if before and after:
        (first, low), (last, high) = before[-1], after[0]
        return low + (high - low) * (day - first).days / (last - first).days
    nearest, value = before[-1] if before else after[0]
    return value + pace * (day - nearest).days


def merged(spec: RecordSpec, old: Mapping[str, Any], new: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A record with new values over the old; a new reading is kept beside the earlier ones."""
    given = {column: value for column, value in new.items() if value not in ("", None)}
    if spec.grows and spec.grows.value in given:
        given.setdefault(spec.grows.at, today.isoformat())
    content = {**old, **given}
    if spec.grows and spec.grows.value in given:
        read = dict(old.get(KEPT, ()))
        read[given[spec.grows.at]] = float(given[spec.grows.value])
        content[KEPT] = [[day, value] for day, value in sorted(read.items())][-_MOST_KEPT:]
        newest, value = content[KEPT][-1]
        content |= {spec.grows.at: newest, spec.grows.value: _plain(value)}
    return content


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)
