"""Attacks and accidents with staff and customer mail: what happens, who is told, and what the customer sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest

from parsers.sender.tokens import TokenKeys, unseal
from storage.values import Letter, Role
from tests.daemon.programs import PROGRAMS, SIGNATURE, gmail, thunderbird
from tests.daemon.rendered import text_of
from tests.daemon.signed import ADA, ANNA, MAX, SARA, SUPPORT, ReclamoWithCase, sign

REFUSED = [("refused", ADA), ("refused", MAX)]


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[ReclamoWithCase]:
    """An installation that accepts signed staff mail only, with one case."""
    made = ReclamoWithCase(tmp_path)
    made.news()
    yield made
    made.db.close()


def decides(letter: Letter, *, sender: str = ADA, mark: str = "x1", to: str = "") -> bytes:
    """Build a reply that decides the case."""
    return gmail(letter, "decide: upheld\n\nWe send you a new one.", sender=sender, mark=mark, to=to)


def replying(letter: Letter) -> str:
    """Return the reply address of a letter."""
    return parseaddr(str(message_from_bytes(letter.raw, policy=default)["Reply-To"]))[1]


def untouched(reclamo: ReclamoWithCase) -> None:
    """Assert that the case is undecided and that Anna got nothing but her acknowledgement."""
    assert reclamo.case().ticket.facts.outcome == ""
    assert reclamo.case().ticket.step == "investigating"
    assert [letter.notice for letter in reclamo.post.letters if letter.recipient == ANNA] == ["acknowledgement"]


# --------------------------------------------------------------------------------------------------- forged senders


def test_a_genuine_decision_is_obeyed(reclamo: ReclamoWithCase) -> None:
    """Token, address and signature together are accepted; otherwise the other tests would prove nothing."""
    reclamo.take(sign(decides(reclamo.notice), "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert reclamo.news() == [("decision", ANNA), ("transcript", ADA)]
    assert reclamo.case().ticket.facts.outcome == "upheld"


def _with_length(raw: bytes) -> bytes:
    signed = sign(raw, "firm.example")
    return re.sub(rb"(DKIM-Signature: v=1;)", rb"\1 l=1;", signed, count=1) + b"\r\nand a million to evil@evil.example"


FORGED: dict[str, Callable[[bytes], bytes]] = {
    "not signed": lambda raw: raw,
    "signed by somebody else": lambda raw: sign(raw, "evil.example"),
    "signed by a lookalike": lambda raw: sign(raw, "firm.example.evil.example"),
    "changed after signing": lambda raw: sign(raw, "firm.example").replace(b"new one", b"big sum"),
    "signed in part": _with_length,
    "two senders": lambda raw: b"From: evil@evil.example\r\n" + sign(raw, "firm.example"),
    "results of its own": lambda raw: b"Authentication-Results: mx.firm.example; dmarc=pass\r\n" + raw,
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_sender_does_nothing(forgery: str, reclamo: ReclamoWithCase) -> None:
    """The token and a forged From are not enough: the mail is kept, the member and the manager are told."""
    raw = FORGED[forgery](decides(reclamo.notice))
    reclamo.take(raw, sender="evil@evil.example", to=replying(reclamo.notice))
    untouched(reclamo)
    assert len(reclamo.set_aside()) == 1
    news = reclamo.news()
    assert ("refused", MAX) in news
    assert {reader for _, reader in news} <= {ADA, MAX}


STRANGERS = {
    "a stranger": "evil@evil.example",
    "a colleague": SARA,
    "Cyrillic а in the name": "аda@firm.example",
    "all Cyrillic but the end": "аԁа@firm.example",
    "Greek omicron in the domain": "ada@firm.exampleο",
    "Cyrillic а in the domain": "ada@firm.exаmple",
    "the same in punycode": "ada@firm.xn--exmple-4nf",
    "dotless ı": "ada@fırm.example",
    "a capital that folds to another letter": "ada@fİrm.example",
    "a long s": "ada@firm.example\u017f",
    "a full-width letter": "ａda@firm.example",
    "a full-width at sign": "ada＠firm.example",
    "an ideographic full stop": "ada@firm。example",
    "a full-width full stop": "ada@firm．example",
    "a dot at the end": "ada@firm.example.",
    "an unseen letter in the name": "a\u200bda@firm.example",
    "a soft hyphen in the domain": "ada@fi\u00adrm.example",
    "a mark that turns the direction": "\u202eada@firm.example",
    "an accent that combines": "ada\u0301@firm.example",
    "her domain as a subdomain": "ada@firm.example.evil.example",
    "her address as a name": "ada@firm.example@evil.example",
    "her address in quotes": '"ada@firm.example"@evil.example',
    "a percent route": "ada%firm.example@evil.example",
    "a bang route": "evil.example!ada@firm.example",
    "a plus address": "ada+x@firm.example",
}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stolen_token_is_worth_nothing_from_another_address(who: str, reclamo: ReclamoWithCase) -> None:
    """From strangers, colleagues and look-alike addresses, even with valid signatures of their own domains."""
    sender = STRANGERS[who]
    raw = decides(reclamo.notice, sender="ada@firm.example", mark="stolen")
    raw = raw.replace(b"<ada@firm.example>", b"<" + sender.encode() + b">", 1)
    reclamo.take(sign(raw, "evil.example"), sender="evil@evil.example", to=replying(reclamo.notice))
    untouched(reclamo)
    news = reclamo.news()
    assert ("refused", MAX) in news, news
    assert {reader for _, reader in news} <= {ADA, MAX}
    assert len(reclamo.set_aside()) == 1


@pytest.mark.parametrize("field", ["Reply-To", "Sender"])
def test_the_firms_own_signature_does_not_stand_in_for_a_from(field: str, reclamo: ReclamoWithCase) -> None:
    """Anybody at the company can have mail signed; without an address in From no other field names the writer."""
    raw = decides(reclamo.notice).replace(b"From: Ada Bianchi <ada@firm.example>", b"From: Ada Bianchi <>", 1)
    raw = sign(f"{field}: ada@firm.example\r\n".encode() + raw, "firm.example")
    reclamo.take(raw, sender="intern@firm.example", to=replying(reclamo.notice))
    untouched(reclamo)
    assert {reader for _, reader in reclamo.news()} <= {ADA, MAX}


@pytest.mark.parametrize(
    "among", ["Ada <ada@firm.example>, I <intern@firm.example>", "F: ada@firm.example, i@firm.example;"]
)
def test_one_of_several_writers_is_not_she(among: str, reclamo: ReclamoWithCase) -> None:
    """From names two people, so the signature does not say which of them wrote."""
    raw = decides(reclamo.notice).replace(b"Ada Bianchi <ada@firm.example>", among.encode(), 1)
    reclamo.take(sign(raw, "firm.example"), sender="intern@firm.example", to=replying(reclamo.notice))
    untouched(reclamo)
    assert ("refused", MAX) in reclamo.news()


def test_her_own_address_in_capitals_is_hers(reclamo: ReclamoWithCase) -> None:
    """Addresses are compared without case."""
    raw = decides(reclamo.notice, mark="caps").replace(b"<ada@firm.example>", b"<Ada@FIRM.Example>", 1)
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=replying(reclamo.notice).upper())
    assert reclamo.news() == [("decision", ANNA), ("transcript", ADA)]


HEADS: dict[str, Callable[[bytes], bytes]] = {
    "hers as Sender alone": lambda raw: (
        b"Sender: ada@firm.example\r\n" + raw.replace(b"<ada@firm.example>", b"<evil@evil.example>", 1)
    ),
    "hers as Reply-To alone": lambda raw: (
        b"Reply-To: ada@firm.example\r\n"
        + raw.replace(b"From: Ada Bianchi <ada@firm.example>", b"From: Ada Bianchi <>", 1)
    ),
    "hers as Resent-From": lambda raw: (
        b"Resent-From: ada@firm.example\r\n" + raw.replace(b"<ada@firm.example>", b"<evil@evil.example>", 1)
    ),
    "hers in an encoded word": lambda raw: raw.replace(
        b"Ada Bianchi <ada@firm.example>", b"=?utf-8?q?Ada_=3Cada=40firm.example=3E?= <evil@evil.example>", 1
    ),
    "hers in an encoded word alone": lambda raw: raw.replace(
        b"Ada Bianchi <ada@firm.example>", b"=?utf-8?q?ada=40firm.example?=", 1
    ),
    "From with a NUL in its name": lambda raw: b"From\0: evil@evil.example\r\n" + raw,
    "a NUL in the address": lambda raw: raw.replace(b"<ada@firm.example>", b"<ada@firm.example\0.evil.example>", 1),
    "a NUL before the address": lambda raw: raw.replace(b"<ada@", b"<\0ada@", 1),
    "a group": lambda raw: raw.replace(b"Ada Bianchi <ada@firm.example>", b"Firm: ada@firm.example;", 1),
    "a line break in the address": lambda raw: raw.replace(b"<ada@firm.example>", b"<ada@firm\r\n .example>", 1),
    "From folded away": lambda raw: raw.replace(b"From: Ada", b"From:\r\n Ada", 1),
    "From below the body's line": lambda raw: b"\r\n" + raw,
    "lines that end with LF": lambda raw: raw.replace(b"\r\n", b"\n"),
    "lines that end with CR": lambda raw: raw.replace(b"\r\n", b"\r"),
}


@pytest.mark.parametrize("head", HEADS)
def test_no_play_with_headers_makes_her(head: str, reclamo: ReclamoWithCase) -> None:
    """Signed by the forger's own domain, Ada's address elsewhere in the header proves nothing."""
    raw = sign(HEADS[head](decides(reclamo.notice)), "evil.example") if head[:4] != "From" else decides(reclamo.notice)
    reclamo.take(
        HEADS[head](raw) if head[:4] == "From" else raw, sender="evil@evil.example", to=replying(reclamo.notice)
    )
    assert reclamo.case().ticket.facts.outcome == ""
    assert {reader for _, reader in reclamo.news()} <= {ADA, MAX}
    assert "We send you a new one" not in reclamo.read_by(ANNA)


def test_a_stolen_customer_token_opens_no_door(reclamo: ReclamoWithCase) -> None:
    """Somebody with a customer's letter joins the case as a newcomer: they are told nothing, and staff are asked."""
    letter = reclamo.last("acknowledgement", ANNA)
    raw = thunderbird(letter, "Please send the money to me.", sender="eve@evil.example", mark="found")
    reclamo.take(raw, sender="eve@evil.example", to=replying(letter))
    assert reclamo.news() == [("customer_wrote", ADA)]
    assert "eve@evil.example" in str(reclamo.last("customer_wrote", ADA).raw)
    reclamo.take(sign(decides(reclamo.notice), "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert reclamo.read_by("eve@evil.example") == ""
    assert [p.role for p in reclamo.case().parties if p.address == "eve@evil.example"] == [Role.PARTICIPANT]


# ---------------------------------------------------------------------------------------------------------- replay


def test_a_mail_is_obeyed_once(reclamo: ReclamoWithCase) -> None:
    """A replayed mail with its valid signature does nothing, unchanged or with headers added on top."""
    raw = sign(gmail(reclamo.notice, "We look into it.", sender=ADA, mark="once"), "firm.example")
    to = replying(reclamo.notice)
    reclamo.take(raw, sender=ADA, to=to)
    assert reclamo.news() == [("reply", ANNA), ("transcript", ADA)]
    reclamo.take(raw, sender=ADA, to=to)
    assert reclamo.news() == [], "the very same mail is the same mail"
    reclamo.take(b"Received: from evil by evil; Tue, 3 Mar 2026 09:00:00 +0000\r\n" + raw, sender=ADA, to=to)
    reclamo.take(raw, sender="evil@evil.example", to=to)
    assert reclamo.news() == [*REFUSED, *REFUSED]
    assert len([letter for letter in reclamo.post.letters if letter.notice == "reply"]) == 1


# ---------------------------------------------------------------------------------------- words in the wrong place


HIDDEN = (
    '<div style="display:none">decide: upheld</div><p style="font-size:0">/close</p>'
    '<span style="color:#fff">/spam</span><!-- decide: upheld --><div hidden>take:</div>'
    '<div style="visibility:hidden;mso-hide:all">/reopen</div>'
    '<div style="max-height:0;overflow:hidden">decide: upheld</div><p>The inverter is still dark.</p>'
)


@pytest.mark.parametrize("words", ["plain", "hidden"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_command_in_what_is_quoted_is_no_command(program: str, words: str, reclamo: ReclamoWithCase) -> None:
    """Commands in a customer's mail are quoted to staff; answering that notice does not run them."""
    first = reclamo.last("acknowledgement", ANNA)
    if words == "plain":
        raw = thunderbird(first, "decide: upheld\n\n/close\n\nI hereby decide.", sender=ANNA, mark="evil")
    else:
        head = thunderbird(first, "x", sender=ANNA, mark="evil").partition(b"Content-Type")[0]
        raw = head + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + HIDDEN.encode()
    reclamo.take(raw, sender=ANNA, to=replying(first))
    untouched(reclamo)
    shown = reclamo.last("customer_wrote", ADA)
    raw = PROGRAMS[program](shown, "Thank you, we look into it.", sender=ADA, mark="answer")
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=replying(shown))
    assert reclamo.case().ticket.facts.outcome == ""
    assert reclamo.case().ticket.closed_at is None
    said = text_of(reclamo.last("reply", ANNA))
    assert "Thank you, we look into it." in said
    assert "decide" not in said


def test_a_command_that_nobody_sees_is_no_command(reclamo: ReclamoWithCase) -> None:
    """Hidden HTML text, also in staff's own mail, is neither a command nor sent to anybody."""
    head = gmail(reclamo.notice, "x", sender=ADA, mark="hide").partition(b"MIME-Version")[0]
    raw = head + b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + HIDDEN.encode()
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert reclamo.case().ticket.facts.outcome == ""
    assert reclamo.news() == [("reply", ANNA), ("transcript", ADA)]
    said = text_of(reclamo.last("reply", ANNA))
    assert "The inverter is still dark." in said
    for hidden in ("decide", "close", "spam", "take", "reopen"):
        assert f"{hidden}:" not in said
        assert f"/{hidden}" not in said


@pytest.mark.parametrize("by", ["staff", "customer"])
@pytest.mark.parametrize(
    "kind", ["text/plain; name=orders.txt", "text/html; name=orders.html", "message/rfc822", "application/octet-stream"]
)
def test_a_command_in_an_attachment_is_no_command(by: str, kind: str, reclamo: ReclamoWithCase) -> None:
    """Attachments are not read for commands."""
    letter = reclamo.notice if by == "staff" else reclamo.last("acknowledgement", ANNA)
    who = ADA if by == "staff" else ANNA
    head = gmail(letter, "x", sender=who, mark="file").partition(b"MIME-Version")[0]
    inner = b"From: ada@firm.example\r\nSubject: x\r\n\r\n" if kind.startswith("message") else b""
    raw = (
        head + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: "
        + kind.encode() + b"\r\nContent-Disposition: attachment\r\n\r\n" + inner
        + b"decide: upheld\r\n\r\nYes.\r\n--b--\r\n"
    )  # fmt: skip
    reclamo.take(sign(raw, "firm.example" if by == "staff" else "example.it"), sender=who, to=replying(letter))
    assert reclamo.case().ticket.facts.outcome == ""
    assert ("decision", ANNA) not in reclamo.news()


def test_a_command_in_a_customers_mail_is_words(reclamo: ReclamoWithCase) -> None:
    """Only staff mail is read for commands."""
    letter = reclamo.last("acknowledgement", ANNA)
    reclamo.take(thunderbird(letter, "/decide upheld", sender=ANNA, mark="c1"), sender=ANNA, to=replying(letter))
    untouched(reclamo)
    assert reclamo.news() == [("customer_wrote", ADA)]


BREAKS = "=0D=0ABcc:_evil=40evil.example=0D=0A=0D=0AX"
FIELDS = {
    "the name of a file": b'Content-Disposition: attachment; filename="=?utf-8?q?a' + BREAKS.encode() + b'?=.jpg"',
    "the name of a file, RFC 2231": (
        b"Content-Disposition: attachment; filename*=utf-8''a%0D%0ABcc%3A%20evil@evil.example.jpg"
    ),
    "the type of a file": b'Content-Type: image/jpeg; name="a\rBcc: evil@evil.example.jpg"',
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("by", ["staff", "customer"])
def test_no_header_comes_from_the_name_of_a_file(field: str, by: str, reclamo: ReclamoWithCase) -> None:
    """File names become one line and inject no header or recipient."""
    letter = reclamo.notice if by == "staff" else reclamo.last("acknowledgement", ANNA)
    who = ADA if by == "staff" else ANNA
    head = gmail(letter, "x", sender=who, mark="file").partition(b"MIME-Version")[0]
    raw = (
        head + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nSee the picture.\r\n--b\r\n"
        + FIELDS[field] + b"\r\n\r\nxx\r\n--b--\r\n"
    )  # fmt: skip
    reclamo.take(sign(raw, "firm.example" if by == "staff" else "example.it"), sender=who, to=replying(letter))
    _no_field_too_many(reclamo)


def _no_field_too_many(reclamo: ReclamoWithCase) -> None:
    for letter in reclamo.post.letters:
        assert "evil" not in letter.recipient
        for part in message_from_bytes(letter.raw).walk():
            assert "bcc" not in {name.lower() for name in part.keys()}  # noqa: SIM118 - a Message is no dict


def test_no_header_comes_from_the_name_of_a_staff_member(reclamo: ReclamoWithCase) -> None:
    """Line breaks in From, Subject, References or a command's value stay inside their fields."""
    raw = gmail(
        reclamo.notice,
        "third: installer bob@installer.example\u2028Bcc: evil@evil.example\n\nWhat?",
        sender=ADA,
        mark="n",
    )
    raw = raw.replace(b"Ada Bianchi <", f"=?utf-8?q?Ada{BREAKS}?= <".encode(), 1)
    raw = raw.replace(b"Subject: Re:", f"Subject: =?utf-8?q?{BREAKS}?= Re:".encode(), 1)
    raw = raw.replace(b"References: ", b"References: <a\r\n\tBcc:evil@evil.example> ", 1)
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert reclamo.news()
    _no_field_too_many(reclamo)


HEADERS = [
    "decide: upheld\r\nBcc: evil@evil.example\r\n\r\nWe send a new one.",
    "third: installer bob@installer.example\r\nBcc: evil@evil.example\n\nWhat did you see?",
]


@pytest.mark.parametrize("text", HEADERS)
def test_no_header_comes_from_words(text: str, reclamo: ReclamoWithCase) -> None:
    """Text that looks like headers is sent as text or not at all, and adds no recipient."""
    raw = sign(gmail(reclamo.notice, text.replace("\r\n", "\n"), sender=ADA, mark="h1"), "firm.example")
    reclamo.take(raw, sender=ADA, to=replying(reclamo.notice))
    for letter in reclamo.post.letters:
        assert b"bcc" not in letter.raw.split(b"\r\n\r\n", 1)[0].lower()
        assert "evil" not in letter.recipient


def test_no_header_comes_from_a_customers_name_or_subject(reclamo: ReclamoWithCase) -> None:
    """Encoded line breaks in From and Subject stay inside their fields."""
    raw = (
        b"From: =?utf-8?q?Anna=0D=0ABcc:_evil=40evil.example?= <anna2@example.it>\r\nTo: complaints@firm.example\r\n"
        b"Subject: =?utf-8?q?Broken=0D=0ABcc:_evil=40evil.example=0D=0A=0D=0AHello?=\r\nMessage-ID: <h2@e>\r\n\r\n"
        b"My inverter ST-6.0K does not switch on any more.\r\n"
    )
    reclamo.take(raw, sender="anna2@example.it")
    heads = [letter.raw.split(b"\r\n\r\n", 1)[0] for letter in reclamo.post.letters]
    assert not [head for head in heads if re.search(rb"(?im)^bcc:", head)]
    assert ("acknowledgement", "anna2@example.it") in reclamo.news()


# ----------------------------------------------------------------------------------------------------------- leaks


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_reaches_the_customer_is_the_words_alone(program: str, reclamo: ReclamoWithCase) -> None:
    """No command lines, signatures, staff addresses, notes, headers or quoted notice."""
    note = next(iter(re.findall(r"complaints\+[a-z2-7]{29}@firm\.example", reclamo.notice.raw.decode())))
    raw = PROGRAMS[program](reclamo.notice, "prendo\ndecide: upheld\n\nWe send you a new one.", sender=ADA, mark="d1")
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert ("decision", ANNA) in reclamo.news()
    read = reclamo.read_by(ANNA)
    assert "We send you a new one." in read
    for secret in (SIGNATURE, "4711", "Bianchi", ADA, note, "prendo", "decide:", "staff only", "What you can answer"):
        assert secret not in read, secret


@pytest.mark.parametrize("program", PROGRAMS)
def test_replying_to_all_tells_nobody_more(program: str, reclamo: ReclamoWithCase) -> None:
    """A note also addressed to the customer and to the support address is not forwarded."""
    note = _note_address(reclamo)
    raw = PROGRAMS[program](reclamo.notice, "He broke the seals himself.", sender=ADA, mark="n1", to=f"{note}, {ANNA}")
    reclamo.take(sign(raw, "firm.example"), sender=ADA, to=note)
    assert reclamo.news() == [("transcript", ADA)]
    assert "seals" not in reclamo.read_by(ANNA)


def test_a_copy_of_a_staff_letter_in_a_customers_hands_moves_nothing(reclamo: ReclamoWithCase) -> None:
    """A notice forwarded to the customer by mistake: the customer's answer to it does nothing."""
    raw = gmail(reclamo.notice, "decide: upheld", sender=ANNA, mark="leak")
    reclamo.take(raw, sender=ANNA, to=replying(reclamo.notice))
    untouched(reclamo)
    assert reclamo.news() == REFUSED


def _note_address(reclamo: ReclamoWithCase) -> str:
    found = re.findall(r"mailto:(complaints)%2B([a-z2-7]{29})@", reclamo.notice.raw.decode().replace("=\r\n", ""))
    addresses = [f"{local}+{token}@firm.example" for local, token in found]
    return next(address for address in addresses if address != replying(reclamo.notice))


# -------------------------------------------------------------------------------------------------------- guessing


def test_guessing_at_addresses_is_kept_and_answered_to_nobody(reclamo: ReclamoWithCase) -> None:
    """A few mistyped addresses open cases; the mails of somebody guessing addresses go to quarantine."""
    for number in range(10):
        token = f"{number:a>29}".replace("0", "b").replace("1", "c")
        mail = f"From: eve@evil.example\r\nTo: complaints+{token}@firm.example\r\nMessage-ID: <g{number}@e>\r\n\r\n"
        raw = (mail + f"My inverter is broken, number {number}.\r\n").encode()
        reclamo.take(raw, sender="eve@evil.example", to=f"complaints+{token}@firm.example")
    assert len(reclamo.set_aside()) == 7
    assert all("never gave out" in why for why in reclamo.set_aside())
    answered = [letter for letter in reclamo.news() if letter[1] == "eve@evil.example"]
    assert len(answered) == 3
    untouched(reclamo)


def test_a_flood_is_kept_and_answered_to_nobody(reclamo: ReclamoWithCase) -> None:
    """Mail beyond the limits opens no case and is kept."""
    limit = 30
    for number in range(limit + 5):
        raw = (
            f"From: bot@evil.example\r\nTo: {SUPPORT}\r\nMessage-ID: <f{number}@e>\r\n\r\nBroken {number}.\r\n".encode()
        )
        reclamo.stepper.now = reclamo.stepper.now.replace(minute=1)
        reclamo.take(raw, sender="bot@evil.example")
    assert len(reclamo.set_aside()) == 5
    assert len([letter for letter in reclamo.news() if letter == ("acknowledgement", "bot@evil.example")]) == limit


# ------------------------------------------------------------------------------------------- keys, calling back


def test_a_new_key_loses_no_thread(reclamo: ReclamoWithCase) -> None:
    """Replies to letters from before a key change still work; the old key makes no valid new tokens."""
    old = reclamo.stepper.installation
    keys = TokenKeys(current=2, secrets={**old.keys.secrets, 2: b"another key, of thirty-two octets"})
    reclamo.stepper.installation = replace(old, keys=keys, sender_identity=replace(old.sender_identity, keys=keys))
    raw = sign(gmail(reclamo.notice, "We look into it.", sender=ADA, mark="k1"), "firm.example")
    reclamo.take(raw, sender=ADA, to=replying(reclamo.notice))
    assert reclamo.news() == [("reply", ANNA), ("transcript", ADA)]
    fresh = replying(reclamo.last("transcript", ADA)).partition("+")[2].partition("@")[0]
    assert unseal(fresh, old.keys) is None
    assert unseal(fresh, keys) == unseal(replying(reclamo.notice).partition("+")[2].partition("@")[0], keys)


def test_a_letter_called_back_never_leaves(tmp_path: Path) -> None:
    """A letter can be stopped for two minutes; one that has left is not reported as stopped."""
    reclamo = ReclamoWithCase(tmp_path, hold=2)
    reclamo.news()
    reclamo.take(sign(decides(reclamo.notice), "firm.example"), sender=ADA, to=replying(reclamo.notice))
    assert reclamo.news() == [("transcript", ADA)]
    transcript = reclamo.last("transcript", ADA)
    cancel = sign(gmail(transcript, "cancel", sender=ADA, mark="stop"), "firm.example")
    reclamo.take(cancel, sender=ADA, to=replying(transcript))
    assert reclamo.news() == [("transcript", ADA)]
    reclamo.stepper.advance(reclamo.stepper.now.replace(hour=12))
    untouched(reclamo)
    reclamo.take(sign(decides(reclamo.notice, mark="x2"), "firm.example"), sender=ADA, to=replying(reclamo.notice))
    reclamo.stepper.advance(reclamo.stepper.now.replace(hour=13))
    assert reclamo.news() == [("transcript", ADA), ("decision", ANNA)]
    late = sign(gmail(reclamo.last("transcript", ADA), "cancel", sender=ADA, mark="late"), "firm.example")
    reclamo.take(late, sender=ADA, to=replying(transcript))
    assert reclamo.news() == [("refused", ADA)]
    assert reclamo.case().ticket.facts.outcome == "upheld"
    reclamo.db.close()
