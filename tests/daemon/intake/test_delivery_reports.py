"""Delivery reports: which are believed about whom, and how little forged ones can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.letters.reply_addresses import return_path
from parsers.sender.tokens import Audience, unseal
from storage import absences
from storage.absences import AbsenceReason
from storage.values import DeadlineState, Letter, Party, RawMail, Role, Ticket
from tests.daemon.signed import ADA, ANNA, COMPLAINT, NOW, SUPPORT, ReclamoWithCase

DAEMON = "mailer-daemon@mx.example"
TAG = "Undeliverable: [C-2026-000001] Your complaint"


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[ReclamoWithCase]:
    """An installation with Anna's acknowledged case in Ada's team."""
    made = ReclamoWithCase(tmp_path)
    made.news()
    yield made
    made.db.close()


def report(
    names: str, *, to: str = SUPPORT, back: str = "", subject: str = "Undelivered Mail", sender: str = DAEMON,
    mark: str = "r1", said: str = "550 5.1.1 no such mailbox", action: str = "failed", status: str = "5.1.1",
) -> bytes:  # fmt: skip
    """Build a standard delivery report (RFC 3464) that returns the Message-ID `back`, or nothing."""
    head = (
        f"From: Mail Delivery System <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: <{mark}@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    )
    parts = [
        f"Content-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n{said}\r\n",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {names}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n",
    ]
    if back:
        parts.append(f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{back}>\r\n")
    return (head + "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n").encode()


def words(to: str, text: str, *, sender: str = DAEMON, subject: str = "", more: str = "") -> bytes:
    """Build a plain mail."""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <w@mx.example>\r\n"
    return f"{head}{more}\r\n{text}\r\n".encode()


def letter_to(reclamo: ReclamoWithCase, reader: str) -> Letter:
    """Return the newest letter to somebody."""
    return next(letter for letter in reversed(reclamo.post.letters) if letter.recipient == reader)


def customer(reclamo: ReclamoWithCase) -> Party:
    """Return Anna's party of the case."""
    return reclamo.case().customer()


def acknowledged(reclamo: ReclamoWithCase) -> DeadlineState:
    """Return the state of the promise to acknowledge."""
    return next(deadline.state for deadline in reclamo.case().deadlines if deadline.promise == "acknowledge")


def believed(reclamo: ReclamoWithCase) -> bool:
    """Return whether the report was believed: Anna's address is failing, the promise open again, and staff told."""
    staff_told = ("undeliverable", ADA) in reclamo.news()
    marked = bool(customer(reclamo).bounced)
    assert staff_told is marked
    assert (acknowledged(reclamo) is DeadlineState.OPEN) is marked
    return marked


# ------------------------------------------------------------------------------------------------------- believed


def test_by_the_letters_own_message_id(reclamo: ReclamoWithCase) -> None:
    """The report comes to the plain address and returns the letter."""
    back = letter_to(reclamo, ANNA).message_id
    reclamo.take(report(ANNA, back=back), sender="")
    assert believed(reclamo)


@pytest.mark.parametrize("named", [ANNA, "rossi.anna@elsewhere.example"])
def test_by_the_envelope_sender(reclamo: ReclamoWithCase, named: str) -> None:
    """It returns nothing and may name an address that she forwards her mail to."""
    to = letter_to(reclamo, ANNA).sender
    assert to != SUPPORT
    reclamo.take(report(named, to=to), sender="", to=to)
    assert believed(reclamo)


def test_the_envelope_sender_in_capitals_and_marked_by_our_own_relay(reclamo: ReclamoWithCase) -> None:
    """Servers change case, and BATV adds a prefix that not every server removes."""
    local, _, domain = letter_to(reclamo, ANNA).sender.upper().partition("@")
    reclamo.take(report(ANNA, to=f"prvs=0123abcdef={local}@{domain}"), sender="", to=SUPPORT)
    assert believed(reclamo)


def test_the_envelope_sender_that_only_a_mailbox_server_tells(reclamo: ReclamoWithCase) -> None:
    """IMAP has no envelope: the server's own header gives the recipient."""
    to = letter_to(reclamo, ANNA).sender
    raw = b"Return-Path: <>\r\nDelivered-To: " + to.encode() + b"\r\n" + report(ANNA, to="undisclosed-recipients:;")
    reclamo.receive(RawMail(raw=raw, received_at=reclamo.stepper.now, source="imap", recipients=(SUPPORT,)))
    assert believed(reclamo)


