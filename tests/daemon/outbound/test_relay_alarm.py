"""The alarm for letters that cannot leave: by command or another server, once a day, until letters leave again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from config.settings import Settings
from daemon.outbound import relay_alarm
from storage import migrate
from storage.engine import Database
from tests.servers.smtp_sink import Sink

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    """A database in memory."""
    opened = Database("sqlite://")
    migrate.upgrade(opened)
    return opened


def settings(folder: Path, more: str) -> Settings:
    """Return the starter's settings with this alarm."""
    write_starter(folder)
    file = folder / "reclamo.toml"
    file.write_text(file.read_text().replace("[alarm]\n", f"[alarm]\n{more}"))
    return load_settings(folder, {})


def test_the_command_is_run_after_an_hour_and_once_a_day(tmp_path: Path, db: Database) -> None:
    """The command runs after one hour, gets the message on its input, and runs again the next day."""
    alarm_output = tmp_path / "told"
    installation = settings(tmp_path / "office", f'command = ["/bin/sh", "-c", "cat >> {alarm_output}"]\n')
    relay_alarm.relay_away(db, "connection refused", NOW)
    assert not relay_alarm.raise_alarm(db, installation, NOW + timedelta(minutes=59))
    assert relay_alarm.raise_alarm(db, installation, NOW + timedelta(minutes=60))
    assert "connection refused" in alarm_output.read_text()
    assert not relay_alarm.raise_alarm(db, installation, NOW + timedelta(minutes=61))
    assert relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=26))


def test_the_first_failure_counts_and_the_relay_coming_back_ends_it(tmp_path: Path, db: Database) -> None:
    """The hour counts from the first failure; once letters leave again there is no alarm."""
    alarm_output = tmp_path / "told"
    installation = settings(tmp_path / "office", f'command = ["/bin/sh", "-c", "cat >> {alarm_output}"]\n')
    relay_alarm.relay_away(db, "first", NOW)
    relay_alarm.relay_away(db, "second", NOW + timedelta(minutes=30))
    relay_alarm.relay_back(db, NOW + timedelta(minutes=50))
    assert not relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=2))
    relay_alarm.relay_away(db, "third", NOW + timedelta(hours=3))
    assert not relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=3, minutes=59))
    assert relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=4))
    assert "third" in alarm_output.read_text()


def test_a_mail_goes_by_another_server(tmp_path: Path, db: Database) -> None:
    """The alarm mail uses another server than the broken relay, with a null envelope sender."""
    sink = Sink()
    try:
        installation = settings(tmp_path, f'address = "ops@firm.example"\nrelay = "127.0.0.1:{sink.port}"\n')
        relay_alarm.relay_away(db, "no route", NOW)
        assert relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=1))
        (mail,) = sink.mails
        assert (mail.rcpt_tos, mail.mail_from) == (["ops@firm.example"], "<>")
        assert b"no route" in (mail.original_content or b"")
    finally:
        sink.stop()


def test_a_failed_alarm_is_tried_again_at_the_next_look(tmp_path: Path, db: Database) -> None:
    """If the command fails, the alarm does not count as raised."""
    installation = settings(tmp_path, 'command = ["/bin/false"]\n')
    relay_alarm.relay_away(db, "no route", NOW)
    assert not relay_alarm.raise_alarm(db, installation, NOW + timedelta(hours=1))
    assert relay_alarm.RAISED not in relay_alarm.last_runs.all_marks(db)
