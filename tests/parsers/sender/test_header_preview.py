"""The possible senders of a mail and its case clues, from its first header lines."""

from __future__ import annotations

import pytest

from parsers.reading import ClueStrength
from parsers.sender.header_preview import PREVIEW_OCTETS, preview_header
from parsers.sender.own_identity import OwnIdentity

HOUSE = OwnIdentity(support=("complaints@firm.example",))


@pytest.mark.parametrize(
    ("raw", "writers"),
    [
        pytest.param(b"From: Anna <Anna@Example.org>\r\n\r\nx", {"anna@example.org"}, id="angle brackets"),
        pytest.param(b"From: anna@example.org\n\nx", {"anna@example.org"}, id="bare, and line feeds alone"),
        pytest.param(b"FROM:\r\n =?utf-8?q?J=C3=B6rg?=\r\n\t<j@example.org>\r\n\r\n", {"j@example.org"}, id="folded"),
        pytest.param(b"From: complaints+x@firm.example\r\nReply-To: a@b.example\r\n\r\n", {"a@b.example"}, id="a form"),
        pytest.param(b"Subject: From: no@example.org\r\n\r\nFrom: body@example.org", set(), id="not in the header"),
        pytest.param(b"Return-Path: <a@example.org>\r\n", {"a@example.org"}, id="no end of the header"),
        pytest.param(b"\xff\x00\xfe" * 9000, set(), id="noise"),
        pytest.param(b"", set(), id="nothing"),
    ],
)
def test_who_may_have_written_it(raw: bytes, writers: set[str]) -> None:
    """Every sender address that the header names, except our own."""
    assert preview_header(raw, "", (), HOUSE).possible_senders == writers


def test_the_envelope_counts_too() -> None:
    """The envelope sender may be the author; the null reverse-path is nobody."""
    assert preview_header(b"", "Bob@example.org", (), HOUSE).possible_senders == {"bob@example.org"}
    assert preview_header(b"", "", (), HOUSE).possible_senders == frozenset()


def test_what_it_answers() -> None:
    """Message-IDs, the tag in the subject, and the token in the recipient address."""
    token = "a" * 28 + "2"
    raw = b"Subject: Re: [C-2026-000007] x\r\nIn-Reply-To: <1@example.org>\r\nReferences: <0@example.org>\r\n\r\n"
    seen = preview_header(raw, "", (f"complaints+{token}@firm.example",), HOUSE)
    found = {(clue.strength, clue.value) for clue in seen.case_clues}
    assert {(ClueStrength.SUBJECT_TAG, "C-2026-000007"), (ClueStrength.MESSAGE_ID, "1@example.org")} <= found
    assert {(ClueStrength.MESSAGE_ID, "0@example.org"), (ClueStrength.TOKEN, token)} <= found


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"a@" * PREVIEW_OCTETS,
        b"From: <" * PREVIEW_OCTETS,
        b"From:\r\n" * PREVIEW_OCTETS,
        b"From: " + b"\r\n " * PREVIEW_OCTETS,
        b"References: " + b"<" * PREVIEW_OCTETS,
        b"References: " + b"a " * PREVIEW_OCTETS + b"@",
        b"X" * 10**7,
    ],
)
def test_no_header_takes_long(raw: bytes) -> None:
    """Only a limited part of the mail and of each field is read."""
    short = preview_header(raw[:PREVIEW_OCTETS], "", (), HOUSE)
    assert preview_header(raw, "", (), HOUSE) == short
    assert len(short.case_clues) <= 100
