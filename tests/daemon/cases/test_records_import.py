"""Records brought in from a CSV, and campaigns about them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from daemon.cases.records_import import bring, invite
from storage import company_records, invitations
from storage.engine import Database
from tests.daemon.decide import histories

HEAD = "VIN;owner;email;language;model;plate;sale date;last service;mileage;mileage read\n"
AMY = "LSVAA49J832000001;Amy Ho;amy@example.com;en;Aurora 5;A10001;2025-12-20;;300;2026-01-05\n"
BEN = "LSVAA49JX32000002;Ben Ma;ben@example.com;en;Aurora 5;A10002;2024-03-01;2025-10-20;12000;2025-10-20\n"
CAI = "LSVAA49J132000003;Cai Yu;cai@example.com;zh-Hans;Aurora 7;A10003;not a date;;;\n"
KEY, NOW = "LSVAA49J832000001", histories.MONDAY


def cars(folder: Path, *lines: str) -> Path:
    """A file of cars."""
    file = folder / "cars.csv"
    file.write_text(HEAD + "".join(lines), encoding="utf-8")
    return file


def test_right_rows_go_in_and_wrong_ones_are_told(sqlite: Database, tmp_path: Path) -> None:
    """New, changed, as they were, wrong: each row is one of them; a batch holds any number of rows."""
    first = bring(sqlite, histories.dealer(), "vehicle", cars(tmp_path, AMY, BEN, CAI), NOW)
    assert (first.new, first.changed, first.same) == (2, 0, 0)
    assert [line.cells.get("owner") for line in first.wrong] == ["Cai Yu"]
    again = bring(sqlite, histories.dealer(), "vehicle", cars(tmp_path, AMY.replace("A10001", "B1"), BEN), NOW)
    assert (again.new, again.changed, again.same, again.wrong) == (0, 1, 1, ())
    filed = company_records.of_address(sqlite, "dealer-service", "amy@example.com")
    assert [(row.key, row.content["plate"]) for row in filed] == [(KEY, "B1")]


def test_a_campaign_is_written_once_at_the_next_opening(sqlite: Database, tmp_path: Path) -> None:
    """Keys that are not on file are told; asked twice it is one letter; an import does not take it away."""
    bring(sqlite, histories.dealer(), "vehicle", cars(tmp_path, AMY), NOW)
    assert invite(sqlite, histories.dealer(), "upgrade", [KEY, "X", KEY], NOW) == (1, ["X"])
    assert invite(sqlite, histories.dealer(), "upgrade", [KEY], NOW + timedelta(hours=1)) == (1, [])
    bring(sqlite, histories.dealer(), "vehicle", cars(tmp_path, AMY.replace("A10001", "B1")), NOW)
    place = ("dealer-service", "vehicle", KEY)
    waiting = {row.invitation: row.ready_at.isoformat() for row in invitations.about(sqlite, place)}
    assert waiting["upgrade"] == "2026-03-03T00:30:00+00:00"  # 8:30 in Shanghai
    assert set(waiting) == {"upgrade", "first_service", "lapsed"}
