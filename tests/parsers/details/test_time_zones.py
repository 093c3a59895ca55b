"""Time zones from telephone numbers, countries and languages."""

from __future__ import annotations

import pytest

from parsers.details.time_zones import zone_of_country, zone_of_language, zone_of_phone


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+393331234567", "Europe/Rome"), ("+12125550123", "America/New_York"), ("+442079460000", "Europe/London"),
     ("333 1234567", ""), ("+1800", ""), ("", "")],
)  # fmt: skip
def test_zone_of_a_telephone(number: str, zone: str) -> None:
    """An international number gives its zone."""
    assert zone_of_phone(number) == zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [("IT", "Europe/Rome"), ("de", "Europe/Berlin"), ("HK", "Asia/Hong_Kong"), ("US", ""), ("XX", ""), ("", "")],
)
def test_zone_of_a_country(country: str, zone: str) -> None:
    """A country has a zone if all its regions have the same time."""
    assert zone_of_country(country) == zone


@pytest.mark.parametrize(
    ("language", "zone"),
    [("it", "Europe/Rome"), ("de", "Europe/Berlin"), ("en", ""), ("fr", ""), ("", "")],
)
def test_zone_of_a_language(language: str, zone: str) -> None:
    """Italian has a zone; English, spoken in many, has none."""
    assert zone_of_language(language) == zone
