"""Staff mail is obeyed only when it is authentic, whether we or our mail server check its DKIM signature."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.daemon.programs import gmail
from tests.daemon.rendered import reply_address
from tests.daemon.signed import sign, sign_with
from tests.real.branch import Branch, Opens
from tests.servers.postfix import AUTHSERV_ID

CHECKERS = pytest.mark.parametrize("results", [False, True], ids=["our check", "our server's check"])
Forgery = Callable[[bytes, Branch], bytes]


def decides(desk: Branch, mark: str = "f1", sender: str = "") -> bytes:
    """A decision by Ada, unsigned."""
    notice = desk.last("new_case", desk.ada)
    return gmail(notice, "decide: upheld\n\nWe send you a new one.", sender=sender or desk.ada, mark=mark)


def untouched(desk: Branch) -> None:
    """Check that the case is undecided, the mail is set aside, Ada and the manager are told, and Anna is not."""
    assert desk.case().ticket.facts.outcome == ""
    assert desk.case().ticket.step == "investigating"
    assert len(desk.set_aside()) == 1
    news = desk.news()
    assert ("refused", desk.max) in news
    assert {reader for _, reader in news} <= {desk.ada, desk.max}
    assert [letter.notice for letter in desk.post.letters if letter.recipient == desk.anna] == ["acknowledgement"]


@CHECKERS
def test_authentic_mail_is_obeyed(results: bool, opens: Opens) -> None:
    """Token, address and the company's signature are valid; Reply-To and Sender do not matter."""
    desk = opens(results=results)
    raw = b"Reply-To: elsewhere@evil.test\r\nSender: secretary@" + desk.street.staff.encode() + b"\r\n" + decides(desk)
    desk.take(sign(raw, desk.street.staff), sender=desk.ada, to=reply_address(desk.last("new_case", desk.ada)))
    assert desk.news() == [("decision", desk.anna), ("transcript", desk.ada)]


def _by_a_list(raw: bytes, desk: Branch) -> bytes:
    """The mail as a mailing list forwards it: with a subject tag, a footer and list headers, which break the
    signature."""
    signed = sign(raw, desk.street.staff).replace(b"Subject: Re:", b"Subject: [staff] Re:")
    head, _, body = signed.partition(b"\r\n\r\n")
    fields = b"List-Id: <staff.lists.test>\r\nList-Post: <mailto:staff@lists.test>\r\nPrecedence: list\r\n"
    return fields + head + b"\r\n\r\n" + body + b"\r\n_____\r\nstaff mailing list\r\nhttps://lists.test/staff\r\n"


def _arc(raw: bytes, desk: Branch) -> bytes:
    """The mail as a forwarder with ARC (RFC 8617) sends it, with its text changed on the way."""
    fields = (
        f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d={desk.street.world}; s=s1; t=1; b=AAAA\r\nARC-Message-Signature: "
        f"i=1; a=rsa-sha256; d={desk.street.world}; s=s1; h=from; bh=AAAA; b=AAAA\r\nARC-Authentication-Results: i=1; "
        f"{AUTHSERV_ID}; dkim=pass header.d={desk.street.staff}; dmarc=pass header.from={desk.street.staff}\r\n"
    ).encode()
    return fields + sign(raw, desk.street.staff).replace(b"a new one", b"two of them")


def _results(raw: bytes, desk: Branch) -> bytes:
    """The mail with forged Authentication-Results of our mail server: one as usual, one folded and in capitals."""
    verdicts = f"dkim=pass header.d={desk.street.staff};\r\n dmarc=pass header.from={desk.street.staff}"
    folded = f"AUTHENTICATION-RESULTS:\r\n {AUTHSERV_ID.upper()}; {verdicts}\r\n"
    return f"Authentication-Results: {AUTHSERV_ID}; {verdicts}\r\n{folded}".encode() + raw


