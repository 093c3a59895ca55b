"""Staff mail is obeyed only when it is authentic, whether we or our mail server check its DKIM signature."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.daemon.programs import gmail
from tests.daemon.rendered import reply_address
from tests.daemon.signed import sign, sign_with
from tests.real.behind_postfix import MakeReclamo, ReclamoBehindPostfix
from tests.servers.postfix import AUTHSERV_ID

CHECKERS = pytest.mark.parametrize("results", [False, True], ids=["our check", "our server's check"])
Forgery = Callable[[bytes, ReclamoBehindPostfix], bytes]


def decides(reclamo: ReclamoBehindPostfix, mark: str = "f1", sender: str = "") -> bytes:
    """A decision by Ada, unsigned."""
    notice = reclamo.last("new_case", reclamo.ada)
    return gmail(notice, "decide: upheld\n\nWe send you a new one.", sender=sender or reclamo.ada, mark=mark)


def untouched(reclamo: ReclamoBehindPostfix) -> None:
    """Check that the case is undecided, the mail is set aside, Ada and the manager are told, and Anna is not."""
    assert reclamo.case().ticket.facts.outcome == ""
    assert reclamo.case().ticket.step == "investigating"
    assert len(reclamo.set_aside()) == 1
    news = reclamo.news()
    assert ("refused", reclamo.max) in news
    assert {reader for _, reader in news} <= {reclamo.ada, reclamo.max}
    assert [letter.notice for letter in reclamo.post.letters if letter.recipient == reclamo.anna] == ["acknowledgement"]


@CHECKERS
def test_authentic_mail_is_obeyed(results: bool, make_reclamo: MakeReclamo) -> None:
    """Token, address and the company's signature are valid; Reply-To and Sender do not matter."""
    reclamo = make_reclamo(results=results)
    raw = (
        b"Reply-To: elsewhere@evil.test\r\nSender: secretary@"
        + reclamo.servers.staff.encode()
        + b"\r\n"
        + decides(reclamo)
    )
    reclamo.take(
        sign(raw, reclamo.servers.staff), sender=reclamo.ada, to=reply_address(reclamo.last("new_case", reclamo.ada))
    )
    assert reclamo.news() == [("decision", reclamo.anna), ("transcript", reclamo.ada)]


