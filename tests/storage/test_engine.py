"""The database engine: transactions, unavailable databases, notifications, text that cannot be stored."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from config.faults import GiveUp, TryAgain
from storage import inbox, last_runs, migrate
from storage.columns import normal_address, to_json
from storage.engine import Database, notify, read_url, reading
from storage.last_runs import Mark
from storage.tables import marks as table
from tests.servers.postgres import Server
from tests.storage.values import NOW, mail


def mark(db: Database, name: str, words: str = "", at: datetime = NOW) -> None:
    """Write a small row and commit."""
    with db.write() as conn:
        last_runs.put(conn, name, Mark(at, words))


def test_what_is_committed_is_there_for_everybody(url: str, db: Database) -> None:
    """Another process sees it, also after a restart."""
    mark(db, "a", "grüße 🔥")
    other = Database(url)
    assert last_runs.all_marks(other) == {"a": Mark(NOW, "grüße 🔥")}
    other.close()


def test_a_block_that_raises_changes_nothing(db: Database) -> None:
    """The transaction is rolled back."""

    def fail(conn: Connection) -> None:
        last_runs.put(conn, "a", Mark(NOW))
        raise RuntimeError("pulled out")

    with pytest.raises(RuntimeError, match="pulled out"), db.write() as conn:
        fail(conn)
    assert last_runs.all_marks(db) == {}


def test_reading_and_then_writing_is_safe_in_every_thread(db: Database) -> None:
    """Two hundred increments in four threads lose none."""

    def count(_turn: int) -> None:
        with db.write() as conn:
            row = conn.execute(select(table.c.text).where(table.c.name == "n").with_for_update()).scalar_one()
            last_runs.put(conn, "n", Mark(NOW, str(int(row) + 1)))

    mark(db, "n", "0")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(200)))
    assert last_runs.all_marks(db)["n"].text == "200"


def test_a_reader_sees_one_instant(db: Database) -> None:
    """Commits by others do not change what a reading transaction sees."""
    mark(db, "a", "before")
    with db.read() as conn:
        assert conn.scalar(select(table.c.text)) == "before"
        mark(db, "a", "after")
        assert conn.scalar(select(table.c.text)) == "before"
    assert last_runs.all_marks(db)["a"].text == "after"


def test_instants_are_utc_whatever_zone_they_came_in(db: Database) -> None:
    """10:30 in Rome is stored as 09:30 UTC, to the microsecond."""
    rome = timezone(timedelta(hours=1))
    mark(db, "a", at=datetime(2026, 3, 2, 10, 30, 0, 7, tzinfo=rome))
    [read] = last_runs.all_marks(db).values()
    assert (read.at, read.at.tzinfo) == (datetime(2026, 3, 2, 9, 30, 0, 7, tzinfo=UTC), UTC)


def test_an_instant_without_a_zone_is_refused(db: Database) -> None:
    """A naive datetime is refused."""
    with pytest.raises(StatementError, match="without a zone"):
        mark(db, "a", at=datetime(2026, 3, 2))  # noqa: DTZ001


@pytest.mark.parametrize("words", ["a\0b", "lone \ud800 surrogate"], ids=["NUL", "surrogate"])
def test_text_that_a_database_would_refuse_is_refused_by_both(db: Database, words: str) -> None:
    """The parsers remove such characters; a mail that still has them fails alone with its own error."""
    with pytest.raises((StatementError, UnicodeEncodeError)):
        mark(db, "a", words)
    assert last_runs.all_marks(db) == {}


def test_a_bug_is_not_taken_for_a_database_that_is_away(db: Database) -> None:
    """An invalid statement is not retried."""
    with pytest.raises(IntegrityError), db.write() as conn:
        conn.execute(table.insert(), [{"name": "a", "at": NOW, "text": None}])
    with pytest.raises(Exception, match="nowhere") as fault, db.read() as conn:
        conn.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(fault.value, TryAgain)


def test_faults_do_not_tell_what_people_wrote(db: Database) -> None:
    """Errors do not include statement parameters, which may be text of a mail."""
    with pytest.raises(IntegrityError) as fault, db.write() as conn:
        conn.execute(table.insert(), [{"name": "private words", "at": NOW, "text": None}])
    assert "SQL parameters hidden" in str(fault.value)


def test_wake_ups_come_after_the_commit(db: Database) -> None:
    """A listener is notified at commit, without polling."""
    db.listen("inbox", 0)  # PostgreSQL delivers notifications from the first LISTEN on
    with db.write() as conn:
        inbox.accept(conn, [mail(1)])
    assert db.listen("inbox", 20)
    assert not db.listen("inbox", 0)


def test_wake_ups_reach_a_thread_that_is_waiting(db: Database) -> None:
    """The wait ends long before its timeout."""
    db.listen("outbox", 0)
    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(db.listen, "outbox", 60)
        with db.write() as conn:
            notify(conn, "outbox")
        assert heard.result(timeout=30)


def test_other_channels_and_failed_transactions_wake_nobody(db: Database) -> None:
    """Only commits notify, and only on their channel."""
    db.listen("inbox", 0)
    with db.write() as conn:
        notify(conn, "outbox")

    def fail(conn: Connection) -> None:
        notify(conn, "inbox")
        raise RuntimeError("pulled out")

    with pytest.raises(RuntimeError, match="pulled out"), db.write() as conn:
        fail(conn)
    assert not db.listen("inbox", 0)


def test_repeated_acceptance_wakes_nobody(db: Database) -> None:
    """A known mail notifies nobody."""
    with db.write() as conn:
        inbox.accept(conn, [mail(1)])
    db.listen("inbox", 0)
    db.listen("inbox", 0)
    with db.write() as conn:
        inbox.accept(conn, [mail(1)])
    assert not db.listen("inbox", 0)


# ------------------------------------------------------------------------------------------------------------ SQLite


def test_sqlite_survives_a_power_cut_by_its_settings(tmp_path: Path) -> None:
    """WAL with full sync, since a 250 reply promises storage; foreign keys are on."""
    db = Database(f"sqlite:///{tmp_path}/a.db")
    with db.read() as conn:
        told = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    db.close()
    assert told == ["wal", 2, 1]


def test_a_new_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file and its WAL are private; rights that an operator gives later stay."""
    db = Database(f"sqlite:///{tmp_path}/a.db")
    migrate.upgrade(db)
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
        "a.db": "0o600",
        "a.db-shm": "0o600",
        "a.db-wal": "0o600",
    }
    db.close()
    (tmp_path / "a.db").chmod(0o640)
    Database(f"sqlite:///{tmp_path}/a.db").close()
    assert oct((tmp_path / "a.db").stat().st_mode & 0o777) == "0o640"


