"""All that is held of a case and of a person, as files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from daemon.cases import case_export
from storage import cases, tickets
from storage.engine import Database
from tests.daemon.installations import NOW, accept, installation_in, mail, walk_on


@pytest.fixture
def served(sqlite: Database, tmp_path: Path) -> Database:
    """A database with the cases of two customers."""
    accept(sqlite, mail(1), mail(2))
    walk_on(sqlite, tmp_path, NOW).settle()
    return sqlite


def test_a_case_is_its_facts_its_mails_and_its_letters(served: Database, tmp_path: Path) -> None:
    """What staff got lies apart, under `inside`."""
    (line,) = tickets.listing(served, open_only=False, customer="c1@example.net", limit=10)
    case = cases.load(served, [line.id])[line.id]
    files = dict(case_export.of_case(served, installation_in(tmp_path), case))
    whole = json.loads(files[f"{line.reference}/case.json"])
    assert whole["customer"]["address"] == "c1@example.net"
    assert whole["remembered"]["written"]["acknowledgement"] == 1
    assert [name for name in files if "/mails/" in name] == [f"{line.reference}/mails/1.eml"]
    outside = [content for name, content in files.items() if name.startswith(f"{line.reference}/letters/")]
    inside = [content for name, content in files.items() if name.startswith(f"{line.reference}/inside/letters/")]
    assert [b"To: c1@example.net" in content for content in outside] == [True]
    assert [b"ada@firm.example" in content for content in inside] == [True]


def test_a_person_is_all_their_cases_and_nobody_else_s(served: Database, tmp_path: Path) -> None:
    """Nothing held of an address is an error, not an empty archive."""
    installation = installation_in(tmp_path)
    files = dict(case_export.of_person(served, installation, "c2@example.net"))
    assert json.loads(files["person.json"])["address"] == "c2@example.net"
    assert not any(b"c1@example.net" in content for content in files.values())
    with pytest.raises(LookupError, match=r"nobody@example\.net"):
        list(case_export.of_person(served, installation, "nobody@example.net"))


def test_files_are_readable_by_their_owner_only_and_overwrite_nothing(tmp_path: Path) -> None:
    """A folder, or an archive where the name ends so."""
    files = [("a/b/one.txt", b"1"), ("two.txt", b"2")]
    folder, archive = tmp_path / "out", tmp_path / "out.ZIP"
    assert case_export.write(files, folder) == case_export.write(files, archive) == 2
    assert (folder / "a/b/one.txt").read_bytes() == b"1"
    assert {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_file()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in (folder, folder / "a", folder / "a/b")} == {"0o700"}
    assert oct(archive.stat().st_mode & 0o777) == "0o600"
    with zipfile.ZipFile(archive) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == dict(files)
    for out in (folder, archive):
        with pytest.raises(FileExistsError):
            case_export.write(files, out)
