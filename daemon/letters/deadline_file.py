"""The deadlines of a list of work as a calendar file (RFC 5545): one day-long entry each, which blocks no time.

The same deadline has the same UID every morning, so that calendars keep one entry of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from daemon.letters.mime import Enclosure, one_line
from storage.worklists import Owed

NAME = "deadlines.ics"


def deadline_file(owed: Sequence[tuple[Owed, str]], domain: str, now: datetime) -> Enclosure:
    """The file of these deadlines, each with the title of its promise."""
    calendar = Calendar()
    calendar.add("prodid", "-//Reclamo//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one, title in owed:
        calendar.add_component(_entry(one, title, domain, now))
    return Enclosure(NAME, "text/calendar", calendar.to_ical())


def _entry(owed: Owed, title: str, domain: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{owed.ticket.reference}-{owed.promise}-{owed.occurrence}@{domain}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", one_line(f"{owed.ticket.reference}: {title} ({owed.customer})"))
    event.add("dtstart", owed.due_on)
    event.add("dtend", owed.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
