"""Calendar files in letters: readable by calendar programs, for a new, a moved and a cancelled appointment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
import vobject
from icalendar import Calendar

from config.policy_shapes.things import ThingSpec
from daemon.letters.compose import compose
from storage.facts import Facts
from storage.values import Case
from tests.templates.made import NOW, due, opened, policy, writing

START = datetime(2026, 3, 5, 9, tzinfo=UTC)
THING = ThingSpec.model_validate(
    {
        "title": {"en": "remote session", "it": "sessione a distanza", "de": "Fernsitzung"},
        "number": "SES",
        "states": {"offered": "offered", "booked": "booked"},
        "slots": {"times": "09:00-12:00", "length": "1 hour", "question": "satisfied", "remind": ["1 day", "1 hour"]},
    }
)


def letter(language: str = "en", **thing: Any) -> EmailMessage:
    """Return a letter whose notice carries the appointment's file."""
    known = policy()
    notices = {**known.notices, "reply": known.notices["reply"].model_copy(update={"attach": ("session",)})}
    changed = known.model_copy(update={"things": {"session": THING}, "notices": notices})
    case: Case = opened(language)
    facts = {
        **case.ticket.facts.to_json(),
        "things": {"session": {"number": "SES-2026-000123", "state": "booked", **thing}},
    }
    case = replace(case, ticket=replace(case.ticket, facts=Facts.from_json(facts)))
    made = compose(case, due("reply", staff_text="Until then."), replace(writing(), policy=changed), now=NOW)
    return message_from_bytes(made.letter.raw, policy=default)


def booked(**more: Any) -> dict[str, Any]:
    """Return the case fields of a booked appointment."""
    return {"start": START.isoformat(), "end": (START + timedelta(hours=1)).isoformat(), "sequence": 0, **more}


def cancelled() -> dict[str, Any]:
    """Return the case fields of a cancelled appointment."""
    return {"was": START.isoformat(), "till": (START + timedelta(hours=1)).isoformat(), "sequence": 1}


def invitation(mail: EmailMessage) -> tuple[str, bytes]:
    """Return the calendar part among the alternatives: its method parameter and its content."""
    words = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
    parts = [part for part in words.iter_parts() if part.get_content_type() == "text/calendar"]
    assert len(parts) == 1
    return str(parts[0]["Content-Type"].params["method"]), cast(bytes, parts[0].get_payload(decode=True))


@pytest.mark.parametrize(
    ("thing", "method", "status", "sequence"),
    [(booked(), "REQUEST", "CONFIRMED", 0), (booked(sequence=3), "REQUEST", "CONFIRMED", 3),
     (cancelled(), "CANCEL", "CANCELLED", 1)],
)  # fmt: skip
def test_calendars_read_it(thing: dict[str, Any], method: str, status: str, sequence: int) -> None:
    """Two iCalendar libraries read the appointment, with the properties RFC 5546 requires of REQUEST and CANCEL."""
    said, content = invitation(letter(**thing))
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert (said, str(calendar["method"]), str(event["status"])) == (method, method, status)
    assert (str(event["uid"]), event.decoded("sequence")) == ("SES-2026-000123@solaria.example", sequence)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (START, START + timedelta(hours=1))
    assert event.decoded("dtstamp") == NOW
    assert [error for part in calendar.walk() for error in part.errors] == []
    other = vobject.readOne(content.decode())
    other.validate(raiseException=True)
    assert (other.method.value, other.vevent.dtstart.value) == (method, START)
    assert other.vevent.attendee.value == "mailto:kunde@home.example"


def test_it_is_written_as_the_standard_wants() -> None:
    """CRLF lines of at most 75 octets, times in UTC, an organizer address that reaches the case."""
    mail = letter("de", **booked())
    content = invitation(mail)[1]
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"DTSTART:20260305T090000Z" in content
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert f"mailto:{mail['Reply-To'].addresses[0].addr_spec}" in unfolded
    assert 'ATTENDEE;CN="Jörg Müller";PARTSTAT=ACCEPTED' in unfolded or "CN=Jörg Müller" in unfolded
    assert "TRIGGER:-PT1H" in unfolded


def test_it_goes_along_as_a_file_too() -> None:
    """The same content is attached as a file, for programs that do not read calendar parts."""
    mail = letter(**booked())
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("appointment.ics", "application/ics")
    assert file.get_payload(decode=True) == invitation(mail)[1]


def test_without_an_appointment_there_is_none() -> None:
    """An offered slot is not booked yet and adds no calendar file."""
    mail = letter(offered=[START.isoformat()])
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
