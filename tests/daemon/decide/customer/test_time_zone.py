"""Where a customer's clock is."""

from __future__ import annotations

import pytest

from parsers.reading import FoundDetail
from tests.daemon.decide import histories
from tests.daemon.decide.story import Recorded


@pytest.mark.parametrize(
    ("language", "country", "phone", "zone"),
    [
        ("it", "", "", "Europe/Rome"),
        ("de", "", "", "Europe/Berlin"),
        ("en", "", "", ""),
        ("en", "FR", "", "Europe/Paris"),
        ("en", "FR", "+491711234567", "Europe/Berlin"),
    ],
)
def test_the_surest_sign_counts(language: str, country: str, phone: str, zone: str) -> None:
    """A telephone number before the country of a form, before the language."""
    life = Recorded(histories.MONDAY, histories.services())
    known = histories.found(symptom="It does not connect.", **({"call_back": phone} if phone else {}))
    life.customer("It does not connect.", kind="in_vehicle", found=known, language=language, country=country)
    assert life.case.ticket.zone == zone


def test_a_zone_is_learned_later_and_not_forgotten_for_a_language() -> None:
    """A wrong number tells nothing; a right one moves the clock, with a line on the ledger."""
    life = Recorded(histories.MONDAY, histories.services())
    life.customer("It does not connect.", kind="in_vehicle", found=histories.found(symptom="No."), country="FR")
    wrong = FoundDetail("call_back", "+491711234567", "+491711234567", "text", wrong="no number")
    life.forget()
    life.customer("Call me.", found=(wrong,))
    life.customer("Call me.", found=histories.found(call_back="+34911234567"))
    lines = [line for line in life.story("ticket", "ledger") if "zone" in line]
    assert lines == ["  ticket zone Europe/Madrid", "  time zone by reclamo: zone=Europe/Madrid"]
