"""What the answer of somebody's calendar means for the appointment it was invited to (RFC 5546 section 3.2.3). Pure.

It is mail that a program wrote for a person who pressed a button: it counts as that person's answer, however the
program marked it. It never speaks for staff, whose words would go out to the customer.
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


def calendar_answer(incoming: IncomingMail, case: Case, policy: Policy) -> Event | None:
    """What the calendar's answer brings about; None where the mail has none for this case, or somebody else's."""
    reply, token = incoming.reading.calendar, incoming.match.token if incoming.match else None
    party = next((one for one in case.parties if token and one.number == token.party), None)
    if reply is None or party is None or party.address not in (reply.attendee, incoming.reading.sender.address.lower()):
        return None
    thing = next((one for one in _things(case) if reply.uid.startswith(f"{one['number']}@")), None)
    if thing is None:
        return None
    answer = _answer(reply, case, policy, party) if _speaks_of_it(reply, thing) else None
    mail = _as_words(incoming.mail(party.number), reply)
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
    return MachineWrote(mail=incoming.mail(party.number))


def _things(case: Case) -> list[dict[str, object]]:
    return list(case.ticket.facts.things.values())


def _speaks_of_it(reply: CalendarReply, thing: dict[str, object]) -> bool:
    """Whether the appointment stands as it was when the calendar answered: an answer to an earlier version is none."""
    sequence = thing.get("sequence", 0)
    return bool(thing.get("start")) and (reply.sequence is None or reply.sequence >= int(str(sequence)))


def _answer(reply: CalendarReply, case: Case, policy: Policy, party: Party) -> Answer | None:
    for question in case.ticket.questions:
        if question.party == party.number:
            for name, spec in policy.questions[question.question].answers.items():
                if reply.state in spec.calendar:
                    return Answer(question.question, name, reply.comment)
    return None


def _as_words(mail: MailIn, reply: CalendarReply) -> MailIn:
    """The mail as a person's: their own comment, else what their program says, and none of its files."""
    reading: Reading = mail.reading
    words = reply.comment or reading.reply.strip() or reading.subject
    files = tuple(attachment for attachment in reading.attachments if attachment.declared not in _CALENDARS)
    return replace(mail, reading=replace(reading, kind=MailKind.PERSON, text=words, reply=words, attachments=files))
