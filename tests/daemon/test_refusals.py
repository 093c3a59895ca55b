"""Every reason why something was not done has words in every staff language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from config.policy_shapes.base import Right
from config.policy_shapes.commands import staff_commands
from daemon.decide.refusals import QUOTING, AllowedText, RefusalReason, Refused
from tests.paths import ROOT

LANGUAGES = sorted(path.name for path in (ROOT / "templates" / "_parts").iterdir())


# Another letter asks about these.
ASKED_IN_ANOTHER_LETTER = {RefusalReason.NOT_CONFIRMED_YET}


def nodes() -> Iterator[ast.AST]:
    """Return the syntax trees of the code that refuses."""
    for path in (*sorted((ROOT / "daemon").rglob("*.py")), ROOT / "parsers" / "sender" / "authentication.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def calls(*names: str) -> Iterator[ast.Call]:
    """Return the calls that construct one of these values."""
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def words(node: ast.expr) -> set[str]:
    """Return the constant strings that an expression may have; of "why: what", the why."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value.partition(": ")[0]} - {""}
    if isinstance(node, ast.JoinedStr):
        return words(node.values[0]) if ": " in ast.unparse(node.values[0]) else set()
    if isinstance(node, ast.BoolOp | ast.IfExp):
        values = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        return {phrase for value in values for phrase in words(value)}
    return set()


def reasons() -> set[str]:
    """Return every reason that can be reported."""
    proofs = calls("Proof", "StaffRefused")
    why_texts = [key.value for call in proofs for key in call.keywords if key.arg in ("why", "why_not")]
    parts = ast.parse((ROOT / "parsers" / "sender" / "authentication.py").read_text(encoding="utf-8"))
    why_texts += [
        node.value for node in ast.walk(parts) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "why"
    ]
    refused = {reason.value for reason in RefusalReason if reason not in QUOTING | ASKED_IN_ANOTHER_LETTER}
    objections = {"unproven", "replayed", "expired", "merged", "rewritten", "erased", "written to somebody else"}
    return (
        {phrase for value in why_texts for phrase in words(value)} | refused | objections | {"nothing aligned passed"}
    )


def titles(language: str, name: str) -> dict[str, Any]:
    """Return a table of texts of the letters in one language."""
    text = (ROOT / "templates" / "_parts" / language / "titles.md.j2").read_text(encoding="utf-8")
    found = re.search(rf"{{% set {name} = (\{{.*?\}}) %}}", text)
    assert found is not None
    table: dict[str, Any] = ast.literal_eval(found[1])
    for more in re.findall(rf"{{% set {name} = dict\({name}, \*\*(\{{.*?\}})\) %}}", text):
        table |= ast.literal_eval(more)
    return table


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said(language: str) -> None:
    """No letter shows the internal name of a reason."""
    assert sorted(reasons() - set(titles(language, "why_titles"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_allowed_is_said(language: str) -> None:
    """An alternative is a command, whose help is shown, or has words of its own; numbers need none."""
    given = [key.value for call in calls("Refused") for key in call.keywords if key.arg == "allowed"]
    allowed = {phrase for value in given for phrase in words(value)} | {text.value for text in AllowedText}
    allowed |= {right.value for right in Right} | {"date", "number", "moment", "money", "minutes", "text"}
    shown = {phrase for phrase in allowed if not re.fullmatch(r"[\d.-]+|\S+@\S+", phrase)} - set(staff_commands())
    assert sorted((shown | {right.value for right in Right}) - set(titles(language, "allowed_titles"))) == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("name", ["notice_titles", "did_titles", "why_titles", "allowed_titles"])
def test_languages_say_the_same(language: str, name: str) -> None:
    """Every English text exists in every other language."""
    assert sorted(set(titles("en", name)) - set(titles(language, name))) == []


def test_what_was_said_is_told() -> None:
    """For text that is not understood the letter quotes it, otherwise it gives the reason; a date is shown
    with a day."""
    assert Refused(RefusalReason.UNKNOWN_NAME, said="Replase").why == "Replase"
    assert Refused(RefusalReason.CLOSED).why == "closed"
    early = Refused(RefusalReason.DAY_TOO_EARLY, said="2026-03-01", after=date(2026, 3, 9))
    assert (early.why, early.allowed, early.after) == ("2026-03-01", "a day after 2026-03-09", date(2026, 3, 9))


def test_what_quotes_has_words_to_quote() -> None:
    """A refusal in the code has the quoted text exactly if its reason is shown with it."""
    for call in calls("Refused"):
        members = {ast.unparse(node) for node in ast.walk(call.args[0]) if isinstance(node, ast.Attribute)}
        quotes = {RefusalReason[name.rpartition(".")[2]] in QUOTING for name in members if "RefusalReason." in name}
        says = any(key.arg == "said" for key in call.keywords)
        assert not quotes or (True in quotes) == says, ast.unparse(call)
