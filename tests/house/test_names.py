"""No file, class or function has a name with an empty word such as Manager, Helper or Data."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from tests.house.source import ROOMS, Function, name_of, python_files, tree_of

SAYS_NOTHING = {"manager", "handler", "helper", "util", "utility", "data", "info", "item", "job"}
# Names prescribed by a library, or the protocol's own term.
ALLOWED = {
    "daemon/inbound/smtp_data.py": "the DATA command of SMTP",
    "smtp_DATA": "the DATA command of SMTP, by aiosmtpd's name",
    "handle_DATA": "the DATA command of SMTP, by aiosmtpd's name",
    "data_received": "asyncio's name for it",
    "_answer_data": "the reply to the DATA command of SMTP",
}
# A team's manager is a person, so functions may be named for them; classes may not.
PEOPLE = {"manager"}


def words(name: str) -> list[str]:
    """The words of a name in camel or snake case, in the singular."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [part.lower().removesuffix("s") if part.lower() != "utilities" else "utility" for part in parts]


def test_no_file_is_named_with_an_empty_word() -> None:
    """No module's name contains one."""
    found = [name_of(path) for path in python_files(*ROOMS, "tests", "benchmarks") if _empty(path)]
    assert [name for name in found if name.removeprefix("tests/").replace("test_", "") not in ALLOWED] == []


def _empty(path: Path) -> bool:
    return bool(SAYS_NOTHING & set(words(path.stem)))


def test_no_top_level_name_is_one_of_the_standard_library() -> None:
    """A top-level package `calendar` would hide Python's. Modules inside packages may have such a name, because all
    imports are absolute."""
    assert [name for name in ROOMS if name in sys.stdlib_module_names] == []


def test_no_class_is_named_with_an_empty_word() -> None:
    """No class name ends in Manager, Handler, Helper and the like."""
    assert _ending((ast.ClassDef,), SAYS_NOTHING) == []


def test_no_function_is_named_with_an_empty_word() -> None:
    """No function name ends in one, except for the manager of a team."""
    assert _ending((ast.FunctionDef, ast.AsyncFunctionDef), SAYS_NOTHING - PEOPLE) == []


def _ending(kinds: tuple[type[ast.ClassDef | Function], ...], empty: set[str]) -> list[str]:
    return [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files(*ROOMS, "tests", "benchmarks")
        for node in ast.walk(tree_of(path))
        if isinstance(node, kinds)
        and node.name not in ALLOWED
        and words(node.name)[-1:]
        and words(node.name)[-1] in empty
    ]
