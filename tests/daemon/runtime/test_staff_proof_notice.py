"""An operator who has not chosen how staff mail is proven gets one mail about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.installation_build import load_installation
from daemon.runtime.staff_proof_notice import ask_operator_once
from storage import migrate, outbox
from storage.engine import Database
from storage.values import Letter

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def letters_of_two_starts(folder: Path, settings_text: str = "", *, proof: str = "") -> list[Letter]:
    """Start an installation twice, a month apart; return the letters written."""
    write_starter(folder, proof=proof)
    with (folder / "reclamo.toml").open("a") as file:
        file.write(settings_text)
    settings = load_settings(folder / "reclamo.toml", {"RECLAMO_ALARM__ADDRESS": "operator@example.net"})
    db = Database("sqlite://")
    migrate.upgrade(db)
    installation = load_installation(settings)
    for days in (0, 30):
        ask_operator_once(db, settings, installation, NOW + timedelta(days=days))
    return [outbox.get(db, letter.id) for letter in outbox.listing(db)]


def test_the_operator_gets_one_mail(tmp_path: Path) -> None:
    """It says which proof is in force and what the choices are."""
    (letter,) = letters_of_two_starts(tmp_path)
    assert letter.recipient == "operator@example.net"
    text = letter.raw.decode()
    for name in ("confirmation", "dkim", "authentication-results", "token"):
        assert name in text


@pytest.mark.parametrize("proof", ["confirmation", "dkim", "token"])
def test_no_mail_once_a_proof_is_chosen(tmp_path: Path, proof: str) -> None:
    """Any choice counts."""
    assert letters_of_two_starts(tmp_path, proof=proof) == []
