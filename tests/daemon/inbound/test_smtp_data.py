"""The DATA collector, for every way in which the bytes may be split."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from daemon.inbound.smtp_data import DataBlocks, MemoryBudget
from daemon.inbound.smtp_replies import NO_ROOM, TOO_LARGE

LINES = st.lists(st.sampled_from([b".", b"..", b"", b"\n.\n", b"\r", b"\n", b"\x00.", b"text", b"\r\r", b".\n"]))


def collect(stream: bytes, cuts: list[int], limit: int = 10_000, room: int = 100_000) -> tuple[DataBlocks, bytes]:
    """Feed the stream split at these positions; return the collector and the bytes after the end."""
    data = DataBlocks(limit, MemoryBudget(room))
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    blocks = [stream[start:end] for start, end in pairwise(places)]
    for number, block in enumerate(blocks):
        rest = data.feed(block)
        if rest is not None:
            return data, rest + b"".join(blocks[number + 1 :])
    raise AssertionError("no end")


def sent(message: bytes) -> bytes:
    """Return the message as a client sends it, dot-stuffed (RFC 5321 section 4.5.2)."""
    lines = message.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\n"


@given(LINES, st.lists(st.integers(0, 200)), st.sampled_from([b"", b"QUIT\r\n", b".\r\n", b"\r\n.\r\n"]))
def test_whatever_is_sent_comes_out(lines: list[bytes], cuts: list[int], behind: bytes) -> None:
    """The message is what its sender meant, and the bytes after it are left for commands."""
    message = b"".join(line + b"\r\n" for line in lines)
    data, rest = collect(sent(message) + behind, cuts)
    assert (data.message(), rest) == (message, behind)


@given(st.integers(0, 300), st.lists(st.integers(0, 400)))
def test_limits_hold_however_it_is_cut(size: int, cuts: list[int]) -> None:
    """Too large and no room are detected at any split, and all memory is returned."""
    stream = b"x" * size + b"\r\n.\r\nNOOP"
    data, rest = collect(stream, cuts, limit=200)
    assert (data.message() == b"", data.refusal, rest) == (size + 2 > 200, TOO_LARGE * (size + 2 > 200), b"NOOP")
    memory = MemoryBudget(100)
    crowded = DataBlocks(10_000, memory)
    for block in (b"y" * 90, b"y" * size, b"\r\n.\r\n"):
        end = crowded.feed(block)
    assert (end, crowded.refusal) == (b"", NO_ROOM * (size + 95 > 100))
    crowded.message()
    crowded.release()
    crowded.release()
    assert memory.free == 100
