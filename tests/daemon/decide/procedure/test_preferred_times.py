"""The time that a customer wishes for: had where it is free, else why not, and what lies near it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.files.load_policy import load_policy
from config.working_time.calendars import load_calendar
from daemon.decide.draft import Draft
from daemon.decide.procedure import appointments, preferred_times
from storage.facts import Facts
from storage.values import Booking, Case, Detail, Ticket

POLICY = load_policy("dealer-service")
CALENDAR = load_calendar(POLICY.calendar, POLICY.calendars)
ZONE = CALENDAR.zone
NOW = datetime(2026, 3, 3, 11, 0, tzinfo=ZONE)  # a Tuesday
TICKET = Ticket(
    id=1, reference="S-2026-000001", policy="dealer-service", kind="booking", step="choosing", language="en",
    received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW,
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def draft(wish: str, *, taken: tuple[str, ...] = (), wrong: str = "", facts: dict[str, Any] | None = None) -> Draft:
    """A case that wishes for a time, while others have taken these: both seats of each."""
    booked = tuple(
        Booking(place="dealer-service/visit", start_at=at(one), end_at=at(one), seat=seat, ticket_id=9, thing="visit")
        for one in taken
        for seat in (0, 1)
    )
    known = {"wished": Detail(value=wish, shown=wish, wrong=wrong)} if wish else {}
    case = Case(ticket=replace(TICKET, details=known, facts=Facts.from_json(facts or {})), taken=booked)
    return Draft(case, POLICY, CALENDAR, NOW, "customer")


def granted(sheet: Draft) -> datetime | None:
    spec = POLICY.things["visit"].slots
    assert spec is not None
    return preferred_times.granted(sheet, "visit", spec, list(appointments.free(sheet, "visit")))


@pytest.mark.parametrize(
    ("wish", "taken", "why"),
    [
        ("2026-03-05T10:00", (), None),
        ("2026-03-05T10:00", ("2026-03-05T11:00",), None),
        ("2026-03-05T10:00", ("2026-03-05T10:00",), "full"),
        ("2026-03-05T10:30", (), "full"),  # within the hours, and no slot begins then
        ("2026-03-05T12:30", (), "closed"),
        ("2026-03-05T20:00", (), "closed"),
        ("2026-04-05T10:00", (), "too far"),
        ("2026-03-03T15:00", (), "today"),
        ("2026-03-02T10:00", (), "past"),
    ],
)
def test_a_wish(wish: str, taken: tuple[str, ...], why: str | None) -> None:
    """What can be had is had; what cannot, the letter can explain."""
    sheet = draft(wish, taken=taken)
    start = granted(sheet)
    assert start == (None if why else at(wish))
    assert sheet.thing("visit").get("refused") == why
    assert sheet.thing("visit").get("wished") == (wish if why else None)


@pytest.mark.parametrize(("day", "why"), [("2026-03-05", None), ("2026-03-03", "today"), ("2026-03-01", "past")])
def test_a_mere_day_is_offered_from_and_not_taken(day: str, why: str | None) -> None:
    """Nobody is given an hour that they did not name."""
    sheet = draft(day)
    assert granted(sheet) is None
    assert sheet.thing("visit").get("refused") == why


def test_the_same_wish_is_granted_once() -> None:
    """Who has written again without another wish is offered times and not booked anew."""
    sheet = draft("2026-03-05T10:00")
    assert granted(sheet) is not None
    assert granted(sheet) is None
    assert "refused" not in sheet.thing("visit")


@pytest.mark.parametrize(("wish", "wrong"), [("", ""), ("2026-03-05T10:00", "not a time")])
def test_no_wish_changes_nothing(wish: str, wrong: str) -> None:
    """Nor does one that could not be understood."""
    sheet = draft(wish, wrong=wrong)
    assert granted(sheet) is None
    assert sheet.thing("visit") == {}


def test_offers_lie_near_the_wish() -> None:
    """The nearest three, in whatever direction, in order of the clock."""
    sheet = draft("2026-03-05T10:00", taken=("2026-03-05T10:00",))
    options = [
        datetime.fromisoformat(one).astimezone(ZoneInfo("Asia/Shanghai")) for one in appointments.offer(sheet, "visit")
    ]
    assert [f"{day:%d %H:%M}" for day in options] == ["05 09:00", "05 11:00", "05 13:30"]
