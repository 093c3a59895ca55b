"""The time a customer wishes for: taken where it is free; else why it cannot be had, and what lies near it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from config.policy_shapes.things import SlotsSpec
from daemon.decide.draft import Draft
from daemon.decide.procedure import things

Slot = tuple[datetime, datetime]
TODAY, PAST, CLOSED, FULL, TOO_FAR = "today", "past", "closed", "full", "too far"


def granted(draft: Draft, name: str, spec: SlotsSpec, free: Sequence[Slot]) -> datetime | None:
    """The wished time where it is free, asked for the first time only; else the thing remembers why it is not."""
    value = _value(draft, spec)
    if not value or draft.thing(name).get("asked") == value:
        if spec.wish and draft.thing(name):
            things.change_thing(draft, name, wished=None, refused=None)
        return None
    if not draft.thing(name):
        things.open_thing(draft, name)
    start = _instant(draft, value)
    fits = start is not None and any(slot == start for slot, _ in free)
    why = "" if fits or (start is None and _day(value) > _today(draft)) else _why_not(draft, spec, value, start, free)
    things.change_thing(draft, name, asked=value, wished=value if why else None, refused=why or None)
    return start if fits else None


def near(draft: Draft, spec: SlotsSpec, free: Sequence[Slot], count: int) -> list[datetime]:
    """The free slots nearest to the wished time; nothing where no time is wished."""
    value = _value(draft, spec)
    if not value:
        return []
    about = _instant(draft, value) or draft.calendar.opening(_day(value))
    return sorted(sorted((start for start, _ in free), key=lambda start: (abs(start - about), start))[:count])


def _value(draft: Draft, spec: SlotsSpec) -> str:
    detail = draft.ticket.details.get(spec.wish) if spec.wish else None
    return "" if detail is None or detail.wrong else detail.value


def _today(draft: Draft) -> date:
    return draft.calendar.local_date(draft.now)


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])


def _instant(draft: Draft, value: str) -> datetime | None:
    """The instant that a wish such as 2026-03-05T10:00 means in the calendar's zone; None for a mere day."""
    if "T" not in value:
        return None
    local = datetime.combine(_day(value), time.fromisoformat(value[11:]), draft.calendar.zone)
    return local.astimezone(UTC)


def _why_not(draft: Draft, spec: SlotsSpec, value: str, start: datetime | None, free: Sequence[Slot]) -> str:
    day = _day(value)
    if day <= _today(draft):
        return TODAY if day == _today(draft) else PAST
    if day > draft.calendar.due(draft.now, spec.within).on + timedelta(days=1):
        return TOO_FAR
    if not draft.calendar.is_working(day) or start is None or not _in_hours(draft, spec, start):
        return CLOSED
    return FULL


def _in_hours(draft: Draft, spec: SlotsSpec, start: datetime) -> bool:
    at = start.astimezone(draft.calendar.zone).time()
    spans = (span.strip().partition("-") for span in spec.times.split(","))
    return any(time.fromisoformat(begins) <= at < time.fromisoformat(ends) for begins, _, ends in spans)
