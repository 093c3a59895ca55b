"""When somebody is there again, as their away notice tells it."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.away import first_day_back

TODAY = date(2026, 3, 2)
TOLD = [
    ("en", "I am out of the office until 20 March 2026. For urgent matters call Bob.", date(2026, 3, 21)),
    ("en", "I will be back on Monday, 23 March.", date(2026, 3, 23)),
    ("en", "I am away from 3 March to 10 March 2026.", date(2026, 3, 11)),
    ("en", "Away, back 2026-03-09", date(2026, 3, 9)),
    ("de", "Ich bin vom 2.3. bis 13.3.2026 nicht im Büro.", date(2026, 3, 14)),
    ("de", "Ab dem 16. März 2026 bin ich wieder erreichbar.", date(2026, 3, 16)),
    ("it", "Sono assente fino al 13 marzo compreso; rientrerò il 16 marzo.", date(2026, 3, 16)),
    ("it", "Sono assente dal 2 al 13 marzo 2026.", date(2026, 3, 14)),
    ("fr", "Je suis de retour le 12 mars 2026.", date(2026, 3, 12)),
    ("es", "Vuelvo el 16 de marzo.", date(2026, 3, 16)),
    ("it", "Sono assente dall'ufficio fino a lunedì.", None),
    ("en", "I was away until 20 February 2026.", None),
    ("en", "Back in 2031-01-01 or so", None),
]


@pytest.mark.parametrize(("language", "text", "day"), TOLD)
def test_first_day_back(language: str, text: str, day: date | None) -> None:
    """The day of return is that day; the last day of an absence is the day before; no day ahead is none."""
    assert first_day_back(text, languages=(language,), today=TODAY) == day
