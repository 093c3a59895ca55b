"""Authentication of the sender: by our own mail server's results or a verified DKIM signature, never by what the sender
wrote."""

from __future__ import annotations

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from parsers.mail import read_mail
from parsers.sender.authentication import is_addressed_to_us, is_aligned, prove_sender
from parsers.sender.own_identity import OwnIdentity

HOUSE = OwnIdentity(authserv_ids=("mx.firm.example",))
MAIL = b"From: Anna <anna@kunde.example>\r\nTo: support@firm.example\r\nSubject: x\r\n\r\nThe inverter is broken.\r\n"


def told(results: str, mail: bytes = MAIL) -> bytes:
    return f"Authentication-Results: {results}\r\n".encode() + mail


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(key: rsa.RSAPrivateKey, domain: bytes, mail: bytes = MAIL) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return dkim.sign(mail, b"s1", domain, pem) + mail


def dns(key: rsa.RSAPrivateKey, *domains: bytes):
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    records = {b"s1._domainkey." + domain + b".": b"v=DKIM1; p=" + base64.b64encode(public) for domain in domains}
    return lambda name, timeout=5: records.get(name)


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("mx.firm.example; dmarc=pass header.from=kunde.example", True),
        ("mx.firm.example; dkim=pass header.d=kunde.example", True),
        ("mx.firm.example; dkim=pass header.d=mail.kunde.example", True),
        ("mx.firm.example; dkim=pass header.i=@kunde.example", True),
        ("mx.firm.example; dkim=pass header.d=evil.example", False),
        ("mx.firm.example; dkim=fail header.d=kunde.example", False),
        ("mx.firm.example; spf=pass smtp.mailfrom=kunde.example", False),
        ("mx.firm.example; none", False),
        ("mx.evil.example; dmarc=pass header.from=kunde.example", False),
        ("mx.firm.example.evil.example; dmarc=pass header.from=kunde.example", False),
        (";;; =( ", False),
    ],
)
def test_results_of_our_mail_server(results: str, proven: bool) -> None:
    """Only an aligned pass under our own server's name counts; every refusal has a reason."""
    proof = prove_sender(told(results), "anna@kunde.example", HOUSE)
    assert proven == proof.proven
    assert bool(proof.how) == proven
    assert bool(proof.why_not) != proven


def test_only_the_topmost_results_count() -> None:
    """The fields below the topmost one may have been written by the sender."""
    forged = told("mx.other.example; none", told("mx.firm.example; dmarc=pass header.from=kunde.example"))
    assert not prove_sender(forged, "anna@kunde.example", HOUSE).proven


def test_no_results_are_trusted_without_an_authserv_id() -> None:
    """Without our mail server's name in the settings no results are read."""
    assert not prove_sender(
        told("mx.firm.example; dmarc=pass header.from=kunde.example"), "anna@kunde.example", OwnIdentity()
    ).proven


def test_two_from_fields_prove_nothing() -> None:
    """The other From could be the one that was verified."""
    mail = told("mx.firm.example; dmarc=pass header.from=kunde.example", b"From: x@evil.example\r\n" + MAIL)
    assert not prove_sender(mail, "anna@kunde.example", HOUSE).proven


def test_own_verification_of_a_signature(key: rsa.RSAPrivateKey) -> None:
    """A valid, aligned signature proves From; a changed body, a missing key or another domain does not."""
    mail = signed(key, b"kunde.example")
    assert prove_sender(mail, "anna@kunde.example", HOUSE, dns(key, b"kunde.example")).proven
    assert not prove_sender(mail + b"more", "anna@kunde.example", HOUSE, dns(key, b"kunde.example")).proven
    assert not prove_sender(mail, "anna@kunde.example", HOUSE, dns(key)).proven
    other = signed(key, b"evil.example")
    assert not prove_sender(other, "anna@kunde.example", HOUSE, dns(key, b"evil.example")).proven


def test_strict_alignment_wants_the_same_domain(key: rsa.RSAPrivateKey) -> None:
    """A signature of a sub-domain counts only with relaxed alignment."""
    mail = signed(key, b"mail.kunde.example")
    found = dns(key, b"mail.kunde.example")
    assert prove_sender(mail, "anna@kunde.example", HOUSE, found).proven
    assert not prove_sender(mail, "anna@kunde.example", HOUSE, found, strict=True).proven


@pytest.mark.parametrize(
    ("named", "domain", "expected"),
    [
        ("a.co.uk", "b.co.uk", False),
        ("mail.firm.co.uk", "firm.co.uk", True),
        ("firm.com.cn", "mail.firm.com.cn", True),
        ("com.cn", "firm.com.cn", False),
        ("a.com.cn", "b.com.cn", False),
        ("example.com", "mail.eu.example.com", True),
        ("example.com", "example.org", False),
        ("a.github.io", "b.github.io", False),
        ("github.io", "b.github.io", False),
        ("mail.b.github.io", "b.github.io", True),
        ("github.io", "github.io", True),
        ("a.公司.cn", "b.公司.cn", False),
        ("mail.b.公司.cn", "b.公司.cn", True),
        ("a..com", "b..com", False),
        (".com", "kunde.com", False),
        ("x" * 64 + ".com", "y" * 64 + ".com", False),
        ("com", "kunde.com", False),
        ("", "kunde.example", False),
        ("notkunde.example", "kunde.example", False),
    ],
)
def test_alignment_stops_at_the_organisation(named: str, domain: str, expected: bool) -> None:
    """Different domains below one public suffix are not aligned."""
    assert expected == is_aligned(named, domain)


