"""Each file of the decision and of the cases has a file of tests, at the same place and of the same name."""

from __future__ import annotations

import pytest

from tests.house.source import ROOT, name_of, python_files


@pytest.mark.parametrize("room", ["daemon/decide", "daemon/cases"])
def test_each_file_has_its_tests(room: str) -> None:
    """A file without one is a file whose tests nobody finds."""
    files = [path for path in python_files(room) if path.stem != "__init__"]
    mirrors = [ROOT / "tests" / path.parent.relative_to(ROOT) / f"test_{path.name}" for path in files]
    assert [name_of(path) for path in mirrors if not path.exists()] == []
