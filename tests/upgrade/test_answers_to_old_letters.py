"""Answers to letters that an earlier version wrote reach their case and do what the letter said."""

from __future__ import annotations

import email.policy
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from storage import ledger
from tests.upgrade.upgraded import Upgraded, letter


def test_a_customer_adds_words(upgraded: Upgraded) -> None:
    """A reply to an acknowledgement is put on its case and shown to the team."""
    letters_sent = upgraded.answer(
        letter("jane", "acknowledgement"), "One thing more: it smells burnt since this morning."
    )
    assert {letter.recipient for letter in letters_sent} == {"dino.blu@example.org"}
    assert b"smells burnt" in letters_sent[0].raw


def test_a_customer_sends_what_was_asked(upgraded: Upgraded) -> None:
    """The details that an old acknowledgement asked for are read, and the case goes on."""
    assert upgraded.case("C-2026-000002").ticket.step == "incomplete"
    upgraded.answer(letter("maria", "acknowledgement"), "Modello: ST-6.0K\nNumero di serie: SN60A2400002")
    case = upgraded.case("C-2026-000002")
    assert case.ticket.details["serial"].value == "SN60A2400002"
    assert case.ticket.step == "investigating"


def test_a_customer_refuses_the_decision(upgraded: Upgraded) -> None:
    """A clear no to an old decision goes to a reviewer."""
    letters_sent = upgraded.answer(letter("peter", "decision"), "No, I do not accept this decision.")
    assert upgraded.case("C-2026-000003").ticket.step == "escalated"
    assert "peter@customer.example" in {letter.recipient for letter in letters_sent}


def test_the_link_in_an_old_decision(upgraded: Upgraded) -> None:
    """The mail that an old decision's link opens still says no."""
    held = letter("peter", "decision")
    page = held.get_body(("html",))
    assert page is not None
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.get_content().split('href="')[1:]]
    ready = [urlsplit(link) for link in links if link.startswith("mailto:")]
    refusing = next(link for link in ready if "No" in parse_qs(link.query).get("body", [""])[0][:3])
    raw = (
        f"From: {held['To']}\r\nTo: {unquote(refusing.path)}\r\nSubject: {parse_qs(refusing.query)['subject'][0]}\r\n"
        f"Message-ID: <link@mail.example>\r\n\r\n{parse_qs(refusing.query)['body'][0]}\r\n"
    )
    upgraded.take(raw.encode(), "peter@customer.example", unquote(refusing.path))
    assert upgraded.case("C-2026-000003").ticket.step == "escalated"


def test_a_closed_case_is_answered(upgraded: Upgraded) -> None:
    """A reply about an old closed case reopens it."""
    upgraded.answer(letter("olga", "closed"), "The new fan arrived, and it is broken, too. Please help.")
    assert upgraded.case("C-2026-000004").ticket.step == "reopened"


def test_a_third_party_answers(upgraded: Upgraded) -> None:
    """An installer's answer to an old question reaches the team, and not the customer."""
    letters_sent = upgraded.answer(letter("bob", "third_party_question"), "By the book, with a breaker of 16 A.")
    assert {letter.recipient for letter in letters_sent} == {"dino.blu@example.org"}
    assert b"16 A" in letters_sent[0].raw


def test_staff_reply_to_an_old_notice(upgraded: Upgraded) -> None:
    """The reply is sent to the customer."""
    letters_sent = upgraded.answer(
        letter("dino-blu", "new_case", 0), "Dear Jane, the replacement unit ships on Thursday."
    )
    sent = next(letter for letter in letters_sent if letter.recipient == "jane@customer.example")
    assert b"ships on Thursday" in sent.raw


def test_staff_note_by_an_old_notice(upgraded: Upgraded) -> None:
    """Mail to the note address of an old notice stays internal."""
    held = letter("dino-blu", "new_case", 0)
    body = held.get_body(("plain",))
    assert body is not None
    words = [word.strip("<>().,;:") for word in body.get_content().split()]
    addresses = {word for word in words if word.startswith("complaints+") and word.endswith("@example.org")}
    note = addresses - {str(held["Reply-To"]).split("<")[-1].strip("<> ")}
    assert note, "the old notice names the address for notes"
    letters_sent = upgraded.answer(held, "She called twice.", to=note.pop())
    assert {letter.recipient for letter in letters_sent} == {"dino.blu@example.org"}


def test_a_quote_is_accepted(upgraded: Upgraded) -> None:
    """A yes to an old quote, under the company's own policy."""
    upgraded.answer(letter("mary", "quote"), "yes")
    assert upgraded.case("PH-2026-000001").ticket.step == "shipping"


def test_a_slot_is_chosen(upgraded: Upgraded) -> None:
    """A number chooses one of the times that an old letter offered."""
    letters_sent = upgraded.answer(letter("sam", "slots"), "2")
    assert upgraded.case("PH-2026-000002").ticket.step == "session_booked"
    assert "sam@customer.example" in {letter.recipient for letter in letters_sent}


def test_staff_answer_by_one_word(upgraded: Upgraded) -> None:
    """The command that an old notice asked for settles a case of the company's own policy."""
    upgraded.answer(letter("anna-rossi", "your_turn"), "answer\n\nWe have sent you the two spanners today.")
    assert upgraded.case("LT-2026-000001").ticket.step == "answered"


def test_a_letter_of_before_comes_back(upgraded: Upgraded) -> None:
    """A bounce that returns an old letter is believed, and staff are told."""
    held = letter("ines", "acknowledgement")
    raw = (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: complaints@example.org\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn@mx.example.org>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; ines@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {held['Message-ID']}\r\n"
        f"To: {held['To']}\r\nSubject: {held['Subject']}\r\n\r\n--b--\r\n"
    )
    letters_sent = upgraded.take(raw.encode(), "", "complaints@example.org")
    assert {letter.recipient for letter in letters_sent} >= {"dino.blu@example.org"}


def test_every_promise_of_before_is_kept(upgraded: Upgraded) -> None:
    """In two months without staff action nothing fails and no promise passes unnoticed."""
    upgraded.stepper.advance(upgraded.stepper.now + timedelta(days=60))
    for reference in ("C-2026-000001", "C-2026-000002", "C-2026-000005", "PH-2026-000002", "LT-2026-000001"):
        overdue = [
            deadline
            for deadline in upgraded.case(reference).deadlines
            if deadline.state == "open" and deadline.due_at < upgraded.stepper.now - timedelta(days=1)
        ]
        assert overdue == [], reference


def test_the_ledger_of_before_verifies(upgraded: Upgraded) -> None:
    """The old chain goes on and verifies as a whole."""
    upgraded.answer(letter("jane", "acknowledgement"), "One thing more: it smells burnt since this morning.")
    assert ledger.verify(upgraded.stepper.db).problem == ""


def test_a_decision_by_an_old_notice_waits_for_a_word(upgraded: Upgraded) -> None:
    """The old settings choose no proof, so the member confirms a decision before it is sent."""
    letters_sent = upgraded.answer(
        letter("dino-blu", "new_case", 0), "decide upheld\n\nYou will have a new inverter this week."
    )
    assert [letter.recipient for letter in letters_sent] == ["dino.blu@example.org"]
    asked = message_from_bytes(letters_sent[0].raw, policy=email.policy.default)
    assert isinstance(asked, EmailMessage)
    letters_sent = upgraded.answer(asked, "confirm")
    assert "jane@customer.example" in {letter.recipient for letter in letters_sent}
    assert upgraded.case("C-2026-000001").ticket.step == "decided"