PRIVATE = {
    "nobody is named": "Ihre Nachricht konnte nicht zugestellt werden. Das Postfach gibt es nicht.",
    "from a person by its header": f"Your message to {ANNA} could not be delivered: 550 5.1.1 no such user",
    "in Chinese": f"您的邮件无法投递到 {ANNA}：用户不存在",
}


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_a_report_of_no_known_form_at_the_envelope_sender(reclamo: ReclamoWithCase, text: str) -> None:
    """A null sender, our envelope sender and words of failure make a report of any form."""
    to = letter_to(reclamo, ANNA).sender
    sender = "Microsoft Outlook <postbox@mx.example>"
    raw = words(to, text, sender=sender, more="Content-Type: text/plain; charset=utf-8\r\n")
    reclamo.take(raw, sender="", to=to)
    assert believed(reclamo)


def test_of_two_letters_each_report_takes_one(reclamo: ReclamoWithCase) -> None:
    """Reports that return nothing are about the last letters; a third adds nothing."""
    to = letter_to(reclamo, ANNA).sender
    for mark in ("r1", "r2", "r3"):
        reclamo.take(report(ANNA, to=to, mark=mark), sender="", to=to)
    assert [letter for letter in reclamo.news() if letter[0] == "undeliverable"] == [("undeliverable", ADA)]
    assert [entry.event for entry in reclamo.case().history].count("promise owed again") == 1


NO_FAILURES = [("delayed", "4.4.1"), ("delivered", "2.1.5"), ("relayed", "2.0.0"), ("expanded", "2.0.0")]


@pytest.mark.parametrize(("action", "status"), NO_FAILURES)
def test_what_is_no_failure_changes_nothing(reclamo: ReclamoWithCase, action: str, status: str) -> None:
    """Only the action "failed" is a failure (RFC 3464 section 2.3.3)."""
    to = letter_to(reclamo, ANNA).sender
    reclamo.take(report(ANNA, to=to, action=action, status=status, said="wait"), sender="", to=to)
    assert not believed(reclamo)
    assert reclamo.set_aside() == []


def test_a_report_about_an_address_of_before(reclamo: ReclamoWithCase) -> None:
    """After her address was corrected, a late report about the old one does not mark the new one."""
    old = letter_to(reclamo, ANNA).sender
    case = reclamo.case()
    moved = replace(case.customer(), address="anna@right.example")
    with reclamo.db.write() as conn:
        from storage import cases
        from storage.values import CaseChange

        cases.save(conn, [CaseChange(ticket=case.ticket, parties=(moved,))])
    reclamo.take(report(ANNA, to=old), sender="", to=old)
    assert not customer(reclamo).bounced
    assert ("undeliverable", ADA) not in reclamo.news()
    assert acknowledged(reclamo) is DeadlineState.OPEN  # the letter did not arrive all the same


# ------------------------------------------------------------------------------------------------------- in doubt


def test_two_hundred_forged_reports_of_one_case(reclamo: ReclamoWithCase) -> None:
    """Guessed case numbers do not stop Anna's letters; staff are told once and the case stays small."""
    for number in range(200):
        raw = report(ANNA, subject=TAG, sender=f"mailer-daemon@mx{number}.example", mark=f"f{number}")
        reclamo.stepper.accept(RawMail(raw=raw, received_at=reclamo.stepper.now, source="smtp", recipients=(SUPPORT,)))
    reclamo.stepper.settle()
    assert not customer(reclamo).bounced
    assert acknowledged(reclamo) is DeadlineState.KEPT
    assert reclamo.news() == [("undeliverable", ADA)]
    assert "anybody may have written it" in reclamo.post.letters[-1].raw.decode().replace("=\r\n", "")
    assert len(reclamo.case().messages) < 20
    assert reclamo.set_aside() == []


def test_forged_reports_of_many_cases_are_told_of_five_times_a_day(reclamo: ReclamoWithCase) -> None:
    """Each case records its report; the team gets at most five letters."""
    for number in range(2, 12):
        raw = COMPLAINT.replace(b"anna@", b"anna%d@" % number).replace(b"<first", b"<first%d" % number)
        reclamo.take(raw.replace(b"SN60A2412345", b"SN60A24123%02d" % number), sender=f"anna{number}@example.it")
    reclamo.news()
    for number in range(1, 11):
        raw = report("x@example.it", subject=f"Undeliverable [C-2026-{number:06d}]", mark=f"m{number}")
        reclamo.stepper.accept(RawMail(raw=raw, received_at=reclamo.stepper.now, source="smtp", recipients=(SUPPORT,)))
    reclamo.stepper.settle()
    assert [letter[0] for letter in reclamo.news()] == ["undeliverable"] * 5
    events = [entry.event for number in range(1, 11) for entry in reclamo.case(f"C-2026-{number:06d}").history]
    assert events.count("bounced in doubt") == 10
    reclamo.stepper.now += timedelta(days=1, minutes=1)
    reclamo.take(report(ANNA, subject=TAG, mark="next"), sender="")
    assert ("undeliverable", ADA) in reclamo.news()


