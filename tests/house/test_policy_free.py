"""A policy is data: no Python names a team, a kind, a step, a detail or a promise of any policy that ships."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from pydantic import BaseModel

import config
import parsers
import storage
from config.commands import standing_commands
from config.outcomes import OUTCOMES, STANDING_NOTICES
from tests.house.source import ROOMS, ROOT, docstrings, name_of, python_files, tree_of

POLICIES = sorted((ROOT / "config/policies").glob("*/policy.toml"))
SORTS = (
    "teams",
    "kinds",
    "steps",
    "details",
    "promises",
    "questions",
    "conditions",
    "brands",
    "third_parties",
    "dossiers",
    "things",
)
# Other words that a policy uses as a name, and Python for a thing of its own.
ALLOWED = {
    "check": "the verb of the command line that checks",
    "complaints": "the policy that init sets up and that parse and the demo take when none is named",
    "expected": "pydantic's word for what may stand there",
    "incomplete": "why an answer is refused that lacks what must come with it",
    "invited": "what the ledger calls an invitation sent",
    "opened": "what the ledger calls a case opened",
    "record": "where a case keeps which record it is about",
    "replace": "Python's word for bytes that cannot be read",
    "wished": "where a case keeps the time that somebody wished for",
}


def _engine_words() -> set[str]:
    """The words that the engine declares for every policy: outcomes, notices, commands, and the names and values of
    its own shapes and values."""
    words = {*OUTCOMES, *STANDING_NOTICES, *standing_commands()}
    for room in (config, parsers, storage):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                words |= _declared(value)
    return words


def _declared(value: object) -> set[str]:
    if not isinstance(value, type):
        return set()
    if issubclass(value, Enum):
        return {str(member.value) for member in value}
    if issubclass(value, BaseModel):
        return set(value.model_fields)
    return {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set()


def test_some_policy_ships() -> None:
    """The rule below is about something."""
    assert POLICIES


def test_no_python_names_a_policys_things() -> None:
    """A sixth procedure needs no code: what one is made of is found in its file alone."""
    names = {name for path in POLICIES for name in _names(path)} - _engine_words() - set(ALLOWED)
    found = [
        f"{name_of(path)}:{line} {text}"
        for path in python_files(*ROOMS)
        for line, text in _literals(tree_of(path))
        if text in names
    ]
    assert found == []


def test_every_exception_is_one() -> None:
    """A word that no policy uses as a name needs no exception."""
    names = {name for path in POLICIES for name in _names(path)}
    assert set(ALLOWED) - names == set()


def _names(path: Path) -> Iterator[str]:
    policy = tomllib.loads(path.read_text(encoding="utf-8"))
    yield path.parent.name
    for sort in SORTS:
        yield from policy.get(sort, {})


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each string of a file that is a word or a path of words; docstrings apart. An identifier names nothing of a
    policy: what is looked up in one is looked up by a string."""
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from ((node.lineno, word) for word in {node.value, *node.value.replace(":", ".").split(".")})
