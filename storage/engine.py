"""The database: SQLite or PostgreSQL behind one door. Every difference between the two is dealt with here.

SQLite: a file in WAL mode with synchronous=FULL, so that what is committed survives a power cut. Writers
begin with BEGIN IMMEDIATE: a transaction that reads first and writes later would fail at once with "database
is locked", whatever the busy time-out. Within one process writers queue on a lock, which is quicker and
fairer than SQLite's polling. PostgreSQL: psycopg 3, READ COMMITTED, claims with SKIP LOCKED, wake-ups with
LISTEN and NOTIFY.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeAlias

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool, StaticPool

from config.faults import GiveUp, TryAgain
from storage.columns import to_json

ALLOWED = "sqlite:///relative.db, sqlite:////absolute.db, sqlite:// (in memory), postgresql://user@host/name"
# What SQLite says when the disk or another process is in the way; anything else it says is a bug of ours.
_PASSING = tuple(f"SQLITE_{word}" for word in ("BUSY", "LOCKED", "IOERR", "FULL", "CANTOPEN", "READONLY", "NOMEM"))
_TOO_MUCH = "54"  # PostgreSQL: a value or statement is beyond its limits, and will be next time
_POOL = {"pool_size": 8, "max_overflow": 8}
Insert: TypeAlias = postgresql.Insert | sqlite.Insert


class Database:
    """One database, shared by all threads of a process. `wait` is how many seconds to wait for it at most.

    Raises ValueError for a URL of another sort and GiveUp where the driver is not installed. Whatever uses
    it raises TryAgain while the database is away, locked or full.
    """

    def __init__(self, url: str, *, wait: float = 10.0) -> None:
        address = read_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and address.database in (None, "", ":memory:")
        self.engine = _open(address, self.in_memory, wait)
        self._wait = wait
        self._writer = threading.RLock()
        self._current: Connection | None = None
        self._bells: dict[str, threading.Event] = {}
        self._ears: dict[str, Any] = {}
        self._opening = threading.Lock()

    def write(self) -> AbstractContextManager[Connection]:
        """One write transaction: committed when the block ends, rolled back when it raises. They do not
        nest."""
        return self._write()

    @contextmanager
    def _write(self, *, rebuilding: bool = False) -> Iterator[Connection]:
        with _faults_told(), self._turn():
            if self._current is not None:
                raise RuntimeError("a write transaction inside a write transaction")
            with self._connect(rebuilding) as conn:
                self._current = conn if self.is_sqlite else None
                try:
                    with conn.execution_options(writes=True).begin():
                        yield conn
                finally:
                    self._current = None
                    bells = conn.info.pop("bells", ())
                    forgets = conn.info.pop("forgets", False)
                self._ring(bells)
                if forgets:
                    _fold(conn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction: everything read in it is of one instant."""
        with _faults_told(), self._turn() if self.in_memory else nullcontext():
            if self.in_memory and self._current is not None:
                yield self._current  # there is one connection only, and this thread is writing on it
                return
            with self.engine.connect() as conn:
                yield conn if self.is_sqlite else conn.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """A write transaction in which tables may be rebuilt, one node at a time."""
        with self._write(rebuilding=True) as conn:
            if not self.is_sqlite:
                conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('reclamo migration'))"))
            yield conn
            if self.is_sqlite and conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise GiveUp("the migration would leave rows that point nowhere; nothing was changed")

    def close(self) -> None:
        """Give every connection back. On SQLite the last one out folds the WAL into the file."""
        for channel in list(self._ears):
            self._ears.pop(channel).close()
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=self._wait):
            raise TryAgain("database: another transaction has been writing for too long")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _connect(self, rebuilding: bool) -> Iterator[Connection]:
        """A connection; for rebuilding, SQLite checks references at the end only, or DROP TABLE would follow
        them."""
        with self.engine.connect() as conn:
            if not (rebuilding and self.is_sqlite):
                yield conn
                return
            driver: Any = conn.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                yield conn
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def _ring(self, channels: Iterable[str]) -> None:
        for channel in channels:
            self._bell(channel).set()

    def _bell(self, channel: str) -> threading.Event:
        with self._opening:
            return self._bells.setdefault(channel, threading.Event())

    def listen(self, channel: str, timeout: float) -> bool:
        """Wait at most `timeout` seconds for a notify() on `channel`; True when there was one, also since
        last time.

        On SQLite only this process's own are heard. One thread listens to one channel. Wake-ups shorten a
        wait and carry nothing: whoever misses one finds the rows at the next look.
        """
        if self.is_sqlite:
            bell = self._bell(channel)
            heard = bell.wait(timeout)
            bell.clear()
            return heard
        with _faults_told():
            return self._hear(channel, timeout)

    def _hear(self, channel: str, timeout: float) -> bool:
        try:
            ear = self._ears.get(channel) or self._new_ear(channel)
            return any(True for _ in ear.notifies(timeout=timeout, stop_after=1))
        except self.engine.dialect.loaded_dbapi.Error as fault:
            if broken := self._ears.pop(channel, None):
                broken.close()
            raise TryAgain(f"database: {fault}") from fault

    def _new_ear(self, channel: str) -> Any:
        """A connection outside the pool, kept from wait to wait: what is told between two waits is not lost."""
        pooled = self.engine.raw_connection()
        ear: Any = pooled.driver_connection
        self._ears[channel] = ear
        pooled.detach()
        ear.autocommit = True
        ear.execute(f'LISTEN "{channel}"')
        return ear