@pytest.mark.parametrize("raw", [b"", b"From:", b"DKIM-Signature: " + b"v=1;" * 1000 + b"\r\n" + MAIL])
def test_hostile_mail_is_only_unproven(raw: bytes) -> None:
    """Damaged signatures and empty mails prove nothing and raise no exception."""
    assert not prove_sender(raw, "anna@kunde.example", HOUSE, lambda name, timeout=5: None).proven


def test_a_pass_for_a_part_is_none(key: rsa.RSAPrivateKey) -> None:
    """Our server may accept a signature that leaves the end of the body unsigned; it proves nothing here."""
    part = b"DKIM-Signature: v=1; d=kunde.example;\r\n l=5; b=x\r\n"
    results = "mx.firm.example; dkim=pass header.d=kunde.example"
    assert not prove_sender(told(results, part + MAIL), "anna@kunde.example", HOUSE).proven
    assert prove_sender(told(results, part.replace(b"kunde", b"other") + MAIL), "anna@kunde.example", HOUSE).proven


@pytest.mark.parametrize(
    ("head", "written"),
    [
        ("To: support+TOKEN@firm.example", True),
        ("To: Anna <anna@x.example>\r\nCc: Firm <SUPPORT+TOKEN@Firm.example>", True),
        ("To: support@firm.example", True),
        ("To: eve@evil.example", False),
        ("To: eve@evil.example\r\nDelivered-To: support+TOKEN@firm.example", False),
        ("To: support@firm.example\r\nX-Original-To: support+TOKEN@firm.example", False),
        ("To: support+OTHER@firm.example\r\nDelivered-To: support+TOKEN@firm.example", False),
        ("To: support+TOKEN@firm.example\r\nDelivered-To: support+TOKEN@firm.example", True),
        ("To: support+TOKEN@evil.example", False),
    ],
)
def test_to_whom_it_was_written(head: str, written: bool) -> None:
    """The address by which the mail arrived must be in To or Cc, which the author wrote; fields of servers do not
    count."""
    ours = OwnIdentity(support=("support@firm.example",))
    text = head.replace("TOKEN", "abcde23abcde23abcde23abcde234").replace("OTHER", "zyxwv23abcde23abcde23abcde234")
    raw = f"{text}\r\n\r\nx".encode()
    assert is_addressed_to_us(raw, read_mail(raw, ours=ours), ours) == written


@pytest.mark.parametrize(
    ("fields", "head", "written"),
    [
        ("from:to:cc", "To: eve@evil.example\r\nCc: support+TOKEN@firm.example", True),
        ("from:to", "Cc: support+TOKEN@firm.example\r\nTo: eve@evil.example", False),
        ("from:to", "To: support+TOKEN@firm.example", True),
        ("From : TO", "To: support+TOKEN@firm.example", True),
        ("from:date", "To: support+TOKEN@firm.example", True),  # as some large providers sign
    ],
)
def test_an_unsigned_field_does_not_count(fields: str, head: str, written: bool) -> None:
    """Where the sender's server signs To, an unsigned Cc may have been added by somebody who resent the mail."""
    ours = OwnIdentity(support=("support@firm.example",))
    text = head.replace("TOKEN", "abcde23abcde23abcde23abcde234")
    raw = f"DKIM-Signature: v=1; d=x.example;\r\n h={fields}; b=x\r\nFrom: ada@x.example\r\n{text}\r\n\r\nx".encode()
    assert is_addressed_to_us(raw, read_mail(raw, ours=ours), ours) == written


@pytest.mark.parametrize(
    "field", ["To: x@y.example", "Subject: other", "Content-Type: text/html", "Cc: a@b.c\r\nCC: d@e.f"]
)
def test_a_field_that_stands_twice(key: rsa.RSAPrivateKey, field: str) -> None:
    """One of them is signed, the other one is displayed: nothing is proven."""
    plain = MAIL.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain\r\n\r\n", 1)
    mail = f"{field}\r\n".encode() + signed(key, b"kunde.example", plain)
    proof = prove_sender(mail, "anna@kunde.example", OwnIdentity(), dns(key, b"kunde.example"))
    assert not proof.proven
    assert "stands twice" in proof.why_not


@pytest.mark.parametrize("pumped", [b"(" * 3_000, b"a:" * 3_000, b"<" * 20_000, b"x, " * 20_000])
def test_an_unreadable_from_proves_nothing(pumped: bytes) -> None:
    """Deeply nested comments or an overlong name give a result in short time."""
    proof = prove_sender(b"From: a@b.example " + pumped + b"\r\n\r\nhi", "a@b.example", OwnIdentity())
    assert (proof.proven, proof.why_not) == (False, "there is more than one writer in From")
