"""Who a text addresses, and whom it speaks about."""

from __future__ import annotations

import pytest

from parsers.answers.person_words import person_words_of
from parsers.wordlists import wordlist

LANGUAGES = ("en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("code", "text", "reader"),
    [
        ("en", "your unit ships", True),
        ("en", "the yourth", False),
        ("de", "bitte sagen Sie es", True),
        ("de", "sie ruft an", False),
        ("it", "come Lei sa", True),
        ("it", "lei sa tutto", False),
        ("fr", "comme vous", True),
        ("es", "como usted sabe", True),
        ("zh-Hans", "请您等待", True),
        ("zh-Hans", "他等待", False),
        ("ja", "you", False),
    ],
)
def test_words_to_the_reader(code: str, text: str, reader: bool) -> None:
    """A capital distinguishes *Sie* from *sie*; a language without word lists matches nothing."""
    assert person_words_of((code,)).addresses_reader(text) == reader


@pytest.mark.parametrize(
    ("code", "text", "customer"),
    [
        ("en", "the customer is away", True),
        ("en", "your customer is away", False),
        ("en", "our customer service", False),
        ("de", "der Kunde ist fort", True),
        ("de", "unser Kundendienst", False),
        ("fr", "le client attend", True),
        ("fr", "notre service client", False),
        ("zh-Hans", "客户很生气", True),
        ("zh-Hans", "客户服务", False),
    ],
)
def test_words_of_the_customer(code: str, text: str, customer: bool) -> None:
    """The reader's own customers and the company's departments are not the customer."""
    assert person_words_of((code,)).mentions_customer(text) == customer


@pytest.mark.parametrize(
    ("text", "somebody"),
    [("he shouts", True), ("the part is late and he shouts", True), ("the technician came and he found it", False)],
)
def test_he_is_somebody_unless_named_before(text: str, somebody: bool) -> None:
    """After a technician was mentioned, *he* is the technician."""
    assert person_words_of(("en",)).mentions_unnamed_person(text) == somebody


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_every_list_that_needs_no_capital(code: str) -> None:
    """Every language has every word list; an incomplete one would let lines through."""
    lists = wordlist("instructions")[code]
    needed = set(wordlist("instructions")["en"]) - {"they_first"}
    assert needed <= set(lists)
    assert all(lists[name] for name in needed)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Der Lüfter war defekt, er wurde getauscht."),
        ("it", "Come da lei richiesto, inviamo il pezzo."),
        ("fr", "Le ventilateur est neuf et il fonctionne."),
    ],
)
def test_a_thing_is_not_somebody(code: str, text: str) -> None:
    """Languages without a word for *it*, and those that write *you* without a capital."""
    assert not person_words_of((code,)).mentions_unnamed_person(text)
