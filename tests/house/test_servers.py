"""`make test` installs the packages that the tests need."""

from __future__ import annotations

import ast
import re

from tests.house.source import ROOT, python_files, tree_of


def test_what_tests_need_is_installed() -> None:
    """tests/servers/install.sh lists exactly the packages of the calls need(PROGRAM, PACKAGE)."""
    script = (ROOT / "tests/servers/install.sh").read_text(encoding="utf-8")
    listed = re.search(r"^packages=\(\n(.*?)^\)", script, flags=re.MULTILINE | re.DOTALL)
    assert listed is not None
    needed = {
        node.args[1].value
        for path in python_files("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need"
        if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    }
    assert needed == set(listed[1].split())
