"""Every dependency has a reason, and a use."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOMS, ROOT, imported, python_files, tree_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Used without being imported.
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


def test_each_has_its_line_in_the_docs() -> None:
    """docs/dependencies.md says why each is there, and speaks of no other."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = {canonicalize_name(name) for name in re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)}
    assert explained == RUNTIME | EXTRAS | GROUPS


def test_each_is_imported() -> None:
    """A dependency that nothing imports is one too many."""
    assert RUNTIME | EXTRAS - set(BY_OTHERS) <= _imported() | set(BY_OTHERS)


def test_nothing_is_imported_that_is_not_asked_for() -> None:
    """What comes only because something else needs it may go as it came."""
    assert _imported() - RUNTIME - EXTRAS - {"reclamo"} - set(ONE_WITH_ANOTHER) == set()


def _imported() -> set[str]:
    """The distributions that the rooms import."""
    brought_by = packages_distributions()
    packages = {package for path in python_files(*ROOMS) for package in imported(tree_of(path))} - set(ROOMS)
    return {canonicalize_name(name) for package in packages for name in brought_by.get(package, ())}