def test_a_locked_sqlite_file_is_try_again(tmp_path: Path) -> None:
    """If another process writes for too long, TryAgain is raised and nothing is lost."""
    db = Database(f"sqlite:///{tmp_path}/a.db", wait=0.05)
    migrate.upgrade(db)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TryAgain, match="locked"):
        mark(db, "a")
    other.execute("ROLLBACK")
    other.close()
    mark(db, "a")
    assert list(last_runs.all_marks(db)) == ["a"]
    db.close()


def test_a_writer_that_does_not_end_is_try_again(tmp_path: Path) -> None:
    """Threads of one process wait for each other up to a limit."""
    db = Database(f"sqlite:///{tmp_path}/a.db", wait=0.05)
    migrate.upgrade(db)
    done = threading.Event()
    with ThreadPoolExecutor(1) as pool, db.write():
        waiting = pool.submit(mark, db, "a")
        with pytest.raises(TryAgain, match="too long"):
            waiting.result()
        done.set()
    db.close()


@pytest.mark.parametrize("place", ["missing/a.db", "folder"], ids=["no such folder", "a folder"])
def test_a_sqlite_file_that_cannot_be_opened_is_try_again(tmp_path: Path, place: str) -> None:
    """The disk may not be mounted yet."""
    (tmp_path / "folder").mkdir()
    db = Database(f"sqlite:///{tmp_path}/{place}")
    with pytest.raises(TryAgain, match="unable to open"):
        last_runs.all_marks(db)
    db.close()


def test_a_write_inside_a_write_is_a_bug_and_said_so(tmp_path: Path) -> None:
    """A nested write could not be committed by itself and raises an error."""
    db = Database(f"sqlite:///{tmp_path}/a.db")
    migrate.upgrade(db)
    with pytest.raises(RuntimeError, match="inside a write"), db.write():
        mark(db, "a")
    mark(db, "b")
    assert list(last_runs.all_marks(db)) == ["b"]
    db.close()


