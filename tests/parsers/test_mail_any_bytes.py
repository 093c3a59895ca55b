"""Any bytes: parsed without an exception, into text that a database accepts, in time linear in the size."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.limits import ReadingLimits
from parsers.mail import read_mail
from parsers.mime.attachments import attachment_bytes
from parsers.reading_json import as_json, explanation
from tests.fuzz.fuzz_read_mail import PIECES

HEAD = b"From: a@kunde.example\r\nTo: support@firm.example\r\nSubject: s\r\n"


def storable(raw: bytes) -> None:
    """Parse, and assert that every text in the reading is valid and free of control characters."""
    reading = read_mail(raw)
    shown = json.dumps(as_json(reading), ensure_ascii=False)
    (shown + explanation(reading)).encode("utf-8")
    values = [reading.subject, reading.text, reading.reply, reading.sender.name, reading.sender.address]
    values += [value for many in reading.headers.values() for value in many] + [
        file.name for file in reading.attachments
    ]
    assert not [value for value in values if any(ord(sign) < 32 and sign not in "\n\t" for sign in value)]
    assert "\n" not in reading.subject + reading.sender.name
    for file in reading.attachments:
        assert file.size == len(attachment_bytes(raw, file.part))


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_noise(raw: bytes) -> None:
    """Random bytes."""
    storable(raw)


@given(st.lists(st.sampled_from((*PIECES, HEAD, b"Subject: ", b"To: ", b"a@b.example, ", b"\r\n")), max_size=25))
@settings(max_examples=150, deadline=None)
def test_pieces_of_mail_in_any_order(pieces: list[bytes]) -> None:
    """Real pieces of mail in random order."""
    storable(b"".join(pieces))


@given(st.text(max_size=60), st.sampled_from(["utf-8", "gb18030", "big5", "cp932", "utf-16", "koi8-r", "utf-7"]))
@settings(max_examples=100, deadline=None)
def test_declared_text_is_storable(text: str, charset: str) -> None:
    """Text in any charset, with the right label."""
    octets = text.encode(charset, "ignore")
    raw = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + octets
    storable(raw)


def nested(depth: int) -> bytes:
    parts = (f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(depth))
    return HEAD + b"".join(parts) + b"\r\nhi"


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": nested,
    "nested attached mails": lambda n: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * n + b"hi",
    "addresses": lambda n: b"To: " + b", ".join(b"u%d@b.example" % i for i in range(n)) + b"\r\n\r\nhi",
    "address letters without an address": lambda n: b"To: " + b"a" * n * 10 + b"\r\n\r\nhi",
    "open brackets": lambda n: b"From: " + b"(" * n * 20 + b"\r\n\r\nhi",
    "encoded words": lambda n: b"Subject: " + b"=?utf-8?Q?a?= " * n + b"\r\n\r\nhi",
    "open encoded words": lambda n: b"Subject: " + b"=?utf-8?Q?" * n + b"\r\n\r\nhi",
    "parameters": lambda n: HEAD + b"Content-Type: text/plain" + b"; a=b" * n + b"\r\n\r\nhi",
    "header names": lambda n: b"".join(b"X-%d: v\r\n" % i for i in range(n)) + b"\r\nhi",
    "lines without names": lambda n: b"From: a@b.example\r\n" + b"broken line\r\n" * n + b"Subject: x\r\n\r\nhi",
    "blanks in a folded field": lambda n: b"From: Anna" + b" " * n * 10 + b"x\r\n <a@b.example>\r\n\r\nhi",
    "references": lambda n: b"References: " + b"<a@b>\r\n " * n + b"\r\n\r\nhi",
    "delimiters": lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n--x--\r\n" * n,
    "elements": lambda n: HEAD + b"Content-Type: text/html\r\n\r\n<html>" + b"<div>" * n * 4,
    "tables": lambda n: HEAD + b"Content-Type: text/html\r\n\r\n<body>" + b"<table><tr><td>x" * n,
    "quoted lines": lambda n: HEAD + b"\r\n" + b"> a\n\n" * n,
    "signature delimiters": lambda n: HEAD + b"\r\n" + b"--\r\n" * n * 10,
    "uuencoded beginnings": lambda n: HEAD + b"\r\n" + b"begin 644 a\r\n" * n,
    "8-bit octets": lambda n: HEAD + b"\r\n" + bytes(range(128, 256)) * (n // 10),
    "status groups": lambda n: (
        HEAD
        + b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * n
    ),
    "addresses in a report": lambda n: (
        b"From: mailer-daemon@b.example\r\nSubject: failure notice\r\n\r\nundeliverable\n"
        + b"<user@b.example>: unknown\r\n" * n
    ),
    "enriched marks": lambda n: HEAD + b"Content-Type: text/enriched\r\n\r\n" + b"<param><" * n,
    "armour": lambda n: HEAD + b"\r\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n" * n,
}


def seconds(raw: bytes) -> float:
    """The least processor time of three runs."""
    times = []
    for _ in range(3):
        started = time.process_time()
        read_mail(raw)
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_size_only(name: str) -> None:
    """Four times the input takes about four times as long, not sixteen times."""
    small, large = seconds(HOSTILE[name](1_000)), seconds(HOSTILE[name](4_000))
    assert large < 9 * small + 0.02


def test_limits_are_kept_and_said() -> None:
    """Truncation is reported as an oddity, and the rest is parsed."""
    reading = read_mail(HEAD + b"\r\n" + b"word " * 200_000, limits=ReadingLimits(text=1000))
    assert len(reading.text) <= 1000
    assert "the text is longer than the limit and was cut" in reading.oddities
    assert (
        "parts are nested deeper than the limit" in read_mail(nested(50)).oddities or read_mail(nested(50)).text == "hi"
    )
