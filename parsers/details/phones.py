"""Telephone numbers by country, and e-mail addresses, each in normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberMatcher, ValidationResult

from parsers.details.identifiers import FoundValue

_LOOKED_AT = 8_000  # characters: the matcher is slow
_DIGITS = re.compile(r"\d(?:[ ()/.-]{0,3}\d){6}")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[\w-]{2,24}(?![\w-])")
_PROBLEMS = {
    ValidationResult.TOO_SHORT: "too short for a telephone number",
    ValidationResult.TOO_LONG: "too long for a telephone number",
    ValidationResult.INVALID_COUNTRY_CODE: "no country has this code",
    ValidationResult.INVALID_LENGTH: "no telephone number has this length",
}


def find_phones(text: str, country: str) -> Iterator[FoundValue]:
    """Yield the telephone numbers that are valid in their country, in E.164 form.

    `country` (ISO 3166) is assumed for numbers without a "+".
    """
    if not _DIGITS.search(text):
        return
    for match in PhoneNumberMatcher(text[:_LOOKED_AT], country or None):
        yield FoundValue(match.start, match.end, _e164(match.number))


def read_phone(text: str, country: str) -> FoundValue | None:
    """Read a value given as a telephone number, and say what is wrong with it; None if it has no digits."""
    if not re.search(r"\d{2}", text):
        return None
    try:
        number = phonenumbers.parse(text[:60], country or None)
    except phonenumbers.NumberParseException as error:
        missing = (
            error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
            and not text.lstrip().startswith("+")
        )
        return FoundValue(
            0, len(text), text.strip(), "a number without a country code" if missing else "not a telephone number"
        )
    wrong = ""
    if not phonenumbers.is_valid_number(number):
        wrong = _PROBLEMS.get(phonenumbers.is_possible_number_with_reason(number), "no such number in its country")
    return FoundValue(0, len(text), _e164(number), wrong)


def international_format(number: str) -> str:
    """Format a number in E.164 form for reading, +39 333 123 4567; return anything else unchanged."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def find_email_addresses(text: str) -> Iterator[FoundValue]:
    """Yield the e-mail addresses in a text, lower-cased, each with what is wrong with it."""
    for match in _EMAIL.finditer(text):
        yield FoundValue(match.start(), match.end(), match[0].lower(), email_address_error(match[0]))


def email_address_error(address: str) -> str:
    """Return what is wrong with an e-mail address, or empty. Makes no DNS query."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error).rstrip(".")
    return ""


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
