"""The file of the highest case numbers ever assigned, stored next to the keys: a database that was restored from a
backup does not know the numbers assigned since.

restored = ""                # when a restored database was last noticed
[used]
ticket = 7                   # the last number given out
[ahead]
ticket = 200                 # numbers up to here may have been: another node may know more
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from config.faults import Fault, FaultsFound
from config.files.toml_layers import read_source

STEP = 100
"""By how many numbers the file is ahead of those assigned."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Per counter the last number assigned and the number up to which it may have been; and when a restored database
    was last detected (ISO 8601, or empty)."""

    used: Mapping[str, int] = field(default_factory=dict)
    ahead: Mapping[str, int] = field(default_factory=dict)
    restored: str = ""

    def together(self, other: Numbers) -> Numbers:
        """The maximum of both, and `ahead` at least one step beyond `used`."""
        used = _higher(self.used, other.used)
        ahead = _higher(_higher(self.ahead, other.ahead), {name: _next_step(value) for name, value in used.items()})
        return Numbers(used, ahead, max(self.restored, other.restored))


def _higher(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in (*one, *other)}


def _next_step(used: int) -> int:
    """The multiple of STEP that is at least STEP beyond `used`."""
    return -(-(used + STEP) // STEP) * STEP


def numbers_files(keys: Path, state: Path) -> tuple[Path, ...]:
    """The possible paths of the file: next to the keys; or in the daemon's own folder, when that of the keys is not
    writable (a credential of the service manager, a folder of root's)."""
    return keys.with_name(f"{keys.name}.numbers"), state / "keys.numbers"


def read_numbers(where: Sequence[Path]) -> Numbers | None:
    """Read the files and return the maximum of their numbers; None when there is no file. Raises FaultsFound."""
    found = [_read(path) for path in where if path.is_file()]
    return reduce(Numbers.together, found) if found else None


def _read(path: Path) -> Numbers:
    table = read_source(path).table
    used, ahead, restored = table.get("used", {}), table.get("ahead", {}), table.get("restored", "")
    values = [value for counts in (used, ahead) for value in (counts.values() if isinstance(counts, dict) else [None])]
    if not isinstance(restored, str) or not all(type(value) is int for value in values):
        allowed = "as reclamo wrote it; without the file the database is believed, so keep it rather than delete it"
        raise FaultsFound([Fault(str(path), "file", "not a file of numbers", allowed=allowed)])
    return Numbers(used, ahead, restored)


def write_numbers(where: Sequence[Path], numbers: Numbers) -> Path:
    """Write the numbers, merged with those that others wrote meanwhile, to the first writable path; durable on return.
    Raises FaultsFound when no path is writable."""
    faults: list[Fault] = []
    for path in where:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path.parent):
                _write(path, numbers.together(read_numbers([path]) or Numbers()))
            return path
        except OSError as error:
            faults.append(_fault(path, f"cannot be written: {error.strerror}"))
    raise FaultsFound(faults)


def check_writable(where: Sequence[Path]) -> None:
    """Check, without changing anything, that the file can be read and written. Raises FaultsFound."""
    read_numbers(where)
    faults = []
    for path in where:
        folder = next(parent for parent in path.parents if parent.exists())
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and not path.is_dir():
            return
        faults.append(_fault(path, "cannot be written"))
    if faults:
        raise FaultsFound(faults)


def _fault(path: Path, problem: str) -> Fault:
    allowed = "a folder that may be written: that of the keys, or the one that `state` names"
    return Fault(str(path), "file", problem, allowed=allowed)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder against other writers, as far as the file system supports locks."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # a network file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, numbers: Numbers) -> None:
    lines = [
        "# The highest case numbers ever given out here. Keep this file with the keys, and never restore it from a",
        "# copy: it is how a restored database learns which numbers customers have had since.",
        f'restored = "{numbers.restored}"',
        "[used]",
        *(f'"{name}" = {value}' for name, value in sorted(numbers.used.items())),
        "[ahead]",
        *(f'"{name}" = {value}' for name, value in sorted(numbers.ahead.items())),
    ]
    beside = path.with_name(path.name + ".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as writer:
        writer.write("\n".join(lines) + "\n")
        writer.flush()
        os.fsync(writer.fileno())
    beside.replace(path)
