"""VINs and IMEIs, and the problems reported of wrong ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.details.identifiers import find_imeis, find_vins, imei_error, luhn_digit, vin_error


@pytest.mark.parametrize(
    ("vin", "says"),
    [
        ("1M8GDM9AXKP042788", ""),
        ("11111111111111111", ""),
        ("WVWZZZ1JZXW000001", ""),
        ("LSVAA4187E2123456", "check digit"),
        ("1M8GDM9A0KP042788", "position 9 is 0 and should be X"),
        ("WVWZZZ1JZOW000001", "O (meant: 0)"),
        ("WVWZZZIJZXW00000Q", "I (meant: 1) and Q (meant: 0)"),
        ("WVWZZZ1JZXW00001", "this has 16"),
        ("WVWZZZ1JZXW0000A1", "digits"),
    ],
)
def test_what_is_wrong_with_a_vin(vin: str, says: str) -> None:
    """The check digit counts if the maker's region requires it; misread letters are explained."""
    wrong = vin_error(vin)
    assert says in wrong if says else wrong == ""


def test_vins_in_running_text() -> None:
    """A VIN is found in any letter case; a wrong one only after a label; words of 17 letters are none."""
    assert [vin.value for vin in find_vins("my car wvwzzz1jzxw000001, order ABCDEFGHIJKLMNOPQ, 12345678901234567")] == [
        "WVWZZZ1JZXW000001"
    ]
    assert [vin.value for vin in find_vins("WVW ZZZ 1JZ XW 000001", labelled=True)] == ["WVWZZZ1JZXW000001"]


@pytest.mark.parametrize(
    ("imei", "says"),
    [
        ("490154203237518", ""),
        ("490154203237517", "is 7 and should be 8"),
        ("49015420323751", "this has 14"),
        ("000000000000000", "same digit"),
    ],
)
def test_what_is_wrong_with_an_imei(imei: str, says: str) -> None:
    """A wrong check digit is reported with the right one."""
    wrong = imei_error(imei)
    assert says in wrong if says else wrong == ""


@pytest.mark.parametrize(
    "written", ["490154203237518", "49 015420 323751 8", "49-015420-323751-8", "49015420/323751/8", "4901542032375180"]
)
def test_an_imei_however_grouped(written: str) -> None:
    """Spaces, hyphens, slashes and a software version at the end do not matter."""
    assert [imei.value for imei in find_imeis(f"IMEI {written}.")] == ["490154203237518"]


def test_a_long_number_is_no_imei() -> None:
    """Tracking numbers and telephone numbers of any length are no IMEIs."""
    assert list(find_imeis("00340434161094042557 and 123456789012345 and 39 333 1234567")) == []


@given(st.text(alphabet="0123456789", min_size=14, max_size=14))
def test_the_right_digit_makes_a_number_right(digits: str) -> None:
    """A number with its Luhn digit passes, unless it repeats one digit."""
    wrong = imei_error(digits + luhn_digit(digits))
    assert wrong == "" or len(set(digits)) == 1
