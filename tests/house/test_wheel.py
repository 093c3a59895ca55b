"""The wheel contains the files of the project's packages and no others."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house.source import ROOMS, ROOT, name_of


def test_the_wheel_has_every_file_of_the_rooms(tmp_path: Path) -> None:
    """Policies, letters, word lists and migrations are packed with the Python files; tests are not."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("reclamo-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    here = {name_of(path) for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()}
    assert packed == {name for name in here if "__pycache__" not in name}
