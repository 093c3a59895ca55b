"""The calendar file of an appointment (RFC 5545), as an invitation or its withdrawal (RFC 5546, RFC 6047).

The same appointment keeps its UID for ever; each move raises its SEQUENCE, so that calendars move the entry they have.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from config.policy import say
from config.policy_shapes.periods import Period, Unit
from config.policy_shapes.things import ThingSpec
from daemon.letters.letter_input import LetterInput
from daemon.letters.mime import CalendarPart, clean_address, one_line

REQUEST, CANCEL = "REQUEST", "CANCEL"


def calendar_files(letter_input: LetterInput, names: tuple[str, ...], organizer: str) -> list[CalendarPart]:
    """The files of those appointments that are booked, or were and are called off. `organizer` is a bare address:
    where a calendar program answers."""
    carried = letter_input.ticket.facts.things
    made = (_file(letter_input, letter_input.policy.things[name], carried.get(name, {}), organizer) for name in names)
    return [one for one in made if one is not None]


def _file(letter_input: LetterInput, spec: ThingSpec, thing: Mapping[str, Any], organizer: str) -> CalendarPart | None:
    method = REQUEST if thing.get("start") else CANCEL
    start, end = (thing.get("start"), thing.get("end")) if thing.get("start") else (thing.get("was"), thing.get("till"))
    if not start or not end or (method == CANCEL and datetime.fromisoformat(end) <= letter_input.now):
        return None  # what is over is not called off
    calendar = Calendar()
    calendar.add("prodid", "-//Reclamo//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = _event(letter_input, spec, thing, organizer)
    event.add("status", "CONFIRMED" if method == REQUEST else "CANCELLED")
    event.add("dtstart", datetime.fromisoformat(start).astimezone(UTC))
    event.add("dtend", datetime.fromisoformat(end).astimezone(UTC))
    if method == REQUEST and spec.slots and spec.slots.remind:
        event.add_component(_alarm(min(map(_before, spec.slots.remind)), str(event["summary"])))
    calendar.add_component(event)
    return CalendarPart(method, calendar.to_ical())


def _event(letter_input: LetterInput, spec: ThingSpec, thing: Mapping[str, Any], organizer: str) -> Event:
    """What request and withdrawal have in common."""
    event = Event()
    number = str(thing["number"])
    event.add("uid", f"{number}@{letter_input.sender_identity.domain}")
    event.add("sequence", int(thing.get("sequence", 0)))
    event.add("dtstamp", letter_input.now.astimezone(UTC))
    event.add(
        "summary",
        one_line(f"{letter_input.sender_identity.company}: {say(spec.title, letter_input.language)} {number}"),
    )
    event.add("description", letter_input.ticket.reference)
    event.add("organizer", _person(organizer, letter_input.sender_identity.company))
    reader = _person(letter_input.party.address, letter_input.party.name)
    reader.params["PARTSTAT"] = vText("ACCEPTED")  # whoever gets this has chosen the time
    reader.params["ROLE"] = vText("REQ-PARTICIPANT")
    reader.params["RSVP"] = vText("TRUE")  # else some programs keep to themselves that it was declined
    event.add("attendee", reader, encode=False)
    return event


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{clean_address(address)}")
    shown = one_line(name).replace('"', "'")  # a parameter can hold no quotation mark (RFC 5545 section 3.2)
    if shown:
        person.params["CN"] = vText(shown)
    return person


def _before(period: Period) -> timedelta:
    if period.unit is Unit.DAYS:
        return timedelta(days=period.count)
    return timedelta(minutes=period.count) if period.unit is Unit.MINUTES else timedelta(hours=period.count)


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -before)
    return alarm
