"""Due instants, by tables checked by hand and by properties of every calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import CalendarSpec
from config.policy_shapes.periods import Period, Unit, read_period
from config.working_time.calendars import HANDOVER_TIME, Calendar, add_months, load_calendar

ROME = ZoneInfo("Europe/Rome")
ITALY = load_calendar("IT", {})
CHINA = load_calendar("CN", {})
SPLIT_DAY = Calendar(
    CalendarSpec(country="IT", region="MI", zone="Europe/Rome", opening="09:00-13:00, 14:00-18:00"), "milan"
)
CALENDARS = [ITALY, CHINA, SPLIT_DAY, load_calendar("SA", {}), load_calendar("NZ", {})]


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


# The table of the complaint policy, worked out by hand; acknowledged on the day of receipt.
PROMISED = [
    ("2026-03-02T10:00", "7 working days", "2026-03-11"),
    ("2026-03-02T10:00", "14 working days", "2026-03-20"),
    ("2026-03-02T10:00", "30 working days", "2026-04-14"),
    ("2026-04-24T19:30", "7 working days", "2026-05-06"),
    ("2026-04-24T19:30", "14 working days", "2026-05-15"),
    ("2026-04-24T19:30", "30 working days", "2026-06-09"),
    ("2026-08-01T09:00", "7 working days", "2026-08-11"),
    ("2026-08-01T09:00", "14 working days", "2026-08-20"),
    ("2026-08-01T09:00", "30 working days", "2026-09-11"),
    ("2026-12-21T08:00", "7 working days", "2026-12-31"),
    ("2026-12-21T08:00", "14 working days", "2027-01-13"),
    ("2026-12-21T08:00", "30 working days", "2027-02-04"),
]


@pytest.mark.parametrize(("received", "within", "last_day"), PROMISED)
def test_promised_dates_are_those_worked_out_by_hand(received: str, within: str, last_day: str) -> None:
    """Each promise of the complaints policy ends with the last second of its table's date in Rome."""
    due = ITALY.due(rome(received), read_period(within))
    assert last_day == due.on.isoformat()
    assert rome(f"{last_day}T23:59:59") == due.at


# 1182/71 Art. 3 for periods in plain days and months: (start, period, last day)
PLAIN = [
    ("2026-03-02T10:00", "3 days", "2026-03-05"),
    ("2026-03-04T10:00", "10 days", "2026-03-16"),  # Saturday 14 March: the following working day
    (
        "2026-03-06T10:00",
        "2 days",
        "2026-03-10",
    ),  # Friday: a weekend alone is not two working days
    ("2026-03-06T10:00", "1 day", "2026-03-09"),
    ("2026-03-02T10:00", "1 week", "2026-03-09"),
    ("2026-01-31T10:00", "1 month", "2026-03-02"),  # 28 February is a Saturday
    ("2024-01-31T10:00", "1 month", "2024-02-29"),
    ("2024-02-29T10:00", "24 months", "2026-03-02"),  # 28 February 2026, a Saturday
    ("2026-03-24T10:00", "13 days", "2026-04-07"),  # 6 April is Easter Monday
    ("2026-03-02T23:59", "0 days", "2026-03-02"),
]


@pytest.mark.parametrize(("start", "period", "last_day"), PLAIN)
def test_plain_days_follow_the_regulation(start: str, period: str, last_day: str) -> None:
    """A period in calendar days ends on a working day, and one of two days or more has two working days (Regulation
    1182/71, article 3)."""
    assert last_day == ITALY.due(rome(start), read_period(period)).on.isoformat()


def test_due_is_counted_in_the_zone_of_the_calendar() -> None:
    """Half past midnight in Rome on Tuesday is still Monday in UTC, and counts as Tuesday."""
    due = ITALY.due(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), read_period("1 working day"))
    assert date(2026, 3, 4) == due.on


def test_derivation_says_what_was_left_out_and_why() -> None:
    """The reasons name the rule, each holiday, the days of rest, and the calendar with the library's
    version."""
    lines = "\n".join(ITALY.due(rome("2026-03-27T10:00"), read_period("8 working days")).derivation)
    assert "from Fri 27 Mar 2026 10:00 Europe/Rome" in lines
    assert "No 1182/71, Art. 3" in lines
    assert "left out: Mon 6 Apr 2026 (Easter Monday)" in lines
    assert "Sat 28 Mar, Sun 29 Mar" in lines
    assert "calendar IT (holidays of IT, holidays 0." in lines


