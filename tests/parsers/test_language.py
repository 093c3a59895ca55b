"""The language of the new text, and the certainty of the result."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.language import identify_language
from tests.paths import TESTS

SPOKEN = (
    "en",
    "it",
    "de",
    "fr",
    "es",
    "pt",
    "nl",
    "pl",
    "ro",
    "sv",
    "da",
    "no",
    "fi",
    "cs",
    "ru",
    "uk",
    "tr",
    "el",
    "zh-Hans",
    "zh-Hant",
    "ja",
    "ko",
)
ROWS = [
    tuple(line.split("\t", maxsplit=1))
    for line in (TESTS / "parsers" / "languages.tsv").read_text(encoding="utf-8").splitlines()
]
# Too few words to know: the same in two languages, or nothing but nouns that many share.
DOUBTFUL = {"Retur comanda 4432", "Virker ikke"}


@pytest.mark.parametrize(("code", "text"), ROWS)
def test_mails_long_and_short_in_every_language(code: str, text: str) -> None:
    """The language is right, or the certainty is low."""
    found = identify_language(text, SPOKEN)
    assert found.code == code or (text in DOUBTFUL and found.certainty < 0.7)


@pytest.mark.parametrize(("code", "text"), [row for row in ROWS if len(row[1]) > 80])
def test_long_mails_are_certain(code: str, text: str) -> None:
    """A mail of a few sentences gives a high certainty."""
    assert identify_language(text, SPOKEN).certainty > 0.8


@pytest.mark.parametrize(
    "text", ["", "X200", "ok", "12345", "https://example.org/a-page", "ann@example.org", "ST-6.0K SN60A2412345"]
)
def test_what_is_no_language_is_not_taken_for_one(text: str) -> None:
    """Model names, numbers, links and single short words give no language."""
    assert identify_language(text, ["en", "it", "de"]).certainty < 0.5


def test_model_names_and_links_do_not_change_the_language() -> None:
    """An Italian sentence with many English product names is Italian."""
    text = "Il mio SolarEdge SE5000H Display Error non funziona, vedi https://support.example.com/en/help"
    assert identify_language(text, ["en", "it", "de"]).code == "it"


def test_a_language_that_the_policy_does_not_speak_is_named() -> None:
    """A Hungarian mail is not assigned to one of the policy's languages."""
    found = identify_language(
        "Köszönöm, a készülék nem működik és senki sem válaszol a leveleimre.", ["en", "it", "de"]
    )
    assert found.code == "hu"


def test_han_characters_are_told_apart_and_japanese_from_chinese() -> None:
    """Characters common to both scripts follow the policy's languages, with less certainty."""
    assert identify_language("手机无法开机", ["zh-Hant", "zh-Hans"]).code == "zh-Hans"
    assert identify_language("你好", ["en", "zh-Hant"]).code == "zh-Hant"
    assert identify_language("電源が入りません", ["zh-Hant", "ja"]).code == "ja"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.lists(st.sampled_from(SPOKEN), max_size=4))
def test_any_text_gets_a_verdict(text: str, spoken: list[str]) -> None:
    """No exception, and a certainty between 0 and 1."""
    assert 0.0 <= identify_language(text, spoken).certainty <= 1.0
