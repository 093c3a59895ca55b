"""The systemd unit: valid, sandboxed, and consistent with the settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.files.keys import read_keys
from config.files.load_settings import load_settings
from config.files.starter import write_starter
from config.settings import ImapAccountSettings
from tests.paths import ROOT
from tests.servers.need import need

UNIT = ROOT / "config" / "systemd" / "reclamo.service"
MOST_EXPOSED = 25  # tenths; systemd calls 2.5 "OK", a unit without any hardening is at 9.6


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with an existing program, since systemd checks that."""
    text = UNIT.read_text(encoding="utf-8").replace("/opt/reclamo/bin/reclamo", sys.executable)
    path = tmp_path / UNIT.name
    path.write_text(text, encoding="utf-8")
    return path


def analyzed(*arguments: str) -> tuple[int, str]:
    program = need("systemd-analyze", "systemd")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_systemd_understands_every_line(unit: Path) -> None:
    """No key is unknown or ignored. Faults of other units of this machine are left out."""
    code, said = analyzed("verify", "--man=no", str(unit))
    assert not [line for line in said.splitlines() if UNIT.name in line]
    assert code == 0, said


def test_the_service_is_exposed_to_little(unit: Path) -> None:
    """The score of systemd-analyze security stays low."""
    code, said = analyzed("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))
    assert "Overall exposure level" in said
    assert code == 0, said


def test_settings_and_secrets_are_where_the_unit_puts_them(tmp_path: Path) -> None:
    """With the unit's variables and credentials, everything is written to the state directory."""
    etc, state, credentials = tmp_path / "etc", tmp_path / "state", tmp_path / "credentials"
    write_starter(etc)
    credentials.mkdir()
    text = UNIT.read_text(encoding="utf-8")
    for name, source in re.findall(r"^LoadCredential=([^:]+):/etc/reclamo/(.+)$", text, re.MULTILINE):
        (credentials / name).write_bytes((etc / source).read_bytes())
        (credentials / name).chmod(0o400)
    environ = dict(re.findall(r"^Environment=(\w+)=(.+)$", text.replace("%S", str(state)), re.MULTILINE))
    settings = load_settings(etc, {**environ, "CREDENTIALS_DIRECTORY": str(credentials)})
    assert f"sqlite:///{state}/reclamo/reclamo.db" == settings.database
    assert [state / "reclamo" / "state", state / "reclamo" / "letters"] == [settings.state, settings.relay.folder]
    assert read_keys(settings.keys.file) == read_keys(etc / "keys")


def test_the_credentials_it_names_are_those_that_are_read() -> None:
    """Every credential, also those commented out, has a name that the settings look up."""
    names = re.findall(r"^#?LoadCredential=([^:]+):", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    box = ImapAccountSettings(name="support", host="imap.example.org", user="support")
    assert ["keys", "relay.password", f"mailboxes.{box.name}.password"] == names
