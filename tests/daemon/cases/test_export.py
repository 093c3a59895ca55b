"""What is held of a case and of a person, as files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from daemon.cases import export
from tests.daemon.cases.shared import CUSTOMER, case_of, with_one_case


def test_a_case_is_exported_with_what_staff_got_apart(tmp_path: Path) -> None:
    """What the customer has a right to see is not mixed with what was written inside."""
    stepper = with_one_case(tmp_path)
    case = case_of(stepper)
    files = dict(export.export_case(stepper.db, stepper.installation, case))
    folder = case.ticket.reference
    assert json.loads(files[f"{folder}/case.json"])["customer"]["address"] == CUSTOMER
    outside = [raw for name, raw in files.items() if name.startswith(f"{folder}/letters/")]
    inside = [raw for name, raw in files.items() if name.startswith(f"{folder}/inside/letters/")]
    assert outside
    assert all(f"To: {CUSTOMER}".encode() in raw for raw in outside)
    assert inside
    assert not any(f"To: {CUSTOMER}".encode() in raw for raw in inside)


def test_a_person_is_exported_with_all_their_cases(tmp_path: Path) -> None:
    """Of an address that nobody knows there is nothing, and that is said."""
    stepper = with_one_case(tmp_path)
    names = {name for name, _ in export.export_person(stepper.db, stepper.installation, CUSTOMER)}
    assert {"person.json", "C-2026-000001/case.json"} <= names
    with pytest.raises(LookupError):
        list(export.export_person(stepper.db, stepper.installation, "nobody@example.net"))


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_files_are_for_their_owner_and_never_written_over(tmp_path: Path, name: str) -> None:
    """As a folder or as an archive."""
    out = tmp_path / name
    assert export.write_files([("a/b.json", b"{}"), ("c.eml", b"x")], out) == 2
    assert out.stat().st_mode & 0o077 == 0
    if name.endswith(".zip"):
        with zipfile.ZipFile(out) as archive:
            assert archive.read("a/b.json") == b"{}"
    else:
        assert (out / "a" / "b.json").read_bytes() == b"{}"
    with pytest.raises(FileExistsError):
        export.write_files([("c.eml", b"y")], out)
