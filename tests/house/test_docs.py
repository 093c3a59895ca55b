"""The documentation covers every verb, setting, policy key, notice and command, and its links work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from config.policy import Policy
from config.policy_shapes.builtin_names import BUILTIN_NOTICES, OUTCOMES
from config.policy_shapes.commands import staff_commands
from config.policy_shapes.sentences import ALLOWED_EFFECTS
from config.settings import Settings
from daemon.letters.variables import NAMES
from templates.filters import FILTERS
from tests.house.source import ROOMS, ROOT, name_of

# Prints all verbs of the command line with their sub-verbs. Runs in a process of its own, without the modules and
# settings of the tests.
VERBS = """
import json
from daemon.cli import application
def walk(app, before):
    for name in app:
        if not name.startswith("-"):
            yield " ".join([*before, name])
            yield from walk(app[name], [*before, name])
print(json.dumps(list(walk(application(), ["reclamo"]))))
"""


def doc(name: str) -> str:
    """The text of a page of the docs."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_verb_is_documented() -> None:
    """docs/command-line.md has a heading for each verb, and no other."""
    done = subprocess.run([sys.executable, "-c", VERBS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    headings = set(
        re.findall(r"^### `(reclamo [a-z ]+?)(?: [A-Z.|\[-].*)?`$", doc("command-line.md"), flags=re.MULTILINE)
    )
    verbs = set(json.loads(done.stdout))
    groups = {verb for verb in verbs if any(other.startswith(f"{verb} ") for other in verbs)}
    assert headings - groups == verbs - groups


def shapes(shape: type[BaseModel], path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a shape and of its nested shapes, each with the shape's name."""
    for name, field in shape.model_fields.items():
        key = field.alias or name
        yield shape.__name__, key
        for inner in _models(field.annotation):
            yield from shapes(inner, key)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def test_every_settings_key_is_in_the_manual() -> None:
    """config/default.toml, the file that `reclamo init` writes, has a line for each key."""
    manual = (ROOT / "config/default.toml").read_text(encoding="utf-8")
    shown = set(re.findall(r"^#?\[*([a-z_]+)\]* *(?:=|$)", manual, flags=re.MULTILINE))
    assert {key for _, key in shapes(Settings)} - shown - {"folder"} == set()


def test_every_policy_key_is_explained() -> None:
    """docs/policies.md names each key of each table of a policy."""
    explained = set(re.findall(r"`([a-z_]+)`", doc("policies.md")))
    assert {key for _, key in shapes(Policy)} - {"name"} - explained == set()


def test_no_removed_policy_key_is_explained() -> None:
    """The tables of docs/policies.md list only keys and outcomes that exist."""
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", doc("policies.md"), flags=re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert listed - {key for _, key in shapes(Policy)} - set(OUTCOMES) == set()


def test_every_sentence_is_explained() -> None:
    """docs/policies.md has the form of each effect."""
    assert [sentence for sentence in ALLOWED_EFFECTS.split("; ") if f"`{sentence}`" not in doc("policies.md")] == []


def test_every_outcome_is_explained() -> None:
    """docs/policies.md names each outcome that the engine defines."""
    assert set(OUTCOMES) - set(re.findall(r"`([a-z_]+)`", doc("policies.md"))) == set()


@pytest.mark.parametrize("policy", sorted((ROOT / "config/policies").glob("*/policy.toml")), ids=name_of)
def test_every_notice_is_listed(policy: Path) -> None:
    """docs/letters.md names every notice of every shipped policy, and the engine's own."""
    notices = tomllib.loads(policy.read_text(encoding="utf-8"))["notices"]
    assert {*notices, *BUILTIN_NOTICES} - set(re.findall(r"`([a-z_]+)`", doc("letters.md"))) == set()


def test_every_value_of_a_letter_is_explained() -> None:
    """docs/letters.md names each variable and each filter of the letter templates."""
    assert {*NAMES, *FILTERS} - set(re.findall(r"`([a-z_]+)`", doc("letters.md"))) == set()


def test_every_command_is_explained() -> None:
    """docs/staff.md names each command that staff may write."""
    assert set(staff_commands()) - set(re.findall(r"`([a-z-]+)`", doc("staff.md"))) == set()


def test_no_link_is_broken() -> None:
    """Every link from one page of the project to another names a file that exists."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{name_of(page)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_path_mentioned_exists() -> None:
    """Every path in ARCHITECTURE.md and in the docs exists in the project."""
    pages = [ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]
    rooms = "|".join((*ROOMS, "tests", "docs", "benchmarks"))
    gone = [
        f"{name_of(page)}: {path}"
        for page in pages
        for path in re.findall(rf"`((?:{rooms})/[a-z0-9_/.-]+?)(?::[^`]*)?`", page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert gone == []
