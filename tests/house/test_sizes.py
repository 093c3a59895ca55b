"""Limits on the length of files and functions."""

from __future__ import annotations

import pytest

from tests.house.source import ROOMS, functions, length, name_of, python_files

FILE, TEST_FILE = 400, 600
FUNCTION, MOST_FUNCTIONS = 50, 30


@pytest.mark.parametrize(("folders", "limit"), [((*ROOMS, "benchmarks"), FILE), (("tests",), TEST_FILE)])
def test_no_file_is_too_long(folders: tuple[str, ...], limit: int) -> None:
    """A file is at most 400 lines, a file of tests 600."""
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*folders)}
    assert {name: count for name, count in lines.items() if count > limit} == {}


def test_no_function_is_too_long() -> None:
    """No function is over 50 lines."""
    found = {
        f"{name_of(path)}:{function.lineno} {function.name}": length(function)
        for path in python_files(*ROOMS, "benchmarks", "tests")
        for function in functions(path)
    }
    assert {name: count for name, count in found.items() if count > FUNCTION} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_most_functions_are_short(room: str) -> None:
    """In every top-level package nine functions of ten are under 30 lines."""
    lengths = sorted(length(function) for path in python_files(room) for function in functions(path))
    assert lengths
    assert lengths[int(len(lengths) * 0.9)] < MOST_FUNCTIONS
