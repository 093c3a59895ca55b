"""The time zone a person most likely lives in: from a telephone number, a country or a language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as phone_timezones

_WINTER_AND_SUMMER = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


def zone_of_phone(number: str) -> str:
    """Return the zone of an international number ("+39 …"); empty if invalid or if its zones differ in time."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return _common_zone(phone_timezones.time_zones_for_number(parsed))


def zone_of_country(country: str) -> str:
    """Return the zone of a country (ISO 3166); empty if its regions differ in time."""
    return _common_zone(get_global("territory_zones").get(country.upper(), ()))


@cache
def zone_of_language(language: str) -> str:
    """Return the zone of a language's own country; empty if the countries where it is official differ in time.

    Italian has a zone, English has none.
    """
    likely_locale = get_global("likely_subtags").get(language.replace("-", "_"), "")
    own = zone_of_country(likely_locale.rpartition("_")[2])
    spoken = language.partition("-")[0]
    official = [
        territory
        for territory, languages in get_global("territory_languages").items()
        if languages.get(spoken, {}).get("official_status") == "official"
    ]
    offsets = {_offsets(zone) for territory in official for zone in get_global("territory_zones").get(territory, ())}
    return own if own and len(offsets - {None}) == 1 else ""


def _common_zone(zones: Iterable[str]) -> str:
    """Return the first of the zones if all of them show the same time, else empty."""
    known = [zone for zone in zones if _offsets(zone) is not None]
    return known[0] if known and len({_offsets(zone) for zone in known}) == 1 else ""


@cache
def _offsets(zone: str) -> tuple[timedelta | None, ...] | None:
    """Return a zone's UTC offsets in winter and in summer; None for an unknown zone."""
    return (
        tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in _WINTER_AND_SUMMER)
        if zone in _known_zones()
        else None
    )


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
