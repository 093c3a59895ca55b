"""Vehicle identification numbers and IMEIs: finding them, and checking their form and check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_VIN = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{0,16}\d)(?=\d{0,16}[A-Za-z])[A-Za-z0-9]{17}(?![A-Za-z0-9])")
_VIN_SPACED = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9][ -]?){16}[A-Za-z0-9](?![A-Za-z0-9])")
_IMEI = re.compile(r"(?<![\d/.-])\d(?:[ /.-]?\d){13,16}(?![\d])")
_LONG_NUMBER = re.compile(r"\d(?:[ /.-]{0,2}\d){9,19}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {
    letter: value
    for value, letters in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ"))
    for letter in letters
}
_CHECKED_REGIONS = "12345L"  # the check digit is required in North America and China; not elsewhere
_NOT_IN_VIN = {"I": "1", "O": "0", "Q": "0"}


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value found in a text: its span, its normal form, and what is wrong with it (empty if it is right)."""

    start: int
    end: int
    value: str
    wrong: str = ""


def vin_error(value: str) -> str:
    """Return what is wrong with a VIN in normal form, or empty (ISO 3779; check digit: 49 CFR 565.15, GB 16735)."""
    if len(value) != 17:
        return f"a VIN has 17 characters, this has {len(value)}"
    bad = sorted({letter for letter in value if letter in _NOT_IN_VIN})
    if bad:
        meant = " and ".join(f"{letter} (meant: {_NOT_IN_VIN[letter]})" for letter in bad)
        return f"a VIN never contains the letters I, O and Q; found {meant}"
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{13}[A-HJ-NPR-Z0-9]\d{3}", value):
        return (
            "the last three characters of a VIN are digits"
            if value.isalnum() and value.isascii()
            else "not letters and digits"
        )
    right = vin_check_digit(value)
    if value[0] in _CHECKED_REGIONS and value[8] != right:
        return f"the check digit in position 9 is {value[8]} and should be {right}"
    return ""


def vin_check_digit(value: str) -> str:
    """Compute the check digit that belongs in position 9 of a VIN of 17 valid characters."""
    total = sum(
        weight * _VIN_VALUES.get(letter, int(letter) if letter.isdigit() else 0)
        for weight, letter in zip(_VIN_WEIGHTS, value, strict=True)
    )
    return "0123456789X"[total % 11]


def imei_error(value: str) -> str:
    """Return what is wrong with an IMEI given as digits, or empty (3GPP TS 23.003 annex B: Luhn)."""
    if len(value) != 15:
        return f"an IMEI has 15 digits, this has {len(value)}"
    right = luhn_digit(value[:14])
    if value[14] != right:
        return f"the last digit is {value[14]} and should be {right} for the digits before it"
    return "" if len(set(value)) > 1 else "the same digit throughout"


def luhn_digit(digits: str) -> str:
    """Compute the Luhn check digit to append to these digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def find_vins(text: str, *, labelled: bool = False) -> Iterator[FoundValue]:
    """Yield the VINs in a text. With `labelled` (a label says that one stands here) wrong ones too."""
    for match in (_VIN_SPACED if labelled else _VIN).finditer(text):
        value = re.sub(r"[ -]", "", match[0]).upper()
        wrong = vin_error(value)
        shaped = sum(letter.isdigit() for letter in value) >= 4 and sum(letter.isalpha() for letter in value) >= 2
        if labelled or (shaped and (not wrong or "check digit" in wrong)):
            yield FoundValue(match.start(), match.end(), value, wrong)


def find_imeis(text: str, *, labelled: bool = False) -> Iterator[FoundValue]:
    """Yield the IMEIs in a text. With `labelled` (a label says that one stands here) wrong ones too.

    The software version of an IMEISV is replaced by the check digit.
    """
    for match in (_LONG_NUMBER if labelled else _IMEI).finditer(text):
        value = re.sub(r"\D", "", match[0])
        if (
            len(value) in (16, 17)
            and not imei_error(value[:14] + luhn_digit(value[:14]))
            and (len(value) == 16 or value[14] == luhn_digit(value[:14]))
        ):
            # An IMEISV has two digits of software version instead of the check digit.
            value = value[:14] + luhn_digit(value[:14])
        wrong = imei_error(value)
        if labelled or not wrong:
            yield FoundValue(match.start(), match.end(), value, wrong)
