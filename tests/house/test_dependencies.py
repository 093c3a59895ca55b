"""Every dependency is documented and used."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOMS, ROOT, imported, python_files, tree_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Dependencies that other packages import.
BY_OTHERS = {
    "tzdata": "zoneinfo reads it where the system has no time zones of its own",
    "psycopg": "SQLAlchemy imports it when the database is PostgreSQL",
}

ONE_WITH_ANOTHER = {"pydantic-core": "pydantic asks for it by its exact version, and documents its ErrorDetails"}


def named(lines: list[str]) -> set[str]:
    """The canonical names of requirements."""
    return {canonicalize_name(Requirement(line).name) for line in lines}


RUNTIME = named(PROJECT["project"]["dependencies"])
EXTRAS = named([line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra])
GROUPS = named([line for group in PROJECT["dependency-groups"].values() for line in group])


def test_each_is_documented() -> None:
    """docs/dependencies.md lists exactly the dependencies of pyproject.toml."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = {canonicalize_name(name) for name in re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)}
    assert explained == RUNTIME | EXTRAS | GROUPS


def test_each_is_imported() -> None:
    """No dependency is unused."""
    assert RUNTIME | EXTRAS - set(BY_OTHERS) <= _imported() | set(BY_OTHERS)


def test_no_transitive_dependency_is_imported() -> None:
    """It could disappear with the dependency that requires it."""
    assert _imported() - RUNTIME - EXTRAS - {"reclamo"} - set(ONE_WITH_ANOTHER) == set()


def _imported() -> set[str]:
    """The distributions that the project's packages import."""
    brought_by = packages_distributions()
    packages = {package for path in python_files(*ROOMS) for package in imported(tree_of(path))} - set(ROOMS)
    return {canonicalize_name(name) for package in packages for name in brought_by.get(package, ())}
