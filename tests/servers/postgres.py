"""A PostgreSQL of our own: one server for a whole test run, also when pytest-xdist runs it in many processes.

Use it with `from tests.servers.postgres import postgres_server, postgres_url` in a conftest.py.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from storage import migrate
from storage.engine import Database
from tests.servers.need import need
from tests.servers.shared import shared_server

TEMPLATE = "reclamo_template"
# Losing a test's rows in a power cut is no loss; everything else is as PostgreSQL comes.
_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=200"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached by a socket in `folder` only."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as settings write it."""
        return f"postgresql://reclamo@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """One statement outside a transaction, in the database that is always there."""
        with psycopg.connect(host=str(self.folder), user="reclamo", dbname="postgres", autocommit=True) as conn:
            conn.execute(statement)  # type: ignore[arg-type]

    def cut(self, url: str) -> None:
        """Break every connection to one database, as a restart of the server does to all."""
        name = make_url(url).database
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The run's server: whichever process comes first starts it, whichever goes last stops it."""
    need("initdb", "postgresql")
    with shared_server("postgres", tmp_path_factory, _start, _stop) as told:
        yield Server(Path(told["folder"]))


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The address of a fresh database with all tables."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: Server) -> Iterator[str]:
    """The address of a fresh database without tables."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _start() -> dict[str, Any]:
    """A new server with the template that every test's database is a copy of."""
    folder = Path(tempfile.mkdtemp(prefix="reclamo-pg-", dir="/tmp"))  # a socket's path has 107 octets at most
    if user := _user():
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    arguments = ("--username=reclamo", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    _run(folder, "initdb", "-D", f"{folder}/data", *arguments)
    options = f"{_OPTIONS} -c unix_socket_directories={folder}"
    _run(folder, "pg_ctl", "start", "-w", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options)
    server = Server(folder)
    server.execute(f"CREATE DATABASE {TEMPLATE}")
    db = Database(server.url(TEMPLATE))
    migrate.upgrade(db)
    db.close()
    return {"folder": str(folder)}


def _stop(told: dict[str, Any]) -> None:
    """Stop it and leave nothing behind."""
    folder = Path(told["folder"])
    _run(folder, "pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate")
    shutil.rmtree(folder)


def _user() -> str:
    """PostgreSQL refuses to run as root; its package brings a user to run as."""
    return "postgres" if os.geteuid() == 0 else ""


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run one of the server's programs as an unprivileged user; what it wrote is told where it fails."""
    rights: dict[str, Any] = {}
    if user := _user():
        rights = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    command = [need(program, "postgresql"), *arguments]
    with tempfile.TemporaryFile() as said:  # a pipe would stay open as long as the server that inherits it
        done = subprocess.run(command, cwd=folder, stdout=said, stderr=said, check=False, **rights)
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")
