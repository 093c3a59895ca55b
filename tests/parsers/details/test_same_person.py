"""Names that go together, and names that do not."""

from __future__ import annotations

import pytest

from parsers.details.same_person import same_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Rossi", "Rossi Anna"),
        ("ROSSI, Anna", "anna rossi"),
        ("A. Rossi", "Anna Rossi"),
        ("Rossi A.", "Anna Maria Rossi"),
        ("Anna M. Rossi", "Anna Maria Rossi"),
        ("Sig.ra Anna Rossi", "Anna Rossi"),
        ("José García López", "Jose Garcia"),
        ("Jürgen Groß", "Juergen Gross"),
        ("Jurgen Gross", "Jürgen Groß"),
        ("Sean O'Brien", "Sean OBrien"),
        ("Jean-Luc Picard", "Jean Luc Picard"),
        ("Anne-Marie Dupont", "Dupont Anne Marie"),
        ("Rossi", "Anna Rossi"),
        ("Zoë D’Angelo", "Zoe D'Angelo"),
        ("王伟", "王伟"),
    ],
)
def test_one_person(one: str, other: str) -> None:
    """In either direction."""
    assert same_person(one, other) is True
    assert same_person(other, one) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Rossi", "Luca Rossi"),
        ("A. Rossi", "Luca Rossi"),
        ("Anna Rossi", "Anna Bianchi"),
        ("A. B.", "Anna Bianchi"),
        ("Mary Smith", "Mary Ann Jones"),
        ("王伟", "李伟"),
    ],
)
def test_two_persons(one: str, other: str) -> None:
    """One differing word is enough, and initials alone prove nothing."""
    assert same_person(one, other) is False
    assert same_person(other, one) is False


@pytest.mark.parametrize(("one", "other"), [("", "Anna Rossi"), ("Anna Rossi", ""), ("12345", "Anna Rossi")])
def test_no_name(one: str, other: str) -> None:
    """Where there is none, nothing can be said."""
    assert same_person(one, other) is None
