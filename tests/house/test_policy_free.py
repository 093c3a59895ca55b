"""Policies are data: no Python code refers to a name that a policy defines, in the shipped policies or the tests' own.

The shapes of a policy determine which of its keys are names, so names of a new kind are checked without a change here.
First rule: no literal in Python is such a name, except for words that the engine itself defines. Second rule, without
that exception: no literal is looked up in a table of a policy or case, or compared with one of its names.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

import config
import parsers
import storage
from config.files.load_policy import known_policies
from config.files.validation_errors import bare_type
from config.policy import Policy
from config.policy_shapes.base import PeriodText
from config.policy_shapes.builtin_names import BUILTIN_NOTICES, DOSSIER_FACTS, FORM_FIELDS, OPTIONAL_NOTICES, OUTCOMES
from config.policy_shapes.commands import staff_commands
from daemon.letters.variables import NAMES
from tests.house.source import ROOMS, ROOT, docstrings, name_of, python_files, tree_of

POLICIES = sorted(
    [
        *(ROOT / "config/policies").glob("*/policy.toml"),
        *(ROOT / "config/new_policy/policies").glob("*/policy.toml"),
        *(ROOT / "tests/library/policies").glob("*/policy.toml"),
    ]
)
# Other words that a policy uses as a name, and Python for something else.
ALLOWED = {
    "accepted": "iCalendar's word for an invitation that is taken (RFC 5545, 3.2.12)",
    "acknowledgement": "the letter that the demo, which is of complaints, waits for",
    "campaign": "what a scenario calls an invitation that the company sends when it likes",
    "check": "the verb of the command line that checks",
    "complaint": "the word list of what is no letter of absence",
    "complaints": "the policy that init sets up and that parse and the demo take when none is named",
    "expected": "pydantic's word for what may stand there",
    "incomplete": "why an answer is refused that lacks what must come with it",
    "month": "the part of a date",
    "new-policy": "the name of the policy to begin from, before it has one",
    "news": "programs that mail for somebody (newsgroups)",
    "no": "what people say",
    "noted": "what a transcript says of a note",
    "other": "Babel's name for a form of the plural",
    "overdue": "the part of a list of what is due that should have been done",
    "replace": "Python's word for bytes that cannot be read",
    "stands": "the words of a scenario that tell how a case stands",
    "thanks": "the word list of thanks",
    "tomorrow": "the word list of days",
    "wished": "where a case keeps the time that somebody wished for",
    "yes": "what people say",
}

# Exceptions to the second rule, each with the reason why the literal is not a policy's name.
ASKED = {
    ("templates/filters.py", "other"): "a form of the plural, by Babel's name for it",
}


def _engine_words() -> set[str]:
    """The words that the engine defines for every policy: outcomes, notices, commands, and the names and values of
    its own shapes, dataclasses and enums."""
    words = {*OUTCOMES, *BUILTIN_NOTICES, *OPTIONAL_NOTICES, *FORM_FIELDS, *DOSSIER_FACTS, *staff_commands(), *NAMES}
    for room in (config, parsers, storage):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name.startswith("storage.migrations"):
                continue  # importing a migration runs it
            for value in vars(importlib.import_module(module.name)).values():
                words |= _declared(value)
    return words


def _declared(value: object) -> set[str]:
    if not isinstance(value, type):
        return set()
    if issubclass(value, Enum):
        return {str(member.value) for member in value}
    if issubclass(value, BaseModel):
        fields = value.model_fields
        return {*fields, *(field.default for field in fields.values() if isinstance(field.default, str))}
    return {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set()


def test_every_policy_is_checked() -> None:
    """The shipped ones, the template for new ones, and the tests' own."""
    assert {path.parent.name for path in POLICIES} == {*known_policies(), "new-policy", "lost-books"}


def test_every_kind_of_name_is_checked() -> None:
    """The names are found in top-level and in nested tables."""
    names = {name for path in POLICIES for name in _names(path)}
    assert {
        "device-support",
        "sorting",
        "imei",
        "rma",
        "progress",
        "depot",
        "citroen",
        "vehicle",
    } <= names  # in top-level tables
    assert {
        "checked_ok",
        "approved",
        "warranty",
        "hardback",
        "last_service",
        "vehicle_case",
    } <= names  # in nested tables
    assert not {"en", "zh-Hans", "10 working days", "*"} & names


