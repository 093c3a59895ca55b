"""A transport for tests that keeps letters in memory."""

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
        """Nothing to close."""
