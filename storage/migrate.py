"""Migrate a database to the tables of this version. Every node may call `upgrade` at every start.

To add a step, change storage/tables.py and add the next file to migrations/versions/. The tests compare the two on both
databases and print the differences.
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
    """Migrate the database to head() in one transaction; one that is there already is only read.

    Raises GiveUp for a database that a newer version has migrated, since its tables are unknown here.
    """
    step = current_step(db)
    if step == newest_step():
        return
    if step and step not in {known.revision for known in _steps().walk_revisions()}:
        raise GiveUp(f"the database is at step {step}, which this version does not know: it belongs to a newer one")
    with db.migration() as conn:
        command.upgrade(_config(conn), "head")


def current_step(db: Database) -> str:
    """The migration step of the database; an empty string for a database without tables."""
    with db.read() as conn:
        return MigrationContext.configure(conn).get_current_revision() or ""


def newest_step() -> str:
    """The newest migration step of this version."""
    return _steps().get_current_head() or ""


def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
