"""Dates, times, numbers and lists in the reader's language and time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from templates.filters import (
    direction,
    language_name,
    listing,
    locale_of,
    long_date,
    moment,
    money,
    number,
    plural,
    short_date,
    short_time,
    size,
    upfirst,
)

ROME = ZoneInfo("Europe/Rome")
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 20)
LATE = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)

DATES = [
    ("en", "Friday, 20 March 2026", "20 March 2026"),
    ("en-US", "Friday, March 20, 2026", "March 20, 2026"),
    ("it", "venerdì 20 marzo 2026", "20 marzo 2026"),
    ("de", "Freitag, 20. März 2026", "20. März 2026"),
    ("zh-Hans", "2026年3月20日星期五", "2026年3月20日"),
    ("zh-Hant", "2026年3月20日 星期五", "2026年3月20日"),
]


@pytest.mark.parametrize(("language", "long", "short"), DATES)
def test_dates_are_written_as_the_reader_does(language: str, long: str, short: str) -> None:
    """With and without weekday, always with the year."""
    assert (long_date(DAY, language, ROME), short_date(DAY, language, ROME)) == (long, short)


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    """Half past eleven at night in UTC is the next day in Rome and in Shanghai."""
    assert short_date(LATE, "en", ROME) == "21 March 2026"
    assert short_time(LATE, "en", ROME) == "00:30"
    assert moment(LATE, "de", ROME) == "Samstag, 21. März 2026, 00:30 (MEZ)"
    assert moment(LATE, "zh-Hans", SHANGHAI) == "2026年3月21日星期六 07:30 (GMT+8)"


def test_numbers_money_and_sizes() -> None:
    """With the reader's separators."""
    assert (number(1234.5, "de"), number(1234.5, "en")) == ("1.234,5", "1,234.5")
    assert money(1234.5, "it", "EUR").replace("\xa0", " ") == "1.234,50 €"
    assert [size(octets, "it") for octets in (0, 999, 83_400, 1_240_000)] == ["0 B", "999 B", "83 kB", "1,2 MB"]


def test_lists_and_plurals() -> None:
    """The last item is joined as the language does it."""
    assert [listing(["a", "b", "c"], code) for code in ("en", "it", "de")] == ["a, b and c", "a, b e c", "a, b und c"]
    assert [plural(count, "en", one="day", other="days") for count in (0, 1, 2)] == ["days", "day", "days"]
    assert plural(3, "de", one="Tag", other="Tage") == "Tage"


def test_names_of_languages() -> None:
    """In the reader's language; an unknown code is shown as it is."""
    assert (language_name("it", "de"), language_name("zh-Hans", "en")) == ("Italienisch", "Chinese (Simplified)")
    assert language_name("no such", "en") == "no such"


def test_direction_and_capitals() -> None:
    """Arabic is right to left; only the first letter is capitalised."""
    assert (direction("ar"), direction("it")) == ("rtl", "ltr")
    assert (upfirst("service complaint"), upfirst("")) == ("Service complaint", "")


def test_a_code_that_is_no_language_is_refused() -> None:
    """The fault names the code."""
    with pytest.raises(ValueError, match="'xx-nowhere'"):
        locale_of("xx-nowhere")
