"""The old installation: its settings and policies are read once, and each test gets a fresh copy of its database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.installation_build import load_installation
from daemon.outbound.transports import MaildirTransport
from storage import migrate
from storage.engine import Database
from tests.servers.postgres import empty_postgres_url, postgres_server
from tests.upgrade.upgraded import LEFT_AT, Upgraded, restore, unpack

__all__ = ["empty_postgres_url", "postgres_server"]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Settings, keys and policies of the old installation, as this version reads them."""
    folder = unpack(tmp_path_factory.mktemp("upgrade") / "desk")
    return load_installation(load_settings(folder / "reclamo.toml", {}))


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, installation: Installation, tmp_path: Path) -> Iterator[Upgraded]:
    """The old installation run by this version, on either database, on the day of the upgrade."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("empty_postgres_url"))
        restore(url)
    else:
        url = load_settings(unpack(tmp_path / "desk") / "reclamo.toml", {}).database
    db = Database(url)
    migrate.upgrade(db)
    yield Upgraded(Stepper(db, installation, MaildirTransport(tmp_path / "letters"), LEFT_AT))
    db.close()
