"""Calendar parts of a mail: replies to an invitation, and other calendars."""

from __future__ import annotations

import pytest

from parsers.limits import ReadingLimits
from parsers.mime.structure import parse_structure
from parsers.reading import CalendarReply
from parsers.sender.calendar_replies import read_calendar_reply

EVENT = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:SES-2026-000001@firm.example
{lines}
END:VEVENT
END:VCALENDAR
"""
DECLINED = 'ATTENDEE;CN="Rossi, Anna";PARTSTAT=DECLINED;X-NUM-GUESTS=0:MAILTO:Anna@Example.it'


def read(calendar: str, kind: str = "text/calendar; method=REPLY") -> CalendarReply | None:
    """The reply in a mail with this calendar part."""
    text = calendar.replace("\n", "\r\n")
    mail = f"From: anna@example.it\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{text}"
    return read_calendar_reply(parse_structure(mail.encode(), ReadingLimits())[0])


@pytest.mark.parametrize(
    ("method", "lines", "state", "sequence", "comment"),
    [
        ("REPLY", f"{DECLINED}\nSEQUENCE:2", "declined", 2, ""),
        ("reply", "ATTENDEE;PARTSTAT=Accepted:mailto:anna@example.it", "accepted", None, ""),
        ("REPLY", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:anna@example.it\nSEQUENCE:x", "tentative", None, ""),
        ("REPLY", f"{DECLINED}\nCOMMENT;LANGUAGE=it:Sono dal\n  dentista\\, scusi", "declined", None,
         "Sono dal dentista, scusi"),
        ("COUNTER", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:anna@example.it", "declined", None, ""),
    ],
)  # fmt: skip
def test_an_answer(method: str, lines: str, state: str, sequence: int | None, comment: str) -> None:
    """As Google, Exchange and Apple write it; a proposal of another time declines this one."""
    reply = read(EVENT.format(method=method, lines=lines))
    assert reply == CalendarReply("SES-2026-000001@firm.example", state, "anna@example.it", sequence, comment)


def test_a_file_of_another_name() -> None:
    """Google also attaches the reply as application/ics."""
    assert read(EVENT.format(method="REPLY", lines=DECLINED), "application/ics; name=invite.ics") is not None


@pytest.mark.parametrize(
    "calendar",
    [
        EVENT.format(method="REQUEST", lines=DECLINED),
        EVENT.format(method="REPLY", lines="ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:anna@example.it"),
        EVENT.format(method="REPLY", lines="ATTENDEE;PARTSTAT=DELEGATED:mailto:anna@example.it"),
        EVENT.format(method="REPLY", lines=f"{DECLINED}\n{DECLINED.replace('Anna@', 'Bea@')}"),
        EVENT.format(method="REPLY", lines="SUMMARY:nobody answers"),
        EVENT.format(method="REPLY", lines=DECLINED).replace("UID:", "X-UID:"),
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VCALENDAR",
        "END:VEVENT\nMETHOD:REPLY",
        "METHOD:REPLY\x00\x01;;;:::",
        "BEGIN:VEVENT\n" * 3000,
        "",
    ],
)
def test_what_is_no_answer(calendar: str) -> None:
    """Invitations, replies of no or several attendees, malformed calendars: None, and no exception."""
    assert read(calendar) is None


def test_other_files_are_no_calendars() -> None:
    """The text of a mail is not searched for a calendar."""
    assert read(EVENT.format(method="REPLY", lines=DECLINED), "text/plain") is None
