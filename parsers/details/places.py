"""Time zones of places as people name them: a city, a region, a postcode, a country with a single time zone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from zoneinfo import available_timezones

from babel import Locale

from parsers.details.identifiers import FoundValue
from parsers.details.time_zones import zone_of_country
from parsers.wordlists import wordlist

_LONGEST = 120  # characters of a place
_MOST = 10  # introducing phrases of one mail that are followed
_PLACE_ONLY = 40  # characters of a mail that may be a place and nothing else
_CANADIAN = re.compile(r"(?<!\w)([ABCEGHJ-NPRSTVXY])\d[A-Z]\s?\d[A-Z]\d(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\d)(\d{4,5})(?:-\d{4})?(?!\d)")
_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_of_place(text: str, *, country: str = "", languages: Sequence[str] = ()) -> str:
    """Return the IANA time zone of a place; empty if it is no known place, or one with several time zones.

    `country` (ISO 3166) is where the person is believed to be, and decides between places of the same name; a country
    named in the text takes precedence. A region takes precedence over a city: Paris, Texas is not in France.
    """
    plain = " ".join(unicodedata.normalize("NFC", text[:_LONGEST]).split()).strip(" .,;")
    if plain in available_timezones() and "/" in plain:
        return plain
    named = _country(plain, languages)
    found = _region(plain, named or country) or _postcode(plain, named or country)
    return found or _city(plain, languages, named or country) or zone_of_country(named)


def read_place(value: str, *, country: str = "", languages: Sequence[str] = ()) -> Iterator[FoundValue]:
    """Yield the zone of a place given as a value; wrong if the place has no single time zone."""
    if plain := " ".join(value.split()):
        zone = zone_of_place(plain, country=country, languages=languages)
        yield FoundValue(0, len(value), zone or plain[:80], "" if zone else "no place that has one clock")


def find_places(
    text: str, phrases: re.Pattern[str] | None, *, country: str = "", languages: Sequence[str] = ()
) -> Iterator[FoundValue]:
    """Yield places after an introducing phrase ("I live in …"), and a place that is all of a text."""
    for match in islice(phrases.finditer(text), _MOST) if phrases else ():
        tail = re.split(r"[.;!?\n]", text[match.end() : match.end() + 60])[0]
        ends = [word.end() for word in re.finditer(r"[^\s,]+", tail)][:5]
        zones = [zone_of_place(tail[:end], country=country, languages=languages) for end in ends]
        zone = next(filter(None, reversed(zones)), "")  # what follows a city tells which one it is
        if zone:
            yield FoundValue(match.end(), match.end() + ends[zones.index(zone)], zone)
    if len(text.strip()) <= _PLACE_ONLY and "\n" not in text.strip():
        yield from (place for place in read_place(text, country=country, languages=languages) if not place.wrong)


def _region(text: str, country: str) -> str:
    folded = _folded(text)
    words = [(place, zone) for place, zone in _places_by_zone("regions", country) if _contains_word(folded, place)]
    if words:
        return max(words, key=lambda pair: len(pair[0]))[1]
    here = wordlist("places").get(country, {}).get("short", {})
    for short, zone in _places_by_zone("short", country):
        # Two letters are a region only in the usual positions: alone, after a comma, before a postcode.
        before = r"(?:^|,\s*|\s)" if short in here.get(zone, ()) else r"(?:^|,\s*)"
        if short in text and re.search(rf"{before}{re.escape(short)}(?=$|[\s,]*\d|,)", text):
            return zone
    return ""


def _postcode(text: str, country: str) -> str:
    canadian = _CANADIAN.search(text)
    if canadian:
        return str(wordlist("places")["CA"]["postcodes"]["letters"].get(canadian[1].upper(), ""))
    spec = wordlist("places").get(country, {}).get("postcodes", {})
    found = _DIGITS.search(text)
    if not found or len(found[1]) != spec.get("figures"):
        return ""
    head = int(found[1][:-2])
    return next((str(zone) for first, last, zone in spec["ranges"] if first <= head <= last), "")


def _city(text: str, languages: Sequence[str], country: str) -> str:
    here = [part.strip() for part in re.split(r"[,(/]| - ", text) if part.strip()]
    known = dict(_places_by_zone("cities", country))
    for code in dict.fromkeys((*languages, "en")):
        for part in (*here, text):
            zone = known.get(_folded(part)) or _cities(code).get(_folded(part), "")
            if zone:
                return zone
    return ""


@cache
def _places_by_zone(kind: str, country: str) -> tuple[tuple[str, str], ...]:
    """Return the places of this kind with their zones, the country's own first; full names are folded."""
    lists: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]] = wordlist("places")
    return tuple(
        (place if kind == "short" else _folded(place), zone)
        for code in sorted(lists, key=lambda code: code != country)
        for zone, places in lists[code].get(kind, {}).items()
        for place in places
    )


def _contains_word(folded: str, place: str) -> bool:
    """Whether a text contains a place as whole words, both folded."""
    return place in folded and re.search(rf"(?<!\w){re.escape(place)}(?!\w)", folded) is not None


def _country(text: str, languages: Sequence[str]) -> str:
    """Return the country named in the text as a whole or after its last comma, or empty."""
    if re.search(r"(?<!\w)(?:USA|U\.S\.A?\.?|US)(?!\w)", text):
        return "US"
    if re.search(r"(?<!\w)UK(?!\w)", text):
        return "GB"
    last = _folded(re.split(r"[,(]", text.rstrip(")"))[-1])
    return next((_countries(code)[last] for code in (*languages, "en") if last in _countries(code)), "")


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())


@cache
def _cities(language: str) -> dict[str, str]:
    """The cities of the time zone database, by their own names and by those used in a language (folded)."""
    found = {
        _folded(zone.rpartition("/")[2].replace("_", " ")): zone
        for zone in sorted(available_timezones())
        if zone.partition("/")[0] in _AREAS
    }
    for zone, names in Locale.parse(language.replace("-", "_")).time_zones.items():
        if "city" in names and zone in available_timezones():
            found[_folded(names["city"])] = zone
    return found


@cache
def _countries(language: str) -> dict[str, str]:
    territories = Locale.parse(language.replace("-", "_")).territories
    return {_folded(name): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
