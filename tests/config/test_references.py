"""References of cases are recognised in texts and written in one form."""

from __future__ import annotations

import pytest

from config.references import format_reference, is_reference, references_in


def test_a_reference_has_six_digits_or_more() -> None:
    """The number is filled up with zeros, and a year with a million cases goes on."""
    assert format_reference("C", 2026, 7) == "C-2026-000007"
    assert format_reference("VIP", 2026, 1_234_567) == "VIP-2026-1234567"


def test_references_are_found_in_their_order() -> None:
    """In either case of letters, in brackets and beside punctuation; each once."""
    text = "See v-2026-000012, [C-2026-000007] and V-2026-000012; C-2026-1234567 too."
    assert references_in(text) == ("V-2026-000012", "C-2026-000007", "C-2026-1234567")


@pytest.mark.parametrize("text", ["", "C-2026", "2026-05-20", "C-26-000007", "C-2026-007", "Ａ-２０２６-０００００７"])
def test_what_is_no_reference_is_not_found(text: str) -> None:
    """A day, a part of a reference, and digits of other scripts."""
    assert references_in(text) == ()
    assert not is_reference(text)


def test_a_reference_stands_alone_or_not() -> None:
    """Only the whole text counts."""
    assert is_reference("c-2026-000007")
    assert not is_reference("C-2026-000007 please")
