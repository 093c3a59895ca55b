"""Monthly report letters: once for each month, at opening time of its first working day, also after a long downtime."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.working_time.calendars import load_calendar
from daemon.clock import monthly_report
from daemon.clock.scheduled_letters import send_due
from daemon.installation import Installation
from daemon.rehearse import installation_of
from daemon.rehearse.read import parse_scenario
from storage import migrate, outbox
from storage.engine import Database
from storage.values import Letter

SHANGHAI = ZoneInfo("Asia/Shanghai")
STORY = """Scenario: nothing happens
Policy: field-repair
Zone: Asia/Shanghai
Team dispatchers:
  Chen Jing <chen@firm.example> zh-Hans
  manager Zhao Lei <zhao@firm.example> zh-Hans

At Mon 11 May 2026 10:00
Expect silence
"""


def at(text: str) -> datetime:
    """Return an instant given in Shanghai's time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def database_and_installation(tmp_path: Path) -> Iterator[tuple[Database, Installation]]:
    """An empty database, and an installation that has run on it since mid-May."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    installation = installation_of(parse_scenario(STORY, tmp_path / "story.scenario"))
    assert send_due(db, monthly_report.schedule(db, installation), at("2026-05-11T10:00")) == 0
    yield db, installation
    db.close()


def sent_reports(db: Database) -> list[Letter]:
    """Return the reports written so far, oldest first."""
    known = [letter for letter in outbox.listing(db) if letter.notice == "month_report"]
    return sorted(known, key=lambda letter: letter.occurrence)


@pytest.mark.parametrize(
    ("after", "comes"),
    [
        ("2026-05-11T10:00", "2026-06-01T09:00"),
        ("2026-06-01T08:59", "2026-06-01T09:00"),
        ("2026-06-01T09:00", "2026-07-01T09:00"),
        ("2026-09-15T09:00", "2026-10-08T09:00"),  # the first week of October is a holiday
        ("2026-12-31T23:00", "2027-01-04T09:00"),
    ],
)
def test_on_the_first_working_day(after: str, comes: str) -> None:
    """The next report is due at opening time of the next month's first working day."""
    assert monthly_report.next_report_at(load_calendar("CN", {}), at(after)) == at(comes)


def test_a_month_is_reported_once(database_and_installation: tuple[Database, Installation]) -> None:
    """A second tick writes nothing; each recipient gets their own language."""
    db, installation = database_and_installation
    assert send_due(db, monthly_report.schedule(db, installation), at("2026-06-01T09:00")) == 2
    assert send_due(db, monthly_report.schedule(db, installation), at("2026-06-01T09:01")) == 0
    assert [(letter.occurrence, letter.recipient) for letter in sent_reports(db)] == [
        ("2026-05", "service-reports@manufacturer.example")
    ]
    ours = next(letter for letter in outbox.listing(db) if letter.notice == "month_promises")
    assert (ours.recipient, ours.language) == ("zhao@firm.example", "zh-Hans")
    assert "2026年5月" in ours.subject


def test_no_month_is_lost(database_and_installation: tuple[Database, Installation]) -> None:
    """After downtime from June to August each month is reported, one tick after another."""
    db, installation = database_and_installation
    now = at("2026-08-10T12:00")
    while send_due(db, monthly_report.schedule(db, installation), now):
        pass
    assert [letter.occurrence for letter in sent_reports(db)] == ["2026-05", "2026-06", "2026-07"]
