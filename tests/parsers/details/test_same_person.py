"""Names that can be the same person's, and names that cannot."""

from __future__ import annotations

import pytest

from parsers.details.same_person import same_person


@pytest.mark.parametrize(
    ("name", "other_name"),
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
def test_one_person(name: str, other_name: str) -> None:
    """The comparison is symmetrical."""
    assert same_person(name, other_name) is True
    assert same_person(other_name, name) is True


@pytest.mark.parametrize(
    ("name", "other_name"),
    [
        ("Anna Rossi", "Luca Rossi"),
        ("A. Rossi", "Luca Rossi"),
        ("Anna Rossi", "Anna Bianchi"),
        ("A. B.", "Anna Bianchi"),
        ("Mary Smith", "Mary Ann Jones"),
        ("王伟", "李伟"),
    ],
)
def test_two_persons(name: str, other_name: str) -> None:
    """One differing word is enough, and initials alone are not."""
    assert same_person(name, other_name) is False
    assert same_person(other_name, name) is False


@pytest.mark.parametrize(("name", "other_name"), [("", "Anna Rossi"), ("Anna Rossi", ""), ("12345", "Anna Rossi")])
def test_no_name(name: str, other_name: str) -> None:
    """Without a name the answer is None."""
    assert same_person(name, other_name) is None
