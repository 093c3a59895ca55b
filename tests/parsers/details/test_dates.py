"""Days as people write them, and numbers that are no days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.details.dates import find_days

TODAY = date(2026, 3, 12)  # a Thursday


def days(text: str, language: str, country: str = "") -> list[str]:
    found = find_days(text, languages=[language], today=TODAY, country=country)
    return [f"{text[day.start : day.end]}={day.day.isoformat()}" for day in found]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "May 3, 2025", "2025-05-03"),
        ("en", "12th of May 2025", "2025-05-12"),
        ("en", "3 May 2025", "2025-05-03"),
        ("en", "two weeks ago", "2026-02-26"),
        ("en", "last Monday", "2026-03-09"),
        ("en", "yesterday", "2026-03-11"),
        ("en", "2025-05-03", "2025-05-03"),
        ("en", "3/5/2025", "2025-05-03"),
        ("en", "13/5/25", "2025-05-13"),
        ("it", "12 maggio 2025", "2025-05-12"),
        ("it", "due settimane fa", "2026-02-26"),
        ("it", "lunedì scorso", "2026-03-09"),
        ("it", "l'altro ieri", "2026-03-10"),
        ("it", "1° marzo 2026", "2026-03-01"),
        ("it", "12.5.25", "2025-05-12"),
        ("de", "3. Mai 2025", "2025-05-03"),
        ("de", "am 3.2.", "2026-02-03"),
        ("de", "vor zwei Wochen", "2026-02-26"),
        ("de", "letzten Montag", "2026-03-09"),
        ("de", "vorgestern", "2026-03-10"),
        ("de", "03.05.2025", "2025-05-03"),
        ("fr", "1er mars 2026", "2026-03-01"),
        ("fr", "il y a 3 jours", "2026-03-09"),
        ("fr", "lundi dernier", "2026-03-09"),
        ("es", "3 de marzo de 2025", "2025-03-03"),
        ("es", "hace dos semanas", "2026-02-26"),
        ("es", "el lunes pasado", "2026-03-09"),
        ("pt", "3 de março de 2025", "2025-03-03"),
        ("pt", "há 2 dias", "2026-03-10"),
        ("nl", "3 mrt 2025", "2025-03-03"),
        ("nl", "2 weken geleden", "2026-02-26"),
        ("pl", "3 marca 2025", "2025-03-03"),
        ("pl", "2 dni temu", "2026-03-10"),
        ("ro", "3 martie 2025", "2025-03-03"),
        ("ro", "acum 2 zile", "2026-03-10"),
        ("sv", "3 mars 2025", "2025-03-03"),
        ("sv", "för 2 dagar sedan", "2026-03-10"),
        ("da", "3. marts 2025", "2025-03-03"),
        ("da", "i går", "2026-03-11"),
        ("no", "3. mars 2025", "2025-03-03"),
        ("fi", "3. maaliskuuta 2025", "2025-03-03"),
        ("fi", "eilen", "2026-03-11"),
        ("cs", "3. března 2025", "2025-03-03"),
        ("cs", "před 2 dny", "2026-03-10"),
        ("ru", "3 марта 2025", "2025-03-03"),
        ("ru", "две недели назад", "2026-02-26"),
        ("uk", "3 березня 2025", "2025-03-03"),
        ("uk", "2 дні тому", "2026-03-10"),
        ("tr", "3 Mart 2025", "2025-03-03"),
        ("tr", "2 gün önce", "2026-03-10"),
        ("el", "3 Μαρτίου 2025", "2025-03-03"),
        ("el", "πριν από 2 ημέρες", "2026-03-10"),
        ("zh-Hans", "2025年3月5日", "2025-03-05"),
        ("zh-Hans", "上周三", "2026-03-04"),
        ("zh-Hans", "两天前", "2026-03-10"),
        ("zh-Hant", "上週三", "2026-03-04"),
        ("ja", "2025年3月5日", "2025-03-05"),
        ("ja", "3日前", "2026-03-09"),
    ],
)
def test_a_day_in_every_language(language: str, text: str, day: str) -> None:
    """The day is found inside a sentence, and its span covers exactly the words for it."""
    found = days(f"xx, {text}, yy" if not language.startswith(("zh", "ja")) else text, language)
    assert [day_found.split("=")[1] for day_found in found] == [day]


def test_who_writes_decides_which_number_is_the_day() -> None:
    """The month comes first in the United States; a number above twelve is always the day."""
    assert days("3/5/2025", "en", "US") == ["3/5/2025=2025-03-05"]
    assert days("3/5/2025", "it", "US") == ["3/5/2025=2025-05-03"]
    assert days("5/13/2025", "en", "GB") == ["5/13/2025=2025-05-13"]


def test_capital_letters_of_other_alphabets() -> None:
    """Turkish and Greek capitals are matched although their lower case is irregular."""
    assert days("3 KASIM 2025", "tr") == ["3 KASIM 2025=2025-11-03"]
    assert days("3 ΜΑΡΤΊΟΥ 2025, YARIN", "el") == ["3 ΜΑΡΤΊΟΥ 2025=2025-03-03"]
    assert days("29 February", "en") == ["29 February=2024-02-29"]


def test_a_day_without_a_year_is_the_nearest() -> None:
    """In March, 20 December is last year's."""
    assert days("20 dicembre", "it") == ["20 dicembre=2025-12-20"]
    assert days("le 2 avril", "fr") == ["2 avril=2026-04-02"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "order 4432"),
        ("en", "you may need 3 of them"),
        ("en", "firmware 1.2.24"),
        ("en", "ip 192.168.1.10"),
        ("en", "call 0123 12/34/56"),
        ("en", "50/60 Hz, 1/2, 24/7"),
        ("en", "2025-13-45"),
        ("en", "$3.50. 3.5."),
        ("en", "SN 20250312"),
        ("en", "we march 3 miles"),
        ("de", "Spannung 230.5. Danach"),
        ("de", "Version 1.12.24"),
        ("it", "gruppo 3 set da 4"),
        ("it", "ordine 12-2025-4432"),
        ("de", "31.02.2025"),
        ("en", "12.5.2525"),
        ("en", "on page 3/4 of 5"),
        ("fr", "mars est loin"),
        ("en", "10.10.10.10"),
        ("en", "ISO 9001:2015"),
    ],
)
def test_a_number_that_is_no_date_never_becomes_one(language: str, text: str) -> None:
    """Order numbers, versions, addresses, fractions and impossible days are not read as days."""
    assert days(text, language) == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789./- :年月日abcmay", max_size=60))
def test_nothing_raises(text: str) -> None:
    """Any mixture of digits and marks is read without an error, and every span lies in the text."""
    for day in find_days(text, languages=["en", "zh-Hans"], today=TODAY):
        assert 0 <= day.start < day.end <= len(text)
