"""The lock files are complete, consistent and hashed, and contain nothing specific to one machine."""

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
    """The versions of each package in a lock; several where they depend on the Python version."""
    found: dict[str, set[str]] = {}
    for pin in PIN.finditer((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


@cache
def project() -> dict[str, Any]:
    """The contents of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked(lock_name: str) -> list[str]:
    """The requirements in pyproject.toml that a lock must satisfy."""
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
def test_every_requirement_is_locked(name: str) -> None:
    """Run `make lock` after changing the dependencies in pyproject.toml."""
    requirements = [Requirement(line) for line in asked(name)]
    wrong = [
        str(requirement)
        for requirement in requirements
        if not any(map(requirement.specifier.contains, lock(name).get(canonicalize_name(requirement.name), ())))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_removed_requirement_is_locked(name: str) -> None:
    """A dependency removed from pyproject.toml is removed from the locks."""
    entry = re.compile(
        r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(?:.*\n(?=[ ]))*?.*\breclamo \(pyproject\.toml", flags=re.MULTILINE
    )
    ours = {canonicalize_name(package) for package in entry.findall((ROOT / name).read_text(encoding="utf-8"))}
    assert ours == {canonicalize_name(Requirement(line).name) for line in asked(name)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_hash(name: str) -> None:
    """pip would refuse to install the lock otherwise."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if PIN.match(entry)]
    assert len(entries) >= len(lock(name)) > 0
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_has_an_address_or_path(name: str) -> None:
    """These may be valid on one machine only."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.search(r"://|^-|^\s*-[ie] |\s@ ", line)] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_the_locks_agree(name: str) -> None:
    """Packages in several locks have the same version in all, so that what is tested is what is run."""
    dev = lock("requirements-dev.lock")
    assert {
        package: versions for package, versions in lock(name).items() if versions != dev.get(package, versions)
    } == {}
