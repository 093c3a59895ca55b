"""Exporting and erasing personal data on the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from daemon.rehearse import rehearse
from storage import migrate
from storage.engine import Database
from tests.daemon.cli.test_command_line import Say, installation, say
from tests.paths import TESTS

__all__ = ["installation", "say"]

FILE = TESTS / "scenarios" / "complaints" / "satisfied.scenario"
CASE = "C-2026-000001"
ANNA = "anna"


@pytest.fixture
def closed(installation: Path) -> str:
    """Put a closed case into the installation's database; return its reference."""
    db = Database(f"sqlite:///{installation}/reclamo.db")
    migrate.upgrade(db)
    played = rehearse(FILE, db=db)
    db.close()
    assert played.passed, played.failures
    return CASE


def test_a_case_is_erased_and_looked_at(say: Say, closed: str) -> None:
    """Every verb that shows the case still works, none shows the customer, and the ledger verifies."""
    assert ANNA in say("ticket", closed).lower()
    said = say("erase", closed, "--reason", "asked for it", "--yes")
    assert f"{closed} is erased" in said
    asked = [
        ("ticket", closed), ("tickets", "--all"), ("explain", closed), ("explain", "1"), ("outbox",), ("quarantine",),
        ("due",), ("status",),
    ]  # fmt: skip
    shown = [say(*words, *more) for words in asked for more in ((), ("--json",))]
    shown.append(say("report", "complaints", "--month", "2026-03"))
    assert ANNA not in "".join(shown).lower()
    assert closed in shown[0]
    assert "the ledger holds" in say("ledger", "verify")
    assert "erased" in say("outbox", "show", "1", status=1)
    assert "erased" in say("quarantine", "show", "1", status=1)


def test_what_would_go_is_told_and_nothing_goes(say: Say, closed: str) -> None:
    """A dry run counts and erases nothing."""
    assert "letters go" in say("erase", closed, "--reason", "asked for it", "--dry-run")
    assert ANNA in say("ticket", closed).lower()


@pytest.mark.parametrize(("typed", "status"), [("C-2026-000009\n", 1), ("\n", 1), ("yes\n", 1), ("c-2026-000001\n", 0)])
def test_the_reference_is_typed_again(
    say: Say, closed: str, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    """Without the reference as confirmation nothing is erased."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    say("erase", closed, "--reason", "asked for it", status=status)
    assert (ANNA in say("ticket", closed).lower()) is bool(status)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("C-2026-000099", "--reason", "asked for it"), "no ticket C-2026-000099"),
        ((CASE, "--reason", "Anna asked for it"), "a name, an address or a detail"),
        ((CASE, "--reason", " "), "says nothing"),
    ],
)
def test_a_slip_erases_nothing(say: Say, closed: str, words: tuple[str, ...], expected: str) -> None:
    """A mistyped command says what is wrong."""
    assert expected in say("erase", *words, "--yes", status=1)
    assert ANNA in say("ticket", closed).lower()


def test_a_case_and_a_person_are_exported(say: Say, closed: str, tmp_path: Path) -> None:
    """Into a folder or one file; nothing is overwritten."""
    out = tmp_path / "out"
    assert f"files in {out}" in say("export", closed, "--out", str(out))
    whole = json.loads((out / closed / "case.json").read_text())
    assert whole["reference"] == closed
    archive = str(tmp_path / "out.zip")
    say("export", whole["customer"]["address"], "--out", archive)
    assert "is there already" in say("export", closed, "--out", archive, status=1)
    assert "is there already" in say("export", closed, "--out", str(out), status=1)
    assert "nothing is held of nobody@example.org" in say("export", "nobody@example.org", "--out", "x", status=1)
