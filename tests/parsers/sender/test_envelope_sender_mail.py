"""Mail to our envelope senders."""

from __future__ import annotations

import pytest

from parsers.mail import read_mail
from parsers.reading import FailedRecipient, MailKind
from parsers.sender.envelope_sender_mail import FailedParty, as_delivery_report, permanent_failure
from tests.paths import TESTS

REPORTS = [
    ("Undeliverable: Your complaint", "It was not possible. User unknown.", "5.1.1", True),
    ("hello", "Your message could not be delivered to anna@example.net: 550 5.2.2 mailbox full", "5.2.2", True),
    ("Warning: message delayed", "Your message could not be delivered yet. You do not need to resend it.", "", False),
]


@pytest.mark.parametrize(("subject", "text", "status", "lasting"), REPORTS)
def test_words_of_failure_make_a_report(subject: str, text: str, status: str, lasting: bool) -> None:
    """In any format it says what failed and whether permanently; the recipient only if it names one."""
    raw = f"From: postbox@example.net\r\nSubject: {subject}\r\nIn-Reply-To: <letter@firm.example>\r\n\r\n{text}\r\n"
    report = as_delivery_report(read_mail(raw.encode()))
    assert report.kind is MailKind.BOUNCE
    assert [(recipient.permanent, recipient.status) for recipient in report.failed_recipients] == [(lasting, status)]
    assert report.failed_recipients[0].address == ("anna@example.net" if "anna@" in text else "")
    assert report.original_message_ids == ("letter@firm.example",)


OTHERS = [
    ("Automatic reply: complaint", "I am away. My mail could not be delivered to a colleague.", "text/plain"),
    ("Re: complaint", "Thank you, I have it.", "text/plain"),
    (
        "Delivered",
        "Your message could not be delivered later than now.",
        "multipart/report; report-type=delivery-status",
    ),
]


@pytest.mark.parametrize(("subject", "text", "kind"), OTHERS)
def test_other_mail_stays_as_it_was_read(subject: str, text: str, kind: str) -> None:
    """Away notices, mail of persons, and receipts in the standard format."""
    read = read_mail(f"From: x@example.net\r\nSubject: {subject}\r\nContent-Type: {kind}\r\n\r\n{text}\r\n".encode())
    assert as_delivery_report(read) is read


def test_no_report_of_the_collection_is_lost_by_it() -> None:
    """A report that is recognised anyway stays one, with the same recipients."""
    for path in sorted((TESTS / "mail" / "bounce").glob("*.eml")):
        read = read_mail(path.read_bytes())
        again = as_delivery_report(read)
        assert again.kind is MailKind.BOUNCE, path.name
        assert again is read or {recipient.address for recipient in again.failed_recipients} == {
            recipient.address for recipient in read.failed_recipients
        }, path.name


JANE, TOM = "jane@home.example", "tom@home.example"
SPOKEN_OF = [
    ([(JANE, True)], FailedParty.RECIPIENT),
    ([("Jane@Home.Example", True)], FailedParty.RECIPIENT),
    ([("", True)], FailedParty.RECIPIENT),  # nobody is named
    ([("jane@private.example", True)], FailedParty.RECIPIENT),  # where her mail is passed on to
    ([(TOM, True)], FailedParty.OTHER_PARTY),
    ([(TOM, True), (JANE, True)], FailedParty.RECIPIENT),
    ([(JANE, False), ("jane@private.example", True)], FailedParty.NOBODY),  # hers is still tried
    ([(JANE, False)], FailedParty.NOBODY),
    ([], FailedParty.NOBODY),
]


@pytest.mark.parametrize(("named", "meant"), SPOKEN_OF)
def test_of_whom_a_report_speaks(named: list[tuple[str, bool]], meant: FailedParty) -> None:
    """Of the letter's recipient, also if their mail is forwarded; not if the report names another party of the case."""
    failed = [FailedRecipient(address, permanent) for address, permanent in named]
    assert permanent_failure(failed, JANE, [JANE, TOM])[0] is meant
