"""The answer of a calendar program to an invitation (RFC 5546 section 3.2.3), as an event of the case. Pure.

A program wrote the mail for a person who pressed a button, so it counts as that person's answer, whatever headers mark
it as automatic. It never counts as mail of staff, whose words would be sent to the customer.
"""

from __future__ import annotations

from dataclasses import replace

from config.policy import Policy
from daemon.decide.events import CustomerWrote, Event, MachineWrote, MailIn, ThirdPartyWrote
from daemon.intake.incoming_mail import IncomingMail
from parsers.reading import Answer, CalendarReply, MailKind, Reading
from storage.values import Case, Party, Role

DECLINED = "declined"
_CALENDARS = ("text/calendar", "application/ics")


def event_of_calendar_reply(incoming: IncomingMail, case: Case, policy: Policy) -> Event | None:
    """The event that a calendar's answer is; None if the mail has none, or one for another case or person."""
    reply, token = incoming.reading.calendar_reply, incoming.match.token if incoming.match else None
    party = next((party for party in case.parties if token and party.number == token.party), None)
    if reply is None or party is None or party.address not in (reply.attendee, incoming.reading.sender.address.lower()):
        return None
    thing = next((thing for thing in _things(case) if reply.uid.startswith(f"{thing['number']}@")), None)
    if thing is None:
        return None
    answer = _answer(reply, case, policy, party) if _answers_current_version(reply, thing) else None
    mail = _as_personal_mail(incoming.as_event_mail(party.number), reply)
    if party.role in (Role.CUSTOMER, Role.PARTICIPANT):
        matters = reply.state == DECLINED and bool(thing.get("start"))
        return CustomerWrote(
            mail=mail,
            who=incoming.reading.sender,
            language=case.ticket.language,
            answer=answer,
            in_calendar="" if matters and answer is None else reply.state,
        )
    if party.role is Role.THIRD_PARTY and answer:
        return ThirdPartyWrote(mail=mail, answer=answer)
    return MachineWrote(mail=incoming.as_event_mail(party.number))


def _things(case: Case) -> list[dict[str, object]]:
    return list(case.ticket.facts.things.values())


def _answers_current_version(reply: CalendarReply, thing: dict[str, object]) -> bool:
    """Whether the answer is to the appointment as it stands now; an answer to an earlier SEQUENCE does not count."""
    sequence = thing.get("sequence", 0)
    return bool(thing.get("start")) and (reply.sequence is None or reply.sequence >= int(str(sequence)))


def _answer(reply: CalendarReply, case: Case, policy: Policy, party: Party) -> Answer | None:
    for question in case.ticket.questions:
        if question.party == party.number:
            for name, spec in policy.questions[question.question].answers.items():
                if reply.state in spec.calendar:
                    return Answer(question.question, name, reply.comment)
    return None


def _as_personal_mail(mail: MailIn, reply: CalendarReply) -> MailIn:
    """The mail as if a person wrote it: their comment, else the program's text; the calendar file is left out."""
    reading: Reading = mail.reading
    words = reply.comment or reading.reply.strip() or reading.subject
    files = tuple(attachment for attachment in reading.attachments if attachment.declared not in _CALENDARS)
    return replace(mail, reading=replace(reading, kind=MailKind.PERSON, text=words, reply=words, attachments=files))
