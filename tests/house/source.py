"""The project's own files, for the house tests: parsed, never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "parsers", "storage", "templates", "daemon")


def python_files(*folders: str) -> list[Path]:
    """The Python files in these folders of the project, sorted. A folder that is not there has none."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """A file's path from the top of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def importers(package: str, *folders: str) -> set[str]:
    """The files that import a package or anything in it."""
    return {name_of(path) for path in python_files(*folders) if package in imported(tree_of(path))}


def imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a file imports, at any level of nesting."""
    return {module.partition(".")[0] for module in modules(tree)}


def modules(tree: ast.Module) -> set[str]:
    """The full names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, including methods and nested functions."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    """The number of lines from `def` to the end of the body."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def dotted(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each name used in a file, with its line; imported ones in full: `dt.now` as `datetime.datetime.now`."""
    full_names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full_names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full_names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, *rest = _chain(node)
            yield node.lineno, ".".join([full_names.get(first, first), *rest])


def _chain(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else [""]


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings, including those below a constant."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
