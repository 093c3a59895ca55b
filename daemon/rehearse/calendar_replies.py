"""Replies of calendar programs to a letter's calendar file (iTIP over mail, RFC 6047)."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from icalendar import Calendar, Component, Event, vCalAddress, vText

from daemon.rehearse.received_letter import ReceivedLetter
from daemon.rehearse.scenario import MailContent, Person

PARTICIPATION_STATUSES = {"accepts": "ACCEPTED", "declines": "DECLINED", "hesitates over": "TENTATIVE"}


def invitation_in(received: ReceivedLetter) -> Component | None:
    """Return the event that a letter's calendar file invites to; None without a calendar file, or if it cancels."""
    for part in received.mail.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            return calendar.walk("VEVENT")[0] if str(calendar["method"]) == "REQUEST" else None
    return None


def organizer_of(event: Component) -> str:
    """Return the bare address that calendar programs reply to."""
    return str(event["organizer"]).removeprefix("mailto:")


def calendar_reply(person: Person, event: Component, verb: str, content: MailContent, now: datetime) -> bytes:
    """Build the mail of a calendar program: marked as automatic, without a reference to the letter, as Google sends it.

    `content` has the attendee's comment.
    """
    state = PARTICIPATION_STATUSES[verb]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(person.name, addr_spec=content.sender or person.address)
    mail["To"] = organizer_of(event)
    mail["Subject"] = f"{state.title()}: {event['summary']}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<calendar-{now:%Y%m%d%H%M%S}-{state.lower()}@{person.address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{person} has answered this invitation: {state.lower()}.\n")
    answer = _reply_calendar(event, person, state, content.text, now)
    mail.add_alternative(answer, subtype="calendar", params={"method": "REPLY"})
    for name, value in content.headers:
        del mail[name]
        mail[name] = value
    return mail.as_bytes()


def _reply_calendar(event: Component, person: Person, state: str, comment: str, now: datetime) -> str:
    reply = Event()
    for name in ("uid", "sequence", "dtstart", "dtend", "summary", "organizer"):
        reply[name] = event[name]
    reply.add("dtstamp", now)
    attendee = vCalAddress(f"mailto:{person.address}")
    attendee.params["PARTSTAT"] = vText(state)
    reply.add("attendee", attendee, encode=False)
    if comment:
        reply.add("comment", comment)
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    calendar.add_component(reply)
    return str(calendar.to_ical().decode())
