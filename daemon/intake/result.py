"""What became of one mail: the change of its case, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.policy import Policy
from daemon.decide.outcome import Outcome
from daemon.installation import Office
from daemon.intake import form_reply
from daemon.intake.incoming_mail import Arrival
from daemon.intake.machine_proof import proof_of_machine
from daemon.intake.set_aside import SetAside
from daemon.letters.standalone import NO_CASE
from daemon.staff import absence
from daemon.staff.worklist_letter import answered
from parsers.reading import Sort
from storage import outbox
from storage.absences import Absence
from storage.engine import Source
from storage.mail_values import Ending, Finished, Why
from storage.values import Case, CaseChange, InboxRow, LedgerEntry, Letter

_DAY = timedelta(days=1)
_MOST_ANSWERED = 3  # answers to answers to a list, to one person in a day
_WORDS = 300  # characters kept of what a mail says, to be recognised by
log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of one mail. `change` is None where no case is touched; `replays` are rows to take in anew."""

    row: InboxRow
    done: Finished
    change: CaseChange | None = None
    replays: tuple[int, ...] = ()
    others: tuple[CaseChange, ...] = ()  # of other cases than its own
    outcome: Outcome | None = None
    aside: SetAside | None = None  # it is set aside for a person, who is told by a list
    refused: str = ""  # why staff mail was not obeyed: kept in quarantine, and those concerned are told
    untold: bool = False  # nobody concerned was told of the refusal: too many were today, so a list does
    recipients: tuple[str, ...] = ()  # where it came to, where the edge did not know
    letters: tuple[Letter, ...] = ()  # about no case
    ledger: tuple[LedgerEntry, ...] = ()  # of no case
    away: tuple[Absence, ...] = ()  # staff who cannot act, as the mail tells
    back: str = ""  # whoever of the staff has written, and so is there


def unopened(source: Source, office: Office, arrival: Arrival, aside: SetAside) -> Worked:
    """A mail that belongs to no case and opens none. Only what is proven to be a machine's answer to us, or our own, is
    noted and nothing more; all else is set aside for a person to look at, never dropped."""
    proof = proof_of_machine(source, office, arrival)
    if not proof:
        log.info(f"set aside: {aside.reason}", inbox_id=arrival.row.id, why=aside.why.value)
        return _set_aside(arrival, aside)
    done = _done(arrival, f"{arrival.reading.sort}, nobody needs to look: {proof}", Ending.MACHINE)
    return Worked(arrival.row, done)


def answers_a_list(source: Source, arrival: Arrival, office: Office, now: datetime) -> Worked | None:
    """A staff member's answer to a list of work: it belongs to no case, and opens none; they are told. None for any
    other mail. Whoever's mail program answers our answer is told a few times a day and no more."""
    token = arrival.trail.token if arrival.trail else None
    post = absence.post_of(office, arrival.writer) if token and token.ticket == NO_CASE else None
    if post is None or arrival.reading.sort is not Sort.PERSON:
        return None
    why = "an answer to a list of work, which belongs to no case"
    told = outbox.sent_to(source, post.member.address, since=now - _DAY, notice="list_answered")
    if told >= _MOST_ANSWERED:
        return _set_aside(arrival, SetAside(Why.FLOOD, f"{why}; {told} of theirs were answered today"))
    letter = answered(office, post, arrival.reading.reply, f"inbox/{arrival.row.id}/list_answered", now)
    return Worked(arrival.row, _done(arrival, why, Ending.ANSWERED), letters=(letter,))


def came_back_of_no_case(arrival: Arrival) -> Worked | None:
    """A delivery report about a letter of ours that belongs to no case: noted on the ledger. None for other mail."""
    token = arrival.trail.token if arrival.trail else None
    if token is None or token.ticket != NO_CASE or arrival.reading.sort is not Sort.BOUNCE:
        return None
    why = "a delivery report about a letter of no case"
    addresses = sorted({one.address.lower() for one in arrival.reading.failed if one.permanent})
    facts = {"inbox_id": arrival.row.id, "addresses": addresses}
    entry = LedgerEntry(ticket_id=None, at=arrival.row.mail.received_at, event="letter of no case bounced", facts=facts)
    return Worked(arrival.row, _done(arrival, why, Ending.MACHINE), ledger=(entry,))


def about_erased(arrival: Arrival, case: Case) -> Worked:
    """A mail about a case that was erased and takes nothing in any more: from a machine it is noted and kept with the
    case, from somebody outside who was asked for help it is set aside for a person."""
    why = f"{case.ticket.reference} was erased"
    if arrival.reading.sort is Sort.PERSON:
        return _set_aside(arrival, SetAside(Why.ERASED, why))
    return Worked(arrival.row, Finished(id=arrival.row.id, verdict=why, ticket_id=case.ticket.id))


def held(arrival: Arrival, why: str) -> Worked:
    """A mail that would open a case and is kept in quarantine, because too much came from somebody or some place, or
    because it may belong to several cases."""
    kind = Why.UNSURE if why == arrival.unsure else Why.LOST if arrival.lost else Why.FLOOD
    return _set_aside(arrival, SetAside(kind, why))


def _set_aside(arrival: Arrival, aside: SetAside) -> Worked:
    done = _done(arrival, aside.reason, Ending.SET_ASIDE)
    return Worked(arrival.row, done, aside=aside, recipients=arrival.reading.recipients)


def _done(arrival: Arrival, verdict: str, ending: Ending) -> Finished:
    message_id, how = arrival.reading.message_id, summary(arrival)
    return Finished(id=arrival.row.id, verdict=verdict, message_id=message_id, summary=how, ending=ending)


def without_consent(source: Source, office: Office, arrival: Arrival, policy: Policy, now: datetime) -> Worked:
    """A form that nobody wants worked on opens nothing; the person is told how to send it, once for each form."""
    letter, why_not = form_reply.of_form(source, office, arrival, policy, now)
    form = arrival.form.name if arrival.form else ""
    facts = {"inbox_id": arrival.row.id, "form": form, "notice": letter.notice if letter else "", "why": why_not}
    entry = LedgerEntry(ticket_id=None, at=now, event="form without consent", facts=facts)
    verdict = f"form {form} without consent: {why_not or 'the person is told how to send it'}"
    log.info(verdict, inbox_id=arrival.row.id)
    done = _done(arrival, verdict, Ending.ANSWERED)
    return Worked(arrival.row, done, letters=(letter,) if letter else (), ledger=(entry,))


def summary(arrival: Arrival) -> dict[str, Any]:
    """How the mail was read, for whoever asks."""
    reading = arrival.reading
    return {
        "sort": reading.sort.value,
        "reasons": list(reading.reasons),
        "from": reading.author.address or reading.sender.address,
        "person": arrival.whom.address,
        "subject": reading.subject,
        "words": (reading.reply or reading.text)[:_WORDS],
        "language": reading.language.code,
        "evidence": arrival.trail.how if arrival.trail else "",
        "oddities": list(reading.oddities),
        "unreadable": reading.unreadable,
    }