def _from(value: str) -> Forgery:
    """Replace From and sign with the key of a domain outside."""

    def forge(raw: bytes, desk: Branch) -> bytes:
        line = value.format(ada=desk.ada, eve=f"eve@{desk.street.world}")
        return sign(re.sub(rb"(?m)^From: .*\r$", f"From: {line}\r".encode(), raw, count=1), desk.street.world)

    return forge


def _bottom(raw: bytes, desk: Branch) -> bytes:
    """Add a second From below the first and sign with the key of a domain outside. Mail programs differ in which of the
    two they show."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return sign(head + f"\r\nFrom: Eve <eve@{desk.street.world}>".encode() + b"\r\n\r\n" + body, desk.street.world)


def _carriage_return(raw: bytes, desk: Branch) -> bytes:
    """Hide a From field inside another field, behind a bare carriage return."""
    eve = _from("Eve <{eve}>")(raw, desk)
    return f"X-A: x\rFrom: Ada <{desk.ada}>\r\n".encode() + eve


FORGERIES: dict[str, Forgery] = {
    "not signed": lambda raw, _: raw,
    "signed by another domain": lambda raw, desk: sign(raw, desk.street.world),
    "changed by a mailing list": _by_a_list,
    "changed, and vouched for by a forwarder": _arc,
    "signed in part": lambda raw, desk: sign_with(raw, desk.street.staff, length=2).replace(b"upheld", b"not upheld"),
    "signed once, long ago": lambda raw, desk: sign_with(raw, desk.street.staff, tags=b"; t=1577830000; x=1577836800"),
    "results of its own": _results,
    "two senders, hers first": _bottom,
    "two senders, hers second": lambda raw, desk: b"From: Eve <eve@evil.test>\r\n" + sign(raw, desk.street.staff),
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
def test_a_forged_mail_does_nothing(forgery: str, results: bool, opens: Opens) -> None:
    """Eve has the token, but cannot act as Ada: nothing is done, and Ada and the manager are told."""
    desk = opens(results=results)
    to = reply_address(desk.last("new_case", desk.ada))
    desk.take(FORGERIES[forgery](decides(desk), desk), sender=f"eve@{desk.street.world}", to=to)
    untouched(desk)


@CHECKERS
def test_signed_mail_to_another_recipient_is_not_obeyed(results: bool, opens: Opens) -> None:
    """Ada wrote it, signed, to Eve; Eve sends it on to the address with Ada's token."""
    desk = opens(results=results)
    notice = desk.last("new_case", desk.ada)
    to_eve = gmail(notice, "decide: upheld", sender=desk.ada, mark="eve", to=f"eve@{desk.street.world}")
    raw = b"Delivered-To: " + reply_address(notice).encode() + b"\r\n" + sign(to_eve, desk.street.staff)
    desk.take(raw, sender=f"eve@{desk.street.world}", to=reply_address(notice))
    untouched(desk)


@CHECKERS
def test_replayed_mail_is_not_obeyed(results: bool, opens: Opens) -> None:
    """Eve sends Ada's signed mail again: to the same address with a field added, and to another case's address."""
    desk = opens(results=results)
    notice = desk.last("new_case", desk.ada)
    raw = sign(gmail(notice, "We look into it.", sender=desk.ada, mark="once"), desk.street.staff)
    desk.take(raw, sender=desk.ada, to=reply_address(notice))
    assert desk.news() == [("reply", desk.anna), ("transcript", desk.ada)]
    desk.take(b"X-Again: 1\r\n" + raw, sender=f"eve@{desk.street.world}", to=reply_address(notice))
    assert desk.news() == [("refused", desk.ada), ("refused", desk.max)]
    desk.complain("Another one of my inverters ST-8.0K broke.", sender=f"carl@{desk.street.world}", subject="Broken")
    other = desk.last("new_case", desk.ada)
    assert reply_address(other) != reply_address(notice)
    desk.news()
    desk.take(b"X-Again: 2\r\n" + raw, sender=f"eve@{desk.street.world}", to=reply_address(other))
    assert desk.news() == [("refused", desk.ada), ("refused", desk.max)]
    assert "We look into it." not in desk.read_by(f"carl@{desk.street.world}")
