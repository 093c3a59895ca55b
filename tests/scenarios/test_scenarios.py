"""Plays every scenario file, the specified ones also on PostgreSQL, and checks every letter's form."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from daemon.rehearse import rehearse
from daemon.rehearse.rehearsal import Rehearsal
from storage.engine import Database
from storage.values import Letter

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.scenario"))
NAMES = [f"{file.parent.name}/{file.stem}" for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_scenario_passes_in_memory(file: Path) -> None:
    """All expectations are met, and every letter is well formed."""
    played = rehearse(file)
    assert _failures(played) == ""
    assert [problem for letter in played.letters for problem in _unfit(letter)] == []


# The same code decides on both databases, and tests/storage runs on both: the specified procedures show
# that none depends on the database.
SPECIFIED = [(file, name) for file, name in zip(FILES, NAMES, strict=True) if file.stem[0].isdigit()]


@pytest.mark.parametrize("file", [file for file, _ in SPECIFIED], ids=[name for _, name in SPECIFIED])
def test_scenario_passes_on_postgresql(file: Path, postgres_url: str) -> None:
    """The specified procedures on PostgreSQL."""
    db = Database(postgres_url)
    try:
        assert _failures(rehearse(file, db=db)) == ""
    finally:
        db.close()


def test_every_row_and_number_of_the_specification_has_its_scenario() -> None:
    """The four rows of dates and the seven numbered scenarios exist."""
    names = {file.stem for file in FILES if file.parent.name == "complaints"}
    assert {f"dates-{row}" for row in "abcd"} <= names
    assert {name[:2] for name in names if name[0].isdigit()} == {f"0{number}" for number in range(1, 8)}


def test_a_rehearsal_is_repeatable() -> None:
    """Playing a scenario twice prints exactly the same."""
    file = FOLDER / "complaints" / "03-silence-from-end-to-end.scenario"
    first, second = rehearse(file), rehearse(file)
    assert [letter.raw for letter in first.letters] == [letter.raw for letter in second.letters]


def _failures(played: Rehearsal) -> str:
    return "\n".join(str(failure) for failure in played.failures)


def _unfit(letter: Letter) -> list[str]:
    """Return what a letter lacks: text and HTML, reference in subject and headers, tokenised reply address, and
    Auto-Submitted unless a person wrote it."""
    mail = message_from_bytes(letter.raw, policy=default)
    tag = str(mail["X-Reclamo-Ticket"])
    problems = []
    for part in ("plain", "html"):
        if mail.get_body((part,)) is None:
            problems.append(f"no {part} part")
    if letter.ticket_id is None:
        tag = ""  # about no case: no reference, and an answer is ordinary mail
    elif f"[{tag}]" not in str(mail["Subject"]):
        problems.append("no reference in the subject")
    if tag and "+" not in str(mail["Reply-To"]):
        problems.append("no token in Reply-To")
    if not mail["Message-ID"] or not mail["X-Auto-Response-Suppress"]:
        problems.append("no Message-ID, or programs are not asked to be silent")
    return [f"{letter.notice} to {letter.recipient}: {problem}" for problem in problems]
