"""What the verbs share: the application, the settings, the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import App, Parameter

from config.faults import Fault, FaultsFound
from config.settings import Settings
from storage.engine import Database

app = App(
    name="reclamo",
    help="Turns complaint e-mail into tickets and keeps the company's written promises about them.",
    version=version("reclamo"),
)

Config = Annotated[
    Path | None,
    Parameter(name=["--config", "-c"], help="The settings file, or its folder ($RECLAMO_SETTINGS, ./reclamo.toml)."),
]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON value.")]


def settings_of(config: Path | None) -> Settings:
    """Load the settings. Raises FaultsFound."""
    from config.files.load_settings import load_settings
    from daemon.app import environment, settings_path

    path = settings_path(config)
    if not path.exists():
        allowed = "reclamo init DIR makes a folder with settings that work"
        raise FaultsFound([Fault(str(path), "file", "no settings there", allowed=allowed)])
    return load_settings(path, environment())


def settings_if_any(config: Path | None) -> Settings | None:
    """Load the settings; return None when none are named and none are found. Raises FaultsFound."""
    from daemon.app import settings_path

    return settings_of(config) if config is not None or settings_path(None).exists() else None


@contextmanager
def database_of(settings: Settings) -> Iterator[Database]:
    """Open the database, its tables brought up to date."""
    from daemon.app import open_database

    db = open_database(settings, upgrade=True)
    try:
        yield db
    finally:
        db.close()


def read_instant(text: str, settings: Settings | None = None) -> datetime:
    """Read an ISO 8601 instant as typed; without an offset it is in the company's zone, else in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is not an instant; allowed: ISO 8601, as in 2026-03-02T10:00 or 2026-03-02T09:00:00+00:00")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=settings.zone if settings else UTC)
    return moment.astimezone(UTC)


def fail(reason: str) -> NoReturn:
    """Print why nothing was done and exit with status 1."""
    print(f"reclamo: {reason}", file=sys.stderr)
    sys.exit(1)


def log_warnings_only() -> None:
    """Log warnings only, so that they do not mix with the verb's output."""
    from config.settings import Log
    from daemon.runtime.logging_setup import set_up_logging

    set_up_logging(Log(level="warning"))
