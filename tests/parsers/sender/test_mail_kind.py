"""The kind of a mail by its header fields: mail of persons with the marks of relays and services, and mail of
programs."""

from __future__ import annotations

import pytest

from parsers.mail import read_mail
from parsers.reading import MailKind, ProgramPurpose, Reading
from parsers.sender.own_identity import OwnIdentity

HOUSE = OwnIdentity(support=("support@firm.example",), message_id_domain="firm.example")
JANE = "From: Jane Doe <jane@c.example>"
WORDS = "My inverter has been broken for three weeks. I want a replacement."


def read(*headers: str, words: str = WORDS) -> Reading:
    """A mail to us with these header fields."""
    lines = [*headers, "To: support@firm.example", "", words]
    return read_mail("\r\n".join(lines).encode(), ours=HOUSE, languages=("en", "it", "de"))


PEOPLE = [
    ("redirected by an Exchange rule", ["X-MS-Exchange-Inbox-Rules-Loop: info@firm.example",
     "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent"], WORDS),
    ("sales mail of a CRM", ["List-Unsubscribe: <https://crm.example/u/1>"], WORDS),
    ("cites our own automatic mail", [], "I wrote three times. All I got was: \"This is an automatically generated "
     "message. Please do not reply to this e-mail.\" Is nobody there?"),
    ("cites it, as an editor wraps it", [], "I wrote to you three times about the inverter and all I ever got was:\n"
     "This is an automatically generated message. Please do not reply.\nIs nobody there?"),
    ("complains about a fee", ["Subject: Out of office hours call-out fee"], WORDS),
    ("complains about a parcel", ["Subject: Delivery problem"], "The parcel was not delivered. The driver says the "
     "address had failed. Returned to sender."),
    ("vouched for", ["Auto-Submitted: no", "Precedence: bulk"], WORDS),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "words"), [case[1:] for case in PEOPLE], ids=[case[0] for case in PEOPLE])
def test_a_person_wrote_it(headers: list[str], words: str) -> None:
    """The kind is PERSON."""
    reading = read(JANE, *headers, words=words)
    assert (reading.kind, reading.program_purpose) == (MailKind.PERSON, None), reading.reasons


PROGRAMS = [
    (["Auto-Submitted: auto-replied"], ProgramPurpose.ANSWER),
    (["X-Autoresponder: Will not send another"], ProgramPurpose.ANSWER),
    (["Precedence: auto_reply"], ProgramPurpose.ANSWER),
    (["Return-Path: <>"], ProgramPurpose.ANSWER),
    (["Subject: Automatic reply: your letter"], ProgramPurpose.ANSWER),
    (["Subject: Out of Office"], ProgramPurpose.ANSWER),
    (["X-Ricevuta: errore-consegna"], ProgramPurpose.RECEIPT),
    (["Auto-Submitted: auto-generated"], ProgramPurpose.OTHER),
    (["Precedence: bulk"], ProgramPurpose.OTHER),
]


@pytest.mark.parametrize(("headers", "program"), PROGRAMS)
def test_what_a_program_s_mail_is_for(headers: list[str], program: ProgramPurpose) -> None:
    """Automatic responses are distinguished from mail that may be a person's despite an automatic header field."""
    reading = read(JANE, *headers)
    assert (reading.kind, reading.program_purpose) == (MailKind.AUTOMATIC, program)


def test_a_footer_that_a_program_writes_is_one() -> None:
    """On a line of its own, below short lines or a blank line."""
    for words in ("Thanks.\n\nThis is an automated message, please do not reply.", "Your firm\nPlease do not reply."):
        assert read(JANE, words=words).program_purpose in (ProgramPurpose.OTHER, None)
    footer = "We received it.\n\nThis is an automated message, please do not reply to this e-mail."
    assert read(JANE, words=footer).kind is MailKind.AUTOMATIC


def test_a_list_is_ours_where_it_is_an_address_that_customers_write_to() -> None:
    """A Google Group or Mailman list that is the support address: mail of its members is persons' mail."""
    for name in ("List-Id: <support.firm.example>", "List-Post: <mailto:support@firm.example>"):
        assert read(JANE, name, "Precedence: list", "X-Google-Group-Id: 1").kind is MailKind.PERSON
    for name in ("List-Id: <support.firm.example.org>", "List-Id: <support.notfirm.example>"):
        assert read(JANE, name).kind is MailKind.LIST


def test_a_group_of_our_own_domain_forwards_mail_from_outside() -> None:
    """info@ of the same company forwards to the support address; colleagues' mail to the whole group is no
    complaint."""
    group = ("List-Id: Info <info.firm.example>", "Precedence: list", "X-Google-Group-Id: 1")
    assert read(JANE, *group).kind is MailKind.PERSON
    for author in (
        "From: Ada <ada@firm.example>",
        "From: News <newsletter@shop.example>",
        "From: noreply@shop.example",
    ):
        assert read(author, *group).kind is MailKind.LIST
    assert read(JANE, "List-Id: <info.firm.example.org>").kind is MailKind.LIST


@pytest.mark.parametrize(
    "headers",
    [["List-Unsubscribe: <x>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"],
     ["List-Unsubscribe: <x>", "List-Id: <n.x.example>"], ["List-Unsubscribe: <x>", "X-Campaign: 7"]],
)  # fmt: skip
def test_a_campaign_has_more_than_one_mark(headers: list[str]) -> None:
    """One header field of a bulk mail provider is not enough; two are."""
    assert read(JANE, *headers).kind is MailKind.LIST


def test_mail_to_somebody_else_is_not_written_to_us() -> None:
    """Mail from a person's address at a marketing service that does not name us in To or Cc."""
    raw = "\r\n".join([JANE, "To: customers@else.example", "List-Unsubscribe: <mailto:x@x.example>", "", WORDS])
    assert read_mail(raw.encode(), ours=HOUSE).kind is MailKind.LIST
