"""What a decision is made of: the key of each letter is its own for ever."""

from __future__ import annotations

from daemon.decide.outcome import NO_RECORD_CHANGES, letter_key
from tests.daemon.decide import histories


def test_no_letter_has_the_key_of_another() -> None:
    """Ticket, notice, occurrence and party tell each letter of a long case from all others."""
    for life in (histories.worked_complaint(), histories.priced_repair()):
        keys = [
            letter_key(life.case.ticket.reference, letter) for _, _, outcome in life.told for letter in outcome.notices
        ]
        assert len(set(keys)) == len(keys) > 20
    assert keys[0] == "C-2026-000001/request_registered/1/1"


def test_nothing_is_changed_beyond_the_case_where_nothing_is_said() -> None:
    """No record, no address that wants no letters, nothing awaited."""
    life = histories.complaint()
    assert all(outcome.record_changes == NO_RECORD_CHANGES for _, _, outcome in life.told)
    assert not any(outcome.erases or outcome.joins or outcome.splits or outcome.replays for _, _, outcome in life.told)
