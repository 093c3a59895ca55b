"""Delivery reports from outside: which are believed, of whom, and how little the others can do."""

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
from tests.daemon.signed import ADA, ANNA, COMPLAINT, NOW, SUPPORT, Desk

DAEMON = "mailer-daemon@mx.example"
TAG = "Undeliverable: [C-2026-000001] Your complaint"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A case of Anna's, acknowledged, in Ada's team."""
    made = Desk(tmp_path)
    made.news()
    yield made
    made.db.close()


def report(
    names: str, *, to: str = SUPPORT, back: str = "", subject: str = "Undelivered Mail", sender: str = DAEMON,
    mark: str = "r1", said: str = "550 5.1.1 no such mailbox", action: str = "failed", status: str = "5.1.1",
) -> bytes:  # fmt: skip
    """A delivery report in the standard form (RFC 3464), which gives back the Message-ID `back` or nothing."""
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
    """A plain mail."""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <w@mx.example>\r\n"
    return f"{head}{more}\r\n{text}\r\n".encode()


def letter_to(desk: Desk, reader: str) -> Letter:
    """The newest letter to somebody."""
    return next(letter for letter in reversed(desk.post.letters) if letter.recipient == reader)


def customer(desk: Desk) -> Party:
    """Anna, as the case knows her."""
    return desk.case().customer()


def acknowledged(desk: Desk) -> DeadlineState:
    """How the promise to acknowledge stands."""
    return next(deadline.state for deadline in desk.case().deadlines if deadline.promise == "acknowledge")


def believed(desk: Desk) -> bool:
    """Whether Anna's address counts as failing, the promise as owed again, and staff know."""
    told = ("undeliverable", ADA) in desk.news()
    marked = bool(customer(desk).bounced)
    assert told is marked
    assert (acknowledged(desk) is DeadlineState.OPEN) is marked
    return marked


# ------------------------------------------------------------------------------------------------------- believed


def test_by_the_letters_own_message_id(desk: Desk) -> None:
    """It comes to the plain address and gives the letter back."""
    back = letter_to(desk, ANNA).message_id
    desk.take(report(ANNA, back=back), sender="")
    assert believed(desk)


@pytest.mark.parametrize("named", [ANNA, "rossi.anna@elsewhere.example"])
def test_by_the_envelope_sender(desk: Desk, named: str) -> None:
    """It gives nothing back; it may name the address that she has her mail passed on to."""
    to = letter_to(desk, ANNA).sender
    assert to != SUPPORT
    desk.take(report(named, to=to), sender="", to=to)
    assert believed(desk)


def test_the_envelope_sender_in_capitals_and_marked_by_our_own_relay(desk: Desk) -> None:
    """Servers change the case of addresses, and BATV puts a mark before them that not every server takes away."""
    local, _, domain = letter_to(desk, ANNA).sender.upper().partition("@")
    desk.take(report(ANNA, to=f"prvs=0123abcdef={local}@{domain}"), sender="", to=SUPPORT)
    assert believed(desk)


def test_the_envelope_sender_that_only_a_mailbox_server_tells(desk: Desk) -> None:
    """Read by IMAP there is no envelope: the server's own header says where the mail came to."""
    to = letter_to(desk, ANNA).sender
    raw = b"Return-Path: <>\r\nDelivered-To: " + to.encode() + b"\r\n" + report(ANNA, to="undisclosed-recipients:;")
    desk.receive(RawMail(raw=raw, received_at=desk.walk.now, source="imap", recipients=(SUPPORT,)))
    assert believed(desk)


PRIVATE = {
    "nobody is named": "Ihre Nachricht konnte nicht zugestellt werden. Das Postfach gibt es nicht.",
    "from a person by its header": f"Your message to {ANNA} could not be delivered: 550 5.1.1 no such user",
    "in Chinese": f"您的邮件无法投递到 {ANNA}：用户不存在",
}


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_a_report_of_no_known_form_at_the_envelope_sender(desk: Desk, text: str) -> None:
    """The null sender, our envelope sender and words of failure: that is a report, whatever it looks like."""
    to = letter_to(desk, ANNA).sender
    sender = "Microsoft Outlook <postbox@mx.example>"
    raw = words(to, text, sender=sender, more="Content-Type: text/plain; charset=utf-8\r\n")
    desk.take(raw, sender="", to=to)
    assert believed(desk)


