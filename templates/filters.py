"""Template filters: dates, times, numbers and lists in the reader's language and time zone.

They read `language` and `zone` from the letter's context, so that no template can forget them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context

# Babel reads "en" as American English; a policy for readers there says "en-US".
_PREFERRED = {"en": "en_GB"}
_FULL_WIDTH = ("zh", "ja")  # with a full-width colon, and no comma between day and hour
_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte")
_SIGNS = {"byte": "B", "kilobyte": "kB", "megabyte": "MB", "gigabyte": "GB"}


@lru_cache(maxsize=128)
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 code (it, de, zh-Hans …); raises ValueError for an unknown code."""
    try:
        return Locale.parse(_PREFERRED.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{language!r} is not a language Babel knows") from error


def direction(language: str) -> str:
    """The direction of the language's script: ltr or rtl."""
    return str(locale_of(language).text_direction)


def long_date(value: date, language: str, zone: tzinfo) -> str:
    """Friday, 20 March 2026."""
    return str(format_date(_local(value, zone), "full", locale_of(language)))


def short_date(value: date, language: str, zone: tzinfo) -> str:
    """20 March 2026."""
    return str(format_date(_local(value, zone), "long", locale_of(language)))


def month(value: date, language: str, zone: tzinfo) -> str:
    """March 2026."""
    return str(format_skeleton("yMMMM", _local(value, zone), locale=locale_of(language)))


def short_time(value: datetime, language: str, zone: tzinfo) -> str:
    """18:00."""
    return str(format_time(_local(value, zone), "short", locale=locale_of(language)))


def moment(value: datetime, language: str, zone: tzinfo) -> str:
    """Friday, 20 March 2026, 18:00 (CET). The zone is last in every language, unlike in Babel's own formats."""
    local = _local(value, zone)
    name = _zone_name(get_timezone_name(local, "short", locale=locale_of(language)))
    between = " " if language.startswith(_FULL_WIDTH) else ", "
    return f"{long_date(value, language, zone)}{between}{short_time(value, language, zone)} ({name})"


def colon(language: str) -> str:
    """The colon between a label and its value."""
    return "：" if language.startswith(_FULL_WIDTH) else ": "


def _zone_name(known: str) -> str:
    """The name of a zone; for one without a name in this language (+0800) GMT+8."""
    if known[:1] not in ("+", "-"):
        return known
    return f"GMT{known[0]}{int(known[1:3])}" + (f":{known[3:]}" if known[3:] != "00" else "")


def number(value: float | Decimal, language: str) -> str:
    """1,234.5."""
    return str(format_decimal(value, locale=locale_of(language)))


def money(value: float | Decimal, language: str, currency: str) -> str:
    """€1,234.50."""
    return str(format_currency(value, currency, locale=locale_of(language)))


def size(octets: int, language: str) -> str:
    """1.2 MB, in decimal units as in mail programs."""
    amount, unit = float(octets), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = "#,##0.#" if unit > 1 else "#,##0"
    shown = format_decimal(amount, digits, locale=locale_of(language))
    return f"{shown} {_SIGNS[_UNITS[unit]]}"


def listing(values: Iterable[Any], language: str) -> str:
    """a, b and c."""
    return str(format_list([str(value) for value in values], locale=locale_of(language)))


def plural(count: float, language: str, **forms: str) -> str:
    """The form for this count, by the language's plural classes (zero, one, two, few, many, other)."""
    return forms.get(locale_of(language).plural_form(count), forms["other"])


def language_name(code: str, language: str) -> str:
    """The name of the language `code` in `language`: Italian, italiano, Italienisch; an unknown code as it is."""
    try:
        known = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return code
    return str(known.get_display_name(locale_of(language)) or code)


def upfirst(text: str) -> str:
    """The text with a capital first letter, for the start of a line."""
    return text[:1].upper() + text[1:]


def _local(value: date, zone: tzinfo) -> Any:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _dated(write: Callable[[Any, str, tzinfo], str]) -> Callable[..., str]:
    @pass_context
    def in_context(context: Context, value: Any) -> str:
        return write(value, context["language"], context["zone"])

    return in_context


def _worded(write: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def in_context(context: Context, value: Any, *more: Any, **named: Any) -> str:
        return write(value, context["language"], *more, **named)

    return in_context


FILTERS: dict[str, Callable[..., Any]] = {
    "long_date": _dated(long_date),
    "date": _dated(short_date),
    "month": _dated(month),
    "time": _dated(short_time),
    "moment": _dated(moment),
    "number": _worded(number),
    "money": _worded(money),
    "size": _worded(size),
    "listing": _worded(listing),
    "plural": _worded(plural),
    "language_name": _worded(language_name),
    "upfirst": upfirst,
}
