"""Morning worklists: one for each person and day, in office hours, whatever restarts or ticks twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.clock import worklists
from daemon.clock.scheduled_letters import next_times, send_due
from daemon.installation import Installation
from daemon.rehearse import installation_of, rehearse
from daemon.rehearse.read import parse_scenario
from storage import migrate, outbox, recurring
from storage.engine import Database
from storage.values import Letter

ROME = ZoneInfo("Europe/Rome")
STORY = """Scenario: a case that is due on Friday 20 March
Policy: complaints
Zone: Europe/Rome
Worklists: yes
Team technical:
  Ada Bianchi <ada@firm.example> it
  Bob Blu <bob@firm.example> it

At Mon 2 Mar 2026 10:00
Mail from Anna Rossi <anna@example.it> to complaints
  Subject: Inverter ST-6.0K guasto
  | Il mio inverter ST-6.0K, numero di serie SN60A2412345, non si accende più da tre giorni.
Let pass letters
Reply from Ada to new_case
  | prendo:
Let pass letters
At Mon 16 Mar 2026 20:00
Let pass letters
"""


def rome(text: str) -> datetime:
    """Return an instant given in Rome's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.fixture
def database_and_installation(tmp_path: Path) -> Iterator[tuple[Database, Installation]]:
    """A database with that case on the evening of Monday 16 March, and its installation."""
    file = tmp_path / "story.scenario"
    file.write_text(STORY, encoding="utf-8")
    db = Database("sqlite://")
    migrate.upgrade(db)
    played = rehearse(file, db=db)
    assert played.passed, played.failures
    yield db, installation_of(parse_scenario(STORY, file))
    db.close()


def lists(db: Database) -> list[Letter]:
    """Return the lists written so far."""
    return [letter for letter in outbox.listing(db) if letter.notice == "worklist"]


def test_a_list_is_written_once_a_day(database_and_installation: tuple[Database, Installation]) -> None:
    """A second tick, a second node and a restarted node write nothing more."""
    db, installation = database_and_installation
    at = rome("2026-03-17T09:00")
    assert send_due(db, worklists.schedule(db, installation), at) == 1
    assert [letter.recipient for letter in lists(db)] == ["ada@firm.example"]
    assert send_due(db, worklists.schedule(db, installation), at + timedelta(minutes=5)) == 0
    with db.write() as conn:
        recurring.set_next(conn, "complaints", "worklist IT", at)
    send_due(db, worklists.schedule(db, installation), at + timedelta(hours=1))
    assert len(lists(db)) == 1


def test_a_missed_morning_is_not_made_up_for_at_night(database_and_installation: tuple[Database, Installation]) -> None:
    """After a day's downtime nothing is sent in the evening; the next list comes in the morning."""
    db, installation = database_and_installation
    send_due(db, worklists.schedule(db, installation), rome("2026-03-17T22:00"))
    assert lists(db) == []
    assert next_times(db, worklists.schedule(db, installation)) == [rome("2026-03-18T09:00")]
    send_due(db, worklists.schedule(db, installation), rome("2026-03-18T11:00"))
    assert len(lists(db)) == 1


def test_the_weekend_has_no_morning(database_and_installation: tuple[Database, Installation]) -> None:
    """After Friday the next list is Monday's."""
    db, installation = database_and_installation
    send_due(db, worklists.schedule(db, installation), rome("2026-03-20T09:30"))
    assert next_times(db, worklists.schedule(db, installation)) == [rome("2026-03-23T09:00")]
