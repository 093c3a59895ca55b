"""The bytes of a mail: no header injection, and parts that every reader decodes."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.letters.mime import Enclosure, address, build, clean_address, header, message_ids
from parsers.mail import read_mail

NAMES = [
    "Anna Rossi", "O'Neill, Mary", 'Quote "Q" Mark', "back\\slash", "Jörg Müller", "张伟", "张" * 60, "a@b.example",
    "=?utf-8?q?x?=", "Dr. (med.) Ärzte; GmbH <x>", "x" * 200, "é" * 300,
]  # fmt: skip
SUBJECTS = [
    "Re: [C-2026-000123] Inverter", "Wechselrichter – Störung", "逆变器每天早上停机，请尽快处理" * 6, "word " * 60,
    "x" * 2000,
    "=?utf-8?q?not_encoded?=", "", "é",
]  # fmt: skip
TEXTS = [
    "plain\n",
    "From the start\nFrom here\n.\n..\nend",
    "ä" * 3000,
    "中文" * 2000,
    "x" * 5000,
    "trailing \n  lead\n",
    "",
]


def mail(raw: bytes) -> EmailMessage:
    """Parse the mail with Python, and assert that its lines are within RFC 5322 section 2.1.1."""
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def built(*headers: bytes, text: str = "text\n", html: str = "<p>text</p>", files: tuple[Enclosure, ...] = ()) -> bytes:
    """Build a mail with these headers."""
    return build(headers, text, html, files, "mark")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subjects_come_back_whole(subject: str) -> None:
    """Any subject is folded and encoded so that it decodes unchanged, in lines of at most 78 characters."""
    raw = built(header("Subject", subject))
    assert mail(raw)["Subject"] == " ".join(subject.split())
    head = raw.split(b"\r\nMIME-Version")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 78
    assert head.isascii()


@pytest.mark.parametrize("name", NAMES)
def test_names_come_back_whole(name: str) -> None:
    """A display name with any character decodes unchanged and stays one mailbox. Python's parser puts spaces between
    the encoded words of a long name, against RFC 2047 section 6.2, so long names are read with our parser."""
    raw = built(b"From: " + address(name, "anna@home.example") + b"\r\n")
    (box,) = mail(raw)["From"].addresses
    assert box.addr_spec == "anna@home.example"
    sender = read_mail(raw).sender
    assert (sender.name if len(name.encode()) > 45 else box.display_name, sender.address) == (name, box.addr_spec)


BREAKS = [
    "\r\nBcc: evil@x.example",
    "\nBcc: evil@x.example",
    "\rBcc: e@x.example",
    "\r\n\r\nbody",
    "\x00",
    "\u2028Bcc: x",
    "\x85Bcc: x",
]


@pytest.mark.parametrize("broken", BREAKS)
def test_no_value_begins_a_header(broken: str) -> None:
    """Line breaks in a subject, name, address or identifier do not end the header."""
    raw = built(
        header("Subject", f"a{broken}"),
        b"From: " + address(f"n{broken}", f"a@b.example{broken}") + b"\r\n",
        message_ids("References", [f"x@y{broken}", "good@y.example"]),
    )
    read = mail(raw)
    assert sorted(read.keys()) == ["Content-Type", "From", "MIME-Version", "References", "Subject"]
    assert read["References"] == "<good@y.example>"


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_subject_and_name_stay_in_their_headers(subject: str, name: str) -> None:
    """For any text the mail has the headers it was given and no others."""
    raw = built(header("Subject", subject), b"To: " + address(name, "a@b.example") + b"\r\n")
    read = mail(raw)
    assert sorted(read.keys()) == ["Content-Type", "MIME-Version", "Subject", "To"]
    assert read["To"].addresses[0].addr_spec == "a@b.example"


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_whole(text: str) -> None:
    """Python and our own reader decode both parts to the original text."""
    raw = built(header("Subject", "s"), text=text, html=f"<p>{text}</p>")
    read = mail(raw)
    plain, page = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")
    assert page.get_content().replace("\r\n", "\n").removesuffix("\n") == f"<p>{text}</p>"
    assert b"\nFrom " not in raw
    assert read_mail(raw).text.split() == text.split()


def test_parts_are_alternatives_plain_first() -> None:
    """RFC 2046 section 5.1.4: the richest form comes last."""
    read = mail(built())
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]


FILES = [
    ("plan.pdf", "application/pdf"), ("Störung 中.jpg", "image/jpeg"), ('a"b\\c.txt', "text/plain"),
    ("mail.eml", "message/rfc822"), ("x" * 300 + ".zip", "application/zip"), ("", "no type\r\nX: y"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), FILES)
def test_files_come_back_whole(name: str, kind: str) -> None:
    """An attached file keeps its octets, and as much of its name as a header can carry."""
    content = bytes(range(256)) * 20
    read = mail(built(files=(Enclosure(name, kind, content),)))
    (file,) = read.iter_attachments()
    assert file.get_payload(decode=True) == content
    expected = name[-150:].replace('"', "_").replace("\\", "_") if name else "file"
    assert file.get_filename() == expected
    assert "X" not in file


def test_addresses_in_other_alphabets() -> None:
    """A domain is converted to ASCII; a non-ASCII local part stays as it is (RFC 6532)."""
    assert clean_address("anna@müller.example") == "anna@xn--mller-kva.example"
    assert clean_address("jörg@home.example") == "jörg@home.example"
    read = built(b"To: " + address("Jörg", "jörg@home.example") + b"\r\n")
    assert "<jörg@home.example>".encode() in read


def test_same_mail_has_the_same_bytes() -> None:
    """A letter built again after a crash is byte for byte the same."""
    file = (Enclosure("a.pdf", "application/pdf", b"x"),)
    assert built(header("Subject", "é"), files=file) == built(header("Subject", "é"), files=file)