def test_chinese_make_up_days_are_working_days() -> None:
    """Saturday 14 February 2026 is worked in China, the Tuesday after it is Spring Festival."""
    assert CHINA.is_working(date(2026, 2, 14))
    assert not CHINA.is_working(date(2026, 2, 17))
    assert "counted: Sat 14 Feb 2026" in "\n".join(
        CHINA.due(datetime(2026, 2, 13, 2, tzinfo=UTC), read_period("3 working days")).derivation
    )


REASONS = [
    (ITALY, date(2026, 4, 6), "it", "Lunedì dell'Angelo"),
    (ITALY, date(2026, 4, 6), "en", "Easter Monday"),
    (ITALY, date(2026, 3, 7), "de", "Samstag"),
    (ITALY, date(2026, 3, 9), "it", ""),
    (CHINA, date(2026, 2, 17), "zh-Hans", "春节"),
    (CHINA, date(2026, 2, 17), "zh-Hant", "春節"),
    (ITALY, date(2026, 3, 7), "no language", "Saturday"),
]


@pytest.mark.parametrize(("calendar", "day", "language", "why"), REASONS)
def test_a_day_of_rest_has_a_reason_in_the_readers_language(
    calendar: Calendar, day: date, language: str, why: str
) -> None:
    """The reason is the holiday's or the weekday's name in that language, English where it is unknown."""
    assert why == calendar.why_not(day, language)


def test_the_company_may_close_and_open_as_it_likes() -> None:
    """A closed day beats the week, an open one beats the holiday, and the reason says who closed."""
    spec = CalendarSpec(country="IT", zone="Europe/Rome", closed=("2026-08-14",), open=("2026-12-08",))
    calendar = Calendar(spec, "works")
    assert not calendar.is_working(date(2026, 8, 14))
    assert calendar.why_not(date(2026, 8, 14), "it") == "chiusura aziendale"
    assert calendar.is_working(date(2026, 12, 8))


def test_regions_have_their_own_holidays() -> None:
    """Saint Ambrose is a holiday in Milan only."""
    assert SPLIT_DAY.why_not(date(2026, 12, 7))
    assert ITALY.is_working(date(2026, 12, 7))


HOURS = [
    (ITALY, "2026-12-24T17:00", 4, "2026-12-28T12:00"),
    (SPLIT_DAY, "2026-03-02T12:30", 1, "2026-03-02T14:30"),
    (SPLIT_DAY, "2026-03-02T12:00", 1, "2026-03-02T13:00"),
    (ITALY, "2026-03-06T22:00", 9, "2026-03-09T18:00"),
    (ITALY, "2026-03-08T12:00", 0, "2026-03-09T09:00"),
]


@pytest.mark.parametrize(("calendar", "start", "hours", "end"), HOURS)
def test_working_hours_run_while_open(calendar: Calendar, start: str, hours: int, end: str) -> None:
    """Working hours leave out nights, the lunch break, weekends and holidays."""
    period = Period(hours, Unit.WORKING_HOURS)
    assert rome(end) == calendar.due(rome(start), period).at


FOLLOW_UPS = [
    ("2026-03-06T17:30", "2026-03-09T09:00"),  # two hours on the clock end after closing on Friday
    ("2026-03-06T15:30", "2026-03-06T17:30"),
    ("2026-03-06T16:00", "2026-03-06T18:00"),  # with the closing: still within the hours
    ("2026-03-06T06:30", "2026-03-06T09:00"),
]


@pytest.mark.parametrize(("start", "end"), FOLLOW_UPS)
def test_clock_hours_may_wait_for_opening(start: str, end: str) -> None:
    """Two hours on the clock that end outside the opening hours are due at the next opening."""
    assert rome(end) == ITALY.due_within_opening(rome(start), read_period("2 hours")).at


def test_hours_on_the_clock_cross_the_change_of_time() -> None:
    """Four hours across the night of 29 March 2026, when Rome loses one, are four hours."""
    start = rome("2026-03-29T00:30")
    assert rome("2026-03-29T05:30") == ITALY.due(start, read_period("4 hours")).at