def test_only_the_address_can_be_known(reclamo: ReclamoWithCase) -> None:
    """Nothing returned, at the plain address: it is reported on the case whose letter went to that address last."""
    reclamo.take(report(ANNA), sender="")
    assert (customer(reclamo).bounced, reclamo.news()) == ("", [("undeliverable", ADA)])
    assert [entry.facts["told"] for entry in reclamo.case().history if entry.event == "bounced in doubt"] == [True]


@pytest.mark.parametrize("reader", [ADA, ANNA])
def test_a_letter_proves_nothing_about_the_reader_of_another(reclamo: ReclamoWithCase, reader: str) -> None:
    """Ada's letter cannot mark Anna's address, nor Anna's letter Ada's."""
    other = ANNA if reader == ADA else ADA
    letter = letter_to(reclamo, reader)
    for to, back in (
        (SUPPORT, letter.message_id),
        (letter.sender, ""),
        (letter.sender, letter_to(reclamo, other).message_id),
    ):
        reclamo.take(report(other, to=to, back=back, mark=f"x{len(to)}{len(back)}"), sender="", to=to)
    assert (customer(reclamo).bounced, acknowledged(reclamo)) == ("", DeadlineState.KEPT)
    assert absences.listing(reclamo.db) == []


def test_the_envelope_sender_counts_before_what_is_given_back(reclamo: ReclamoWithCase) -> None:
    """A report to Anna's envelope sender that returns Ada's letter is about Anna's."""
    to = letter_to(reclamo, ANNA).sender
    reclamo.take(report(ANNA, to=to, back=reclamo.notice.message_id), sender="", to=to)
    assert believed(reclamo)
    assert absences.listing(reclamo.db) == []


def test_the_letter_given_back_tells_the_case(reclamo: ReclamoWithCase) -> None:
    """The returned letter decides, not the subject or the latest case of the address."""
    back = letter_to(reclamo, ANNA).message_id
    second = COMPLAINT.replace(b"<first", b"<second").replace(b"SN60A2412345", b"SN60A9999999")
    reclamo.take(second.replace(b"is dead", b"burns"), sender=ANNA)
    assert reclamo.case("C-2026-000002").customer().address == ANNA
    reclamo.news()
    reclamo.take(report(ANNA, back=back, subject="Undelivered [C-2026-000002]"), sender="")
    assert believed(reclamo)
    assert not reclamo.case("C-2026-000002").customer().bounced


def test_a_made_up_message_id_with_a_real_token(reclamo: ReclamoWithCase) -> None:
    """The reply token is known to Anna; a Message-ID built from it is not one of ours."""
    token = letter_to(reclamo, ANNA).message_id.partition(".")[0]
    reclamo.take(report(ANNA, back=f"{token}.abcdefghijklmnop@firm.example"), sender="")
    assert not customer(reclamo).bounced


def test_at_the_address_for_answers(reclamo: ReclamoWithCase) -> None:
    """Anna may have shown her reply address to others, so it proves no report."""
    token = letter_to(reclamo, ANNA).message_id.partition(".")[0]
    to = f"complaints+{token}@firm.example"
    reclamo.take(report(ANNA, to=to), sender="", to=to)
    assert not customer(reclamo).bounced


# ----------------------------------------------------------------------------------- other mail to the envelope sender


def test_an_away_notice_is_no_report_and_no_mail_of_hers(reclamo: ReclamoWithCase) -> None:
    """Automatic replies go to the envelope sender (RFC 3834 section 4)."""
    to = letter_to(reclamo, ANNA).sender
    text = "I am out of the office until Monday. My mail is not forwarded and could not be delivered to a colleague."
    raw = words(
        to, text, sender=ANNA, subject="Automatic reply: your complaint", more="Auto-Submitted: auto-replied\r\n"
    )
    reclamo.take(raw, sender="", to=to)
    assert reclamo.news() == []
    assert reclamo.case().messages[-1].automatic
    assert [entry.event for entry in reclamo.case().history][-1] == "automatic mail"


