"""Replies of calendar programs to an appointment: by sender, answer and version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.files.load_policy import load_policy
from daemon.decide.events import CustomerWrote, Event, MachineWrote
from daemon.intake.calendar_reply import event_of_calendar_reply
from daemon.intake.case_match import CaseMatch
from daemon.intake.incoming_mail import IncomingMail
from parsers.reading import CalendarReply, ClueStrength, Mailbox, MailKind, Reading
from parsers.sender.tokens import Audience, Token
from storage.facts import Facts
from storage.values import Case, InboxRow, OpenQuestion, Party, RawMail, Role, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = load_policy("device-support")
REPLY = CalendarReply("SES-2026-000001@firm.example", "declined", "mary@example.com", 1)
MARY, TINO = 1, 2


def case(**session: Any) -> Case:
    """Return a case with an appointment that was moved once."""
    kept = {"number": "SES-2026-000001", "state": "booked", "start": NOW.isoformat(), "sequence": 1, **session}
    ticket = Ticket(
        id=1, reference="D-2026-000001", policy="device-support", kind="trouble", step="session_booked",
        language="en", received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW,
        questions=(OpenQuestion(question="keep", party=MARY, put_at=NOW),), facts=Facts(things={"session": kept}),
    )  # fmt: skip
    people = (
        Party(number=MARY, role=Role.CUSTOMER, address="mary@example.com"),
        Party(number=TINO, role=Role.STAFF, address="tino@firm.example"),
    )
    return Case(ticket=ticket, parties=people)


def said(reply: CalendarReply, *, sender: str = "mary@example.com", to: int = MARY, **session: Any) -> Event | None:
    """Return what this reply means, sent from that address to the letter of that party."""
    reading = Reading(
        subject="Declined: session",
        sender=Mailbox(sender),
        kind=MailKind.AUTOMATIC,
        calendar_reply=reply,
        reply="boilerplate",
    )
    raw = RawMail(raw=b"", recipients=(), envelope_from="", received_at=NOW, source="smtp")
    token = Token(1, Audience.CUSTOMER if to == MARY else Audience.STAFF_REPLY, to)
    match = CaseMatch(1, ClueStrength.TOKEN, "token", token)
    row = InboxRow(id=1, mail=raw, sha256="", attempts=1)
    return event_of_calendar_reply(IncomingMail(row, reading, match, date(2026, 3, 2)), case(**session), POLICY)


@pytest.mark.parametrize("sender", ["mary@example.com", "noreply@calendar.example"])
@pytest.mark.parametrize("sequence", [None, 1, 2])
def test_a_refusal_is_the_answer_that_the_policy_says(sender: str, sequence: int | None) -> None:
    """A decline of the current version, or of none in particular, from her address or from a program's address that
    names hers."""
    event = said(replace(REPLY, sequence=sequence, comment="the dentist"), sender=sender)
    assert isinstance(event, CustomerWrote)
    assert event.answer is not None
    assert (event.answer.answer, event.answer.rest) == ("cannot", "the dentist")
    assert (event.mail.party, event.mail.reading.kind) == (MARY, MailKind.PERSON)
    assert event.mail.reading.reply == "the dentist"


@pytest.mark.parametrize("state", ["accepted", "tentative"])
def test_what_moves_nothing_is_kept(state: str) -> None:
    """The policy does nothing with it: it is recorded, and staff need not read it."""
    event = said(replace(REPLY, state=state))
    assert isinstance(event, CustomerWrote)
    assert (event.answer, event.in_calendar) == (None, state)


def test_a_refusal_of_an_earlier_time_is_read_by_staff() -> None:
    """The appointment was moved since; staff must ask whether the new time is declined, too."""
    event = said(replace(REPLY, sequence=0))
    assert isinstance(event, CustomerWrote)
    assert (event.answer, event.in_calendar) == (None, "")
    assert event.mail.reading.reply == "boilerplate"


def test_a_refusal_of_what_is_called_off_bothers_nobody() -> None:
    """A decline of a cancelled appointment; programs send it twice."""
    event = said(REPLY, start=None)
    assert isinstance(event, CustomerWrote)
    assert (event.answer, event.in_calendar) == (None, "declined")


def test_it_never_speaks_for_staff() -> None:
    """A colleague's calendar reply is not sent to the customer."""
    reply = replace(REPLY, attendee="tino@firm.example")
    assert isinstance(said(reply, sender="tino@firm.example", to=TINO), MachineWrote)


@pytest.mark.parametrize(
    ("reply", "sender"),
    [
        (replace(REPLY, attendee="paul@example.org"), "paul@example.org"),
        (replace(REPLY, uid="SES-2026-000002@firm.example"), "mary@example.com"),
    ],
    ids=["somebody it was passed on to", "another appointment"],
)
def test_what_is_not_hers_to_answer(reply: CalendarReply, sender: str) -> None:
    """It is treated as ordinary mail."""
    assert said(reply, sender=sender) is None
