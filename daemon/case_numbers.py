"""Case numbers, each given out once for ever: what was given out stands in a file beside the keys before it is used, so
that a database restored from a copy is noticed (daemon/runtime/restored_database.py)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.faults import FaultsFound, TryAgain
from config.files.numbers_file import Numbers, keep_numbers, read_numbers
from storage import cases, counters
from storage.engine import Source


class Numbering:
    """Gives numbers out. `where` are the places of the file, the first that can be written counting; without any (a
    rehearsal in memory) the database alone counts. Any thread may use it."""

    def __init__(self, where: Sequence[Path] = ()) -> None:
        self.where = tuple(where)
        self._lock = threading.Lock()
        self._kept: dict[str, int] = {}

    def reserve(self, conn: Any, prefix: str, year: int, count: int) -> list[tuple[int, str]]:
        """Ids and references for `count` new tickets; see storage.cases.reserve. Raises TryAgain where the file cannot
        be written: without it no number is used."""
        numbers = cases.reserve(conn, prefix, year, count)
        number, reference = numbers[-1]
        last = int(reference.rpartition("-")[2])
        self.keep({counters.TICKET: number, counters.reference(prefix, year): last})
        return numbers

    def keep(self, used: Mapping[str, int]) -> None:
        """Have the file say that these numbers are used; nothing is written that it says already. Raises TryAgain."""
        with self._lock:
            new = {name: value for name, value in used.items() if value > self._kept.get(name, 0)}
            if not self.where or not new:
                return
            try:
                keep_numbers(self.where, Numbers(used=used))
            except FaultsFound as found:
                raise TryAgain(f"no case number can be given out: {found}") from found
            self._kept.update(new)

    def follow(self, source: Source) -> None:
        """Keep what other nodes have given out, too: whichever of them starts first on a restored database must know.
        Raises TryAgain."""
        if self.where:
            self.keep(counters.every(source))

    def known(self) -> Numbers | None:
        """What the file says, or None without one. Raises FaultsFound."""
        return read_numbers(self.where)
