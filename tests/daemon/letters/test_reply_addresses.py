"""Reply addresses and mailto links as mail programs and phones read them."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from daemon.letters.reply_addresses import mailto

TO = "complaints+auaaaaaaaeaafyaxny6trojnaxjsa@firm.example"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: [C-2026-000001] Inverter ST-6.0K is dead", "decide: not upheld\n\n"),
        ("Re: [C-2026-000001] Wärme & Kälte? 100% + mehr = #1", "entscheiden: stattgegeben\n\n"),
        ("Re: [C-2026-000001] 逆变器坏了", "同意"),
        ("", ""),
    ],
)
def test_a_link_opens_the_very_mail(subject: str, body: str) -> None:
    """RFC 6068: spaces are %20, never +; line breaks %0D%0A; the rest UTF-8; the link decodes to the original mail."""
    link = mailto(TO, subject, body)
    assert link.isascii()
    assert not set(link) & set(" +\"'<>\r\n&#") - ({"&"} if body else set())
    parts = urlsplit(link)
    assert parseaddr(unquote(parts.path))[1] == TO
    fields = dict(parse_qsl(parts.query))
    assert fields.get("subject", "") == subject
    assert fields.get("body", "") == body.replace("\n", "\r\n")


@pytest.mark.parametrize("letter", ["a", "ü", "器", "😀"])
def test_a_long_subject_makes_no_link_that_cannot_be_opened(letter: str) -> None:
    """A customer's long subject is cut to keep the link short enough; the tag stays."""
    link = mailto(TO, f"Re: [C-2026-000001] {letter * 900}", "decide: upheld\n\n")
    assert len(link) < 1000
    assert dict(parse_qsl(urlsplit(link).query))["subject"].startswith("Re: [C-2026-000001] " + letter * 40)
