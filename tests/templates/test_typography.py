"""Typographic spaces."""

from __future__ import annotations

import pytest

from templates.typography import set_blanks


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Merci : voici ; vraiment ! Non ?", "Merci\u00a0: voici\u202f; vraiment\u202f! Non\u202f?"),
        ("**{{ row.label }} :**", "**{{ row.label }}\u00a0:**"),
        ("« {{ subject }} »", "«\u00a0{{ subject }}\u00a0»"),
        ("« Vraiment ? »", "«\u00a0Vraiment\u202f?\u00a0»"),
        ("https://example.fr?a=1 | --- | ---:|", "https://example.fr?a=1 | --- | ---:|"),
    ],
)
def test_french(typed: str, printed: str) -> None:
    """A thin no-break space before ; ! ?, a no-break space before a colon and inside guillemets; markup is
    unchanged."""
    assert set_blanks(typed, "fr") == printed
    assert set_blanks(typed, "de") == typed