def test_of_two_letters_each_report_takes_one(desk: Desk) -> None:
    """Reports that give nothing back are about the last letters; a third one says nothing new."""
    to = letter_to(desk, ANNA).sender
    for mark in ("r1", "r2", "r3"):
        desk.take(report(ANNA, to=to, mark=mark), sender="", to=to)
    assert [one for one in desk.news() if one[0] == "undeliverable"] == [("undeliverable", ADA)]
    assert [entry.event for entry in desk.case().history].count("promise owed again") == 1


NO_FAILURES = [("delayed", "4.4.1"), ("delivered", "2.1.5"), ("relayed", "2.0.0"), ("expanded", "2.0.0")]


@pytest.mark.parametrize(("action", "status"), NO_FAILURES)
def test_what_is_no_failure_changes_nothing(desk: Desk, action: str, status: str) -> None:
    """RFC 3464 section 2.3.3: only "failed" is one."""
    to = letter_to(desk, ANNA).sender
    desk.take(report(ANNA, to=to, action=action, status=status, said="wait"), sender="", to=to)
    assert not believed(desk)
    assert desk.set_aside() == []


def test_a_report_about_an_address_of_before(desk: Desk) -> None:
    """Her address was put right meanwhile: a late report about the old one says nothing about the new."""
    old = letter_to(desk, ANNA).sender
    case = desk.case()
    moved = replace(case.customer(), address="anna@right.example")
    with desk.db.write() as conn:
        from storage import cases
        from storage.values import CaseChange

        cases.save(conn, [CaseChange(ticket=case.ticket, parties=(moved,))])
    desk.take(report(ANNA, to=old), sender="", to=old)
    assert not customer(desk).bounced
    assert ("undeliverable", ADA) not in desk.news()
    assert acknowledged(desk) is DeadlineState.OPEN  # what the letter promised did not arrive, all the same


# ------------------------------------------------------------------------------------------------------- in doubt


def test_two_hundred_forged_reports_of_one_case(desk: Desk) -> None:
    """Guessed numbers silence nobody: Anna's letters go on, staff are told once, and the case does not fill up."""
    for number in range(200):
        raw = report(ANNA, subject=TAG, sender=f"mailer-daemon@mx{number}.example", mark=f"f{number}")
        desk.walk.accept(RawMail(raw=raw, received_at=desk.walk.now, source="smtp", recipients=(SUPPORT,)))
    desk.walk.settle()
    assert not customer(desk).bounced
    assert acknowledged(desk) is DeadlineState.KEPT
    assert desk.news() == [("undeliverable", ADA)]
    assert "anybody may have written it" in desk.post.letters[-1].raw.decode().replace("=\r\n", "")
    assert len(desk.case().messages) < 20
    assert desk.set_aside() == []


def test_forged_reports_of_many_cases_are_told_of_five_times_a_day(desk: Desk) -> None:
    """Each case keeps what came; the team is not buried."""
    for number in range(2, 12):
        raw = COMPLAINT.replace(b"anna@", b"anna%d@" % number).replace(b"<first", b"<first%d" % number)
        desk.take(raw.replace(b"SN60A2412345", b"SN60A24123%02d" % number), sender=f"anna{number}@example.it")
    desk.news()
    for number in range(1, 11):
        raw = report("x@example.it", subject=f"Undeliverable [C-2026-{number:06d}]", mark=f"m{number}")
        desk.walk.accept(RawMail(raw=raw, received_at=desk.walk.now, source="smtp", recipients=(SUPPORT,)))
    desk.walk.settle()
    assert [one[0] for one in desk.news()] == ["undeliverable"] * 5
    events = [entry.event for number in range(1, 11) for entry in desk.case(f"C-2026-{number:06d}").history]
    assert events.count("bounced in doubt") == 10
    desk.walk.now += timedelta(days=1, minutes=1)
    desk.take(report(ANNA, subject=TAG, mark="next"), sender="")
    assert ("undeliverable", ADA) in desk.news()


