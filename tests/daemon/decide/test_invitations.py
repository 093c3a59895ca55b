"""When the owner of a record is written to without having asked, and the case that this opens."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config.working_time.calendars import load_calendar
from daemon.decide.invitations import campaign, next_opening, sending_day, turns
from storage.company_record_values import CompanyRecord
from tests.daemon.decide import histories
from tests.daemon.decide.story import expected, shown

CALENDAR = load_calendar(histories.dealer().calendar, histories.dealer().calendars)
NOW = histories.MONDAY


def vehicle(**content: str) -> CompanyRecord:
    """A record as it stands."""
    return CompanyRecord(
        policy="dealer-service", of="vehicle", key="K", address="amy@example.com", content=content, updated_at=NOW
    )


def due(now: datetime = NOW, **content: str) -> dict[str, str]:
    """When each letter about a record is due."""
    found = turns(histories.dealer(), CALENDAR, vehicle(**content), now)
    return {one.invitation: f"{one.period} {shown(one.ready_at)}" for one in found}


@pytest.mark.parametrize("content", CASES := [
    {"sold": "2026-01-10"},
    {"sold": "2026-01-10", "mileage": "1900", "mileage_read": "2026-02-20"},
    {"sold": "2026-01-10", "mileage": "100", "mileage_read": "2026-02-20"},
    {"sold": "2025-01-10", "last_service": "2025-10-01"},
    {"sold": "2025-01-10", "last_service": "2025-10-01", "last_visit": "2026-02-01"},
    {"sold": "2025-01-10", "last_service": "2025-08-02"},
    {"sold": "2025-01-10", "last_service": "2025-08-01"},
    {},
])
def test_turns(content: dict[str, str]) -> None:
    """x"""
    print(content, due(**content))


@pytest.mark.parametrize("day", ["2026-03-20", "2026-10-12", "2026-02-26"])
def test_x(day: str) -> None:
    spec = histories.dealer().invitations["regular_service"]
    print(day, sending_day(CALENDAR, spec, date.fromisoformat(day)), sending_day(CALENDAR, spec.model_copy(update={"ahead": ()}), date.fromisoformat(day)))
    print(shown(next_opening(CALENDAR, NOW)), shown(next_opening(CALENDAR, datetime.fromisoformat("2026-03-02T00:30+00:00"))), shown(next_opening(CALENDAR, datetime.fromisoformat("2026-03-02T00:29:59+00:00"))), campaign(vehicle(), "upgrade", NOW))


def test_an_invitation_opens_a_case() -> None:
    """The letter goes out and the case waits; what the customer says moves it."""
    one = histories.invited()
    one.days(15)
    assert one.story("said", "ticket", "facts", "details", "parties", "ledger", "timers") == expected("""
        Mon 2026-03-02 10:00
          letter invitation 1 to amy@example.com [] invitation=regular_service
          ticket kind booking
          ticket step invited
          ticket language zh-Hant
          ticket subject Aurora 5
          ticket team advisors
          ticket waiting_for customer
          ticket address service@dealer.example
          ticket questions [come to 1 []]
          fact record {of: vehicle, key: LSVAA49J832000001}
          fact invitation regular_service
          fact period 2025-09-10
          fact offered {come: [{n: 1, at: 2026-03-02T09:00:00+00:00, options: [], sums: {}}]}
          detail model: Aurora 5 (Aurora 5) by record
          party 1 customer amy@example.com [Amy, zh-Hant]
          invited by reclamo: invitation=regular_service period=2025-09-10 of=vehicle key=LSVAA49J832000001
          detail found by record: detail=model value=Aurora 5 where=text
          notice written by reclamo: notice=invitation to=customer party=1
          step entered by reclamo: step=invited
          timer step:after:14 days after Mon 2026-03-16 17:00 14 days 0
        Mon 2026-03-16 17:00
          ticket step ended
          ticket step_since Mon 2026-03-16 17:00
          ticket waiting_for nobody
          ticket closed_at Mon 2026-03-16 17:00
          ticket questions []
          waited by reclamo: period=14 days step=invited
          step entered by reclamo: step=ended
          closed by reclamo: outcome=
          timer step:after:14 days dropped
        """)
