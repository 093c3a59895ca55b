"""A library's own procedure, which no Python code knows: policy, letters and scenarios are data only.

The folder is laid out and played as an installation.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.checks import check_policy, missing_people
from config.files.load_policy import load_policy
from config.settings import Settings
from daemon.cli import main
from daemon.clock.report_tables import as_csv, month_of
from daemon.installation_build import letter_faults
from daemon.rehearse import rehearse
from storage import migrate
from storage.engine import Database
from storage.monthly_figures import closed_cases
from templates.render import Templates

LIBRARY = Path(__file__).parent
NAME = "lost-books"
SCENARIOS = sorted((LIBRARY / "scenarios").glob("*.scenario"))
TABLE = {
    "folder": LIBRARY,
    "policies": LIBRARY / "policies",
    "templates": LIBRARY / "templates",
    "company": {"name": "Town Library", "country": "DE", "zone": "Europe/Berlin"},
    "addresses": [{"address": "library@town.example", "policy": NAME}],
    "relay": {},
    "keys": {},
}
SETTINGS = Settings.model_validate(TABLE, context={"folder": LIBRARY})
POLICY = load_policy(NAME, overlay=LIBRARY / "policies")


def test_the_folder_has_no_python_of_its_own() -> None:
    """Only this file and the database fixtures."""
    assert {path.name for path in LIBRARY.rglob("*.py")} == {"__init__.py", "conftest.py", Path(__file__).name}


def test_it_fits_together() -> None:
    """Policy and letters have no fault; only the people are missing."""
    templates = Templates(LIBRARY / "templates")
    assert check_policy(POLICY, notices=lambda notice, code: templates.has(NAME, code, notice)) == []
    assert letter_faults(POLICY, templates) == []
    assert {fault.key for fault in missing_people(POLICY)} >= {"teams.lending.members", "third_parties.stacks.address"}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario_passes_in_memory(file: Path) -> None:
    """Borrowers, desk, stacks and head librarians act as the scenario says."""
    assert [str(failure) for failure in rehearse(file, settings=SETTINGS).failures] == []


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario_passes_on_postgresql(file: Path, postgres_url: str) -> None:
    """The same on PostgreSQL."""
    db = Database(postgres_url)
    try:
        assert [str(failure) for failure in rehearse(file, settings=SETTINGS, db=db).failures] == []
    finally:
        db.close()


def test_its_month_is_reported() -> None:
    """The monthly report has a row for the closed case, with what was paid and found."""
    db = Database("sqlite://")
    try:
        migrate.upgrade(db)
        rehearse(SCENARIOS[0], settings=SETTINGS, db=db)
        since, until = month_of("2026-03", ZoneInfo("Europe/Berlin"))
        text = as_csv(closed_cases(db, NAME, since=since, until=until), POLICY, "de", ZoneInfo("Europe/Berlin"))
    finally:
        db.close()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["reference"], row["closed_cases"], row["kind"]) == ("LB-2026-000001", "2026-03-17", "Verlustmeldung")
    assert (row["Art des Mediums"], row["Nummer Ihres Bibliotheksausweises"]) == ("paperback", "2020-4711")
    assert (row["Gebührenbescheid: state"], row["Gebührenbescheid: total"]) == ("bezahlt", "25.50 EUR")


def test_the_command_line_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be listed, checked and drawn like a shipped policy."""
    installation = tmp_path / "reclamo.toml"
    installation.write_text(
        f'policies = "{LIBRARY / "policies"}"\ntemplates = "{LIBRARY / "templates"}"\n'
        '[company]\nname = "Town Library"\ncountry = "DE"\n'
        f'[[addresses]]\naddress = "library@town.example"\npolicy = "{NAME}"\n',
        encoding="utf-8",
    )
    said = ""
    for verb in (("list",), ("check", NAME), ("show", NAME, "--mermaid", "--language", "de")):
        monkeypatch.setattr(sys, "argv", ["reclamo", "policy", *verb, "--config", str(installation)])
        with pytest.raises(SystemExit, match=r"^0$"):
            main()
        said += capsys.readouterr().out
    assert "Lost and damaged loans" in said
    assert f"sound: {NAME}" in said
    assert "wird im Magazin gesucht" in said