def _by_a_list(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
    """The mail as a mailing list forwards it: with a subject tag, a footer and list headers, which break the
    signature."""
    signed = sign(raw, reclamo.servers.staff).replace(b"Subject: Re:", b"Subject: [staff] Re:")
    head, _, body = signed.partition(b"\r\n\r\n")
    fields = b"List-Id: <staff.lists.test>\r\nList-Post: <mailto:staff@lists.test>\r\nPrecedence: list\r\n"
    return fields + head + b"\r\n\r\n" + body + b"\r\n_____\r\nstaff mailing list\r\nhttps://lists.test/staff\r\n"


def _arc(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
    """The mail as a forwarder with ARC (RFC 8617) sends it, with its text changed on the way."""
    fields = (
        f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d={reclamo.servers.world}; s=s1; t=1; b=AAAA\r\nARC-Message-Signature: "
        f"i=1; a=rsa-sha256; d={reclamo.servers.world}; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
        f"ARC-Authentication-Results: i=1; {AUTHSERV_ID}; "
        f"dkim=pass header.d={reclamo.servers.staff}; dmarc=pass header.from={reclamo.servers.staff}\r\n"
    ).encode()
    return fields + sign(raw, reclamo.servers.staff).replace(b"a new one", b"two of them")


def _results(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
    """The mail with forged Authentication-Results of our mail server: one as usual, one folded and in capitals."""
    verdicts = f"dkim=pass header.d={reclamo.servers.staff};\r\n dmarc=pass header.from={reclamo.servers.staff}"
    folded = f"AUTHENTICATION-RESULTS:\r\n {AUTHSERV_ID.upper()}; {verdicts}\r\n"
    return f"Authentication-Results: {AUTHSERV_ID}; {verdicts}\r\n{folded}".encode() + raw


def _from(value: str) -> Forgery:
    """Replace From and sign with the key of a domain outside."""

    def forge(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
        line = value.format(ada=reclamo.ada, eve=f"eve@{reclamo.servers.world}")
        return sign(re.sub(rb"(?m)^From: .*\r$", f"From: {line}\r".encode(), raw, count=1), reclamo.servers.world)

    return forge


def _bottom(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
    """Add a second From below the first and sign with the key of a domain outside. Mail programs differ in which of the
    two they show."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return sign(
        head + f"\r\nFrom: Eve <eve@{reclamo.servers.world}>".encode() + b"\r\n\r\n" + body, reclamo.servers.world
    )


def _carriage_return(raw: bytes, reclamo: ReclamoBehindPostfix) -> bytes:
    """Hide a From field inside another field, behind a bare carriage return."""
    eve = _from("Eve <{eve}>")(raw, reclamo)
    return f"X-A: x\rFrom: Ada <{reclamo.ada}>\r\n".encode() + eve


FORGERIES: dict[str, Forgery] = {
    "not signed": lambda raw, _: raw,
    "signed by another domain": lambda raw, reclamo: sign(raw, reclamo.servers.world),
    "changed by a mailing list": _by_a_list,
    "changed, and vouched for by a forwarder": _arc,
    "signed in part": lambda raw, reclamo: sign_with(raw, reclamo.servers.staff, length=2).replace(
        b"upheld", b"not upheld"
    ),
    "signed once, long ago": lambda raw, reclamo: sign_with(
        raw, reclamo.servers.staff, tags=b"; t=1577830000; x=1577836800"
    ),
    "results of its own": _results,
    "two senders, hers first": _bottom,
    "two senders, hers second": lambda raw, reclamo: (
        b"From: Eve <eve@evil.test>\r\n" + sign(raw, reclamo.servers.staff)
    ),
    "a field within a field": _carriage_return,
    "two mailboxes": _from("Ada Bianchi <{ada}>, Eve <{eve}>"),
    "two mailboxes, hers second": _from("Eve <{eve}>, Ada Bianchi <{ada}>"),
    "a group": _from("Firm: Ada Bianchi <{ada}>, Eve <{eve}>;"),
    "her address for a name": _from('"{ada}" <{eve}>'),
    "her address in a comment": _from("{eve} ({ada})"),
    "a comment that ends early": _from("(x\\) <{eve}>) {ada}"),
    "nothing before the name of the field": lambda raw, _: raw.replace(b"From: ", b"From : ", 1),
}


@CHECKERS
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_mail_does_nothing(forgery: str, results: bool, make_reclamo: MakeReclamo) -> None:
    """Eve has the token, but cannot act as Ada: nothing is done, and Ada and the manager are told."""
    reclamo = make_reclamo(results=results)
    to = reply_address(reclamo.last("new_case", reclamo.ada))
    reclamo.take(FORGERIES[forgery](decides(reclamo), reclamo), sender=f"eve@{reclamo.servers.world}", to=to)
    untouched(reclamo)


@CHECKERS
def test_signed_mail_to_another_recipient_is_not_obeyed(results: bool, make_reclamo: MakeReclamo) -> None:
    """Ada wrote it, signed, to Eve; Eve sends it on to the address with Ada's token."""
    reclamo = make_reclamo(results=results)
    notice = reclamo.last("new_case", reclamo.ada)
    to_eve = gmail(notice, "decide: upheld", sender=reclamo.ada, mark="eve", to=f"eve@{reclamo.servers.world}")
    raw = b"Delivered-To: " + reply_address(notice).encode() + b"\r\n" + sign(to_eve, reclamo.servers.staff)
    reclamo.take(raw, sender=f"eve@{reclamo.servers.world}", to=reply_address(notice))
    untouched(reclamo)


@CHECKERS
def test_replayed_mail_is_not_obeyed(results: bool, make_reclamo: MakeReclamo) -> None:
    """Eve sends Ada's signed mail again: to the same address with a field added, and to another case's address."""
    reclamo = make_reclamo(results=results)
    notice = reclamo.last("new_case", reclamo.ada)
    raw = sign(gmail(notice, "We look into it.", sender=reclamo.ada, mark="once"), reclamo.servers.staff)
    reclamo.take(raw, sender=reclamo.ada, to=reply_address(notice))
    assert reclamo.news() == [("reply", reclamo.anna), ("transcript", reclamo.ada)]
    reclamo.take(b"X-Again: 1\r\n" + raw, sender=f"eve@{reclamo.servers.world}", to=reply_address(notice))
    assert reclamo.news() == [("refused", reclamo.ada), ("refused", reclamo.max)]
    reclamo.complain(
        "Another one of my inverters ST-8.0K broke.", sender=f"carl@{reclamo.servers.world}", subject="Broken"
    )
    other = reclamo.last("new_case", reclamo.ada)
    assert reply_address(other) != reply_address(notice)
    reclamo.news()
    reclamo.take(b"X-Again: 2\r\n" + raw, sender=f"eve@{reclamo.servers.world}", to=reply_address(other))
    assert reclamo.news() == [("refused", reclamo.ada), ("refused", reclamo.max)]
    assert "We look into it." not in reclamo.read_by(f"carl@{reclamo.servers.world}")
