"""Away notices: the day of return, and the recognition of an absence."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.sender.away import first_day_back, is_absence_notice

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
    ("en", "I am out of the office until Monday.", date(2026, 3, 10)),
    ("en", "I am out until Friday and back on Monday.", date(2026, 3, 9)),
    ("en", "Away today, back Thursday", date(2026, 3, 5)),
    ("en", "I will be back on Monday the 16th of March.", date(2026, 3, 16)),
    ("en", "I am not in on Mondays, and every Friday I leave early.", None),
    ("en", "I am out of the office until 24 August.", date(2026, 8, 25)),
    ("en", "I am on leave from 20 February until 13 March.", date(2026, 3, 14)),
    ("en", "Last Monday was a holiday.", None),
    ("de", "Ich bin bis Freitag nicht im Büro.", date(2026, 3, 7)),
    ("de", "Ich bin bis einschließlich Montag abwesend.", date(2026, 3, 10)),
    ("de", "Ab Donnerstag bin ich wieder da.", date(2026, 3, 5)),
    ("de", "Ich bin bis Freitag, den 13. März, im Urlaub.", date(2026, 3, 14)),
    ("de", "Ich bin bis 31. Dezember in Elternzeit.", date(2027, 1, 1)),
    ("it", "Sono assente dall'ufficio fino a lunedì.", date(2026, 3, 10)),
    ("it", "Sono in ferie, rientro lunedi'.", date(2026, 3, 9)),
    ("it", "Sono in ferie fino al 24 agosto.", date(2026, 8, 25)),
    ("fr", "Je suis absent du bureau jusqu'à vendredi.", date(2026, 3, 7)),
    ("fr", "Je serai de retour lundi.", date(2026, 3, 9)),
    ("fr", "Absente jusqu'au 24 août.", date(2026, 8, 25)),
    ("es", "Estoy fuera de la oficina hasta el miercoles.", date(2026, 3, 5)),
    ("es", "Estoy de vacaciones. Regreso el lunes.", date(2026, 3, 9)),
    ("es", "Estaré ausente hasta el 24 de agosto.", date(2026, 8, 25)),
    ("zh-Hans", "我出差到周五。", date(2026, 3, 7)),
    ("zh-Hans", "我在休假，下星期一回来。", date(2026, 3, 9)),
    ("zh-Hans", "我在休假，下周三上班。", date(2026, 3, 11)),
    ("zh-Hans", "休假至8月24日。", date(2026, 8, 25)),
    ("zh-Hans", "3月16日（周一）恢复上班，急事请找小王。", date(2026, 3, 16)),
    ("zh-Hans", "我每周一不在办公室。", None),
    ("zh-Hant", "外出中，到下星期一。", date(2026, 3, 10)),
    ("zh-Hant", "我在休假，下週三回來。", date(2026, 3, 11)),
    ("en", "I was away until 20 February 2026.", None),
    ("en", "Back in 2031-01-01 or so", None),
]


@pytest.mark.parametrize(("language", "text", "day"), TOLD)
def test_first_day_back(language: str, text: str, day: date | None) -> None:
    """A day of return is that day; the last day of an absence is the day before; without a future day there is none."""
    assert first_day_back(text, languages=(language,), today=TODAY) == day


ABSENT = [
    "Hi, I'm travelling this week with little e-mail access. Urgent? Call Anna on extension 12. Dino",
    "Thanks for your mail! I am on parental leave and back in September. Anna looks after my cases.",
    "Ich bin bis Freitag auf Dienstreise und nur selten erreichbar. Anna vertritt mich.",
    "Danke für Ihre Nachricht. Ich bin in Elternzeit, meine Fälle hat Anna.",
    "Sono in ferie fino al 20 agosto. Per urgenze rivolgersi ad Anna.",
    "Je suis en congé jusqu'au 20 août. En cas d'urgence, contactez Anna.",
    "Estoy de vacaciones hasta el 20 de agosto. Anna se ocupa de mis casos.",
    "我正在出差，下周一回来，急事请联系小王。",
]
PRESENT = [
    "We are back on Monday and then look at your inverter.",
    "Our technician is ill, so the visit moves to Friday.",
    "Our office is closed until Monday.",
    "The part returns from the laboratory this week.",
    "I am glad that it works again.",
    "Das Gerät ist bis Freitag in der Werkstatt.",
]


@pytest.mark.parametrize("text", ABSENT)
def test_a_persons_own_absence(text: str) -> None:
    """In any wording: who is away, and what to do meanwhile."""
    assert is_absence_notice(text)


@pytest.mark.parametrize("text", PRESENT)
def test_the_absence_of_somebody_else(text: str) -> None:
    """The absence of another person or a missing part may be the subject of a letter."""
    assert not is_absence_notice(text)