def test_a_database_in_memory_is_one_for_all_threads() -> None:
    """Threads share it, and reads inside a transaction see its writes."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: mark(db, str(number)), range(40)))
        assert all(pool.map(lambda _: len(last_runs.all_marks(db)) == 40, range(8)))
    with db.write() as conn:
        last_runs.put(conn, "inside", Mark(NOW))
        assert "inside" in last_runs.all_marks(db)
        with reading(conn) as same:
            assert same is conn
    db.close()


def test_a_migration_checks_references_at_its_end(tmp_path: Path) -> None:
    """Tables may be rebuilt meanwhile; dangling references fail, then foreign keys are on again."""
    db = Database(f"sqlite:///{tmp_path}/a.db")
    migrate.upgrade(db)
    orphan = "INSERT INTO parties VALUES (9, 1, 'customer', 'a@b', 'a@b', '', '', '', '')"
    with pytest.raises(GiveUp, match="point nowhere"), db.migration() as conn:
        conn.exec_driver_sql(orphan)
    with pytest.raises(IntegrityError), db.write() as conn:
        conn.exec_driver_sql(orphan)
    db.close()


# -------------------------------------------------------------------------------------------------------- PostgreSQL


def test_a_server_that_restarts_is_try_again_and_then_works(postgres_server: Server, postgres_url: str) -> None:
    """The running transaction is rolled back; the next gets a new connection."""
    db = Database(postgres_url)
    mark(db, "before")

    def restart(conn: Connection) -> None:
        last_runs.put(conn, "during", Mark(NOW))
        postgres_server.cut(postgres_url)
        last_runs.put(conn, "more", Mark(NOW))

    with pytest.raises(TryAgain, match="database"), db.write() as conn:
        restart(conn)
    mark(db, "after")
    assert sorted(last_runs.all_marks(db)) == ["after", "before"]
    db.close()


def test_a_listener_whose_server_went_listens_again(postgres_server: Server, postgres_url: str) -> None:
    """The outage is reported once, and later notifications arrive."""
    db = Database(postgres_url)
    db.listen("inbox", 0)
    postgres_server.cut(postgres_url)
    with pytest.raises(TryAgain):
        db.listen("inbox", 20)
    db.listen("inbox", 0)
    with db.write() as conn:
        notify(conn, "inbox")
    assert db.listen("inbox", 20)
    db.close()


def test_a_value_that_no_index_takes_is_not_tried_for_ever(postgres_url: str) -> None:
    """PostgreSQL reports it as an operational error, but it would always fail, so it is not retried."""
    db = Database(postgres_url)
    name = "".join(
        hashlib.sha512(str(at).encode()).hexdigest() for at in range(100)
    )  # incompressible, so too long for an index
    with pytest.raises(OperationalError, match="index row"):
        mark(db, name)
    db.close()


def test_a_server_that_is_not_there_is_try_again() -> None:
    """TryAgain, so that a mail server gets 451."""
    db = Database("postgresql://nobody@/none?host=/nonexistent", wait=2)
    with pytest.raises(TryAgain, match="database"):
        last_runs.all_marks(db)
    with pytest.raises(TryAgain, match="database"):
        db.listen("inbox", 0)
    db.close()


# ------------------------------------------------------------------------------------------------------------- small


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite"),
        ("sqlite://", "sqlite"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_addresses_we_speak(url: str, driver: str) -> None:
    """Database URLs as people write them, whatever driver they name."""
    assert read_url(url).drivername == driver


@pytest.mark.parametrize("url", ["mysql://u@h/d", "postgresql+asyncpg://u@h/d", "a.db", ""])
def test_other_addresses_are_refused_with_what_is_allowed(url: str) -> None:
    """The fault names the allowed URLs."""
    with pytest.raises(ValueError, match="allowed: sqlite:///"):
        Database(url)


def test_the_one_json_text_of_a_value() -> None:
    """Sorted keys, no spaces; values that would come back changed are refused."""
    assert to_json({"b": (1, 2), "a": "ü"}) == '{"a":"ü","b":[1,2]}'
    with pytest.raises(TypeError):
        to_json({"a": {1, 2}})
    with pytest.raises(ValueError, match="JSON"):
        to_json(float("nan"))


def test_addresses_are_compared_without_case() -> None:
    """Case and surrounding spaces do not matter."""
    assert normal_address(" Anna@EXAMPLE.org ") == normal_address("anna@example.org")
