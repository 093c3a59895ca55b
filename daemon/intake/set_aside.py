"""Why mail that opens no case is set aside for a person, and whether that is urgent."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from parsers.details.statutory import mentions_statutory_deadline
from parsers.reading import Mailbox, MailKind, ProgramPurpose, Reading
from parsers.sender.unattended_addresses import is_unattended
from storage.mail_values import SetAsideReason

_BY_KIND = {
    MailKind.BOUNCE: SetAsideReason.BOUNCE,
    MailKind.LIST: SetAsideReason.LIST,
    MailKind.OWN: SetAsideReason.OURS,
}
_BY_PROGRAM = {
    ProgramPurpose.ANSWER: SetAsideReason.ANSWER,
    ProgramPurpose.RECEIPT: SetAsideReason.ANSWER,
    ProgramPurpose.INVITATION: SetAsideReason.INVITATION,
}


@dataclass(frozen=True, slots=True)
class SetAside:
    """A mail is set aside for a person: why, and whether they must be told at once."""

    why: SetAsideReason
    reason: str
    urgent: bool = False


def set_aside(why: SetAsideReason, reason: str, reading: Reading) -> SetAside:
    """A mail set aside. It is urgent if it names a statutory date, as mail of a court or an ombudsman's portal does."""
    return SetAside(why, reason, mentions_statutory_deadline(f"{reading.subject}\n{reading.text}"))


def why_set_aside(incoming: IncomingMail, installation: Installation, who: Mailbox) -> SetAside | None:
    """Why a mail of no case is set aside; None if it may open one. `who` is the person it would be opened for. Staff
    can still open a case for a mail that was set aside."""
    reading = incoming.reading
    reasons = "; ".join(reading.reasons)
    if reading.kind in _BY_KIND:
        return set_aside(_BY_KIND[reading.kind], reasons, reading)
    if reading.kind is MailKind.AUTOMATIC or reading.program_purpose is ProgramPurpose.INVITATION:
        why = _BY_PROGRAM.get(reading.program_purpose or ProgramPurpose.OTHER, SetAsideReason.NO_PERSON)
        return set_aside(
            why, "an invitation to an appointment" if why is SetAsideReason.INVITATION else reasons, reading
        )
    if installation.ours.is_own_sender(who.address):
        return set_aside(SetAsideReason.OURS, f"{who.address} is our own address", reading)
    if is_unattended(who.address):
        return set_aside(SetAsideReason.NO_PERSON, f"{who.address} is an address that nobody reads", reading)
    if incoming.spam_reason:
        return set_aside(SetAsideReason.SPAM, incoming.spam_reason, reading)
    return None
