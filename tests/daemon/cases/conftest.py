"""A database with all tables, for tests of what is the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite file with all tables."""
    made = Database(f"sqlite:///{tmp_path}/cases.db")
    migrate.upgrade(made)
    yield made
    made.close()
