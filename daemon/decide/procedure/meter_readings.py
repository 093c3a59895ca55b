"""Meter readings (such as kilometres) in a record: estimate the value on a day, or the day of a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from config.policy_shapes.records import GrowthSpec, RecordSpec

KEPT = "readings"
"""The key in a record's content under which its readings are kept: a list of [ISO date, value]."""

_MOST_KEPT = 12
_SPAN = 30  # the fewest days between two readings from which a rate is computed
_FARTHEST = timedelta(days=3650)

Point = tuple[date, float]


def points(content: Mapping[str, Any], grows: GrowthSpec) -> list[Point]:
    """The known readings in order of date, with 0 on the start date where the policy names a column for it."""
    known = {date.fromisoformat(day): float(value) for day, value in content.get(KEPT, ())}
    start = content.get(grows.since) if grows.since else None
    if start and (not known or date.fromisoformat(start) < min(known)):
        known[date.fromisoformat(start)] = 0.0
    return sorted(known.items())


def grown_by(content: Mapping[str, Any], grows: GrowthSpec, since: date, by: int) -> date | None:
    """The day on which the meter will have grown by `by` since a day.

    None where no rate is known, or the day is more than ten years from the last reading.
    """
    known = points(content, grows)
    rate = _rate(known)
    if rate is None:
        return None
    target = _value_on(known, since, rate) + by
    last_day, last = known[-1]
    days = timedelta(days=(target - last) / rate)
    if abs(days) > _FARTHEST:
        return None
    return last_day + timedelta(days=days.days)


def _rate(known: list[Point]) -> float | None:
    """The growth per day, from the newest readings that are far enough apart; None where it is not positive."""
    for day, value in reversed(known[:-1]):
        if (known[-1][0] - day).days >= _SPAN:
            rate = (known[-1][1] - value) / (known[-1][0] - day).days
            return rate if rate > 0 else None
    return None


def _value_on(known: list[Point], day: date, rate: float) -> float:
    """Estimate the value on a day: interpolated between two readings, else extrapolated at the current rate."""
    before = [point for point in known if point[0] <= day]
    after = [point for point in known if point[0] > day]
    if before and after:
        (first, low), (last, high) = before[-1], after[0]
        return low + (high - low) * (day - first).days / (last - first).days
    nearest, value = before[-1] if before else after[0]
    return value + rate * (day - nearest).days


def merged(spec: RecordSpec, old: Mapping[str, Any], new: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Merge new values into a record's content; a new reading is added to the earlier ones.

    Empty new values are ignored. The record then shows the newest reading. A reading without a date counts as today's.
    """
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
