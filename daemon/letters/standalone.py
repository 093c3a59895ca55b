"""Letters about no case: boards, reports, lists of work, the answer to a form that was not consented to.

They are composed as letters of a case are, of a case that is blank, but carry no reference and no reply token: an
answer is ordinary mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from config.policy import Member, Policy
from daemon.decide.outcome import NoticeDue
from daemon.decide.procedure.people import staff_language
from daemon.letters import mime
from daemon.letters.compose import LetterMaterials
from daemon.letters.context import letter_context
from daemon.letters.headers import LetterHead, header_fields
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import is_staff, mailto, return_path
from daemon.letters.variables import LetterContext
from parsers.sender.tokens import Audience, Token
from parsers.sender.tokens import token_message_id as own_id
from storage.values import Case, Letter, Party, Role, Ticket
from templates.render import Rendered

NO_CASE = 0
"""The ticket id in tokens of letters to staff that are about no case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlankCase:
    """What a letter about no case shows where other letters show their case's. Empty fields get the policy's first."""

    subject: str = ""
    kind: str = ""
    brand: str = ""
    address: str = ""  # the support address that the letter comes from
    received_at: datetime | None = None


_NOTHING_SHOWN = BlankCase()


def member_as_reader(policy: Policy, member: Member, role: Role = Role.STAFF) -> Party:
    """A member of the policy's staff, or somebody outside given as one, as the reader of a standalone letter."""
    language = staff_language(policy, member)
    return Party(number=1, role=role, address=member.address, name=member.name, language=language)


def standalone_letter(
    materials: LetterMaterials,
    reader: Party,
    *,
    notice: str,
    key: str,
    occurrence: str,
    now: datetime,
    about: Mapping[str, Any] | None = None,
    shown: BlankCase = _NOTHING_SHOWN,
    enclosures: Sequence[mime.Enclosure] = (),
) -> Letter:
    """Write a letter about no case, in the reader's language.

    `key` is its outbox key: a second letter with the same key is not sent. `about` is what the letter speaks of, as
    in NoticeDue. A letter to staff has a Message-ID with a token of case 0, so that mail that answers it is
    recognised. Raises KeyError for a policy without a support address.
    """
    due = NoticeDue(notice=notice, party=reader.number, occurrence=occurrence, about=about or {})
    letter_input = _blank_input(materials, reader, due, shown, now)
    context = _without_case(letter_input)
    words = materials.templates.render(materials.policy.name, reader.language, notice, context.names())
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    message_id = _message_id(letter_input, key, mark)
    return Letter(
        key=key,
        ticket_id=None,
        notice=notice,
        occurrence=occurrence,
        party=0,
        recipient=mime.clean_address(reader.address),
        sender=return_path(materials.sender_identity, letter_input.ticket, reader),
        message_id=message_id,
        subject=words.subject,
        language=reader.language,
        raw=mime.build(_headers(letter_input, context, words, message_id), words.text, words.html, enclosures, mark),
        created_at=now,
        not_before=now,
    )


def _blank_input(
    materials: LetterMaterials, reader: Party, due: NoticeDue, shown: BlankCase, now: datetime
) -> LetterInput:
    """The input of a letter about no case: a case with nothing but its reader, so that templates find every name."""
    policy = materials.policy
    ticket = Ticket(
        id=NO_CASE, reference="", policy=policy.name, kind=shown.kind or next(iter(policy.kinds)), step=policy.first,
        language=reader.language, received_at=shown.received_at or now, created_at=now, updated_at=now,
        step_since=now.astimezone(UTC), subject=shown.subject, brand=shown.brand, address=shown.address,
    )  # fmt: skip
    return LetterInput(
        case=Case(ticket=ticket, parties=(reader,)),
        due=due,
        policy=policy,
        calendar=materials.calendar,
        sender_identity=materials.sender_identity,
        language=reader.language,
        now=now,
    )


def _without_case(letter_input: LetterInput) -> LetterContext:
    """The context without what leads to a case: reference, tag and the addresses with tokens."""
    address = letter_input.sender_identity.from_address(letter_input.ticket).address
    return replace(
        letter_context(letter_input),
        reference="",
        tag="",
        reply_address=address,
        reply_link=mailto(address, f"Re: {letter_input.ticket.subject}"),
        note_address="",
        note_link="",
    )


def _message_id(letter_input: LetterInput, key: str, mark: str) -> str:
    """The Message-ID without angle brackets."""
    sender_identity = letter_input.sender_identity
    if not is_staff(letter_input.party):
        return f"{mark}@{sender_identity.domain}"
    token = Token(NO_CASE, Audience.STAFF_REPLY, 0)
    return own_id(token, sender_identity.keys, key, sender_identity.domain).strip("<>")


def _headers(letter_input: LetterInput, context: LetterContext, words: Rendered, message_id: str) -> list[bytes]:
    head = LetterHead(
        sender=context.address,
        sender_name=context.sender_name,
        recipient=letter_input.party.address,
        recipient_name=context.reader["name"],
        subject=words.subject,
        at=letter_input.now.astimezone(letter_input.zone),
        language=letter_input.language,
        message_id=message_id,
        notice=letter_input.due.notice,
        letter_id=message_id if is_staff(letter_input.party) else "",
    )
    return header_fields(head)
