"""Company records from a CSV: the right rows go in, the wrong ones are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from config.files.load_policy import load_policy
from daemon.cases.records_import import import_records, plan_campaign
from storage import company_records, migrate
from storage.engine import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CARS = """VIN;owner;email;language;model;plate;sale date;last service;mileage;mileage read
LSVAA49J832000001;Amy Ho;amy@example.com;en;Aurora 5;A10001;2025-12-20;;300;2026-01-05
LSVAA49JX32000002;Ben Ma;ben@example.com;en;Aurora 5;A10002;2024-03-01;2025-10-20;12000;2025-10-20
LSVAA49J132000003;Cai Yu;cai@example.com;zh-Hans;Aurora 7;A10003;not a date;;;
"""


def test_right_rows_go_in_and_wrong_ones_are_told(tmp_path: Path) -> None:
    """By line; and a campaign's letter is planned for those that are on file, the others are named."""
    db, policy, file = Database("sqlite://"), load_policy("dealer-service"), tmp_path / "cars.csv"
    migrate.upgrade(db)
    file.write_text(CARS, encoding="utf-8")
    of = next(iter(policy.records))
    done = import_records(db, policy, of, file, NOW)
    assert (done.new, done.changed, done.same, [line.number for line in done.wrong]) == (2, 0, 0, [4])
    assert import_records(db, policy, of, file, NOW).same == 2
    assert [r.key for r in company_records.of_customer(db, policy.name, "ben@example.com")] == ["LSVAA49JX32000002"]
    campaign = next(name for name, spec in policy.invitations.items() if not spec.since and spec.of == of)
    known, unknown = plan_campaign(db, policy, campaign, ["LSVAA49J832000001", "nothing", "LSVAA49J832000001"], NOW)
    assert (known, unknown) == (1, ["nothing"])
