"""The result of working one mail: the change of its case, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.policy import Policy
from daemon.cases.transaction import Changed
from daemon.installation import Installation
from daemon.intake import form_reply
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.machine_proof import machine_proof
from daemon.intake.set_aside import SetAside
from daemon.letters.standalone import NO_CASE
from daemon.staff import absence
from daemon.staff.worklist_letter import compose_list_answer
from parsers.reading import MailKind
from storage import outbox
from storage.absences import Absence
from storage.engine import Source
from storage.ledger_events import LedgerEvent
from storage.mail_values import Ending, Finished, SetAsideReason
from storage.values import Case, InboxRow, LedgerEntry, Letter

_DAY = timedelta(days=1)
_MOST_ANSWERED = 3  # answers to answers to a list, to one person in a day
_WORDS = 300  # characters kept of what a mail says, to be recognised by
log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """The result of working one mail."""

    row: InboxRow
    done: Finished
    changed: Changed | None = None  # None where no case is touched
    aside: SetAside | None = None  # it is set aside for a person, who is told by a list
    refused: str = ""  # why staff mail was not obeyed: kept in quarantine, and those concerned are told
    nobody_told: bool = False  # nobody concerned was told of the refusal: too many were today, so a list does
    recipients: tuple[str, ...] = ()  # where it came to, where the edge did not know
    letters: tuple[Letter, ...] = ()  # about no case
    ledger: tuple[LedgerEntry, ...] = ()  # of no case
    away: tuple[Absence, ...] = ()  # absences of staff that the mail reports
    returned_member: str = ""  # the staff member who wrote, whose absence ends

    @property
    def ticket_ids(self) -> tuple[int, ...]:
        """The tickets that the mail changes."""
        return self.changed.ticket_ids if self.changed else ()


def result_without_case(
    source: Source, installation: Installation, incoming: IncomingMail, aside: SetAside
) -> IntakeResult:
    """A mail that belongs to no case and opens none. Only what is proven to be a machine's answer to us, or our own, is
    noted and nothing more; all else is set aside for a person to look at, never dropped."""
    proof = machine_proof(source, installation, incoming)
    if not proof:
        log.info(f"set aside: {aside.reason}", inbox_id=incoming.row.id, why=aside.why.value)
        return _set_aside(incoming, aside)
    done = _done(incoming, f"{incoming.reading.kind}, nobody needs to look: {proof}", Ending.MACHINE)
    return IntakeResult(incoming.row, done)


def answer_to_worklist(
    source: Source, incoming: IncomingMail, installation: Installation, now: datetime
) -> IntakeResult | None:
    """A staff member's answer to a list of work: it belongs to no case, and opens none; they are told. None for any
    other mail. Whoever's mail program answers our answer is told a few times a day and no more."""
    token = incoming.match.token if incoming.match else None
    position = absence.position_of(installation, incoming.writer) if token and token.ticket == NO_CASE else None
    if position is None or incoming.reading.kind is not MailKind.PERSON:
        return None
    why = "an answer to a list of work, which belongs to no case"
    told = outbox.count_to(source, position.member.address, since=now - _DAY, notice="list_answered")
    if told >= _MOST_ANSWERED:
        return _set_aside(incoming, SetAside(SetAsideReason.FLOOD, f"{why}; {told} of theirs were answered today"))
    letter = compose_list_answer(
        installation, position, incoming.reading.reply, f"inbox/{incoming.row.id}/list_answered", now
    )
    return IntakeResult(incoming.row, _done(incoming, why, Ending.ANSWERED), letters=(letter,))


def bounce_of_no_case(incoming: IncomingMail) -> IntakeResult | None:
    """A delivery report about a letter of ours that belongs to no case: noted on the ledger. None for other mail."""
    token = incoming.match.token if incoming.match else None
    if token is None or token.ticket != NO_CASE or incoming.reading.kind is not MailKind.BOUNCE:
        return None
    why = "a delivery report about a letter of no case"
    addresses = sorted(
        {recipient.address.lower() for recipient in incoming.reading.failed_recipients if recipient.permanent}
    )
    facts = {"inbox_id": incoming.row.id, "addresses": addresses}
    entry = LedgerEntry(
        ticket_id=None, at=incoming.row.mail.received_at, event=LedgerEvent.LETTER_OF_NO_CASE_BOUNCED, facts=facts
    )
    return IntakeResult(incoming.row, _done(incoming, why, Ending.MACHINE), ledger=(entry,))


def mail_about_erased_case(incoming: IncomingMail, case: Case) -> IntakeResult:
    """A mail about a case that was erased and takes nothing in any more: from a machine it is noted and kept with the
    case, from somebody outside who was asked for help it is set aside for a person."""
    why = f"{case.ticket.reference} was erased"
    if incoming.reading.kind is MailKind.PERSON:
        return _set_aside(incoming, SetAside(SetAsideReason.ERASED, why))
    return IntakeResult(incoming.row, Finished(id=incoming.row.id, verdict=why, ticket_id=case.ticket.id))


def mail_held_back(incoming: IncomingMail, why: str) -> IntakeResult:
    """A mail that would open a case and is kept in quarantine, because too much came from somebody or some place, or
    because it may belong to several cases."""
    kind = (
        SetAsideReason.UNSURE
        if why == incoming.ambiguous
        else SetAsideReason.LOST
        if incoming.unknown_match
        else SetAsideReason.FLOOD
    )
    return _set_aside(incoming, SetAside(kind, why))


def _set_aside(incoming: IncomingMail, aside: SetAside) -> IntakeResult:
    done = _done(incoming, aside.reason, Ending.SET_ASIDE)
    return IntakeResult(incoming.row, done, aside=aside, recipients=incoming.reading.recipients)


def _done(incoming: IncomingMail, verdict: str, ending: Ending) -> Finished:
    message_id, how = incoming.reading.message_id, reading_summary(incoming)
    return Finished(id=incoming.row.id, verdict=verdict, message_id=message_id, summary=how, ending=ending)


def form_without_consent(
    source: Source, installation: Installation, incoming: IncomingMail, policy: Policy, now: datetime
) -> IntakeResult:
    """A form without consent opens nothing; the person is told how to send it, once for each form."""
    letter, why_not = form_reply.letter_without_consent(source, installation, incoming, policy, now)
    form = incoming.form.name if incoming.form else ""
    facts = {"inbox_id": incoming.row.id, "form": form, "notice": letter.notice if letter else "", "why": why_not}
    entry = LedgerEntry(ticket_id=None, at=now, event=LedgerEvent.FORM_WITHOUT_CONSENT, facts=facts)
    verdict = f"form {form} without consent: {why_not or 'the person is told how to send it'}"
    log.info(verdict, inbox_id=incoming.row.id)
    done = _done(incoming, verdict, Ending.ANSWERED)
    return IntakeResult(incoming.row, done, letters=(letter,) if letter else (), ledger=(entry,))


def reading_summary(incoming: IncomingMail) -> dict[str, Any]:
    """Return how the mail was read, as JSON values, for `inbox` and `quarantine`."""
    reading = incoming.reading
    return {
        "sort": reading.kind.value,
        "reasons": list(reading.reasons),
        "from": reading.author.address or reading.sender.address,
        "person": incoming.addressee.address,
        "subject": reading.subject,
        "words": (reading.reply or reading.text)[:_WORDS],
        "language": reading.language.code,
        "evidence": incoming.match.how if incoming.match else "",
        "oddities": list(reading.oddities),
        "unreadable": reading.unreadable,
    }
