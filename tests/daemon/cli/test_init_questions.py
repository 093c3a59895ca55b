"""The questions of `reclamo init` on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from config.files.staff_proof import unset_proof_warning
from config.settings import Settings

_INIT = [sys.executable, "-c", "from daemon.cli import main; main()", "init"]


def settings_after(folder: Path, typed: str, *options: str) -> Settings:
    """Return the settings that `init` writes for these answers."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, typed.encode())
        done = subprocess.run([*_INIT, str(folder), *options], stdin=theirs, capture_output=True, check=False)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, done.stderr.decode()
    return load_settings(folder / "reclamo.toml", {})


@pytest.mark.parametrize(
    ("typed", "proof", "server"),
    [
        ("\n", "confirmation", ""),
        ("2\n", "dkim", ""),
        ("tokens\ntoken\n", "token", ""),
        ("3\nmx.example.org\n", "authentication-results", "mx.example.org"),
    ],
    ids=["enter", "number", "a word that is none, then one", "one that needs a name"],
)
def test_what_is_answered_is_written(tmp_path: Path, typed: str, proof: str, server: str) -> None:
    """The answer is in the settings, and `check` has nothing to add."""
    settings = settings_after(tmp_path, typed)
    assert (settings.staff.proof, settings.staff.authserv_id) == (proof, server)
    assert unset_proof_warning(settings) == ""


def test_an_option_is_not_asked_about(tmp_path: Path) -> None:
    """A command-line option replaces its question."""
    assert settings_after(tmp_path, "", "--proof", "dkim").staff.proof == "dkim"


def test_where_nobody_is_asked_it_is_told(tmp_path: Path) -> None:
    """Without a terminal the safe choice is made, and `check` says that nobody has chosen."""
    done = subprocess.run([*_INIT, str(tmp_path)], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert b"staff" not in done.stderr
    settings = load_settings(tmp_path / "reclamo.toml", {})
    assert settings.staff.proof == "confirmation"
    assert unset_proof_warning(settings).startswith("staff.proof is not set")
