"""Letters about no case: what somebody is told whose mail opened none.

They are composed as all letters are, but carry no reference and no token: an answer is ordinary mail. One mail has at
most one such letter for ever (its key), and nobody has more of them in a day than the policy allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from config.policy import Member, Policy
from config.working_time.calendars import Calendar
from daemon.decide.outcome import NoticeDue
from daemon.decide.procedure.people import staff_language
from daemon.letters import mime
from daemon.letters.context import view
from daemon.letters.headers import LetterHead, fields_of
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import SenderIdentity, is_staff, mailto, return_path
from parsers.sender.tokens import Audience, Token
from parsers.sender.tokens import message_id as own_id
from storage.values import Case, Letter, Party, Role, Ticket
from templates.render import Rendered, Templates

NO_CASE = 0
"""The number in tokens of letters to staff that are about no case."""


def letter_of(
    templates: Templates, letter_input: LetterInput, key: str, enclosures: Sequence[mime.Enclosure] = ()
) -> Letter:
    """A letter about no case, written from a scene whose case is none. `key` makes it the only one for ever.

    One to staff has a Message-ID with a token of case 0, so that what their mail program answers is known as that."""
    from_address = letter_input.sender_identity.from_address(letter_input.ticket)
    context = {
        **view(letter_input),
        "reference": "",
        "tag": "",
        "reply_address": from_address.address,
        "reply_link": mailto(from_address.address, f"Re: {letter_input.ticket.subject}"),
        "note_address": "",
        "note_link": "",
    }
    words = templates.render(letter_input.policy.name, letter_input.language, letter_input.due.notice, context)
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    message_id = f"{mark}@{letter_input.sender_identity.domain}"
    if is_staff(letter_input.party):
        token = Token(NO_CASE, Audience.STAFF_REPLY, 0)
        message_id = own_id(token, letter_input.sender_identity.keys, key, letter_input.sender_identity.domain).strip(
            "<>"
        )
    return Letter(
        key=key,
        ticket_id=None,
        notice=letter_input.due.notice,
        occurrence=letter_input.due.occurrence,
        party=0,
        recipient=mime.clean_address(letter_input.party.address),
        sender=return_path(letter_input.sender_identity, letter_input.ticket, letter_input.party),
        message_id=message_id,
        subject=words.subject,
        language=letter_input.language,
        raw=mime.build(_headers(letter_input, context, words, message_id), words.text, words.html, enclosures, mark),
        created_at=letter_input.now,
        not_before=letter_input.now,
    )


def scene_of(
    sender_identity: SenderIdentity,
    policy: Policy,
    calendar: Calendar,
    reader: Member,
    *,
    notice: str,
    subject: str,
    at: datetime,
    occurrence: str,
    about: dict[str, Any],
    role: Role = Role.STAFF,
) -> LetterInput:
    """The scene of a letter that we write of ourselves: its case is none, what letters may read is there and empty."""
    language = staff_language(policy, reader)
    from_address = next(iter(sender_identity.from_addresses.get(policy.name, ())), None)
    ticket = Ticket(
        id=0, reference="", policy=policy.name, kind=next(iter(policy.kinds)), step=policy.first, language=language,
        received_at=at, created_at=at, updated_at=at, step_since=at.astimezone(UTC),
        address=from_address.address if from_address else "", subject=subject,
    )  # fmt: skip
    party = Party(number=1, role=role, address=reader.address, name=reader.name, language=language)
    return LetterInput(
        case=Case(ticket=ticket, parties=(party,)),
        due=NoticeDue(notice=notice, party=1, occurrence=occurrence, about=about),
        policy=policy,
        calendar=calendar,
        sender_identity=sender_identity,
        language=language,
        now=at,
    )


def _headers(letter_input: LetterInput, context: dict[str, Any], words: Rendered, message_id: str) -> list[bytes]:
    head = LetterHead(
        sender=context["address"],
        sender_name=context["sender_name"],
        recipient=letter_input.party.address,
        recipient_name=context["reader"]["name"],
        subject=words.subject,
        at=letter_input.now.astimezone(letter_input.zone),
        language=letter_input.language,
        message_id=message_id,
        notice=letter_input.due.notice,
        letter_id=message_id if is_staff(letter_input.party) else "",
    )
    return fields_of(head)
