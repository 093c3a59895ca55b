"""A short scenario to which tests add sentences."""

from __future__ import annotations

from pathlib import Path

from daemon.rehearse import rehearse
from daemon.rehearse.rehearsal import Rehearsal

HEAD = """\
Scenario: a test
Policy: complaints
Zone: Europe/Rome
Team technical: Ada Bianchi <ada@firm.example> it; manager Max Moro <max@firm.example> it
At Mon 2 Mar 2026 10:00
"""
MAIL = """\
Mail from Anna Rossi <anna@example.it> to complaints
  Subject: Inverter ST-6.0K guasto
  | Il mio inverter ST-6.0K, numero di serie SN60A2412345, non si accende più da tre giorni.
"""
LINES_BEFORE = (HEAD + MAIL).count("\n")


def play(folder: Path, story: str, *, head: str = HEAD + MAIL) -> Rehearsal:
    """Play the scenario's head followed by these sentences."""
    file = folder / "test.scenario"
    file.write_text(head + story, encoding="utf-8")
    return rehearse(file)


def failures_of(folder: Path, story: str, *, head: str = HEAD + MAIL) -> str:
    """Return the failures of that rehearsal, without the file's folder in front."""
    failures = play(folder, f"{story}\nLet pass all letters\n", head=head).failures
    return "\n".join(str(failure) for failure in failures).replace(f"{folder}/", "")
