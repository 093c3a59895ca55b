"""Read the replies of calendar programs to an invitation (RFC 5546 section 3.2.3, RFC 6047).

Only the calendar part says who answered what: Google marks such mail as automatic, Exchange leaves its text empty,
Apple sends it from its own address.
"""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from parsers.mime.structure import Part
from parsers.reading import CalendarReply

_LONGEST = 65_536  # octets of a calendar that is read
_TYPES = ("text/calendar", "application/ics")
_REPLY_METHODS = ("REPLY", "COUNTER")
_INVITATION_METHODS = ("REQUEST", "PUBLISH", "ADD", "CANCEL", "DECLINECOUNTER", "REFRESH")
_STATES = ("ACCEPTED", "DECLINED", "TENTATIVE")


def read_calendar_reply(root: Part) -> CalendarReply | None:
    """The reply of one attendee in the mail's calendar part, or None. Never raises an exception."""
    parts = (part for part in root.walk() if part.type in _TYPES and part.end - part.start <= 2 * _LONGEST)
    return next(filter(None, (_parse_reply(part.decoded_octets()[0]) for part in parts)), None)


def is_invitation(root: Part) -> bool:
    """Whether a mail is an invitation or its cancellation (RFC 5546). The calendar part must be the mail itself or an
    alternative to its text, not an attached file."""
    body_parts = [root, *(part for part in root.children if root.type in ("multipart/alternative", "multipart/mixed"))]
    alternatives = [part for part in body_parts[1:] if part.type == "multipart/alternative"]
    body_parts += [child for part in alternatives for child in part.children]
    methods = (part.parameters.get("method", "").upper() for part in body_parts if part.type == "text/calendar")
    return any(method in _INVITATION_METHODS for method in methods)


def _parse_reply(octets: bytes) -> CalendarReply | None:
    if len(octets) > _LONGEST:
        return None
    try:
        calendar = Calendar.from_ical(octets.decode("utf-8", "replace"))
        method = str(calendar.get("method", "")).strip().upper()
        events = calendar.walk("VEVENT")
        return _reply_of_event(events[0], method) if method in _REPLY_METHODS and len(events) == 1 else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):  # malformed calendar
        return None


def _reply_of_event(event: Any, method: str) -> CalendarReply | None:
    attendee = event.get("attendee")
    if isinstance(attendee, list) or attendee is None:  # a reply has exactly one (RFC 5546 section 3.2.3)
        return None
    state = str(attendee.params.get("PARTSTAT", "")).upper()
    state = "DECLINED" if method == "COUNTER" else state  # proposing another time declines this one
    uid = str(event.get("uid", "")).strip()
    if state not in _STATES or not uid:
        return None
    sequence = str(event.get("sequence", "")).strip()
    return CalendarReply(
        uid=uid[:300],
        state=state.lower(),
        attendee=str(attendee).lower().removeprefix("mailto:").strip()[:320],
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else None,
        comment=str(event.get("comment", "") if not isinstance(event.get("comment"), list) else "").strip()[:1000],
    )
