"""The time zone somebody most likely lives in: from a telephone number, a country, or a language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as of_numbers

_SEASONS = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))
Clock = tuple[timedelta | None, ...]


def zone_of_phone(number: str) -> str:
    """The zone of an international number ("+39 …"); empty where it is none, or could ring under several clocks."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return _one(of_numbers.time_zones_for_number(parsed))


def zone_of_country(country: str) -> str:
    """The zone of a country (ISO 3166); empty where the clocks of its parts differ."""
    return _one(get_global("territory_zones").get(country.upper(), ()))


@cache
def zone_of_language(language: str) -> str:
    """The zone of a language's own country, where all countries in which it is official share one clock: Italian has
    one, English none."""
    known = get_global("likely_subtags").get(language.replace("-", "_"), "")
    own = zone_of_country(known.rpartition("_")[2])
    spoken = language.partition("-")[0]
    official = [
        territory
        for territory, languages in get_global("territory_languages").items()
        if languages.get(spoken, {}).get("official_status") == "official"
    ]
    clocks = {_clock(zone) for territory in official for zone in get_global("territory_zones").get(territory, ())}
    return own if own and len(clocks - {None}) == 1 else ""


def _one(zones: Iterable[str]) -> str:
    """The first of zones that all show the same time."""
    known = [zone for zone in zones if _clock(zone) is not None]
    return known[0] if known and len({_clock(zone) for zone in known}) == 1 else ""


@cache
def _clock(zone: str) -> Clock | None:
    """What a zone's clocks show in winter and in summer, as offsets; None for a zone that is not known."""
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in _SEASONS) if zone in _every() else None


@cache
def _every() -> frozenset[str]:
    return frozenset(available_timezones())
