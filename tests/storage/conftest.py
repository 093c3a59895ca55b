"""Database fixtures: each test that takes `db` runs on a SQLite file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Database
from tests.servers.postgres import empty_postgres_url, postgres_server, postgres_url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    address = f"sqlite:///{tmp_path}/reclamo.db"
    db = Database(address)
    migrate.upgrade(db)
    db.close()
    return address


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """An empty database with all tables."""
    opened = Database(url)
    yield opened
    opened.close()
