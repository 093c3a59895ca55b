"""The files that letters enclose: calendar files (RFC 5545) and the documents of what a case carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from config.policy import in_language
from config.policy_shapes.periods import Period, Unit
from config.policy_shapes.things import ThingSpec
from daemon.letters.letter_input import LetterInput
from daemon.letters.mime import CalendarPart, Enclosure, clean_address, one_line
from daemon.letters.variables import LetterContext
from storage.worklists import DueDeadline
from templates.render import Templates

REQUEST, CANCEL = "REQUEST", "CANCEL"
DEADLINES = "deadlines.ics"


# --------------------------------------------------------------------------------------------------------- appointments


def calendar_files(letter_input: LetterInput, names: tuple[str, ...], organizer: str) -> list[CalendarPart]:
    """The calendar files of these things: an invitation (RFC 5546, RFC 6047) where an appointment is booked, its
    withdrawal where it was called off.

    The same appointment keeps its UID; each move raises its SEQUENCE, so that calendars move the entry they have.
    `organizer` is the bare address to which calendar programs answer.
    """
    things = letter_input.ticket.facts.things
    parts = (_appointment(letter_input, name, things.get(name, {}), organizer) for name in names)
    return [part for part in parts if part is not None]


def _appointment(letter_input: LetterInput, name: str, thing: Mapping[str, Any], organizer: str) -> CalendarPart | None:
    spec = letter_input.policy.things[name]
    method = REQUEST if thing.get("start") else CANCEL
    start, end = (thing.get("start"), thing.get("end")) if thing.get("start") else (thing.get("was"), thing.get("till"))
    if not start or not end or (method == CANCEL and datetime.fromisoformat(end) <= letter_input.now):
        return None  # an appointment that is over is not called off
    calendar = Calendar()
    calendar.add("prodid", "-//Reclamo//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = _appointment_event(letter_input, spec, thing, organizer)
    event.add("status", "CONFIRMED" if method == REQUEST else "CANCELLED")
    event.add("dtstart", datetime.fromisoformat(start).astimezone(UTC))
    event.add("dtend", datetime.fromisoformat(end).astimezone(UTC))
    if method == REQUEST and spec.slots and spec.slots.remind:
        event.add_component(_alarm(min(map(_duration, spec.slots.remind)), str(event["summary"])))
    calendar.add_component(event)
    return CalendarPart(method, calendar.to_ical())


def _appointment_event(letter_input: LetterInput, spec: ThingSpec, thing: Mapping[str, Any], organizer: str) -> Event:
    """The event of an invitation or a withdrawal, without status and times."""
    event = Event()
    number = str(thing["number"])
    event.add("uid", f"{number}@{letter_input.sender_identity.domain}")
    event.add("sequence", int(thing.get("sequence", 0)))
    event.add("dtstamp", letter_input.now.astimezone(UTC))
    event.add(
        "summary",
        one_line(f"{letter_input.sender_identity.company}: {in_language(spec.title, letter_input.language)} {number}"),
    )
    event.add("description", letter_input.ticket.reference)
    event.add("organizer", _calendar_address(organizer, letter_input.sender_identity.company))
    reader = _calendar_address(letter_input.party.address, letter_input.party.name)
    reader.params["PARTSTAT"] = vText("ACCEPTED")  # the reader has chosen this time
    reader.params["ROLE"] = vText("REQ-PARTICIPANT")
    reader.params["RSVP"] = vText("TRUE")  # else some programs do not report that it was declined
    event.add("attendee", reader, encode=False)
    return event


def _calendar_address(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{clean_address(address)}")
    shown = one_line(name).replace('"', "'")  # a parameter can hold no quotation mark (RFC 5545 section 3.2)
    if shown:
        person.params["CN"] = vText(shown)
    return person


def _duration(period: Period) -> timedelta:
    if period.unit is Unit.DAYS:
        return timedelta(days=period.count)
    return timedelta(minutes=period.count) if period.unit is Unit.MINUTES else timedelta(hours=period.count)


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -before)
    return alarm


# ------------------------------------------------------------------------------------------------------------ deadlines


def deadline_file(owed: Sequence[tuple[DueDeadline, str]], domain: str, now: datetime) -> Enclosure:
    """The deadlines of a list of work as a calendar file: an all-day entry each, which blocks no time.

    Each comes with the title of its promise. The same deadline has the same UID in every list, so that calendars keep
    one entry of it. `domain` is that of our Message-IDs.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Reclamo//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for deadline, title in owed:
        calendar.add_component(_deadline_event(deadline, title, domain, now))
    return Enclosure(DEADLINES, "text/calendar", calendar.to_ical())


def _deadline_event(owed: DueDeadline, title: str, domain: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{owed.ticket.reference}-{owed.promise}-{owed.occurrence}@{domain}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", one_line(f"{owed.ticket.reference}: {title} ({owed.customer})"))
    event.add("dtstart", owed.due_on)
    event.add("dtend", owed.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


# ------------------------------------------------------------------------------------------------------------ documents


def documents(
    letter_input: LetterInput, names: Iterable[str], context: LetterContext, templates: Templates
) -> list[Enclosure]:
    """The documents of these things, as PDF and as HTML, in the reader's language.

    A thing without a document, or one that the case does not carry, has none.
    """
    found: list[Enclosure] = []
    for name in names:
        spec, thing = letter_input.policy.things[name], context.things[name]
        if spec.document and thing is not None:
            values = replace(context, thing=thing).names()
            page = templates.document(
                letter_input.policy.name, letter_input.language, spec.document, values, spec.paper
            )
            found.append(Enclosure(f"{thing['number']}.pdf", "application/pdf", page.pdf))
            found.append(Enclosure(f"{thing['number']}.html", "text/html; charset=utf-8", page.html.encode()))
    return found