def test_only_the_address_can_be_known(desk: Desk) -> None:
    """Nothing given back, to the plain address: it is told of on the case whose letter went there last."""
    desk.take(report(ANNA), sender="")
    assert (customer(desk).bounced, desk.news()) == ("", [("undeliverable", ADA)])
    assert [entry.facts["told"] for entry in desk.case().history if entry.event == "bounced in doubt"] == [True]


@pytest.mark.parametrize("reader", [ADA, ANNA])
def test_a_letter_proves_nothing_about_the_reader_of_another(desk: Desk, reader: str) -> None:
    """Whoever has Ada's letter cannot silence Anna, nor she send Ada away."""
    other = ANNA if reader == ADA else ADA
    letter = letter_to(desk, reader)
    for to, back in (
        (SUPPORT, letter.message_id),
        (letter.sender, ""),
        (letter.sender, letter_to(desk, other).message_id),
    ):
        desk.take(report(other, to=to, back=back, mark=f"x{len(to)}{len(back)}"), sender="", to=to)
    assert (customer(desk).bounced, acknowledged(desk)) == ("", DeadlineState.KEPT)
    assert absences.listing(desk.db) == []


def test_the_envelope_sender_counts_before_what_is_given_back(desk: Desk) -> None:
    """A report about Anna's letter that quotes Ada's: her last letter is owed again, and Ada can act."""
    to = letter_to(desk, ANNA).sender
    desk.take(report(ANNA, to=to, back=desk.notice.message_id), sender="", to=to)
    assert believed(desk)
    assert absences.listing(desk.db) == []


def test_the_letter_given_back_tells_the_case(desk: Desk) -> None:
    """Not the subject, nor the case about which the address was written to last."""
    back = letter_to(desk, ANNA).message_id
    second = COMPLAINT.replace(b"<first", b"<second").replace(b"SN60A2412345", b"SN60A9999999")
    desk.take(second.replace(b"is dead", b"burns"), sender=ANNA)
    assert desk.case("C-2026-000002").customer().address == ANNA
    desk.news()
    desk.take(report(ANNA, back=back, subject="Undelivered [C-2026-000002]"), sender="")
    assert believed(desk)
    assert not desk.case("C-2026-000002").customer().bounced


def test_a_made_up_message_id_with_a_real_token(desk: Desk) -> None:
    """The token is in the address that Anna answers to; a Message-ID made of it is none of a letter of ours."""
    token = letter_to(desk, ANNA).message_id.partition(".")[0]
    desk.take(report(ANNA, back=f"{token}.abcdefghijklmnop@firm.example"), sender="")
    assert not customer(desk).bounced


def test_at_the_address_for_answers(desk: Desk) -> None:
    """Anna's own answers go there, and she may have shown it to others: it proves no report."""
    token = letter_to(desk, ANNA).message_id.partition(".")[0]
    to = f"complaints+{token}@firm.example"
    desk.take(report(ANNA, to=to), sender="", to=to)
    assert not customer(desk).bounced


# ----------------------------------------------------------------------------------- what else comes to the envelope


def test_an_away_notice_is_no_report_and_no_mail_of_hers(desk: Desk) -> None:
    """RFC 3834 section 4: automatic answers go to the envelope sender."""
    to = letter_to(desk, ANNA).sender
    text = "I am out of the office until Monday. My mail is not forwarded and could not be delivered to a colleague."
    raw = words(
        to, text, sender=ANNA, subject="Automatic reply: your complaint", more="Auto-Submitted: auto-replied\r\n"
    )
    desk.take(raw, sender="", to=to)
    assert desk.news() == []
    assert desk.case().messages[-1].automatic
    assert [entry.event for entry in desk.case().history][-1] == "automatic mail"


def test_she_answers_there_by_hand(desk: Desk) -> None:
    """Some programs answer to the envelope sender: it is hers, and reaches the team."""
    to = letter_to(desk, ANNA).sender
    desk.take(words(to, "It is still dead, please hurry.", sender=ANNA, subject="Re: complaint"), sender=ANNA, to=to)
    assert ("customer_wrote", ADA) in desk.news()


