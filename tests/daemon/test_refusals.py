"""Why something was not done is said in every language that staff are written to in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from config.policy_shapes.base import Right
from config.policy_shapes.builtin_names import ANSWER_TAKES
from config.policy_shapes.commands import standing_commands
from tests.paths import ROOT

LANGUAGES = sorted(path.name for path in (ROOT / "templates" / "_parts").iterdir())


def nodes() -> Iterator[ast.AST]:
    """The code that says why something is not done."""
    for path in (*sorted((ROOT / "daemon").rglob("*.py")), ROOT / "parsers" / "sender" / "authentication.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def calls(*names: str) -> Iterator[ast.Call]:
    """Where it makes one of these values."""
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def words(node: ast.expr) -> set[str]:
    """The fixed words that an expression may be; of "why: what", the why."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value.partition(": ")[0]} - {""}
    if isinstance(node, ast.JoinedStr):
        return words(node.values[0]) if ": " in ast.unparse(node.values[0]) else set()
    if isinstance(node, ast.BoolOp | ast.IfExp):
        values = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        return {one for value in values for one in words(value)}
    return set()


def reasons() -> set[str]:
    """All that can be told as a reason."""
    told = [call.args[0] for call in calls("Refused")]
    proofs = calls("Proof", "StaffRefused")
    told += [key.value for call in proofs for key in call.keywords if key.arg in ("why", "why_not")]
    parts = ast.parse((ROOT / "parsers" / "sender" / "authentication.py").read_text(encoding="utf-8"))
    told += [
        one.value for one in ast.walk(parts) if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "why"
    ]
    needed = {f"needs {takes}" for takes in ANSWER_TAKES if takes != "nothing"}
    objections = {"unproven", "replayed", "expired", "merged", "rewritten", "erased", "written to somebody else"}
    return {one for value in told for one in words(value)} | needed | objections | {"nothing aligned passed"}


def titles(language: str, name: str) -> dict[str, Any]:
    """A table of words of the letters in one language."""
    text = (ROOT / "templates" / "_parts" / language / "titles.md.j2").read_text(encoding="utf-8")
    found = re.search(rf"{{% set {name} = (\{{.*?\}}) %}}", text)
    assert found is not None
    table: dict[str, Any] = ast.literal_eval(found[1])
    return table


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said(language: str) -> None:
    """No letter shows the word by which the code knows a reason."""
    assert sorted(reasons() - set(titles(language, "why_titles"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_allowed_is_said(language: str) -> None:
    """What could be written instead is a command, whose help is shown, or has words of its own; figures need none."""
    allowed = {one for call in calls("Refused") if len(call.args) > 2 for one in words(call.args[2])}
    allowed |= {right.value for right in Right} | {"date", "number", "moment", "money", "minutes", "text"}
    shown = {one for one in allowed if not re.fullmatch(r"[\d.-]+|\S+@\S+", one)} - set(standing_commands())
    assert sorted((shown | {right.value for right in Right}) - set(titles(language, "allowed_titles"))) == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("name", ["notice_titles", "did_titles", "why_titles", "allowed_titles"])
def test_languages_say_the_same(language: str, name: str) -> None:
    """What has words in English has them in every other language."""
    assert sorted(set(titles("en", name)) - set(titles(language, name))) == []
