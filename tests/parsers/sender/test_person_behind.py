"""The person behind a form, a group or our own address, and mail without one."""

from __future__ import annotations

import pytest

from parsers.mail import read_mail
from parsers.reading import MailKind
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unattended_addresses import is_unattended

HOUSE = OwnIdentity(support=("support@firm.example",), message_id_domain="firm.example")
OURS = "support@firm.example"


def who(*headers: str) -> tuple[str, str, str]:
    """The sender's address, name, and the header field that names them."""
    reading = read_mail("\r\n".join([*headers, "", "It is broken."]).encode(), ours=HOUSE)
    return reading.sender.address, reading.sender.name, reading.sender.fallback


NAMED = [
    (["From: Shop <noreply@shop.example>", "Reply-To: Jane Doe <jane@c.example>"], "jane@c.example", "Jane Doe",
     "Reply-To"),
    (["From: Shop <noreply@shop.example>", "Reply-To: jane@c.example"], "jane@c.example", "", "Reply-To"),
    ([f"From: Web <{OURS}>", "Reply-To: Jane <jane@firm.example>"], "jane@firm.example", "Jane", "Reply-To"),
    ([f"From: 'Jane Doe' via Support <{OURS}>", "X-Original-Sender: jane@c.example", "List-ID: <support.firm.example>"],
     "jane@c.example", "Jane Doe", "X-Original-Sender"),
    ([f"From: Jane Doe über Support <{OURS}>", f"Reply-To: {OURS}, jane@c.example", "List-Id: <x.y.example>"],
     "jane@c.example", "Jane Doe", "Reply-To"),
    (['From: "Per conto di: jane@pec.example" <posta-certificata@pec.example>', "Reply-To: jane@pec.example",
      "X-Trasporto: posta-certificata"], "jane@pec.example", "", "Reply-To"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "address", "name", "way"), NAMED)
def test_another_header_names_the_person(headers: list[str], address: str, name: str, way: str) -> None:
    """The person named by that header field; the mailbox in From is kept as the author."""
    assert who(*headers) == (address, name, way)
    reading = read_mail("\r\n".join([*headers, "", "x"]).encode(), ours=HOUSE)
    assert reading.author.address in headers[0]
    assert reading.kind is MailKind.PERSON


NOT_NAMED = [
    ["From: Jane <jane@c.example>", "Reply-To: John <john@d.example>"],  # a person's own mail is theirs
    ["From: Jane <jane@c.example>", "X-Original-From: John <john@d.example>"],
    ["From: noreply@shop.example", "Reply-To: orders@shop.example"],  # where the program takes its own answers
    ["From: noreply@mail.shop.example", "Reply-To: r+77@reply.shop.example"],
    ["From: noreply@shop.example", "Reply-To: do-not-reply@c.example"],
    ["From: noreply@shop.example", f"Reply-To: {OURS}"],
    ["From: noreply@shop.example", "Reply-To: support+aqaaaaaaaeaacu5s2maml3rf5ry76@firm.example"],
    [f"From: {OURS}", f"Reply-To: {OURS}"],
    ["From: Jane via Users <users@lists.example>", "Reply-To: users@lists.example",
     "List-Post: <mailto:users@lists.example>"],
]  # fmt: skip


@pytest.mark.parametrize("headers", NOT_NAMED)
def test_nobody_else_is_named(headers: list[str]) -> None:
    """From is used: it is a person's, or a program's that is set aside later."""
    address, _, way = who(*headers)
    assert address in headers[0]
    assert way == ""


@pytest.mark.parametrize(
    "address",
    ["noreply@x.example", "NO-REPLY@x.example", "shop.no-reply@x.example", "do_not_reply@x.example",
     "order-donotreply+7@x.example", "nicht-antworten@x.example", "ne-pas-repondre@x.example",
     "non.rispondere@x.example", "wordpress@x.example", "mailer@shopify.example", "voicemail@pbx.example",
     "posta-certificata@pec.example", "MAILER-DAEMON@x.example", "dmarc@provider.example",
     "notifications@hub.example", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example"],
)  # fmt: skip
def test_addresses_that_nobody_reads(address: str) -> None:
    """By their words, whatever surrounds them."""
    assert is_unattended(address)


@pytest.mark.parametrize(
    "address",
    ["jane@x.example", "mail@anna.example", "admin@smallfirm.example", "info@x.example", "office@x.example",
     "system@x.example", "nora.reply@x.example", "scott.anderson@x.example", "fax.wilson@x.example",
     "b.root@x.example", "rene.plyer@x.example", "notarea@x.example"],
)  # fmt: skip
def test_addresses_that_people_read(address: str) -> None:
    """Ordinary names of small companies and persons."""
    assert not is_unattended(address)
