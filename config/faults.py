"""Exceptions for temporary and lasting failures, and the faults that are found in settings, policies and scenarios."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class TryAgain(Exception):
    """A temporary failure: the same work may succeed later. SMTP answers it with 451."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GiveUp(Exception):
    """A lasting failure: the same work would fail again. SMTP answers it with 550 or 554."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wrong(ValueError):
    """A value that cannot be read: what is wrong with it, what may stand there instead, and the allowed spelling
    closest to it; the last two may be empty. Every reader of a value in a settings, policy or scenario file raises it;
    the caller, which knows the file and the key, turns it into a Fault."""

    def __init__(self, problem: str, allowed: str = "", near: str = "") -> None:
        self.problem = problem
        self.allowed = allowed
        self.near = near
        super().__init__("; ".join(_parts(problem, allowed, near)))

    @classmethod
    def from_error(cls, error: BaseException) -> Wrong:
        """The error itself where it is a Wrong, else one with the error's text as its problem."""
        return error if isinstance(error, cls) else cls(str(error))


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a file, with all that is needed to correct it.

    `key` is the dotted path inside the file; `value` the value found there; `allowed` the values that are allowed;
    `nearest` the allowed spelling closest to the value, or empty.
    """

    file: str
    key: str
    problem: str
    value: str = ""
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        found = f"; found {self.value}" if self.value else ""
        return "; ".join(_parts(f"{self.file}: {self.key}: {self.problem}{found}", self.allowed, self.nearest))


class FaultsFound(Exception):
    """All faults of one load, so that they can be corrected together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def _parts(problem: str, allowed: str, near: str) -> Iterator[str]:
    yield problem
    if allowed:
        yield f"allowed: {allowed}"
    if near:
        yield f"did you mean {near!r}?"


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed spelling closest to `word`; an empty string when none is close."""
    names = {name.lower(): name for name in allowed}
    matches = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.55)
    return names[matches[0]] if matches else ""