def test_warnings_come_at_the_opening_of_a_working_day() -> None:
    """One working day before Tuesday after Easter is the Friday before; plain days move back to a working
    day."""
    assert rome("2026-04-03T09:00") == ITALY.opening_before(date(2026, 4, 7), read_period("1 working day"))
    assert rome("2026-03-06T09:00") == ITALY.opening_before(date(2026, 3, 9), read_period("1 day"))
    assert rome("2026-02-27T09:00") == ITALY.opening_before(date(2026, 3, 31), read_period("1 month"))
    assert rome("2026-03-06T17:00") == ITALY.instant_before(rome("2026-03-09T10:00"), read_period("2 working hours"))
    assert rome("2026-03-09T08:00") == ITALY.instant_before(rome("2026-03-09T10:00"), read_period("2 hours"))


ACTS = [
    ("7 working days", "2026-03-11T09:00"),
    ("2 hours", "2026-03-02T11:50"),
    ("20 minutes", "2026-03-02T10:18"),
    ("1 working hour", "2026-03-02T10:54"),
]


@pytest.mark.parametrize(("within", "acts"), ACTS)
def test_the_daemon_acts_by_itself_before_the_end(within: str, acts: str) -> None:
    """On the last morning for a period in days; ten minutes, or a tenth of it, before the end of one in
    hours."""
    period = read_period(within)
    due = ITALY.due(rome("2026-03-02T10:00"), period)
    assert rome(acts) == ITALY.acts_at(due, period)


def test_make_up_days_are_known_to_the_end_of_the_year_decreed() -> None:
    """China decrees a year at a time, so that its data ends; Italy's rules go on."""
    assert date(2026, 12, 31) <= CHINA.holidays_known_until(date(2026, 3, 1)) <= date(2027, 12, 31)
    assert ITALY.holidays_known_until(date(2026, 3, 1)).year == 2100


def test_a_country_code_is_a_calendar_in_its_capitals_time() -> None:
    """Bare codes take the capital's zone and the country's own days of rest."""
    zones = {code: load_calendar(code, {}).spec.zone for code in ("IT", "DE", "CN", "ES", "PT", "RU", "AU")}
    assert zones == {
        "IT": "Europe/Rome",
        "DE": "Europe/Berlin",
        "CN": "Asia/Shanghai",
        "ES": "Europe/Madrid",
        "PT": "Europe/Lisbon",
        "RU": "Europe/Moscow",
        "AU": "Australia/Sydney",
    }
    assert load_calendar("SA", {}).is_working(date(2026, 3, 1))  # a Sunday
    assert not load_calendar("SA", {}).is_working(date(2026, 3, 6))  # a Friday


def test_an_unknown_calendar_is_refused_with_the_nearest() -> None:
    """The fault of a wrong name says which one was probably meant."""
    with pytest.raises(ValueError, match="did you mean 'milan'"):
        load_calendar("milano", {"milan": SPLIT_DAY.spec})
    with pytest.raises(ValueError, match="allowed"):
        load_calendar("ZZ", {})


def test_a_calendar_that_is_never_open_says_so() -> None:
    """A week without days ends in a reason, not in an endless search."""
    closed = Calendar(CalendarSpec(country="IT", zone="Europe/Rome", week=()), "never")
    with pytest.raises(ValueError, match="never open"):
        closed.due(rome("2026-03-02T10:00"), read_period("1 working day"))


# ------------------------------------------------------------------------------------------------- properties

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
DAY_PERIODS = st.builds(Period, st.integers(0, 60), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS]))
PERIODS = st.builds(Period, st.integers(0, 40), st.sampled_from(list(Unit)))
SOME = st.sampled_from(CALENDARS)


@given(SOME, INSTANTS, DAY_PERIODS)
def test_no_period_in_days_ends_on_a_day_of_rest(calendar: Calendar, start: datetime, period: Period) -> None:
    """Whatever the start, the last day is a working day, and its last second is what binds."""
    due = calendar.due(start, period)
    assert calendar.is_working(due.on)
    assert f"{due.at.astimezone(calendar.zone):%H:%M:%S}" == "23:59:59"


@given(SOME, INSTANTS, INSTANTS, PERIODS)
def test_a_later_event_is_never_due_earlier(
    calendar: Calendar, first: datetime, second: datetime, period: Period
) -> None:
    """Due instants keep the order of their events."""
    earlier, later = sorted((first, second))
    assert calendar.due(earlier, period).at <= calendar.due(later, period).at


