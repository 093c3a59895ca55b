"""The printed conversation of a rehearsal."""

from __future__ import annotations

from pathlib import Path

from daemon.rehearse.printer import conversation_lines
from tests.daemon.rehearse.playing import play


def test_the_conversation_reads_as_one(tmp_path: Path) -> None:
    """By day and time: the customer's text and ours, staff letters in one line, promises at the end."""
    played = play(tmp_path, "At Fri 20 Mar 2026 18:00\nLet pass all letters\n")
    printed = conversation_lines(played)
    assert printed[0] == "a test"
    assert "Mon 2 Mar 2026" in printed
    assert "  10:00  Anna Rossi writes: Inverter ST-6.0K guasto" in printed
    assert "  10:00      → Anna Rossi acknowledgement, it: Re: [C-2026-000001] Inverter ST-6.0K guasto" in printed
    assert "             │ Gentile Anna Rossi," in printed
    assert "  10:00      → Ada Bianchi new_case" in printed
    assert "Fri 20 Mar 2026" in printed
    assert "Tue 17 Mar 2026   (15 days later)" in printed
    row = "  ✓ C-2026-000001  progress update                    due Fri 20 Mar 2026  kept Fri 20 Mar 2026 9:00"
    assert row in printed
    assert all(len(line) <= 100 for line in printed)


def test_letters_to_staff_can_be_read_whole(tmp_path: Path) -> None:
    """With `whole`, letters to staff are printed in full."""
    played = play(tmp_path, "Let pass all letters\n")
    whole = conversation_lines(played, whole=True)
    assert len(whole) > len(conversation_lines(played))
    assert any("Che cosa può rispondere" in line for line in whole)
