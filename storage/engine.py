"""The database, SQLite or PostgreSQL: connections, transactions, wake-ups, and errors.

All differences in behaviour between the two are handled here; how values are stored is in storage/columns.py.

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

from config.faults import GiveUp, TryAgain, Wrong
from storage.columns import to_json

ALLOWED = "sqlite:///relative.db, sqlite:////absolute.db, sqlite:// (in memory), postgresql://user@host/name"
# SQLite errors caused by the disk or by another process, which may pass; any other error is a bug of ours.
_TRANSIENT = tuple(f"SQLITE_{word}" for word in ("BUSY", "LOCKED", "IOERR", "FULL", "CANTOPEN", "READONLY", "NOMEM"))
_LIMIT_EXCEEDED = "54"  # SQLSTATE class of PostgreSQL for exceeded limits: a retry would fail again
_POOL = {"pool_size": 8, "max_overflow": 8}
Insert: TypeAlias = postgresql.Insert | sqlite.Insert


class Database:
    """One database, shared by all threads of a process. `wait` is the longest time to wait for it, in seconds.

    Raises ValueError for the URL of another database and GiveUp when the driver is not installed. Every method raises
    TryAgain while the database cannot be reached, is locked or is full.
    """

    def __init__(self, url: str, *, wait: float = 10.0) -> None:
        address = read_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and address.database in (None, "", ":memory:")
        self.engine = _open(address, self.in_memory, wait)
        self._wait = wait
        self._writer = threading.RLock()
        self._current: Connection | None = None
        self._events: dict[str, threading.Event] = {}
        self._listeners: dict[str, Any] = {}
        self._events_lock = threading.Lock()

    def write(self) -> AbstractContextManager[Connection]:
        """One write transaction: committed when the block ends, rolled back when it raises. Write
        transactions do not nest."""
        return self._write()

    @contextmanager
    def _write(self, *, rebuilding: bool = False) -> Iterator[Connection]:
        with _driver_errors_translated(), self._writer_lock():
            if self._current is not None:
                raise RuntimeError("a write transaction inside a write transaction")
            with self._connect(rebuilding) as conn:
                self._current = conn if self.is_sqlite else None
                try:
                    with conn.execution_options(writes=True).begin():
                        yield conn
                finally:
                    self._current = None
                    channels = conn.info.pop("channels", ())
                    scrubs = conn.info.pop("scrubs", False)
                self._set_events(channels)
                if scrubs:
                    _truncate_wal(conn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction, in which every query sees the same state of the database."""
        with _driver_errors_translated(), self._writer_lock() if self.in_memory else nullcontext():
            if self.in_memory and self._current is not None:
                yield self._current  # the only connection, on which this thread is writing
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
        """Close every connection. On SQLite, closing the last one writes the WAL into the database file."""
        for channel in list(self._listeners):
            self._listeners.pop(channel).close()
        self.engine.dispose()

    @contextmanager
    def _writer_lock(self) -> Iterator[None]:
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

    def _set_events(self, channels: Iterable[str]) -> None:
        for channel in channels:
            self._event_of(channel).set()

    def _event_of(self, channel: str) -> threading.Event:
        with self._events_lock:
            return self._events.setdefault(channel, threading.Event())

    def listen(self, channel: str, timeout: float) -> bool:
        """Wait at most `timeout` seconds for a notify() on `channel`; True when there was one, also since
        last time.

        On SQLite only notifications of this process arrive. One thread listens to one channel. A notification only
        shortens a wait and carries no data: a thread that misses one finds the rows when it next polls.
        """
        if self.is_sqlite:
            event = self._event_of(channel)
            notified = event.wait(timeout)
            event.clear()
            return notified
        with _driver_errors_translated():
            return self._wait_for_notify(channel, timeout)

    def _wait_for_notify(self, channel: str, timeout: float) -> bool:
        try:
            listener = self._listeners.get(channel) or self._open_listener(channel)
            return any(True for _ in listener.notifies(timeout=timeout, stop_after=1))
        except self.engine.dialect.loaded_dbapi.Error as fault:
            if broken := self._listeners.pop(channel, None):
                broken.close()
            raise TryAgain(f"database: {fault}") from fault

    def _open_listener(self, channel: str) -> Any:
        """Open a connection outside the pool and keep it, so that notifications between two waits are not lost."""
        pooled = self.engine.raw_connection()
        listener: Any = pooled.driver_connection
        self._listeners[channel] = listener
        pooled.detach()
        listener.autocommit = True
        listener.execute(f'LISTEN "{channel}"')
        return listener


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
    """Wake the threads that listen to `channel`, once this transaction is committed."""
    if conn.dialect.name == "sqlite":
        conn.info.setdefault("channels", set()).add(channel)
    else:
        conn.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


def scrub_after_commit(conn: Connection) -> None:
    """Remove what this transaction deletes or overwrites from the database files too, once it is committed."""
    if conn.dialect.name == "sqlite":
        conn.info["scrubs"] = True


def insert(dialect: str, table: Table) -> Insert:
    """An INSERT that understands ON CONFLICT, for a connection's `dialect.name`."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def read_url(url: str) -> URL:
    """Parse the URL of a supported database; raises Wrong for any other."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Wrong("not the address of a database", ALLOWED) from None
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        return address
    raise Wrong(f"{address.drivername} is no database Reclamo speaks", ALLOWED)


def _open(url: URL, in_memory: bool, wait: float) -> Engine:
    common: dict[str, Any] = {
        "json_serializer": to_json,
        "hide_parameters": True,
    }  # parameters hold mail, which must not get into logs
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
    """Create the file readable by its owner only, since it will hold mail; SQLite gives its WAL the same mode."""
    with suppress(OSError):  # a path that cannot be created is reported on first use
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves (see _begin_sqlite)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # overwrite deleted content with zeros
        "cache_size=-8000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _truncate_wal(conn: Connection) -> None:
    """Write the WAL into the file and truncate it, since it still holds the earlier content of pages."""
    driver: Any = conn.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _begin_sqlite(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def _driver_errors_translated() -> Iterator[None]:
    """Turn what the driver raises while the database cannot be used into TryAgain, without the statement and its
    values."""
    try:
        yield
    except PoolTimeout as fault:
        raise TryAgain("database: all its connections are busy") from fault
    except DBAPIError as fault:
        if _is_transient(fault):
            raise TryAgain(f"database: {fault.orig}") from fault
        raise


def _is_transient(fault: DBAPIError) -> bool:
    name = getattr(fault.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(_TRANSIENT)
    if str(getattr(fault.orig, "sqlstate", "")).startswith(_LIMIT_EXCEEDED):
        return False
    return fault.connection_invalidated or isinstance(fault, OperationalError | InterfaceError)
