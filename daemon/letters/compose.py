"""Compose a letter from a notice that is due: bytes for the outbox, and the message that the case keeps of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.policy import Policy
from config.working_time.calendars import Calendar
from daemon.decide.outcome import NoticeDue, letter_key
from daemon.letters import mime
from daemon.letters.attachments import calendar_files, documents
from daemon.letters.case_summary import mails_of
from daemon.letters.context import letter_context
from daemon.letters.headers import AUTO_GENERATED, AUTO_REPLIED, LetterHead, header_fields
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import SenderIdentity, is_staff, own_message_id, return_path
from daemon.letters.variables import LetterContext
from storage.values import Case, Letter, Message, Party, Role
from templates.render import Rendered, Templates
from templates.text_part import SIGNATURE

_MOST_SUBJECT = 200  # characters; mail programs show fewer
_MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class ComposedLetter:
    """A letter for the outbox, and the message that the case keeps of it."""

    letter: Letter
    message: Message


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterMaterials:
    """What all letters of a policy are composed with."""

    policy: Policy
    calendar: Calendar
    templates: Templates
    sender_identity: SenderIdentity


Files = Mapping[tuple[int, int], mime.Enclosure]


def compose_all(
    case: Case, notices: Sequence[NoticeDue], materials: LetterMaterials, *, now: datetime, files: Files | None = None
) -> tuple[ComposedLetter, ...]:
    """Compose all letters of one decision; they are returned in the order of its notices.

    Letters to staff are composed last, since a transcript shows the other letters. `case` is the case as it will be
    once the decision is saved, with its new messages and ledger entries. `files` are the contents of the files that
    notices attach, by inbox id and number; a file that is not among them is left out. Raises what compose raises.
    """
    composed: dict[int, ComposedLetter] = {}
    to_others: list[dict[str, Any]] = []
    for at in sorted(range(len(notices)), key=lambda at: is_staff(case.party(notices[at].party))):
        composed[at] = compose(case, notices[at], materials, now=now, files=files, letters=to_others, together=notices)
        if not is_staff(case.party(notices[at].party)):
            to_others = [*to_others, _letter_row(case, composed[at])]
    return tuple(composed[at] for at in range(len(notices)))


def compose(
    case: Case,
    due: NoticeDue,
    materials: LetterMaterials,
    *,
    now: datetime,
    files: Files | None = None,
    letters: Sequence[Mapping[str, Any]] = (),
    together: Sequence[NoticeDue] = (),
) -> ComposedLetter:
    """Compose one letter; the parameters are as in compose_all and LetterInput. The same arguments give the same bytes.

    Raises KeyError for a party that the case does not have, jinja2.TemplateNotFound for a notice without a template in
    any language of the policy.
    """
    policy, templates = materials.policy, materials.templates
    language = language_for(case, case.party(due.party), due.notice, policy, templates)
    letter_input = LetterInput(
        case=case,
        due=due,
        policy=policy,
        calendar=materials.calendar,
        sender_identity=materials.sender_identity,
        language=language,
        now=now,
        letters=letters,
        together=together,
    )
    context = letter_context(letter_input)
    words = templates.render(policy.name, language, due.notice, context.names())
    number = context.third_number if letter_input.party.role is Role.THIRD_PARTY else ""
    words = Rendered(_tagged(_numbered(words.subject, number), context.tag), words.text, words.html)
    calendars = calendar_files(letter_input, policy.notices[due.notice].attach, context.reply_address)
    enclosures = [files[place] for place in due.attach if files and place in files]
    enclosures += [calendar.as_file() for calendar in calendars]
    enclosures += documents(letter_input, policy.notices[due.notice].attach, context, templates)
    letter = _letter(letter_input, context, words, enclosures, calendars)
    return ComposedLetter(letter, _message(letter_input, letter, context.address, words.text, enclosures))


def _letter(
    letter_input: LetterInput,
    context: LetterContext,
    words: Rendered,
    enclosures: Sequence[mime.Enclosure],
    calendars: Sequence[mime.CalendarPart],
) -> Letter:
    due, party = letter_input.due, letter_input.party
    key = letter_key(letter_input.ticket.reference, due)
    message_id = own_message_id(letter_input.sender_identity, letter_input.ticket, party, key)
    headers = _headers(letter_input, context, words.subject, message_id)
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    return Letter(
        key=key,
        ticket_id=letter_input.ticket.id,
        notice=due.notice,
        occurrence=due.occurrence,
        party=due.party,
        recipient=mime.clean_address(party.address),
        sender=return_path(letter_input.sender_identity, letter_input.ticket, party),
        message_id=message_id.strip("<>"),
        subject=words.subject,
        language=letter_input.language,
        raw=mime.build(headers, words.text, words.html, enclosures, mark, calendars=calendars),
        created_at=letter_input.now,
        not_before=due.not_before or letter_input.now,
        keeps=due.keeps_promise,
    )


def language_for(case: Case, party: Party, notice: str, policy: Policy, templates: Templates) -> str:
    """The first of the party's, the case's and the policy's languages in which the notice has a template.

    Staff whose language is not known get the policy's first, not the customer's.
    """
    of_case = () if is_staff(party) else (case.ticket.language,)
    wanted = (party.language, *of_case, *policy.languages)
    return next((code for code in wanted if code and templates.has(policy.name, code, notice)), policy.languages[0])


def thread_of(party: Party) -> str:
    """The thread of a party's letters: customer, staff, or third:<name>."""
    if party.role is Role.THIRD_PARTY:
        return f"third:{party.third_party}"
    return "staff" if is_staff(party) else "customer"


