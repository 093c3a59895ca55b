"""The locks say exactly what is installed, for every machine alike, and name no place it came from."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)


@cache
def lock(name: str) -> dict[str, set[str]]:
    """The versions that a lock holds of each package: more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for pin in PIN.finditer((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked(lock_name: str) -> list[str]:
    """What pyproject.toml asks of a lock."""
    runtime: list[str] = project()["project"]["dependencies"]
    extras: dict[str, list[str]] = project()["project"]["optional-dependencies"]
    groups: dict[str, list[str]] = project()["dependency-groups"]
    match lock_name:
        case "requirements.lock":
            return runtime
        case "requirements-build.lock":
            return [*groups["build"], *project()["build-system"]["requires"]]
        case _:
            return [*runtime, *groups["dev"], *(line for extra in extras.values() for line in extra)]


@pytest.mark.parametrize("name", LOCKS)
def test_all_that_the_project_asks_for_is_locked(name: str) -> None:
    """After a change to pyproject.toml comes `make lock`."""
    requirements = [Requirement(line) for line in asked(name)]
    wrong = [
        str(requirement)
        for requirement in requirements
        if not any(map(requirement.specifier.contains, lock(name).get(canonicalize_name(requirement.name), ())))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_locked_that_is_not_asked_for(name: str) -> None:
    """A dependency that pyproject.toml has given up leaves the locks too."""
    entry = re.compile(
        r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(?:.*\n(?=[ ]))*?.*\breclamo \(pyproject\.toml", flags=re.MULTILINE
    )
    ours = {canonicalize_name(package) for package in entry.findall((ROOT / name).read_text(encoding="utf-8"))}
    assert ours == {canonicalize_name(Requirement(line).name) for line in asked(name)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_held_by_a_hash(name: str) -> None:
    """pip refuses what no hash names; so would we notice here."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if PIN.match(entry)]
    assert len(entries) >= len(lock(name)) > 0
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_a_place(name: str) -> None:
    """Names, versions and hashes hold everywhere; an address or a path holds on one machine."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.search(r"://|^-|^\s*-[ie] |\s@ ", line)] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_the_locks_agree(name: str) -> None:
    """What is tested is what is run: the locks hold the same versions of what they share."""
    dev = lock("requirements-dev.lock")
    assert {
        package: versions for package, versions in lock(name).items() if versions != dev.get(package, versions)
    } == {}
