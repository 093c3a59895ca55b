"""Letters about no case: what somebody is told whose mail opened none.

They are composed as all letters are, but carry no reference and no token: an answer is ordinary mail. One mail has at
most one such letter for ever (its key), and nobody has more of them in a day than the policy allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from config.policy import Member, Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide.outcome import NoticeDue
from daemon.decide.procedure.people import staff_language
from daemon.installation import Office
from daemon.intake.incoming_mail import Arrival
from daemon.intake.machine_proof import LETTER
from daemon.intake.new_case import from_form
from daemon.letters import mime
from daemon.letters.compose import SUPPRESSED
from daemon.letters.context import view
from daemon.letters.letter_input import Scene
from daemon.letters.reply_addresses import is_staff, mailto, return_path
from parsers.sender.tokens import Audience, Token
from parsers.sender.tokens import message_id as own_id
from storage import correspondents, outbox
from storage.engine import Source
from storage.values import Case, Letter, Party, Role, Ticket
from templates.render import Rendered

NO_CASE = 0
"""The number in tokens of letters to staff that are about no case."""

_DAY = timedelta(days=1)


def of_form(
    source: Source, office: Office, arrival: Arrival, policy: Policy, now: datetime
) -> tuple[Letter | None, str]:
    """The letter to whoever sent a form without consent, or nothing and why."""
    assert arrival.form is not None, "only forms come here"
    notice = arrival.form.spec.without_consent
    why_not = _may_not(source, policy, notice, arrival.writer, now)
    return (None, why_not) if why_not else (_written(office, arrival, policy, notice, now), "")


def _may_not(source: Source, policy: Policy, notice: str, address: str, now: datetime) -> str:
    """Why nobody is to be written to; empty when the letter may go. Counts are per address and day, there being no
    case to count on."""
    if not address:
        return "no address is known"
    known = correspondents.get(source, address)
    if known and known.bounced:
        return f"letters to the address fail: {known.bounced}"
    most, allowed = policy.limits.letters_per_address_per_day, policy.notices[notice].at_most
    if outbox.sent_to(source, address, since=now - _DAY) >= most:
        return f"{most} letters in a day to this address"
    if allowed and outbox.sent_to(source, address, since=now - _DAY, notice=notice) >= allowed:
        return f"told {allowed} times today, at most {allowed}"
    return ""


def _written(office: Office, arrival: Arrival, policy: Policy, notice: str, now: datetime) -> Letter:
    scene = _scene(office, arrival, policy, notice, now)
    return letter_of(office, scene, f"inbox/{arrival.row.id}/{notice}")


def letter_of(office: Office, scene: Scene, key: str, enclosures: Sequence[mime.Enclosure] = ()) -> Letter:
    """A letter about no case, written from a scene whose case is none. `key` makes it the only one for ever.

    One to staff has a Message-ID with a token of case 0, so that what their mail program answers is known as that."""
    room = scene.desk.mailroom(scene.ticket)
    context = {
        **view(scene), "reference": "", "tag": "", "reply_address": room.address,
        "reply_link": mailto(room.address, f"Re: {scene.ticket.subject}"), "note_address": "", "note_link": "",
    }  # fmt: skip
    words = office.templates.render(scene.policy.name, scene.language, scene.due.notice, context)
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    message_id = f"{mark}@{scene.desk.domain}"
    if is_staff(scene.party):
        token = Token(NO_CASE, Audience.STAFF_REPLY, 0)
        message_id = own_id(token, scene.desk.keys, key, scene.desk.domain).strip("<>")
    return Letter(
        key=key,
        ticket_id=None,
        notice=scene.due.notice,
        occurrence=scene.due.occurrence,
        party=0,
        recipient=mime.clean_address(scene.party.address),
        sender=return_path(scene.desk, scene.ticket, scene.party),
        message_id=message_id,
        subject=words.subject,
        language=scene.language,
        raw=mime.build(_headers(scene, context, words, message_id), words.text, words.html, enclosures, mark),
        created_at=scene.now,
        not_before=scene.now,
    )


def scene_of(
    office: Office, policy: Policy, calendar: Calendar, reader: Member, *, notice: str, subject: str, at: datetime,
    occurrence: str, about: dict[str, Any], role: Role = Role.STAFF,
) -> Scene:  # fmt: skip
    """The scene of a letter that we write of ourselves: its case is none, what letters may read is there and empty."""
    language = staff_language(policy, reader)
    room = next((one for one in office.addresses.values() if one.policy == policy.name), None)
    ticket = Ticket(
        id=0, reference="", policy=policy.name, kind=next(iter(policy.kinds)), step=policy.first, language=language,
        received_at=at, created_at=at, updated_at=at, step_since=at.astimezone(UTC),
        address=room.address if room else "", subject=subject,
    )  # fmt: skip
    party = Party(number=1, role=role, address=reader.address, name=reader.name, language=language)
    return Scene(
        case=Case(ticket=ticket, parties=(party,)),
        due=NoticeDue(notice=notice, party=1, occurrence=occurrence, about=about),
        policy=policy,
        calendar=calendar,
        desk=office.desk,
        language=language,
        now=at,
    )


def _scene(office: Office, arrival: Arrival, policy: Policy, notice: str, now: datetime) -> Scene:
    """The scene of a case that is none: what letters may read is all there, and empty."""
    assert arrival.form is not None, "only forms come here"
    address = office.address_of(arrival.reading.recipients)
    said = from_form(arrival, policy, address, arrival.form)
    kind = next(name for name, spec in policy.kinds.items() if spec.fallback)
    at = arrival.row.mail.received_at
    ticket = Ticket(
        id=0, reference="", policy=policy.name, kind=kind, step=policy.first, language=said.language, received_at=at,
        created_at=now, updated_at=now, step_since=now, address=address.address,
        subject=said.subject or arrival.reading.subject, brand=said.brand,
    )  # fmt: skip
    party = Party(number=1, role=Role.CUSTOMER, address=arrival.writer, name=arrival.form.person.name)
    return Scene(
        case=Case(ticket=ticket, parties=(party,)),
        due=NoticeDue(notice=notice, party=1, occurrence=str(arrival.row.id)),
        policy=policy,
        calendar=load_calendar(address.calendar or policy.calendar, policy.calendars),
        desk=office.desk,
        language=said.language,
        now=now,
    )


def _headers(scene: Scene, context: dict[str, Any], words: Rendered, message_id: str) -> list[bytes]:
    sender = mime.address(context["sender_name"], context["address"])
    return [
        b"From: " + sender + b"\r\n",
        b"To: " + mime.address(context["reader"]["name"], scene.party.address) + b"\r\n",
        mime.header("Subject", words.subject),
        mime.header("Date", format_datetime(scene.now.astimezone(scene.zone))),
        mime.message_ids("Message-ID", [f"<{message_id}>"]),
        mime.header("Auto-Submitted", "auto-generated"),
        mime.header("X-Auto-Response-Suppress", SUPPRESSED),
        mime.header("Content-Language", scene.language),
        mime.header("X-Reclamo-Notice", scene.due.notice),
        *([mime.header(LETTER, message_id)] if is_staff(scene.party) else []),
    ]