@given(SOME, INSTANTS, PERIODS)
def test_a_longer_period_is_never_due_earlier(calendar: Calendar, start: datetime, period: Period) -> None:
    """One more of the unit never ends sooner, and nothing is due before its event."""
    longer = Period(period.count + 1, period.unit)
    assert start <= calendar.due(start, period).at <= calendar.due(start, longer).at


@given(SOME, INSTANTS, st.integers(1, 60))
def test_working_days_between_count_what_due_counts(calendar: Calendar, start: datetime, count: int) -> None:
    """The day N working days on is N working days away, and the day before it fewer."""
    due = calendar.due(start, Period(count, Unit.WORKING_DAYS))
    event = calendar.local_date(start)
    assert count == calendar.working_days_between(event, due.on)
    assert count - 1 == calendar.working_days_between(event, due.on - timedelta(days=1))


@settings(max_examples=60)
@given(SOME, INSTANTS, st.integers(1, 60))
def test_working_hours_end_while_open(calendar: Calendar, start: datetime, hours: int) -> None:
    """The minute before the end is a minute in which the company is open; going back returns to the start."""
    period = Period(hours, Unit.WORKING_HOURS)
    end = calendar.due(start, period).at
    assert calendar.is_open(end - timedelta(minutes=1))
    back = calendar.instant_before(end, period)
    assert calendar.next_open(start) == calendar.next_open(back)


@given(SOME, INSTANTS, DAY_PERIODS)
def test_the_daemon_acts_before_what_is_due(calendar: Calendar, start: datetime, period: Period) -> None:
    """It acts on the last day, while the company is open, never after the due instant."""
    due = calendar.due(start, period)
    acts = calendar.acts_at(due, period)
    assert calendar.opening(due.on) == acts <= due.at
    assert calendar.is_open(acts)


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(-60, 60))
def test_months_end_where_they_end(day: date, count: int) -> None:
    """The day of the month stays, or becomes the last one of a shorter month."""
    other = add_months(day, count)
    assert other.day == day.day or (other + timedelta(days=1)).day == 1
    assert count == (other.year - day.year) * 12 + other.month - day.month


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.name)
def test_working_days_agree_with_the_holiday_tables(calendar: Calendar) -> None:
    """Over three years the working days are those of the week, without the holidays, with the make-up
    days."""
    spec = calendar.spec
    names = holidays.country_holidays(spec.country, subdiv=spec.region or None, years=range(2024, 2028))
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    resting = set(names.weekend)
    plain = [day for day in days if day.weekday() not in resting and day not in names]
    expected = {*plain, *(day for day in names.weekend_workdays if day in set(days))}
    assert expected == {day for day in days if calendar.is_working(day)}


# The State Council's notice for 2026: what is free (first and last day), and what is worked instead.
FREE_2026 = "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07"
WORKED_2026 = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}


def test_chinas_year_is_the_one_published() -> None:
    """Every day of 2026 is worked or free as the government's own notice says."""
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    spans = [span.split("/") for span in FREE_2026.split()]
    free = {day for day in year if any(first <= f"{day:%m-%d}" <= last for first, last in spans)}
    worked = {day for day in year if f"{day:%m-%d}" in WORKED_2026 or (day.weekday() < 5 and day not in free)}
    assert worked == {day for day in year if CHINA.is_working(day)}


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-05-11T10:00", "2026-05-11T12:00"),  # Monday, open
        ("2026-05-11T16:00", "2026-05-11T18:00"),  # ends with the last opening instant
        ("2026-05-15T17:30", "2026-05-18T09:00"),  # Friday evening: Monday's opening
        ("2026-04-30T17:00", "2026-05-06T09:00"),  # before Labour Day's holidays
    ],
)
def test_hours_within_opening(start: str, due: str) -> None:
    """Two hours later, or at the next opening where nobody works then; a letter has some minutes to leave."""
    calendar, period = load_calendar("CN", {}), read_period("2 hours within opening")
    shanghai = ZoneInfo("Asia/Shanghai")
    found = calendar.due(datetime.fromisoformat(start).replace(tzinfo=shanghai), period)
    assert found.at == datetime.fromisoformat(due).replace(tzinfo=shanghai)
    assert calendar.acts_at(replace(found, at=found.at + HANDOVER_TIME), period) == found.at
