"""relay.give_up_after decides when a letter is given up, for every verb that sends letters."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.app import Daemon, Duty, now
from daemon.cli import main
from daemon.rehearse import installation_of
from daemon.rehearse.read import read_scenario
from storage import outbox
from storage.values import LetterState
from tests.daemon.outbound.letters import letter
from tests.paths import ROOT
from tests.servers.dovecot import free_port

Say = Callable[..., Any]
MAIL = """From: Anna Rossi <anna{0}@example.it>
To: complaints@example.org
Subject: Inverter ST-6.0K
Message-ID: <a{0}@example.it>

My inverter ST-6.0K with the serial number SN60A2412345 does not switch on.
"""


@pytest.fixture(params=[5, 2], ids=["the default", "two days"])
def days(request: pytest.FixtureRequest) -> int:
    """The setting give_up_after, in days."""
    return int(request.param)


@pytest.fixture
def folder(tmp_path: Path, days: int) -> Path:
    """An installation whose relay does not answer."""
    made = tmp_path / "installation"
    write_starter(made)
    relay = f'[relay]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {free_port()}\n'
    file = made / "reclamo.toml"
    text = file.read_text().replace('transport = "maildir"\n', "")
    assert text.count("[relay]\n") == 1
    file.write_text(text.replace("[relay]\n", relay + (f"give_up_after = {days}\n" if days != 5 else "")))
    return made


@pytest.fixture
def say(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command on that installation; return the JSON it prints."""

    def typed(*words: str) -> Any:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["reclamo", *words, "--json", "--config", str(folder)])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        return json.loads(capsys.readouterr().out)

    return typed


def ingest(say: Say, tmp_path: Path, number: int, received: str) -> None:
    """Take in a complaint at a given time."""
    file = tmp_path / f"{number}.eml"
    file.write_text(MAIL.format(number))
    say("ingest", str(file), "--received", received)


def acknowledged(say: Say) -> str:
    """Return the state of the first complaint's acknowledgement."""
    (state,) = {row["state"] for row in say("outbox") if row["recipient"] == "anna1@example.it" and
                row["notice"] == "acknowledgement"}  # fmt: skip
    return str(state)


def test_tick_gives_up_as_the_settings_say(say: Say, tmp_path: Path, days: int) -> None:
    """The letter waits an hour before the end of the period and is given up an hour after it."""
    ingest(say, tmp_path, 1, "2026-03-02T10:00")
    say("tick", "--at", f"2026-03-{2 + days:02}T09:00")
    assert acknowledged(say) == "waiting"
    say("tick", "--at", f"2026-03-{2 + days:02}T11:00")
    assert acknowledged(say) == "failed"


def test_ingest_gives_up_as_the_settings_say(say: Say, tmp_path: Path, days: int) -> None:
    """Taking in a mail, even a known one, sends what is due and gives up what is too old."""
    ingest(say, tmp_path, 1, "2026-03-02T10:00")
    ingest(say, tmp_path, 1, f"2026-03-{2 + days:02}T09:00")
    assert acknowledged(say) == "waiting"
    ingest(say, tmp_path, 1, f"2026-03-{2 + days:02}T11:00")
    assert acknowledged(say) == "failed"


@pytest.mark.parametrize(("hours", "state"), [(-1, LetterState.WAITING), (1, LetterState.FAILED)])
def test_run_gives_up_as_the_settings_say(folder: Path, days: int, hours: int, state: LetterState) -> None:
    """A letter older than the period is given up at its next try."""
    daemon = Daemon(load_settings(folder, {}), only=[Duty.SEND])
    try:
        with daemon.db.write() as conn:
            outbox.add(conn, [letter(1, created_at=now() - timedelta(days=days, hours=hours))])
        daemon._send()
        assert [(row.attempts, row.state) for row in outbox.listing(daemon.db)] == [(1, state)]
    finally:
        daemon.stop()


def test_a_rehearsal_gives_up_as_the_settings_say(folder: Path, days: int) -> None:
    """A rehearsal of an installation uses that installation's setting."""
    scenario = next(iter(sorted((ROOT / "tests" / "scenarios").rglob("*.scenario"))))
    played = installation_of(read_scenario(scenario), load_settings(folder, {}))
    assert played.letter_retries.give_up == timedelta(days=days)
