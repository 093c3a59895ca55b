"""Transfer encodings: blanks at line ends, damaged base64, and the memory used."""

from __future__ import annotations

import base64
import binascii
import tracemalloc

import pytest

from parsers.mime import transfer


@pytest.mark.parametrize(
    ("octets", "read"),
    [
        (b"hi \t\r\nyou\t \r\n", b"hi\r\nyou\r\n"),
        (b"hi" + b"\t" * 9 + b"x\r\nend \r\n", b"hi" + b"\t" * 9 + b"x\r\nend\r\n"),  # inside a line they stay
        (b"soft= \t\r\nly \r\n", b"softly\r\n"),
        (b"last line \r\nof all  ", b"last line\r\nof all"),
        (b"kept=20\r\nlost \n", b"kept \r\nlost\n"),
    ],
)
def test_blanks_at_line_ends_are_padding(octets: bytes, read: bytes) -> None:
    """RFC 2045 section 6.7, rule 3."""
    assert transfer.decode_quoted_printable(octets) == read


def test_a_long_text_is_read_as_a_short_one() -> None:
    """Blocks end at line ends, so that no soft line break is split."""
    line = b"soft line = \r\nbreak =E4=B8=96 \r\n"
    assert transfer.decode_quoted_printable(line * 100_000) == b"soft line break \xe4\xb8\x96\r\n" * 100_000


@pytest.mark.parametrize(
    ("octets", "read"),
    [
        (b"aGVsbG8=\r\nIHdvcmxk", b"hello world"),
        (b"aGVs!bG8*gd29y\r\n~bGQ", b"hello world"),
        (b"aGVsbG8", b"hello"),
        (b"aGVsbG8gd29ybGQ" + b"=" * 50, b"hello world"),
    ],
)
def test_base64_is_read_past_damage(octets: bytes, read: bytes) -> None:
    """Foreign characters, padding inside, a truncated end."""
    assert transfer.decode_base64(octets) == read


def uuencoded(octets: bytes) -> bytes:
    """The uuencoded lines of a file whose lines are all full."""
    return b"".join(binascii.b2a_uu(octets[at : at + 45]) for at in range(0, len(octets), 45))


def test_uuencoded_lines_are_read_to_the_end_and_no_further() -> None:
    """Also across the blocks that are processed at once."""
    octets = bytes(range(256)) * 6_000
    assert transfer.decode_uu_lines(uuencoded(octets) + b"`\nend\nmore\n") == octets
    assert transfer.decode_uu_lines(uuencoded(octets[:90])) == octets[:90]
    assert transfer.decode_uu_lines(b"#86)C\n\n#86)C\n") == b"abc"


NOISE = {
    "foreign signs": lambda: transfer.decode_base64(b"!a" * 2_000_000),
    "padding": lambda: transfer.decode_base64(b"a=" * 2_000_000),
    "blank line ends": lambda: transfer.decode_quoted_printable(b"a \r\n" * 1_000_000),
    "short lines": lambda: transfer.decode_uu_lines(b"!\n" * 2_000_000),
    "real base64": lambda: transfer.decode_base64(base64.encodebytes(bytes(3_000_000))),
}


@pytest.mark.parametrize("noise", NOISE)
def test_reading_holds_a_few_times_the_octets_and_no_more(noise: str) -> None:
    """Four million octets of noise do not create an object each."""
    tracemalloc.start()
    NOISE[noise]()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 80_000_000
