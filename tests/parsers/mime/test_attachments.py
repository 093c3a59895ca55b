"""Files in mails: retrieval from the raw mail, safe names, files inside winmail.dat and uuencoded text."""

from __future__ import annotations

import base64
import hashlib
import struct

import pytest

from parsers.mail import read_mail
from parsers.mime.attachments import attachment_bytes, safe_name

HEAD = b"From: a@kunde.example\nTo: support@firm.example\nSubject: s\n"


def tnef(text: bytes, name: bytes, octets: bytes) -> bytes:
    """A winmail.dat with a body and one file (MS-OXTNEF section 2.1.3)."""

    def attribute(level: int, number: int, content: bytes) -> bytes:
        check = sum(content) % 65536
        return struct.pack("<BII", level, number, len(content)) + content + struct.pack("<H", check)

    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x00089006, b"\x00\x00\x01\x00")
        + attribute(1, 0x0002800C, text + b"\x00")
        + attribute(2, 0x00069002, b"\x01\x00" + b"\x00" * 12)
        + attribute(2, 0x00018010, name + b"\x00")
        + attribute(2, 0x0006800F, octets)
    )


def test_every_listed_file_is_found_again() -> None:
    """The octets retrieved by `part` have the listed size and hash, for attached and for embedded files."""
    packed = base64.encodebytes(tnef(b"Hello from Outlook", b"photo.jpg", b"\xff\xd8\xff\xe0 JFIF")).decode()
    raw = (
        HEAD
        + (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbegin 644 log.txt\n,:&5L;&\\@=V]R;&0*\n`\nend\n"
            "--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1.4 x\n"
            "--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
            f"{packed}\n--b--\n"
        ).encode()
    )
    reading = read_mail(raw)
    names = [file.name for file in reading.attachments]
    assert names == ["log.txt", "a.pdf", "photo.jpg"]
    assert "Hello from Outlook" in reading.text
    for file in reading.attachments:
        assert file.sha256 == hashlib.sha256(attachment_bytes(raw, file.part)).hexdigest()


def test_damaged_winmail_stays_a_file() -> None:
    """A winmail.dat that cannot be opened is listed as a file, with an oddity."""
    raw = HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\n\n\x78\x9f\x3e\x22 damaged"
    reading = read_mail(raw)
    names = [file.name for file in reading.attachments]
    assert names == ["winmail.dat"]


def test_a_part_that_is_not_there() -> None:
    """Requesting a file that the mail does not have raises LookupError."""
    with pytest.raises(LookupError):
        attachment_bytes(HEAD + b"\nx", 9)
    with pytest.raises(LookupError):
        attachment_bytes(HEAD + b"\nx", 2000)


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\foto.jpg", "foto.jpg"),
        ("发票 fattura.pdf", "发票 fattura.pdf"),
        ("a\r\nb\x00.txt", "a b.txt"),
        (".bashrc", "bashrc"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("foto\u202egpj.exe", "foto_gpj.exe"),
        ("a<b>|c?.txt", "a_b__c_.txt"),
        ("-rf", "rf"),
        ("...", ""),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_safe_names(written: str, safe: str) -> None:
    """A safe name cannot leave its folder, hide its extension, or have a special meaning for a shell or a file
    system."""
    assert safe == safe_name(written)
