"""Amounts of money and plain numbers."""

from __future__ import annotations

import pytest

from parsers.details.money import find_money, normalise_number


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("€ 1.234,50", "it", "1234.50 EUR"),
        ("99,90€", "de", "99.90 EUR"),
        ("1,234.50 USD", "en", "1234.50 USD"),
        ("50 Euro", "de", "50 EUR"),
        ("£20", "en", "20 GBP"),
        ("1 234,50 zł", "pl", "1234.50 PLN"),
        ("500 kr", "sv", "500 SEK"),
        ("500 kr.", "da", "500 DKK"),
        ("500 kr", "no", "500 NOK"),
        ("3500元", "zh-Hans", "3500 CNY"),
        ("¥3500", "ja", "3500 JPY"),
        ("1'200.00 CHF", "de", "1200.00 CHF"),
        ("2500 руб.", "ru", "2500 RUB"),
        ("12,- €", "nl", "12 EUR"),
    ],
)
def test_sums(text: str, language: str, value: str) -> None:
    """An amount is read with any separators, and its currency by sign, name or code."""
    assert [amount.value for amount in find_money(f"x {text} y", language)] == [value]


@pytest.mark.parametrize("text", ["order 4432", "I try 5 times", "model X-200", "24 months", "10 tlc"])
def test_a_number_without_a_currency_is_no_sum(text: str) -> None:
    """Other numbers are no amounts."""
    assert list(find_money(text, "en")) == []


def test_letters_that_a_search_takes_for_others() -> None:
    """A Turkish capital in the name of a currency causes no error."""
    assert [amount.value for amount in find_money("100 LEİ", "ro")] == ["100 RON"]


def test_marks_between_thousands() -> None:
    """The last separator is the decimal point if fewer or more than three digits follow it."""
    assert [normalise_number(written) for written in ("1.234,5", "1,234.5", "1.234", "12,50", "1'000")] == [
        "1234.5",
        "1234.5",
        "1234",
        "12.50",
        "1000",
    ]
