"""A transport that keeps letters in memory, for tests."""

from __future__ import annotations

from storage.values import Letter


class MemoryTransport:
    """Keeps letters in a list, in the order in which they were delivered."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def deliver(self, letter: Letter) -> None:
        """Keep the letter."""
        self.letters.append(letter)

    def close(self) -> None:
        """Nothing is open."""
