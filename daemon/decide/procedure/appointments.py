"""Appointments: slots that are free, offered, taken, reminded of, given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.policy_shapes.periods import Period, Unit, read_period
from config.policy_shapes.things import SlotsSpec
from daemon.decide.draft import Draft
from daemon.decide.procedure import preferred_times, things
from storage.ledger_events import LedgerEvent
from storage.values import Booking, TimerKind

_UP = range(7, 21)  # hours of a customer's day in which they may be offered something, where there is a choice
FEWEST = 2  # slots that are an offer
_SPREAD = timedelta(hours=3)  # offers that lie closer than this are one offer to somebody who is busy then


def place_of(draft: Draft, name: str) -> str:
    """Whose time an appointment takes; the assignee's own where the policy says so."""
    spec = _slots(draft, name)
    whose = draft.ticket.assignee if spec.place == "assignee" else spec.place or name
    return f"{draft.policy.name}/{whose}"


def _slots(draft: Draft, name: str) -> SlotsSpec:
    spec = draft.policy.things[name].slots
    if spec is None:
        raise LookupError(f"{name} has no slots")
    return spec


def free(draft: Draft, name: str) -> Iterator[tuple[datetime, datetime]]:
    """The free slots, in order: from `earliest` on, at most `within` ahead."""
    spec, calendar = _slots(draft, name), draft.calendar
    place = place_of(draft, name)
    taken = Counter(booking.start_at for booking in draft.case.taken if booking.place == place)
    first = _not_before(draft, spec)
    last = calendar.due(max(draft.now, first) if spec.not_before else draft.now, spec.within).on
    day = first.astimezone(calendar.zone).date()
    while day <= last:
        if calendar.is_working(day):
            for start, end in _of_day(draft, spec, day):
                if start >= first and taken[start] < spec.capacity:
                    yield start, end
        day += timedelta(days=1)


def _not_before(draft: Draft, spec: SlotsSpec) -> datetime:
    """The first instant that may be offered. An earliest of so many days means from the opening of that day on."""
    due = draft.calendar.due(draft.now, spec.earliest)
    daily = spec.earliest.unit.is_daily
    at = draft.calendar.opening(due.on) if daily and spec.earliest.count else due.at
    named = str(draft.facts.named_value(spec.not_before) or "") if spec.not_before else ""
    return max(at, draft.calendar.opening(date.fromisoformat(named))) if named else at


def _of_day(draft: Draft, spec: SlotsSpec, day: date) -> Iterator[tuple[datetime, datetime]]:
    zone, length = draft.calendar.zone, _length(spec.length)
    for span in spec.times.split(","):
        begins, _, ends = span.strip().partition("-")
        at = datetime.combine(day, time.fromisoformat(begins), zone).astimezone(UTC)
        until = datetime.combine(day, time.fromisoformat(ends), zone).astimezone(UTC)
        while at + length <= until:
            yield at, at + length
            at += length


def _length(period: Period) -> timedelta:
    return timedelta(minutes=period.count) if period.unit is Unit.MINUTES else timedelta(hours=period.count)


def offer(draft: Draft, name: str) -> tuple[str, ...]:
    """Choose slots to offer, spread over the time there is, and remember them; fewer than two are none at all."""
    spec = _slots(draft, name)
    slots = _by_day(draft, list(free(draft, name)))
    chosen = preferred_times.near(draft, spec, slots, spec.offers)
    for start, _ in slots:
        if len(chosen) < spec.offers and all(abs(start - other) >= _SPREAD for other in chosen):
            chosen.append(start)
    for start, _ in slots:
        if len(chosen) < spec.offers and start not in chosen:
            chosen.append(start)
    options = tuple(start.isoformat() for start in sorted(chosen)) if len(chosen) >= FEWEST else ()
    if not draft.thing(name):
        things.open_thing(draft, name)
    things.change_thing(draft, name, offered=list(options))
    draft.log_event(LedgerEvent.SLOTS_OFFERED, thing=name, slots=list(options))
    return options


def _by_day(draft: Draft, slots: list[preferred_times.Slot]) -> list[preferred_times.Slot]:
    """Those at which the customer, wherever they are, is up; all of them where there are not two such."""
    zone = ZoneInfo(draft.ticket.zone) if draft.ticket.zone else draft.calendar.zone
    up = [(start, end) for start, end in slots if start.astimezone(zone).hour in _UP]
    return up if len(up) > 1 else slots


def book(draft: Draft, name: str, start: datetime) -> bool:
    """Take a slot, giving back the one held before; False where it has been taken meanwhile."""
    spec, place = _slots(draft, name), place_of(draft, name)
    seats = {booking.seat for booking in draft.case.taken if booking.place == place and booking.start_at == start}
    seat = next((number for number in range(spec.capacity) if number not in seats), None)
    if seat is None or start <= draft.now:
        return False
    sequence = int(draft.thing(name).get("sequence", -1)) + 1
    release(draft, name)
    end = start + _length(spec.length)
    draft.booked.append(
        Booking(place=place, start_at=start, end_at=end, seat=seat, ticket_id=draft.ticket.id, thing=name)
    )
    things.change_thing(
        draft,
        name,
        start=start.isoformat(),
        end=end.isoformat(),
        booked_at=draft.now.isoformat(),
        sequence=sequence,
        offered=None,
    )
    draft.log_event(LedgerEvent.BOOKED, thing=name, start=start.isoformat())
    _set_timers(draft, name, spec, start, end)
    return True


def _set_timers(draft: Draft, name: str, spec: SlotsSpec, start: datetime, end: datetime) -> None:
    for number, period in enumerate(spec.remind):
        at = (
            draft.calendar.instant_before(start, period)
            if period.unit in (Unit.MINUTES, Unit.HOURS)
            else (start - timedelta(days=period.count))
        )
        if at > draft.now:
            draft.set_timer(f"thing:{name}:remind:{number}", TimerKind.APPOINTMENT, at, about=name, occurrence=number)
    for text in spec.before:
        at = draft.calendar.instant_before(start, read_period(text)) if _by_clock(text) else _days_before(start, text)
        if at > draft.now:
            draft.set_timer(f"thing:{name}:before:{text}", TimerKind.BEFORE, at, about=f"{name}:{text}")
    if spec.at_start:
        draft.set_timer(f"thing:{name}:start", TimerKind.STARTS, start, about=name)
    if spec.at_end:
        draft.set_timer(f"thing:{name}:end", TimerKind.ENDS, end, about=name)


def _by_clock(text: str) -> bool:
    return read_period(text).unit in (Unit.MINUTES, Unit.HOURS)


def _days_before(start: datetime, text: str) -> datetime:
    return start - timedelta(days=read_period(text).count)


def release(draft: Draft, name: str) -> None:
    """Give the slot back, and forget its timers."""
    held = [booking for booking in draft.case.taken if booking.ticket_id == draft.ticket.id and booking.thing == name]
    draft.freed.extend(booking for booking in held if booking not in draft.freed)
    draft.drop_timers(f"thing:{name}:")
    was = draft.thing(name)
    if was.get("start"):
        # A withdrawal is newer than what it withdraws (RFC 5546 section 2.1.4).
        newer = int(was.get("sequence", 0)) + 1
        things.change_thing(draft, name, start=None, end=None, was=was["start"], till=was.get("end"), sequence=newer)
        draft.log_event(LedgerEvent.SLOT_GIVEN_BACK, thing=name)


CHOSEN = "chosen"
"""The answer that picks one of the slots offered; its rest is the slot's start."""
