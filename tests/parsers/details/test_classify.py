"""The kind of case a text describes, and when it is left open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import KindSpec
from parsers.details.classify import detect_kind

KINDS = {
    "thing": KindSpec.model_validate(
        {
            "title": "thing",
            "team": "a",
            "words": {
                "en": ["inverter", "display", "broken", "does not switch on", "noise"],
                "it": ["inverter", "apparecchio", "non si accende", "guasto", "rumore"],
                "de": ["Wechselrichter", "Gerät", "Display", "defekt", "kaputt"],
                "zh-Hans": ["逆变器", "无法开机"],
            },
        }
    ),
    "people": KindSpec.model_validate(
        {
            "title": "people",
            "team": "b",
            "words": {
                "en": ["technician", "hotline", "nobody answers", "rude"],
                "it": ["tecnico", "numero verde", "nessuno risponde"],
                "de": ["Techniker", "Kundendienst", "niemand antwortet", "unfreundlich"],
                "zh-Hans": ["客服", "没有人接电话"],
            },
        }
    ),
    "rest": KindSpec.model_validate({"title": "rest", "team": "c", "fallback": True, "words": {"en": ["hello"]}}),
}


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Since Monday my inverter does not switch on.", "thing"),
        ("en", "Two inverters with noisy displays", "thing"),
        ("en", "Nobody answers your hotline", "people"),
        ("en", "The technician was not rude, but the inverter is broken and the display is dark.", "thing"),
        ("it", "Da ieri l'apparecchio non si accende", "thing"),
        ("it", "Nessuno risponde al numero verde", "people"),
        ("de", "Das Display des Wechselrichters ist defekt", "thing"),
        ("de", "Ihre Techniker sind unfreundlich", "people"),
        ("zh-Hans", "我的逆变器无法开机", "thing"),
        ("zh-Hans", "客服没有人接电话", "people"),
        ("it", "My inverter is broken", "thing"),
        ("en", "hello", ""),
        ("en", "", ""),
        ("en", "A question about the inverter and the technician", ""),
    ],
)
def test_kinds(language: str, text: str, kind: str) -> None:
    """The words of a kind decide, also with other endings; if two kinds are equally likely, none is taken."""
    found, certainty, reasons = detect_kind(text, KINDS, language)
    assert found == kind
    assert not kind or (certainty > 0.5 and reasons)


def test_the_words_that_decided_are_named() -> None:
    """The words found are returned as the reason."""
    assert detect_kind("The hotline: nobody answers", KINDS, "en")[2] == ("hotline", "nobody answers")


def test_a_fallback_is_never_recognised() -> None:
    """A fallback kind is never recognised."""
    assert detect_kind("hello hello hello", KINDS, "en") == ("", 0.0, ())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["", "en", "zh-Hans", "xx"]))
def test_nothing_raises(text: str, language: str) -> None:
    """Any text gives a certainty between 0 and 1."""
    assert 0.0 <= detect_kind(text, KINDS, language)[1] <= 1.0