def _headers(letter_input: LetterInput, context: LetterContext, subject: str, message_id: str) -> list[bytes]:
    answered, chain = _threading(letter_input)
    head = LetterHead(
        sender=context.address,
        sender_name=context.sender_name,
        recipient=letter_input.party.address,
        recipient_name=context.reader["name"],
        reply_to=context.reply_address,
        subject=subject,
        at=letter_input.now.astimezone(letter_input.zone),
        language=letter_input.language,
        message_id=message_id,
        in_reply_to=answered,
        references=chain,
        auto_submitted=_auto_submitted(letter_input.due, letter_input.party),
        reference=letter_input.ticket.reference,
        notice=letter_input.due.notice,
    )
    return header_fields(head)


def _auto_submitted(due: NoticeDue, party: Party) -> str:
    """The value of Auto-Submitted (RFC 3834 section 5): auto-replied for an answer to a mail, else auto-generated.

    Empty for a letter with words that staff wrote to somebody outside: to its reader that is a person's mail.
    """
    if _by_person(due) and not is_staff(party):
        return ""
    return AUTO_REPLIED if due.in_reply_to else AUTO_GENERATED


def _by_person(due: NoticeDue) -> bool:
    return bool(due.about.get("staff_text") or due.about.get("reason")) and not due.about.get("automatic")


def _threading(letter_input: LetterInput) -> tuple[str, list[str]]:
    """In-Reply-To and References (RFC 5322 section 3.6.4), of mails that this reader wrote or received.

    Staff and third parties did not write the first mail of their thread: its root is a Message-ID of ours that no
    mail has, so that letters of one decision thread together whatever the order in which they arrive.
    """
    case, due, party = letter_input.case, letter_input.due, letter_input.party
    known = [mail.message_id.strip("<>") for mail in mails_of(case, party) if mail.message_id]
    if party.role is not Role.CUSTOMER:
        root = own_message_id(
            letter_input.sender_identity, case.ticket, party, f"{case.ticket.reference}/thread/{party.number}"
        )
        known = [root.strip("<>"), *known]
    answered = due.in_reply_to.strip("<>") or (known[-1] if known else "")
    if answered and answered not in known and party.role is not Role.CUSTOMER:
        answered = known[-1]  # not a mail that this reader knows
    chain = [message_id for message_id in dict.fromkeys(known) if message_id != answered]
    chain += [answered] if answered else []
    if len(chain) > _MOST_REFERENCES:
        chain = [chain[0], *chain[1 - _MOST_REFERENCES :]]
    return answered, chain


def _numbered(subject: str, number: str) -> str:
    """The subject with the reader's own number of the case, so that their system finds it."""
    return subject if not number or number in subject else f"{subject} [{number}]"


def _tagged(subject: str, tag: str) -> str:
    """The subject with the tag, also where the template left it out, at most _MOST_SUBJECT characters long."""
    text = subject if tag in subject else f"{tag} {subject}"
    return text if len(text) <= _MOST_SUBJECT else f"{text[: _MOST_SUBJECT - 1].rstrip()}…"


def _message(
    letter_input: LetterInput, letter: Letter, address: str, text: str, enclosures: Sequence[mime.Enclosure]
) -> Message:
    due, party = letter_input.due, letter_input.party
    return Message(
        direction="out",
        message_id=letter.message_id,
        sender=address,
        recipients=(party.address,),
        subject=letter.subject,
        at=letter.created_at,
        thread=thread_of(party),
        text=text,
        notice=due.notice,
        party=due.party,
        language=letter.language,
        attachments=tuple({"name": file.name, "type": file.type, "size": len(file.content)} for file in enclosures),
        automatic=not (due.by_person or _by_person(due)),
        about=due.occurrence.partition("@")[2],
    )


def _letter_row(case: Case, composed: ComposedLetter) -> dict[str, Any]:
    party = case.party(composed.letter.party)
    return {
        "name": party.name,
        "address": party.address,
        "notice": composed.letter.notice,
        "subject": composed.letter.subject,
        "text": composed.message.text.partition(f"\n{SIGNATURE}\n")[0].strip(),
    }
