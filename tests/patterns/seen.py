"""Every regular expression of the project, found by machine: run as a program, it prints what it saw as JSON.

`re` is watched from before the first module of the project is imported until all of them are imported and some mails
and rehearsals have been through them, so patterns that are put together from words, policies and settings are seen
too. The program runs in a process of its own, since modules that are imported already have nothing left to show.
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

_DOORS = frozenset({"compile", "match", "search", "sub", "subn", "fullmatch", "findall", "finditer", "split"})
_AT_THE_BEGINNING = frozenset({"match", "fullmatch"})
"""Methods that look at one place."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the project where a pattern is given to `re`, the lines it takes, and how."""

    file: str
    first: int
    last: int
    door: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A pattern that came to a place."""

    file: str
    line: int
    pattern: str
    octets: bool
    flags: int


def sites() -> Iterator[Site]:
    """Every call of `re` in the project."""
    for path in python_files(*ROOMS):
        tree = tree_of(path)
        bound = {id(one.value): one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (door := _door(node)):
                yield Site(
                    name_of(path),
                    node.lineno,
                    node.end_lineno or node.lineno,
                    bound.get(id(node), door) if door == "compile" else door,
                )


def _door(node: ast.Call) -> str:
    """How a call enters `re`, or empty."""
    of = node.func
    here = isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "re"
    return of.attr if here and isinstance(of, ast.Attribute) and of.attr in _DOORS else ""


def looked_for(site: Site) -> str:
    """How a place's patterns are used: by its own call, or by all the calls of the name it is bound to."""
    if site.door != "compile":
        return site.door if site.door in _AT_THE_BEGINNING else "search"
    named = _name_bound(site)
    if named is None:
        return "search"
    used = _uses(site.file, named)
    if not used or not used <= _AT_THE_BEGINNING:
        return "search"
    return "fullmatch" if used == {"fullmatch"} else "match"


def _name_bound(site: Site) -> str | None:
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
    """For each file and name what is called on it; `?` where it is used in any other way."""
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
    """What is called on a name: a private one in its own file, any other in all of them."""
    everywhere = not name.startswith("_")
    return {
        one
        for (where, what), used in _all_uses().items()
        if what == name and (everywhere or where == file)
        for one in used
    }


def constants() -> Iterator[Seen]:
    """Patterns that are written where they are used, whether or not anybody comes that way: whole, or with a hole or
    two for words that are escaped."""
    for path in python_files(*ROOMS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _door(node):
                pattern = _written(node.args[0])
                given = (*node.args[1:], *(key.value for key in node.keywords))
                flags = [ast.unparse(one) for one in given if "re." in ast.unparse(one)]
                if pattern is not None:
                    yield _seen(name_of(path), node.lineno, pattern, sum(eval(one, {"re": re}) for one in flags))


def _written(node: ast.expr) -> str | bytes | None:
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
    """From now on every pattern that a file of the project gives to `re` is noted."""
    original: Callable[[Any, int], Any] = re._compile  # type: ignore[attr-defined]
    rooms = tuple(f"{ROOT}/{room}/" for room in ROOMS)

    def noting(pattern: Any, flags: Any) -> Any:
        frame = sys._getframe(2)
        if isinstance(pattern, str | bytes) and frame.f_code.co_filename.startswith(rooms):
            file = Path(frame.f_code.co_filename).relative_to(ROOT).as_posix()
            found.add(_seen(file, frame.f_lineno, pattern, flags))
        return original(pattern, flags)

    re._compile = noting  # type: ignore[attr-defined]


def import_all() -> None:
    """Every module of the project."""
    for path in python_files(*ROOMS):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not module.endswith("__main__") and "migrations" not in module:
            importlib.import_module(module)


def main() -> None:
    found: set[Seen] = set()
    watch(found)
    import_all()
    importlib.import_module("tests.patterns.going").go_through()
    found |= set(constants())
    json.dump(sorted([one.file, one.line, one.pattern, one.octets, one.flags] for one in found), sys.stdout)


if __name__ == "__main__":
    main()
