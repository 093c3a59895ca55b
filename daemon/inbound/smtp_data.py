"""Assemble one message from the blocks of SMTP's DATA: find its end, unstuff dots, limit size and memory. Pure.

A message ends at CR LF dot CR LF and at nothing else (RFC 5321 §4.1.1.4): a bare LF or CR around a dot is part of the
message, so that no second message can be smuggled in behind it.
"""

from __future__ import annotations

from daemon.inbound.smtp_replies import NO_ROOM, TOO_LARGE

_END = b"\r\n.\r\n"


class MemoryBudget:
    """How many bytes of mail may still be held, for all sessions of one event loop."""

    def __init__(self, size: int) -> None:
        self.free = size

    def take(self, size: int) -> bool:
        """Reserve `size` bytes; return False, and reserve nothing, when there are not so many."""
        if size > self.free:
            return False
        self.free -= size
        return True

    def give_back(self, size: int) -> None:
        """Release what was reserved."""
        self.free += size


class DataBlocks:
    """Collects one message. Feed blocks until `feed` returns the bytes behind the end; then read `message`.

    `refusal` is empty, or the reply that the message must get; a refused message is read to its end and not kept.
    """

    def __init__(self, limit: int, memory: MemoryBudget) -> None:
        self._limit = limit
        self._cap = limit * 4 // 3 + len(_END)  # dot-stuffing adds at most one byte to three (CR LF dot)
        self._room = memory
        self._taken = 0
        self._bytes = bytearray(b"\r\n")  # DATA starts at the beginning of a line
        self.refusal = ""

    def feed(self, block: bytes) -> bytes | None:
        """Add a block; return None until the message ends, then the bytes behind its end (pipelined commands)."""
        if not self.refusal:
            self._reserve(len(block))
        start = max(0, len(self._bytes) - len(_END) + 1)
        self._bytes += block
        end = self._bytes.find(_END, start)
        if end < 0:
            if self.refusal:
                del self._bytes[: -len(_END) + 1]
            return None
        rest = bytes(self._bytes[end + len(_END) :])
        del self._bytes[end + 2 :]
        return rest

    def _reserve(self, size: int) -> None:
        if len(self._bytes) + size > self._cap:
            self._refuse(TOO_LARGE)
        elif not self._room.take(size):
            self._refuse(NO_ROOM)
        else:
            self._taken += size

    def _refuse(self, reply: str) -> None:
        self.refusal = reply
        del self._bytes[: -len(_END) + 1]
        self.release()

    def message(self) -> bytes:
        """Return the message, dots unstuffed; empty, with `refusal` set, when it is over the limit."""
        if b"\r\n." in self._bytes:  # RFC 5321 §4.5.2: the transport adds a dot to a line that begins with one
            self._bytes = self._bytes.replace(b"\r\n.", b"\r\n")
        del self._bytes[:2]
        if not self.refusal and len(self._bytes) > self._limit:
            self._refuse(TOO_LARGE)
        return b"" if self.refusal else bytes(self._bytes)

    def release(self) -> None:
        """Release the memory; a second call does nothing."""
        self._room.give_back(self._taken)
        self._taken = 0
