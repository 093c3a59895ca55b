"""Find every regular expression of the project; run as a program, it prints them as JSON.

`re` is watched from before the first import of a module of the project until all are imported and exercise.py has run,
so that patterns built from words, policies and settings are recorded too. This needs a process of its own: a module
that is already imported would not compile its patterns again.
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.source import ROOMS, ROOT, name_of, python_files, tree_of

_METHODS = frozenset({"compile", "match", "search", "sub", "subn", "fullmatch", "findall", "finditer", "split"})
_AT_THE_BEGINNING = frozenset({"match", "fullmatch"})
"""Methods that match at the beginning of a text only."""


@dataclass(frozen=True, slots=True)
class Site:
    """A call of `re` in the project: its file, its first and last line, and the method called."""

    file: str
    first: int
    last: int
    method: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A pattern that was passed to `re`, with the file and line of the call."""

    file: str
    line: int
    pattern: str
    octets: bool
    flags: int


def sites() -> Iterator[Site]:
    """Every call of `re` in the project."""
    for path in python_files(*ROOMS):
        tree = tree_of(path)
        attributes = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (method := _re_method(node)):
                yield Site(
                    name_of(path),
                    node.lineno,
                    node.end_lineno or node.lineno,
                    attributes.get(id(node), method) if method == "compile" else method,
                )


def _re_method(node: ast.Call) -> str:
    """The function of `re` that a call calls, or empty."""
    called = node.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re":
        return called.attr if called.attr in _METHODS else ""
    return ""


def looked_for(site: Site) -> str:
    """The method by which the patterns of a call are used: its own, or that of all calls on the name it is bound to."""
    if site.method != "compile":
        return site.method if site.method in _AT_THE_BEGINNING else "search"
    name = _bound_name(site)
    if name is None:
        return "search"
    used = _uses(site.file, name)
    if not used or not used <= _AT_THE_BEGINNING:
        return "search"
    return "fullmatch" if used == {"fullmatch"} else "match"


def _bound_name(site: Site) -> str | None:
    for node in tree_of(ROOT / site.file).body:
        if isinstance(node, ast.Assign) and node.lineno <= site.first <= site.last <= (node.end_lineno or 0):
            target = node.targets[0]
            if len(node.targets) == 1 and isinstance(target, ast.Name) and _is_pattern(node.value):
                return target.id
    return None


def _is_pattern(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "re.compile"


@functools.cache
def _all_uses() -> dict[tuple[str, str], set[str]]:
    """The attributes used on each name, by file and name; `?` for a use that is not an attribute."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in python_files(*ROOMS):
        file = name_of(path)
        called: set[int] = set()
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.setdefault((file, node.value.id), set()).add(node.attr)
                called.add(id(node.value))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                found.setdefault((file, node.id), set()).add("?")
    return found


def _uses(file: str, name: str) -> set[str]:
    """The attributes used on a name: in its own file if the name is private, else in all files."""
    everywhere = not name.startswith("_")
    return {
        attribute
        for (where, what), used in _all_uses().items()
        if what == name and (everywhere or where == file)
        for attribute in used
    }


def constants() -> Iterator[Seen]:
    """Patterns that are literals in a call of `re`, whether or not the call is ever run; f-strings too, if all their
    values are escaped."""
    for path in python_files(*ROOMS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _re_method(node):
                pattern = _literal_pattern(node.args[0])
                arguments = (*node.args[1:], *(key.value for key in node.keywords))
                flags = [text for text in map(ast.unparse, arguments) if "re." in text]
                if pattern is not None:
                    yield _seen(name_of(path), node.lineno, pattern, sum(eval(flag, {"re": re}) for flag in flags))


def _literal_pattern(node: ast.expr) -> str | bytes | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue) and ast.unparse(part.value).startswith("re.escape("):
            parts.append("some words")
        else:
            return None
    return "".join(parts)


def _seen(file: str, line: int, pattern: str | bytes, flags: int) -> Seen:
    octets = isinstance(pattern, bytes)
    return Seen(file, line, pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern, octets, int(flags))


# ------------------------------------------------------------------------------------------------------ watching


def watch(found: set[Seen]) -> None:
    """Add to `found` every pattern that a file of the project passes to `re` from now on."""
    original: Callable[[Any, int], Any] = re._compile  # type: ignore[attr-defined]
    rooms = tuple(f"{ROOT}/{room}/" for room in ROOMS)

    def recording(pattern: Any, flags: Any) -> Any:
        frame = sys._getframe(2)
        if isinstance(pattern, str | bytes) and frame.f_code.co_filename.startswith(rooms):
            file = Path(frame.f_code.co_filename).relative_to(ROOT).as_posix()
            found.add(_seen(file, frame.f_lineno, pattern, flags))
        return original(pattern, flags)

    re._compile = recording  # type: ignore[attr-defined]


def import_all() -> None:
    """Import every module of the project."""
    for path in python_files(*ROOMS):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not module.endswith("__main__") and "migrations" not in module:
            importlib.import_module(module)


def main() -> None:
    found: set[Seen] = set()
    watch(found)
    import_all()
    importlib.import_module("tests.patterns.exercise").exercise_patterns()
    found |= set(constants())
    json.dump(sorted([seen.file, seen.line, seen.pattern, seen.octets, seen.flags] for seen in found), sys.stdout)


if __name__ == "__main__":
    main()