def test_no_literal_is_a_policys_name() -> None:
    """The first rule. So a new procedure needs no code."""
    names = {name for path in POLICIES for name in _names(path)} - _engine_words() - set(ALLOWED)
    found = [
        f"{name_of(path)}:{line} {text}"
        for path in python_files(*ROOMS)
        for line, text in _literals(tree_of(path))
        if text in names
    ]
    assert found == []


def test_every_allowed_word_is_needed() -> None:
    """Each is a name in a policy and a literal in Python."""
    names = {name for path in POLICIES for name in _names(path)}
    literals = {text for path in python_files(*ROOMS) for _, text in _literals(tree_of(path))}
    assert set(ALLOWED) - (names & literals) == set()
    assert set(ALLOWED) & _engine_words() == set()


def test_nothing_is_looked_up_by_a_policys_name() -> None:
    """The second rule: no literal is a key of a policy's or case's table, or is compared with a step, kind, team,
    policy or brand."""
    names = {name for path in POLICIES for name in _names(path)} - {*OUTCOMES, *BUILTIN_NOTICES, *OPTIONAL_NOTICES}
    found = [
        f"{name_of(path)}:{line} {text}"
        for path in python_files(*ROOMS)
        for line, text in _asked(tree_of(path))
        if text in names and (name_of(path), text) not in ASKED
    ]
    assert found == []


def test_every_exception_to_the_second_rule_is_needed() -> None:
    """Each is still looked up."""
    asked = {(name_of(path), text) for path in python_files(*ROOMS) for _, text in _asked(tree_of(path))}
    assert set(ASKED) - asked == set()


# --------------------------------------------------------------------------------------------- the names of a policy


def _names(path: Path) -> Iterator[str]:
    yield path.parent.name
    yield from _named(tomllib.loads(path.read_text(encoding="utf-8")), Policy)


def _named(value: Any, sort: Any) -> Iterator[str]:
    """The names defined in a value, by its shape: the keys of tables, except of those by language or by period."""
    bare = bare_type(sort)
    if isinstance(value, list):
        for element in value:
            yield from _named(element, get_args(bare)[0] if get_origin(bare) is tuple else bare)
    elif not isinstance(value, dict):
        return
    elif isinstance(bare, type) and issubclass(bare, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in bare.model_fields.items()}
        for key, content in value.items():
            yield from _named(content, fields.get(key))
    elif get_origin(bare) is dict:
        key_sort, inner = get_args(bare)
        if inner not in (str, tuple[str, ...]) and key_sort is not PeriodText:
            yield from (key for key in value if key != "*")
        for row in value.values():
            yield from _named(row, inner)
    elif get_origin(bare) is tuple:
        yield from _named(value, get_args(bare)[0])


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each string literal of a file that is a word, or words joined without blanks (a path, a list), and its parts.
    Docstrings are left out, and so are identifiers: a policy's tables are looked up by strings."""
    prose = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            parts = re.split(r"[./:,|]", node.value) if re.fullmatch(r"[\w./:,|-]+", node.value) else ()
            yield from ((node.lineno, word) for word in {node.value, *parts} if word)


# ------------------------------------------------------------------------------------------- asking for one by name

TABLES = {name for name, field in Policy.model_fields.items() if get_origin(bare_type(field.annotation)) is dict}
COMPARED = {"step", "kind", "team", "policy", "brand", "first", "detail", "thing", "promise", "question"}


def _asked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _last(node.value) in TABLES:
            yield from _words(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("get", "pop", "setdefault") and _last(node.func.value) in TABLES and node.args:
                yield from _words(node.args[0])
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_last(side) in COMPARED for side in sides):
                yield from (found for side in sides for found in _words(side))
            if any(_last(side) in TABLES for side in node.comparators):
                yield from _words(node.left)


def _last(node: ast.expr) -> str:
    """The last name of an expression such as draft.policy.steps."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _words(node: ast.expr) -> Iterator[tuple[int, str]]:
    """The string literals in an expression: the expression itself, or the elements of a list, tuple or set."""
    elements = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    for element in elements:
        if isinstance(element, ast.Constant) and isinstance(element.value, str) and element.value:
            yield element.lineno, element.value
