"""Tests that need a real server are skipped where it is not installed, and fail under CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Debian installs servers outside a user's PATH, and PostgreSQL's programs in a folder for each version.
_ELSEWHERE = ("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/lib/dovecot")


def need(program: str, package: str) -> str:
    """The path of a program from this Debian package. If it is missing, skip the test that asks, or fail under CI."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), *_ELSEWHERE, *map(str, versions)])
    found = shutil.which(program, path=places)
    if found is None:
        missing = f"{program} is not installed: apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"not run: {missing}")
    return found
