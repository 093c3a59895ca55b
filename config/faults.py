"""The failures that travel, and the faults a person can mend in a settings or policy file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class TryAgain(Exception):
    """A passing failure: the same work may succeed later. At the SMTP edge this is a 451."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GiveUp(Exception):
    """A lasting failure: the same work will fail again. At the SMTP edge this is a 550 or 554."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file of settings or policy, told so that it can be mended without asking anybody.

    `key` is the dotted path inside the file; `value` is what stands there; `allowed` says what may stand there;
    `nearest` is the allowed spelling closest to the one found, or empty.
    """

    file: str
    key: str
    problem: str
    value: str = ""
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        parts = [f"{self.file}: {self.key}: {self.problem}"]
        if self.value:
            parts.append(f"found {self.value}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.nearest:
            parts.append(f"did you mean {self.nearest!r}?")
        return "; ".join(parts)


class FaultsFound(Exception):
    """All the faults of one load, so that a person mends them in one go."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed spelling closest to `word`, or an empty string where none is near."""
    names = {name.lower(): name for name in allowed}
    matches = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.55)
    return names[matches[0]] if matches else ""
