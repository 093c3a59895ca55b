"""Company records on the command line: import, changes, wrong rows, listing and invitations."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main

Say = Callable[..., str]
CARS = """VIN;owner;email;language;model;plate;sale date;last service;mileage;mileage read
LSVAA49J832000001;Amy Ho;amy@example.com;en;Aurora 5;A10001;2025-12-20;;300;2026-01-05
LSVAA49JX32000002;Ben Ma;ben@example.com;en;Aurora 5;A10002;2024-03-01;2025-10-20;12000;2025-10-20
"""
WRONG = "LSVAA49J132000003;Cai Yu;cai@example.com;zh-Hans;Aurora 7;A10003;not a date;;;\n"


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command on an installation whose policy keeps records; return what it prints."""

    def typed(*words: str, status: int = 0, config: bool = True) -> str:
        more = ("--config", str(tmp_path / "office")) if config else ()
        monkeypatch.setattr(sys, "argv", ["reclamo", *words, *more])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        assert int(end.value.code or 0) == status, printed.err
        return printed.out if status == 0 else printed.out + printed.err

    typed("init", str(tmp_path / "office"), config=False)
    settings = tmp_path / "office" / "reclamo.toml"
    text = settings.read_text(encoding="utf-8").replace('policy = "complaints"', 'policy = "dealer-service"')
    settings.write_text(text, encoding="utf-8")
    return typed


@pytest.fixture
def cars(tmp_path: Path) -> Path:
    """A file with two valid cars."""
    file = tmp_path / "cars.csv"
    file.write_text(CARS, encoding="utf-8")
    return file


def import_file(say: Say, file: Path, **more: Any) -> str:
    """Import a file."""
    return say("records", "import", str(file), "--policy", "dealer-service", **more)


def listed(say: Say) -> dict[str, Any]:
    """Return the records by key."""
    rows = json.loads(say("records", "list", "--policy", "dealer-service", "--json"))
    return {row["key"]: row for row in rows}


def test_the_same_file_twice_changes_nothing(say: Say, cars: Path) -> None:
    """New rows are added, changed ones updated, others left; planned letters are listed for each record."""
    assert import_file(say, cars) == "2 new, 0 changed, 0 as they were, 0 wrong\n"
    assert import_file(say, cars) == "0 new, 0 changed, 2 as they were, 0 wrong\n"
    cars.write_text(CARS.replace("A10002", "B20002"), encoding="utf-8")
    assert import_file(say, cars) == "0 new, 1 changed, 1 as they were, 0 wrong\n"
    rows = listed(say)
    assert rows["LSVAA49JX32000002"]["content"]["plate"] == "B20002"
    assert rows["LSVAA49J832000001"]["address"] == "amy@example.com"
    assert {letter["invitation"] for letter in rows["LSVAA49J832000001"]["letters"]} == {
        "lapsed"
    }  # too late for others


def test_wrong_rows_are_told_by_line_and_the_rest_goes_in(say: Say, cars: Path) -> None:
    """Exit status 1, with file, line as an editor counts it, and reason; the other rows are imported."""
    cars.write_text(CARS + WRONG, encoding="utf-8")
    printed = import_file(say, cars, status=1)
    assert "2 new, 0 changed, 0 as they were, 1 wrong" in printed
    assert f"{cars}:4: " in printed
    assert "not a date" in printed
    assert set(listed(say)) == {"LSVAA49J832000001", "LSVAA49JX32000002"}


def test_an_import_as_json(say: Say, cars: Path) -> None:
    """JSON output has the counts and each wrong row with its line."""
    cars.write_text(CARS + WRONG, encoding="utf-8")
    done = json.loads(import_wrong_row_as_json(say, cars))
    assert (done["new"], done["changed"], done["same"]) == (2, 0, 0)
    assert [row["line"] for row in done["wrong"]] == [4]


def import_wrong_row_as_json(say: Say, file: Path) -> str:
    """Import a file with a wrong row in it."""
    return say("records", "import", str(file), "--policy", "dealer-service", "--json", status=1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "big5"])
def test_encodings_are_told_apart(say: Say, tmp_path: Path, encoding: str) -> None:
    """Encodings of spreadsheets in China, Taiwan and elsewhere are recognised."""
    file = tmp_path / "cars.csv"
    name = "陳大文" if encoding == "big5" else "李小红"
    file.write_bytes(CARS.replace("Amy Ho", name).encode(encoding))
    import_file(say, file)
    assert listed(say)["LSVAA49J832000001"]["content"]["owner"] == name


def test_a_campaign_is_written_about_those_who_are_named(say: Say, cars: Path, tmp_path: Path) -> None:
    """By a list or a range of keys; keys without a record are reported."""
    import_file(say, cars)
    keys = tmp_path / "keys.txt"
    keys.write_text("LSVAA49J832000001\n\nLSVAA49J999999999\n", encoding="utf-8")
    printed = say("records", "invite", "upgrade", "--policy", "dealer-service", "--keys", str(keys))
    assert printed == "1 to be written at the next opening; no record: LSVAA49J999999999\n"
    every = ("--from", "LSVAA49J0", "--to", "LSVAA49JZ", "--json")
    assert json.loads(say("records", "invite", "upgrade", "--policy", "dealer-service", *every))["invited"] == 2
    assert "upgrade" in {letter["invitation"] for letter in listed(say)["LSVAA49JX32000002"]["letters"]}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("import", "nowhere.csv", "--policy", "dealer-service"), "nowhere.csv: "),
        (("import", "nowhere.csv", "--policy", "complaints"), "no such record; allowed: the policy has none"),
        (("list", "--policy", "dealer"), "did you mean 'dealer-service'?"),
        (("invite", "upgrad", "--policy", "dealer-service", "--from", "A"), "is no campaign; allowed: upgrade"),
        (("invite", "upgrade", "--policy", "dealer-service"), "say which records: --keys FILE"),
    ],
)
def test_what_cannot_be_done_is_said(say: Say, words: tuple[str, ...], expected: str) -> None:
    """One line with what is allowed; nothing is done."""
    assert expected in say("records", *words, status=1)


def test_nothing_on_file_is_said(say: Say) -> None:
    """An empty list is no error."""
    assert say("records", "list", "--policy", "dealer-service") == "no records\n"
