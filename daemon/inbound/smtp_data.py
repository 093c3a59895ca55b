"""One message out of the blocks of SMTP's DATA: where it ends, dots unstuffed, size and memory kept within
limits.

Pure. A message ends at CR LF dot CR LF and at nothing else (RFC 5321 §4.1.1.4): a bare LF or CR around a dot
is part of the message, so no second message can be smuggled in behind it.
"""

from __future__ import annotations

from daemon.inbound.smtp_replies import NO_ROOM, TOO_LARGE

_END = b"\r\n.\r\n"


class MemoryBudget:
    """The bytes that may still be held, shared by all sessions of one event loop."""

    def __init__(self, size: int) -> None:
        self.free = size

    def take(self, size: int) -> bool:
        """Set `size` bytes aside; False, and nothing set aside, when there are not so many."""
        if size > self.free:
            return False
        self.free -= size
        return True

    def give_back(self, size: int) -> None:
        """Return what was taken."""
        self.free += size


class DataBlocks:
    """Collects one message. Feed blocks until `feed` returns the bytes behind the end; then read `message`.

    `refusal` is empty, or the reply that the message must get; a refused message is read to its end and not
    held.
    """

    def __init__(self, limit: int, room: MemoryBudget) -> None:
        self._limit = limit
        self._cap = limit * 4 // 3 + len(_END)  # stuffing adds at most one byte to three: CR LF dot
        self._room = room
        self._taken = 0
        self._bytes = bytearray(b"\r\n")  # DATA starts at the beginning of a line
        self.refusal = ""

    def feed(self, block: bytes) -> bytes | None:
        """Take a block; None while the message goes on, else what follows its end (pipelined commands)."""
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
        """The message as its sender meant it; empty with `refusal` set when it is over the limit."""
        if b"\r\n." in self._bytes:  # RFC 5321 §4.5.2: a line's first dot is the transport's
            self._bytes = self._bytes.replace(b"\r\n.", b"\r\n")
        del self._bytes[:2]
        if not self.refusal and len(self._bytes) > self._limit:
            self._refuse(TOO_LARGE)
        return b"" if self.refusal else bytes(self._bytes)

    def release(self) -> None:
        """Give the memory back; safe to call twice."""
        self._room.give_back(self._taken)
        self._taken = 0