def test_she_answers_there_by_hand(reclamo: ReclamoWithCase) -> None:
    """Some programs reply to the envelope sender: her mail reaches the team."""
    to = letter_to(reclamo, ANNA).sender
    reclamo.take(words(to, "It is still dead, please hurry.", sender=ANNA, subject="Re: complaint"), sender=ANNA, to=to)
    assert ("customer_wrote", ADA) in reclamo.news()


def test_somebody_else_answers_there(reclamo: ReclamoWithCase) -> None:
    """Knowing that address makes nobody the customer: the mail is held."""
    to = letter_to(reclamo, ANNA).sender
    reclamo.take(
        words(to, "I want to know all.", sender="eve@else.example", subject="hello"), sender="eve@else.example", to=to
    )
    assert reclamo.news() == [("held", ADA)]


def test_staff_who_answer_there_are_told_and_nothing_is_sent(reclamo: ReclamoWithCase) -> None:
    """Staff have reply and note addresses; this is neither."""
    to = reclamo.notice.sender
    reclamo.take(words(to, "Dear Anna, we send you a new one.", sender=ADA, subject="Re: case"), sender=ADA, to=to)
    assert ANNA not in [reader for _, reader in reclamo.news()]
    assert len(reclamo.set_aside()) == 1


# -------------------------------------------------------------------------------------------------------- staff


@pytest.mark.parametrize("by", ["envelope", "Message-ID"])
def test_letters_to_staff_that_come_back(reclamo: ReclamoWithCase, by: str) -> None:
    """Staff whose letters bounce cannot act; the customer's promise is unchanged."""
    to, back = (reclamo.notice.sender, "") if by == "envelope" else (SUPPORT, reclamo.notice.message_id)
    reclamo.take(report(ADA, to=to, back=back), sender="", to=to)
    assert [(absence.address, absence.why) for absence in absences.listing(reclamo.db)] == [
        (ADA, AbsenceReason.UNREACHABLE)
    ]
    assert acknowledged(reclamo) is DeadlineState.KEPT


def _about_no_case(reclamo: ReclamoWithCase, reader: str) -> str:
    ticket = Ticket(
        id=0, reference="", policy="complaints", kind="", step="", language="en", received_at=NOW, created_at=NOW,
        updated_at=NOW, step_since=NOW,
    )  # fmt: skip
    return return_path(
        reclamo.stepper.installation.sender_identity, ticket, Party(number=1, role=Role.STAFF, address=reader)
    )


LISTS = [(ADA, ADA, [ADA]), (ADA, "sara@firm.example", []), ("eve@else.example", ADA, [])]


@pytest.mark.parametrize(("reader", "named", "gone"), LISTS)
def test_lists_to_staff_that_come_back(reclamo: ReclamoWithCase, reader: str, named: str, gone: list[str]) -> None:
    """A letter about no case has its recipient's envelope sender, and its bounce says nothing about anybody else."""
    to = _about_no_case(reclamo, reader)
    reclamo.take(report(named, to=to), sender="", to=to)
    assert [absence.address for absence in absences.listing(reclamo.db)] == gone


# ----------------------------------------------------------------------------------------------- the address itself


def test_all_letters_to_one_address_have_one_envelope_sender(reclamo: ReclamoWithCase) -> None:
    """It names case and recipient and fits into 64 octets; greylisting and auto-replies depend on it."""
    senders = {letter.sender for letter in reclamo.post.letters if letter.recipient == ANNA}
    again = words(SUPPORT, "Any news?", sender=ANNA, subject=TAG, more="In-Reply-To: <first@example.it>\r\n")
    reclamo.take(again, sender=ANNA)
    assert {letter.sender for letter in reclamo.post.letters if letter.recipient == ANNA} == senders
    local, _, domain = next(iter(senders)).partition("@")
    token = unseal(local.partition("+")[2], reclamo.stepper.installation.keys)
    assert token is not None
    assert (token.audience, token.ticket, token.party) == (Audience.RETURN_PATH, 1, customer(reclamo).number)
    assert (domain, local.isascii(), len(local) <= 64) == ("firm.example", True, True)


def test_without_room_for_a_token_the_plain_address_is_used(reclamo: ReclamoWithCase) -> None:
    """If the server has no sub-addresses or the address is too long (RFC 5321 section 4.5.3.1.1)."""
    case, made = reclamo.case(), reclamo.stepper.installation.sender_identity
    long = "customer-complaints-and-feedback-eu@firm.example"
    for other in (replace(made, separator=""), replace(made, bounces=long)):
        assert return_path(other, case.ticket, case.customer()) == other.bounces
