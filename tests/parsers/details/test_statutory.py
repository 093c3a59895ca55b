"""Complaints with a statutory time limit, in the languages of the shipped policies; and ordinary notifications."""

from __future__ import annotations

import pytest

from parsers.details.statutory import mentions_statutory_deadline


@pytest.mark.parametrize(
    "text",
    [
        "A consumer has referred a complaint to us. Please respond in the portal within 10 working days.",
        "New case 2026/118 referred to you - response due 16 March 2026",
        "Consumer Ombudsman: a dispute about your company was opened",
        "Die Schlichtungsstelle hat einen Antrag gegen Ihr Unternehmen erhalten.",
        "Zu Ihrer Beschwerde: Stellungnahme bis spätestens 16.03.2026 erbeten.",
        "Camera di commercio: istanza di conciliazione, risposta entro 20 giorni",
        "Le médiateur de la consommation a reçu une réclamation vous concernant.",
        "Oficina de consumidor: reclamación, plazo de 15 días",
        "消费者协会：您收到一起投诉，请于 10 日内答复",
        "消費者委員會轉來一宗投訴，期限 3 月 16 日",
    ],
)
def test_a_date_that_the_law_sets(text: str) -> None:
    """Mails of authorities and mails with a time limit are recognised."""
    assert mentions_statutory_deadline(text)


@pytest.mark.parametrize(
    "text",
    ["Our spring sale ends within 3 days", "Your order 2026/118 was shipped", "Please visit our booth at the fair",
     "Ihre Rechnung vom 3. März", "Il suo ordine è stato spedito", "Neues vom Solarmarkt: 20 % Rabatt", ""],
)  # fmt: skip
def test_ordinary_notifications(text: str) -> None:
    """Ordinary notifications are not."""
    assert not mentions_statutory_deadline(text)
