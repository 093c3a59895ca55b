"""A private PostgreSQL: one server for a whole test run, also when pytest-xdist runs it in many processes.

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
# Tests need no durability; all other options are PostgreSQL's defaults.
_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=200"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached by a socket in `folder` only."""

    folder: Path

    def url(self, database: str) -> str:
        """The URL of one of its databases, as in settings."""
        return f"postgresql://reclamo@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Execute one statement outside a transaction, in the database `postgres`."""
        with psycopg.connect(host=str(self.folder), user="reclamo", dbname="postgres", autocommit=True) as conn:
            conn.execute(statement)  # type: ignore[arg-type]

    def cut(self, url: str) -> None:
        """Terminate every connection to one database, as a restart of the server would."""
        name = make_url(url).database
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, shared by all tests of a run."""
    need("initdb", "postgresql")
    with shared_server("postgres", tmp_path_factory, _start, _stop) as server:
        yield Server(Path(server["folder"]))


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a new database with all tables."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a new database without tables."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _start() -> dict[str, Any]:
    """Start a server and make the template from which every test's database is copied."""
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


def _stop(server: dict[str, Any]) -> None:
    """Stop the server and delete its folder."""
    folder = Path(server["folder"])
    _run(folder, "pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate")
    shutil.rmtree(folder)


def _user() -> str:
    """The user to run the server as, empty for the current one: PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else ""


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run one of the server's programs as an unprivileged user. Its output is shown if it fails."""
    rights: dict[str, Any] = {}
    if user := _user():
        rights = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    command = [need(program, "postgresql"), *arguments]
    with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server that inherits it
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, check=False, **rights)
        output.seek(0)
        assert done.returncode == 0, output.read().decode(errors="replace")
