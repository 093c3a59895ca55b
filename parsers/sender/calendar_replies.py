"""What somebody's calendar answers to an invitation (RFC 5546 section 3.2.3, RFC 6047), as calendar programs send it.

Google marks such mail as automatic, Exchange leaves its text empty, Apple sends it in its own name: the calendar part
alone says who answered what.
"""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from parsers.mime.structure import Part
from parsers.reading import CalendarReply

_LONGEST = 65_536  # octets of a calendar that is looked at
_TYPES = ("text/calendar", "application/ics")
_METHODS = ("REPLY", "COUNTER")
_INVITES = ("REQUEST", "PUBLISH", "ADD", "CANCEL", "DECLINECOUNTER", "REFRESH")
_STATES = ("ACCEPTED", "DECLINED", "TENTATIVE")


def read_calendar_reply(root: Part) -> CalendarReply | None:
    """The answer that a mail's calendar part gives for one attendee, or None. Raises nothing."""
    parts = (part for part in root.walk() if part.type in _TYPES and part.end - part.start <= 2 * _LONGEST)
    return next(filter(None, (_of_octets(part.octets()[0]) for part in parts)), None)


def is_invitation(root: Part) -> bool:
    """Whether a mail as a whole asks its reader to an appointment, or calls one off (RFC 5546): its calendar part is
    the mail itself, or stands beside the same in words; an attached file is not."""
    near = [root, *(part for part in root.children if root.type in ("multipart/alternative", "multipart/mixed"))]
    near += [part for one in near[1:] if one.type == "multipart/alternative" for part in one.children]
    methods = (part.parameters.get("method", "").upper() for part in near if part.type == "text/calendar")
    return any(method in _INVITES for method in methods)


def _of_octets(octets: bytes) -> CalendarReply | None:
    if len(octets) > _LONGEST:
        return None
    try:
        calendar = Calendar.from_ical(octets.decode("utf-8", "replace"))
        method = str(calendar.get("method", "")).strip().upper()
        events = calendar.walk("VEVENT")
        return _of_event(events[0], method) if method in _METHODS and len(events) == 1 else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):  # a stranger wrote it
        return None


def _of_event(event: Any, method: str) -> CalendarReply | None:
    attendees = event.get("attendee")
    if isinstance(attendees, list) or attendees is None:  # a reply speaks for one (RFC 5546 section 3.2.3)
        return None
    state = str(attendees.params.get("PARTSTAT", "")).upper()
    state = "DECLINED" if method == "COUNTER" else state  # another time is wished: this one is not kept
    uid = str(event.get("uid", "")).strip()
    if state not in _STATES or not uid:
        return None
    sequence = str(event.get("sequence", "")).strip()
    return CalendarReply(
        uid=uid[:300],
        state=state.lower(),
        attendee=str(attendees).lower().removeprefix("mailto:").strip()[:320],
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else None,
        comment=str(event.get("comment", "") if not isinstance(event.get("comment"), list) else "").strip()[:1000],
    )
