"""Every check of a policy has a bad policy among the golden cases that triggers it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import config.checks
from config.checks import finding
from tests.config.test_bad_policies import BAD, reported_faults

FOLDER = Path(config.checks.__file__).parent
# Warnings of an installation, which are no faults of a policy: tests/config/test_checks.py.
OTHERS = {"people", "satisfaction", "finding"}
# Functions that report a fault, and those that pass one on.
FINDERS = {"Finding", finding.check_name.__name__, "_each", "_recipient", "_pattern", "_owner"}


def _places() -> Iterator[tuple[str, int, int]]:
    """Return each call that reports a fault: its module, first and last line."""
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name in OTHERS:
            continue
        for node in ast.walk(ast.parse((FOLDER / f"{module.name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FINDERS:
                yield module.name, node.lineno, node.end_lineno or node.lineno


class Watch:
    """Records which lines of the checks run whenever a fault is found."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()

    def note(self, frame: FrameType | None) -> None:
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.parent == FOLDER:
                self.seen.add((path.stem, frame.f_lineno))
            frame = frame.f_back

    def finding(self, *args: Any, **more: Any) -> finding.Finding:
        self.note(sys._getframe(1))
        return finding.Finding(*args, **more)

    def known(self, *args: Any) -> Iterator[finding.Finding]:
        for found in finding.check_name(*args):
            self.note(sys._getframe(1))
            yield found


def test_each_check_has_its_bad_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise nothing tests that check's message."""
    watch = Watch()
    for name in {place[0] for place in _places()}:
        module = importlib.import_module(f"config.checks.{name}")
        for finder, noting in (("Finding", watch.finding), (finding.check_name.__name__, watch.known)):
            if hasattr(module, finder):
                monkeypatch.setattr(module, finder, noting)
    for number, folder in enumerate(BAD):
        reported_faults(folder, tmp_path / str(number))
    unseen = [
        f"config/checks/{module}.py:{first}"
        for module, first, last in _places()
        if not any(name == module and first <= line <= last for name, line in watch.seen)
    ]
    assert unseen == []
