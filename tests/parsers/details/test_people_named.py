"""Whether a complaint names a person, or only somebody with the same first name."""

from __future__ import annotations

import pytest

from parsers.details.people_named import names_person

ADA, ADDRESS = "Ada Bianchi", "ada@firm.example"


@pytest.mark.parametrize(
    "text",
    [
        "Your Ada  Bianchi was rude to me.",
        "I wrote to ADA@firm.example and got no answer.",
        "Ms Bianchi hung up on me.",
        "Mrs. Bianchi hung up on me.",
        "La signora Bianchi mi ha riso in faccia.",
        "Parlo della Sig.ra Bianchi.",
        "Frau Bianchi hat einfach aufgelegt.",
        "Die Auskunft von Frau Dr. Bianchi war falsch.",
        "Mme Bianchi ne rappelle jamais.",
        "La Sra. Bianchi no contesta.",
        "ada\nbianchi, again",
    ],
)
def test_named(text: str) -> None:
    """A full name, an address, or a family name with a form of address names the person."""
    assert names_person(text, ADA, ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        "Ada was rude to me.",
        "The shop Bianchi sold it to me.",
        "Ms Bianchini hung up on me.",
        "canada@firm.example",
        "ada@firm.example.org",
        "My dog is called Bianchi.",
        "Mr Verdi, Bianchi and others sold it.",
        "",
    ],
)
def test_not_named(text: str) -> None:
    """A first name, a family name alone, and longer names do not."""
    assert not names_person(text, ADA, "ada@firm.example")


@pytest.mark.parametrize(
    ("text", "named"),
    [("王小明态度很差", True), ("王先生态度很差", True), ("李先生态度很差", False)],
)
def test_chinese_names(text: str, named: bool) -> None:
    """A Chinese family name stands first, with the form of address after it."""
    assert names_person(text, "王小明", "wang@firm.example") is named


def test_somebody_without_a_name() -> None:
    """A team's shared mailbox is named only by its address."""
    assert names_person("write to team@firm.example", "", "team@firm.example")
    assert not names_person("Mr Moro", "Moro", "")
