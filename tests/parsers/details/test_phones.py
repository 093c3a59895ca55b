"""Telephone numbers by country, and e-mail addresses."""

from __future__ import annotations

import pytest

from parsers.details.phones import email_address_error, find_email_addresses, find_phones, read_phone


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("chiamatemi al 333 1234567", "IT", "+393331234567"),
        ("Tel. 030 901820", "DE", "+4930901820"),
        ("call 07911 123456", "GB", "+447911123456"),
        ("+39 02 1234 5678", "", "+390212345678"),
        ("tél. 01 42 68 53 00", "FR", "+33142685300"),
        ("手机 13812345678", "CN", "+8613812345678"),
    ],
)
def test_numbers_in_text(text: str, country: str, number: str) -> None:
    """A number is completed with the country it was written in."""
    assert [phone.value for phone in find_phones(text, country)] == [number]


def test_other_numbers_are_not_telephones() -> None:
    """Order numbers and IMEIs are no telephone numbers."""
    assert list(find_phones("order 4432123456, IMEI 490154203237518, 2026-03-12", "IT")) == []


def test_what_is_wrong_with_a_number_given() -> None:
    """A value given as a telephone number is right, or its problem is reported."""
    short, right = read_phone("12", "IT"), read_phone("333 1234567", "IT")
    assert short is not None
    assert "too short" in short.wrong
    assert right is not None
    assert (right.value, right.wrong) == ("+393331234567", "")
    assert read_phone("none", "IT") is None


def test_addresses() -> None:
    """Addresses are found next to any punctuation and checked without a DNS query."""
    assert [
        address.value for address in find_email_addresses("write (Ann@Example.org), or <b.c+d@sub.example.com>.")
    ] == [
        "ann@example.org",
        "b.c+d@sub.example.com",
    ]
    assert email_address_error("a..b@example.org") != ""
