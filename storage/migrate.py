"""Bringing a database to the tables of this version. `upgrade` may be called by every node at every start.

A new step: change storage/tables.py, add the next file to migrations/versions/. The tests compare the two on
both databases and print what differs.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from config.faults import GiveUp
from storage import absences as _absences  # noqa: F401 - makes its table known
from storage import case_index as _alike  # noqa: F401 - makes its table known
from storage import company_record_tables as _record_tables  # noqa: F401 - makes its tables known
from storage.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(db: Database) -> None:
    """Bring the database to head(), all or nothing. One that is there already is only looked at.

    Raises GiveUp for a database that a newer version has changed: this one could not know what it does to it.
    """
    stands = current(db)
    if stands == head():
        return
    if stands and stands not in {step.revision for step in _steps().walk_revisions()}:
        raise GiveUp(f"the database is at step {stands}, which this version does not know: it belongs to a newer one")
    with db.migration() as conn:
        command.upgrade(_config(conn), "head")


def current(db: Database) -> str:
    """The step the database stands at, or an empty string for one without tables."""
    with db.read() as conn:
        return MigrationContext.configure(conn).get_current_revision() or ""


def head() -> str:
    """The newest step this version knows."""
    return _steps().get_current_head() or ""


def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