def test_somebody_else_answers_there(desk: Desk) -> None:
    """Whoever has seen the address is no customer by it: their mail is held."""
    to = letter_to(desk, ANNA).sender
    desk.take(
        words(to, "I want to know all.", sender="eve@else.example", subject="hello"), sender="eve@else.example", to=to
    )
    assert desk.news() == [("held", ADA)]


def test_staff_who_answer_there_are_told_and_nothing_is_sent(desk: Desk) -> None:
    """Their letters have addresses for answers and for notes; this is neither."""
    to = desk.notice.sender
    desk.take(words(to, "Dear Anna, we send you a new one.", sender=ADA, subject="Re: case"), sender=ADA, to=to)
    assert ANNA not in [reader for _, reader in desk.news()]
    assert len(desk.set_aside()) == 1


# -------------------------------------------------------------------------------------------------------- staff


@pytest.mark.parametrize("by", ["envelope", "Message-ID"])
def test_letters_to_staff_that_come_back(desk: Desk, by: str) -> None:
    """Whoever's letters come back cannot act; the customer's promise stands as it is."""
    to, back = (desk.notice.sender, "") if by == "envelope" else (SUPPORT, desk.notice.message_id)
    desk.take(report(ADA, to=to, back=back), sender="", to=to)
    assert [(absence.address, absence.why) for absence in absences.listing(desk.db)] == [
        (ADA, AbsenceReason.UNREACHABLE)
    ]
    assert acknowledged(desk) is DeadlineState.KEPT


def _about_no_case(desk: Desk, reader: str) -> str:
    ticket = Ticket(
        id=0, reference="", policy="complaints", kind="", step="", language="en", received_at=NOW, created_at=NOW,
        updated_at=NOW, step_since=NOW,
    )  # fmt: skip
    return return_path(desk.walk.installation.sender_identity, ticket, Party(number=1, role=Role.STAFF, address=reader))


LISTS = [(ADA, ADA, [ADA]), (ADA, "sara@firm.example", []), ("eve@else.example", ADA, [])]


@pytest.mark.parametrize(("reader", "named", "gone"), LISTS)
def test_lists_to_staff_that_come_back(desk: Desk, reader: str, named: str, gone: list[str]) -> None:
    """Letters about no case have an envelope sender of their reader, too; it says nothing about anybody else."""
    to = _about_no_case(desk, reader)
    desk.take(report(named, to=to), sender="", to=to)
    assert [absence.address for absence in absences.listing(desk.db)] == gone


# ----------------------------------------------------------------------------------------------- the address itself


def test_all_letters_to_one_address_have_one_envelope_sender(desk: Desk) -> None:
    """Greylisting and away notices go by it; it names case and reader, and fits into 64 octets."""
    senders = {letter.sender for letter in desk.post.letters if letter.recipient == ANNA}
    again = words(SUPPORT, "Any news?", sender=ANNA, subject=TAG, more="In-Reply-To: <first@example.it>\r\n")
    desk.take(again, sender=ANNA)
    assert {letter.sender for letter in desk.post.letters if letter.recipient == ANNA} == senders
    local, _, domain = next(iter(senders)).partition("@")
    token = unseal(local.partition("+")[2], desk.walk.installation.keys)
    assert token is not None
    assert (token.audience, token.ticket, token.party) == (Audience.RETURN_PATH, 1, customer(desk).number)
    assert (domain, local.isascii(), len(local) <= 64) == ("firm.example", True, True)


def test_without_room_for_a_token_the_plain_address_is_used(desk: Desk) -> None:
    """Where the mail server knows no sub-addresses, or the address is too long (RFC 5321 section 4.5.3.1.1)."""
    case, made = desk.case(), desk.walk.installation.sender_identity
    long = "customer-complaints-and-feedback-eu@firm.example"
    for other in (replace(made, separator=""), replace(made, bounces=long)):
        assert return_path(other, case.ticket, case.customer()) == other.bounces
