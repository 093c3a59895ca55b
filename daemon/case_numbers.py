"""Case numbers, each given out only once.

A number is written into a file beside the keys before it is used, so that a database restored from a copy is noticed
(daemon/runtime/restored_database.py).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.faults import FaultsFound, TryAgain
from config.files.numbers_file import Numbers, read_numbers, write_numbers
from storage import cases, counters
from storage.engine import Source


class Numbering:
    """Gives numbers out. `where` lists the paths of the file; the first that can be written is used. Without any (a
    rehearsal in memory) only the database counts. May be used from any thread."""

    def __init__(self, where: Sequence[Path] = ()) -> None:
        self.paths = tuple(where)
        self._lock = threading.Lock()
        self._written: dict[str, int] = {}

    def reserve(self, conn: Any, prefix: str, year: int, count: int) -> list[tuple[int, str]]:
        """Return ids and references for `count` new tickets (see storage.cases.reserve). Raises TryAgain when the file
        cannot be written: no number is used without it."""
        numbers = cases.reserve(conn, prefix, year, count)
        number, reference = numbers[-1]
        last = int(reference.rpartition("-")[2])
        self.record_used({counters.TICKET: number, counters.reference_counter(prefix, year): last})
        return numbers

    def record_used(self, used: Mapping[str, int]) -> None:
        """Write these numbers into the file as used, unless it has them or higher ones. Raises TryAgain."""
        with self._lock:
            new = {name: value for name, value in used.items() if value > self._written.get(name, 0)}
            if not self.paths or not new:
                return
            try:
                write_numbers(self.paths, Numbers(used=used))
            except FaultsFound as found:
                raise TryAgain(f"no case number can be given out: {found}") from found
            self._written.update(new)

    def record_all_nodes(self, source: Source) -> None:
        """Write the numbers that other nodes have given out, too. Raises TryAgain.

        On a restored database the first node to start must know them.
        """
        if self.paths:
            self.record_used(counters.last_values(source))

    def recorded(self) -> Numbers | None:
        """Return the file's content, or None when there is none. Raises FaultsFound."""
        return read_numbers(self.paths)
