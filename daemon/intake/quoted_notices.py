"""Notices of ours in a staff mail, quoted or attached: found by comparing it with the letters on the case, cut off, and
told apart from the writer's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from daemon.decide.events import StaffWrote
from daemon.decide.findings import Finding, Reason
from daemon.decide.procedure.notices import REFUSED
from daemon.decide.staff.outgoing_words import Inside, findings_against, words_going_out
from daemon.decide.staff.pending_mail import as_confirmed
from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from parsers.mime.attachments import attachment_bytes
from parsers.reading import Attachment
from parsers.reply.own_letters import OwnLetter
from parsers.reply.own_quotes import cut_quoted_letters
from parsers.sender.tokens import Audience
from parsers.sender.tokens_in_files import tokens_of_file
from storage.values import Case, Message

_MOST_LETTERS, _LONGEST = 16, 50_000


def case_before(case: Case, before: datetime) -> Case:
    """The case as it was before an instant, so that nothing is compared with letters that were written later."""
    return replace(case, messages=tuple(message for message in case.messages if message.at < before))


def without_quoted_notices(incoming: IncomingMail, case: Case, installation: Installation) -> tuple[IncomingMail, str]:
    """The mail without the notices to staff that it quotes at its end, and the line above the cut that may be the mail
    program's too (empty if there is none)."""
    reading, notices = incoming.reading, _notices(case, incoming)
    given_back = ("\n".join(_lines(message.text, theirs=True)) for message in notices if message.notice == REFUSED)
    cut = cut_quoted_letters(
        reading.reply,
        [_own_letter(message, case, installation) for message in notices],
        known=(*_known(case), *given_back),
        earlier=[_own_letter(message, case, installation) for message in _own_mails(case)],
    )
    if not any(sign.isalnum() for sign in cut.text):
        cut = replace(cut, text="")  # only a rule or a border is left
    if cut.text == reading.reply:
        return incoming, ""
    quoted = "\n\n".join(part for part in (reading.quoted, cut.quoted) if part)
    return replace(incoming, reading=replace(reading, reply=cut.text, quoted=quoted)), cut.doubtful_line


def with_findings(
    wrote: StaffWrote, incoming: IncomingMail, case: Case, installation: Installation, doubtful: str
) -> StaffWrote:
    """The event with what speaks against sending its words, and with the files that must not be sent."""
    compared = tuple(
        _compared(message, _own_letter(message, case, installation)) for message in _notices(case, incoming)
    )
    inside = Inside(compared, tuple(_known(case)), case.ticket.id, installation.keys)
    found = findings_against(as_confirmed(wrote) if wrote.unknown else wrote, inside)
    if doubtful and any(doubtful in part for part in words_going_out(wrote)):
        found = (*found, Finding(Reason.HEADER, doubtful))
    return replace(wrote, findings=found, withheld_files=tuple(_files_to_keep(incoming, case, installation)))


def _notices(case: Case, incoming: IncomingMail) -> list[Message]:
    """Notices to staff on the case: the newest, and older ones that the mail's headers name."""
    sent = [message for message in case.messages if message.direction == "out" and message.thread == "staff"]
    headers = incoming.reading.headers
    named = " ".join(line for name in ("in-reply-to", "references") for line in headers.get(name, ()))
    older = [message for message in sent[:-_MOST_LETTERS] if message.message_id and message.message_id in named]
    return [*older[-_MOST_LETTERS:], *sent[-_MOST_LETTERS:]]


def _own_mails(case: Case) -> list[Message]:
    return [message for message in case.messages if message.direction == "in" and message.thread == "staff"][
        -_MOST_LETTERS:
    ]


def _own_letter(message: Message, case: Case, installation: Installation) -> OwnLetter:
    from_address = installation.sender_identity.from_address(case.ticket)
    names = {party.address: party.name for party in case.parties}
    readers = [name for address in message.recipients for name in (address, names.get(address, ""))]
    local, _, domain = from_address.address.partition("@")
    ours = (
        from_address.name or installation.sender_identity.company,
        installation.sender_identity.company,
        f"{local}{installation.sender_identity.separator}",
        f"{local}@{domain}",
    )
    return OwnLetter(
        message.text[:_LONGEST], people=(*ours, message.sender, *readers), subject_marks=(case.ticket.reference,)
    )


def _compared(message: Message, letter: OwnLetter) -> OwnLetter:
    """The letter to compare with; a refusal quotes its reader's own words, which are left out."""
    if message.notice != REFUSED:
        return letter
    return replace(letter, text="\n".join(_lines(letter.text, theirs=False)))


def _lines(text: str, *, theirs: bool) -> Iterator[str]:
    """The lines of a letter that quote its reader (`theirs`), or all others; the rest are blank."""
    return (line if line.startswith(">") is theirs else "" for line in text.split("\n"))


def _known(case: Case) -> Iterator[str]:
    """Words that are known outside: what outsiders wrote or were sent, details, names and addresses."""
    yield from (message.text[:_LONGEST] for message in case.messages if message.thread != "staff")
    yield from (message.subject for message in case.messages if message.thread != "staff")
    yield from (detail.shown for detail in case.ticket.details.values())
    yield from (f"{party.name} {party.address}" for party in case.parties)


# -------------------------------------------------------------------------------------------------------------- files


def _files_to_keep(incoming: IncomingMail, case: Case, installation: Installation) -> Iterator[int]:
    """The attachments (part numbers) that must not be sent: they hold a token that is not the customer's, or are a
    notice to staff."""
    for file in incoming.reading.attachments:
        try:
            octets = attachment_bytes(incoming.row.mail.raw, file.part, installation.limits)
        except LookupError:
            continue
        tokens = tokens_of_file(octets, file.type, installation.keys, installation.limits)
        if any(token.ticket != case.ticket.id or token.audience is not Audience.CUSTOMER for token in tokens) or (
            _is_mail(file) and _is_notice(octets, case)
        ):
            yield file.part


def _is_mail(file: Attachment) -> bool:
    types = (file.type, file.declared)
    return any(
        kind in ("message/rfc822", "application/vnd.ms-outlook") for kind in types
    ) or file.name.lower().endswith((".eml", ".msg"))


def _is_notice(octets: bytes, case: Case) -> bool:
    """Whether a mail file is a notice to staff, by its header and the case's number, though its token was removed."""
    plain = octets.replace(b"\0", b"").lower()
    return b"x-reclamo-notice" in plain and case.ticket.reference.lower().encode() in plain
