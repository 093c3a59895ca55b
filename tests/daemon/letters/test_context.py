"""Template variables that no other test file of this folder covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.values import Role
from tests.daemon.letters.contexts import context_of
from tests.templates.letters import TURNS
from tests.templates.made import decided, due


def test_closing_date_is_the_last_day_of_silence() -> None:
    """The timer fires one second after that day; a step that only moves on shows the day but no closing date."""
    assert context_of(decided("en"), due("decision"))["closes_on"] == date(2026, 4, 13)
    assert context_of(decided("en"), due("decision"))["goes_on"] == date(2026, 4, 13)
    case = decided("en")
    moved = replace(case, ticket=replace(case.ticket, step="waiting"))
    assert context_of(moved, due("reply"))["closes_on"] is None


@pytest.mark.parametrize("turn", TURNS)
def test_case_without_a_customer_can_be_told(turn: str) -> None:
    """A letter about a case with an unknown customer can be written."""
    case, notices, now = TURNS[turn]("en")
    others = tuple(party for party in case.parties if party.role is not Role.CUSTOMER)
    for notice in notices:
        if notice.party != 1:
            assert context_of(replace(case, parties=others), notice)["customer"]["address"]
    assert now.tzinfo is not None
