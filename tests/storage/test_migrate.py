"""The migrations create the tables of storage/tables.py, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from config.faults import GiveUp
from storage import cases, inbox, mailboxes, migrate, set_aside
from storage.engine import Database
from storage.tables import metadata
from tests.paths import ROOT


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    addresses = {"sqlite": f"sqlite:///{tmp_path}/empty.db", "memory": "sqlite://"}
    opened = Database(addresses.get(request.param) or request.getfixturevalue("empty_postgres_url"))
    yield opened
    opened.close()


def test_models_and_migrations_agree(empty: Database) -> None:
    """After an upgrade alembic finds no difference to the tables in the code."""
    migrate.upgrade(empty)
    with empty.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata) == []


def test_partial_indexes_are_partial_in_the_database_too(empty: Database) -> None:
    """Alembic does not compare index conditions, so they are compared here."""
    migrate.upgrade(empty)
    tables = {"sqlite": "sqlite_master", "postgresql": "pg_indexes"}
    column = "sql" if empty.is_sqlite else "indexdef"
    query = f"SELECT {column} FROM {tables[empty.engine.dialect.name]} WHERE {column} LIKE '% WHERE %'"
    conditions = [
        index for table in metadata.tables.values() for index in table.indexes if _condition(index) is not None
    ]
    with empty.read() as conn:
        assert len(conn.execute(text(query)).all()) == len(conditions) == 15


def _condition(index: object) -> object:
    return index.dialect_options["sqlite"]["where"]  # type: ignore[attr-defined]


def test_deadlines_that_stand_already_are_their_policy_s_own(empty: Database) -> None:
    """Existing deadlines get the newer columns without values of their own."""
    with empty.migration() as conn:
        command.upgrade(migrate._config(conn), "0004")
    with empty.write() as conn:
        conn.execute(text(_TICKET))
        conn.execute(text(_DEADLINE))
    migrate.upgrade(empty)
    case = cases.load(empty, [1])[1]
    assert [(deadline.promise, dict(deadline.terms)) for deadline in case.deadlines] == [("resolve", {})]


_TICKET = """INSERT INTO tickets VALUES (1, 1, 'C-2026-000001', 'complaints', 'product', 'sorting', 'it',
    '2026-03-02 09:00:00.000000+00:00', '2026-03-02 09:00:00.000000+00:00', '2026-03-02 09:00:00.000000+00:00',
    '2026-03-02 09:00:00.000000+00:00', NULL, '', '', '', '', 'staff', '', '', '{}', '[]', '[]', '{}')"""
_DEADLINE = """INSERT INTO deadlines VALUES (1, 'resolve', 0, '2026-03-02 09:00:00.000000+00:00',
    '2026-03-02 09:00:00.000000+00:00', '2026-04-14 21:59:59.000000+00:00', '2026-04-14', 'received', 'open', NULL, '',
    false, '', '[]', NULL)"""


def test_an_upgrade_is_made_once(empty: Database) -> None:
    """An empty database differs from a current one, and upgrading twice changes nothing."""
    assert migrate.current_step(empty) == ""
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert migrate.current_step(empty) == migrate.newest_step()


def test_a_database_of_a_newer_version_is_left_alone(empty: Database) -> None:
    """Starting an older version fails with an explanation and changes nothing."""
    migrate.upgrade(empty)
    with empty.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(GiveUp, match=r"step 9999.*newer"):
        migrate.upgrade(empty)
    assert migrate.current_step(empty) == "9999"


def test_nodes_that_start_together_make_the_tables_once(tmp_path: Path, empty_postgres_url: str) -> None:
    """Three processes start on an empty database; all go on with the same tables."""
    program = "import sys; from storage import migrate; from storage.engine import Database; "
    program += (
        "db = Database(sys.argv[1]); migrate.upgrade(db); assert migrate.current_step(db) == migrate.newest_step()"
    )
    for url in (f"sqlite:///{tmp_path}/empty.db", empty_postgres_url):
        command = [sys.executable, "-c", program, url]
        started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
        assert [(process.communicate()[1], process.returncode) for process in started] == [(b"", 0)] * 3


def test_migrations_travel_inside_the_package() -> None:
    """The migrations are inside the package, so that a wheel has them."""
    import storage

    steps = Path(storage.__file__).parent / "migrations" / "versions"
    assert sorted(path.name for path in steps.glob("*.py"))[0] == "0001_first_tables.py"


def test_mail_that_was_finished_before_stays_as_it_is(empty: Database) -> None:
    """Its ending is unknown, and it is not reported now."""
    with empty.migration() as conn:
        command.upgrade(migrate._config(conn), "0008")
    with empty.write() as conn:
        for state in ("done", "quarantined"):
            conn.execute(text(_MAIL), {"state": state, "at": "2026-03-02 09:00:00"})
    migrate.upgrade(empty)
    assert [(line.state.value, line.ending, line.why) for line in inbox.listing(empty)] == [
        ("quarantined", "", ""),
        ("done", "", ""),
    ]
    assert set_aside.counts_by_desk(empty) == {"": 1}
    assert set_aside.newest_unlisted(empty, "") == 0


_MAIL = """
    INSERT INTO inbox (fingerprint, state, attempts, ready_at, received_at, source, source_key, envelope_from, origin,
        recipients, submitted_by, sha256, size, error, verdict, message_id, as_new)
    VALUES (:state, :state, 1, :at, :at, 'smtp', '', 'a@b.example', '', '[]', '', '0', 0, '', '', '', FALSE)
"""


def test_mailboxes_of_before_are_read_on(empty: Database) -> None:
    """A database from before migration 0015 keeps its read positions and has no node's state."""
    with empty.migration() as conn:
        command.upgrade(migrate._config(conn), "0014")
    with empty.write() as conn:
        conn.execute(text("INSERT INTO mailboxes VALUES ('main', 'INBOX', 7, 9)"))
    migrate.upgrade(empty)
    place = mailboxes.cursor(empty, "main", "INBOX")
    assert place is not None
    assert (place.uidvalidity, place.last_uid) == (7, 9)
    assert mailboxes.states(empty) == []
