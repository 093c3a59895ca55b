"""When the owner of a record is written to without having asked, and the case that this opens."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config.working_time.calendars import load_calendar
from daemon.decide.invitations import campaign_invitation, invitations_due, next_opening, sending_day
from daemon.decide.procedure.meter_readings import merged
from storage.company_record_values import CompanyRecord
from tests.daemon.decide import histories
from tests.daemon.decide.story import expected, shown

CALENDAR = load_calendar(histories.dealer().calendar, histories.dealer().calendars)
NOW = histories.MONDAY


def vehicle(**content: str) -> CompanyRecord:
    """A record as it stands after these values have come in."""
    known = merged(histories.dealer().records["vehicle"], {}, content, CALENDAR.local_date(NOW))
    return CompanyRecord(
        policy="dealer-service", of="vehicle", key="K", address="amy@example.com", content=known, updated_at=NOW
    )


def due(now: datetime = NOW, **content: str) -> dict[str, str]:
    """When each letter about a record is due."""
    found = invitations_due(histories.dealer(), CALENDAR, vehicle(**content), now)
    return {letter.invitation: f"{letter.period} {shown(letter.ready_at)}" for letter in found}


@pytest.mark.parametrize(
    ("content", "letters"),
    [
        ({}, {}),
        # 60 days after the sale, on a working day 7 to 10 days ahead; those of the holidays' end are due at once.
        (
            {"sold": "2026-01-10"},
            {"first_service": "2026-01-10 Tue 2026-03-03 01:30", "lapsed": "2026-01-10 Thu 2026-07-09 02:30"},
        ),
        (
            {"sold": "2026-02-10"},
            {"first_service": "2026-02-10 Wed 2026-04-01 02:30", "lapsed": "2026-02-10 Mon 2026-08-10 02:30"},
        ),
        # At 36 km a day the 2000 km come on 15 March, before the sixty days are over.
        (
            {"sold": "2026-01-20", "mileage": "1500", "mileage_read": "2026-03-02"},
            {"first_service": "2026-01-20 Thu 2026-03-05 01:30", "lapsed": "2026-01-20 Mon 2026-07-20 02:30"},
        ),
        # At 34 km a day they come after them.
        (
            {"sold": "2026-01-25", "mileage": "1200", "mileage_read": "2026-03-01"},
            {"first_service": "2026-01-25 Mon 2026-03-16 01:30", "lapsed": "2026-01-25 Fri 2026-07-24 02:30"},
        ),
        # The last visit counts for who has not been seen; the regular service goes by the last service.
        (
            {"sold": "2025-01-10", "last_service": "2025-10-01", "last_visit": "2026-02-01"},
            {"regular_service": "2025-10-01 Mon 2026-03-23 01:30", "lapsed": "2026-02-01 Fri 2026-07-31 02:30"},
        ),
        # Due on 31 January: it may be thirty days late, until the second of March, and is not written after that.
        (
            {"sold": "2025-01-10", "last_service": "2025-07-31"},
            {"regular_service": "2025-07-31 Tue 2026-03-03 01:30", "lapsed": "2025-07-31 Tue 2026-03-03 01:30"},
        ),
        ({"sold": "2025-01-10", "last_service": "2025-07-30"}, {"lapsed": "2025-07-30 Tue 2026-03-03 01:30"}),
    ],
)
def test_when_the_letters_about_a_record_are_due(content: dict[str, str], letters: dict[str, str]) -> None:
    """Each with the day it counts from, and the instant at which it is written."""
    assert due(**content) == letters


@pytest.mark.parametrize(
    ("day", "sent"),
    [
        ("2026-03-20", "2026-03-10"),
        ("2026-03-17", "2026-03-09"),  # the seventh is a Saturday
        ("2026-10-12", "2026-09-30"),  # the days between are holidays: the last working day before them
        ("2026-02-26", "2026-02-14"),
    ],
)
def test_the_day_a_letter_is_sent(day: str, sent: str) -> None:
    """The first working day from ten to seven days ahead, else the one before; the day itself without such figures."""
    spec = histories.dealer().invitations["regular_service"]
    assert sending_day(CALENDAR, spec, date.fromisoformat(day)).isoformat() == sent
    plain = spec.model_copy(update={"ahead": ()})
    assert sending_day(CALENDAR, plain, date.fromisoformat(day)).isoformat() == day


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-03-02T00:29:58+00:00", "2026-03-02T00:30:00+00:00"),  # 8:30 in Shanghai
        ("2026-03-02T00:30:00+00:00", "2026-03-03T00:30:00+00:00"),
        ("2026-03-06T10:00:00+00:00", "2026-03-09T00:30:00+00:00"),
        ("2026-03-05T17:00:00+00:00", "2026-03-06T00:30:00+00:00"),  # after midnight there
    ],
)
def test_the_next_opening(now: str, opening: str) -> None:
    """Of a working day, after now."""
    assert next_opening(CALENDAR, datetime.fromisoformat(now)).isoformat() == opening


def test_a_campaign_is_one_letter_for_each_record() -> None:
    """Its period is the same for ever."""
    letter = campaign_invitation(vehicle(), "upgrade", NOW)
    assert (letter.place, letter.invitation, letter.period) == (("dealer-service", "vehicle", "K"), "upgrade", "once")
    assert letter.ready_at == NOW


AN_INVITATION_OPENS_A_CASE = expected("""
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


def test_an_invitation_opens_a_case() -> None:
    """The letter goes out and the case waits; what the customer says moves it."""
    life = histories.invited()
    life.days(15)
    assert life.story("said", "ticket", "facts", "details", "parties", "ledger", "timers") == AN_INVITATION_OPENS_A_CASE
