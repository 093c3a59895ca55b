"""Text in any declared charset and encoding, sent through a real mail server, reaches staff unchanged."""

from __future__ import annotations

import base64
import binascii

import pytest

from tests.daemon.rendered import text_of
from tests.real.behind_postfix import MakeReclamo

# Text that each charset can encode, with the characters that a wrong guess would lose.
WORDS = {
    "utf-8": "Der Wechselrichter ST-6.0K läuft nicht – 3 kW „weg“, žlutý kůň, Ελληνικά, 逆变器 😀",
    "iso-8859-1": "Der Wechselrichter ST-6.0K läuft nicht: ß, ÿ, ½, ¤, ×",
    "iso-8859-15": "L’inverter ST-6.0K è guasto: 100 € persi, œuvre, Žižek".replace("’", "'"),
    "windows-1252": "Der Wechselrichter ST-6.0K – „defekt“ … 100 €, œ, ™",
    "iso-8859-2": "Falownik ST-6.0K nie działa: żółć, gęślą jaźń, ąę",
    "windows-1251": "Инвертор ST-6.0K не работает: ёлки, №5",
    "koi8-r": "Инвертор ST-6.0K не работает: ёлки",
    "iso-8859-7": "Ο μετατροπέας ST-6.0K δεν λειτουργεί",
    "gb18030": "逆变器ST-6.0K坏了：没有输出，€，㐀",
    "big5": "逆變器ST-6.0K壞了，沒有輸出",
    "shift_jis": "インバータST-6.0Kが動きません。ソ表",
    "iso-2022-jp": "インバータST-6.0Kが動きません",
    "euc-kr": "인버터 ST-6.0K가 켜지지 않습니다",
    "utf-16": "Der Wechselrichter ST-6.0K läuft nicht – 逆变器",
}
TRICKY = "From here on it is dark.\n.a dot first\n..two dots\n= equals =3D =\ntrailing blank \n\ttab"


def _encoded(octets: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(octets).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return b"\r\n".join(binascii.b2a_qp(line).replace(b"=\n", b"=\r\n") for line in octets.split(b"\r\n"))
    return octets


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_declared_charset_is_decoded(encoding: str, make_reclamo: MakeReclamo) -> None:
    """A mail in each charset on one case: every line is in the notice to staff."""
    reclamo = make_reclamo()
    for number, (charset, words) in enumerate(WORDS.items()):
        if charset == "utf-16" and encoding != "base64":
            continue  # a mail server cannot recognise its line breaks
        octets = f"{words}\n{TRICKY}\nend {number}".replace("\n", "\r\n").encode(charset)
        head = (
            f"From: Anna Rossi <{reclamo.anna}>\r\nTo: {reclamo.servers.support}\r\n"
            f"Message-ID: <{number}@customer.test>\r\n"
            f"Subject: Re: [C-2026-000001] Inverter ST-6.0K is dead\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
        )
        reclamo.take(head.encode() + _encoded(octets, encoding) + b"\r\n", sender=reclamo.anna)
        shown = text_of(reclamo.last("customer_wrote", reclamo.ada))
        for line in (words, *TRICKY.split("\n"), f"end {number}"):
            assert line.strip() in shown, (charset, line)