Source: TypeAlias = Database | Connection


@contextmanager
def reading(source: Source) -> Iterator[Connection]:
    """Read from a database, or inside a transaction that is open already."""
    if isinstance(source, Connection):
        yield source
        return
    with source.read() as conn:
        yield conn


def notify(conn: Connection, channel: str) -> None:
    """Wake whoever listens to `channel`, once this transaction is committed."""
    if conn.dialect.name == "sqlite":
        conn.info.setdefault("bells", set()).add(channel)
    else:
        conn.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


def forget(conn: Connection) -> None:
    """What this transaction deletes or writes over must not be found in the files either, once it is committed."""
    if conn.dialect.name == "sqlite":
        conn.info["forgets"] = True


def insert(dialect: str, table: Table) -> Insert:
    """An INSERT that understands ON CONFLICT, for a connection's `dialect.name`."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def read_url(url: str) -> URL:
    """The address of a database we speak; raises ValueError saying what is allowed."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError(f"not the address of a database; allowed: {ALLOWED}") from None
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        return address
    raise ValueError(f"{address.drivername} is no database Reclamo speaks; allowed: {ALLOWED}")


def _open(url: URL, in_memory: bool, wait: float) -> Engine:
    common: dict[str, Any] = {
        "json_serializer": to_json,
        "hide_parameters": True,
    }  # mails do not belong in logs
    if url.get_backend_name() == "sqlite":
        if url.database and not in_memory:
            _keep_private(url.database)
        pool = {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, **_POOL}
        arguments = {"timeout": wait, "check_same_thread": False}
        engine = create_engine(url, connect_args=arguments, **pool, **common)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments = {"connect_timeout": max(2, round(wait))} if "connect_timeout" not in url.query else {}
    try:
        return create_engine(url, connect_args=arguments, pool_pre_ping=True, **_POOL, **common)
    except ModuleNotFoundError:
        raise GiveUp("PostgreSQL needs its driver: install reclamo[postgres]") from None


def _keep_private(path: str) -> None:
    """Make a new file readable by its owner only, since mail is in it; SQLite gives its WAL the same rights."""
    with suppress(OSError):  # a place where no file can be made is told when it is used
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the transaction begins where we say, not where the driver guesses
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is written over, not only left out
        "cache_size=-8000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _fold(conn: Connection) -> None:
    """Bring the WAL into the file and empty it: it has what stood in a page before."""
    driver: Any = conn.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _begin_sqlite(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def _faults_told() -> Iterator[None]:
    """What the driver raises while the database is away becomes TryAgain, without the statement and its
    values."""
    try:
        yield
    except PoolTimeout as fault:
        raise TryAgain("database: all its connections are busy") from fault
    except DBAPIError as fault:
        if _is_passing(fault):
            raise TryAgain(f"database: {fault.orig}") from fault
        raise


def _is_passing(fault: DBAPIError) -> bool:
    name = getattr(fault.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(_PASSING)
    if str(getattr(fault.orig, "sqlstate", "")).startswith(_TOO_MUCH):
        return False
    return fault.connection_invalidated or isinstance(fault, OperationalError | InterfaceError)
