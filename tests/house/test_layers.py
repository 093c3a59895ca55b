"""The layers and where libraries may be imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.house.source import ROOMS, ROOT, importers, modules, name_of, python_files, tree_of


def test_imports_go_down_only() -> None:
    """The import-linter contracts in pyproject.toml hold."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_imports_itself_by_way_of_others() -> None:
    """There is no circle of imports, not even one for types only: each file can be read after those it imports."""
    files = {_module(path): path for path in python_files(*ROOMS)}
    rest = {name: _imported_files(path, files) - {name} for name, path in files.items()}
    while leaves := {name for name, needs in rest.items() if not needs}:
        rest = {name: needs - leaves for name, needs in rest.items() if name not in leaves}
    assert sorted(rest) == []


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported_files(path: Path, files: Mapping[str, Path]) -> set[str]:
    """The files of ours that a file imports, also where it imports a file from its package by name."""
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom) and node.module]
    names = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return {name if name in files else name.rpartition(".")[0] for name in names} & set(files)


@pytest.mark.parametrize("package", ["sqlalchemy", "alembic"])
def test_only_storage_uses_sql(package: str) -> None:
    """Only files of storage import the database libraries."""
    elsewhere = {name for name in importers(package, *ROOMS) if not name.startswith("storage/")}
    assert elsewhere == set()


@pytest.mark.parametrize(
    ("package", "room"),
    [("mailparser", "parsers"), ("aiosmtpd", "daemon"), ("imapclient", "daemon"), ("apscheduler", "daemon")],
)
def test_framework_is_imported_by_one_file(package: str, room: str) -> None:
    """Each of these libraries is imported by exactly one file, so that it can be replaced there."""
    files = importers(package, *ROOMS)
    assert len(files) == 1, files
    assert files.pop().startswith(f"{room}/")


def test_the_decision_is_pure() -> None:
    """daemon/decide imports only values and pure libraries: no clock, database, network, log or template."""
    found = {
        f"{name_of(path)}: {module}"
        for path in python_files("daemon/decide")
        for module in modules(tree_of(path))
        if not module.startswith(("config.", "parsers.", "daemon.decide", *STORED_VALUES, *PLAIN_TOOLS))
    }
    assert found == set()


STORED_VALUES = ("storage.values", "storage.facts", "storage.ledger_events", "storage.company_record_values")
PLAIN_TOOLS = (
    "__future__",
    "enum",
    "difflib",
    "babel.numbers",  # the number of decimals of a currency
    "collections",
    "dataclasses",
    "enum",
    "datetime",
    "decimal",
    "functools",
    "itertools",
    "pydantic",  # values to JSON and back
    "re",
    "typing",
    "unicodedata",
    "zoneinfo",
)
