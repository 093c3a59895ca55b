"""Places as people write them, and their time zones."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

import pytest

from parsers.details.places import find_places, zone_of_place
from parsers.wordlists import wordlist


@pytest.mark.parametrize(
    ("written", "country", "zone"),
    [
        ("Chicago", "", "America/Chicago"),
        ("I am in Chicago", "", ""),
        ("Boston, MA", "", "America/New_York"),
        ("San Francisco", "IT", "America/Los_Angeles"),
        ("El Paso, TX 79901", "US", "America/Chicago"),
        ("79901", "US", "America/Denver"),
        ("10001", "IT", ""),
        ("90210, USA", "", "America/Los_Angeles"),
        ("Paris", "", "Europe/Paris"),
        ("Paris, Texas", "", "America/Chicago"),
        ("Washington D.C.", "", "America/New_York"),
        ("Washington State", "", "America/Los_Angeles"),
        ("West Virginia", "", "America/New_York"),
        ("Pacific time", "", "America/Los_Angeles"),
        ("Perth WA", "AU", "Australia/Perth"),
        ("Perth, WA 6000", "AU", "Australia/Perth"),
        ("6000", "AU", "Australia/Perth"),
        ("V6B 1A1", "", "America/Vancouver"),
        ("St. John's, NL", "CA", "America/St_Johns"),
        ("Londra", "", "Europe/London"),
        ("Londra, Regno Unito", "", "Europe/London"),
        ("são paulo", "", "America/Sao_Paulo"),
        ("Italia", "", "Europe/Rome"),
        ("Stati Uniti", "", ""),
        ("America/Denver", "", "America/Denver"),
        ("in the country", "", ""),
        ("at my or your place", "", ""),
        ("", "US", ""),
    ],
)
def test_the_clock_of_a_place(written: str, country: str, zone: str) -> None:
    """If a name can mean several time zones, none is taken."""
    assert zone_of_place(written, country=country, languages=("it", "en")) == zone


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live in Boston, Massachusetts. Thank you", "Boston"),
        ("I live in Paris, Texas, near the tower", "Paris, Texas"),
        ("We live in New York City and work at night", "New York"),
        ("Denver", "Denver"),
        ("I live in a house", ""),
        ("my phone broke in Denver and I am sorry for it", ""),
        ("Denver\nMary", ""),
    ],
)
def test_places_in_running_text(text: str, found: str) -> None:
    """A place is found after an introducing phrase or alone; the place of an event is not where the writer lives."""
    phrases = re.compile(r"\b(?:I|we) live in\b", re.IGNORECASE)
    places = [text[place.start : place.end].strip() for place in find_places(text, phrases)]
    assert places[:1] == ([found] if found else [])


def test_every_zone_is_one() -> None:
    """Every zone in the word lists exists in the time zone database."""
    lists = wordlist("places")
    named = {zone for of in lists.values() for sort in ("regions", "short", "cities") for zone in of.get(sort, {})}
    named |= {zone for code in ("US", "AU") for _, _, zone in lists[code]["postcodes"]["ranges"]}
    named |= set(lists["CA"]["postcodes"]["letters"].values())
    assert named <= available_timezones()
