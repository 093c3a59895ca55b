"""What became of one mail: the change of its case, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from config.policy import Policy
from daemon import absence, caseless
from daemon.arrival import Arrival
from daemon.caseless import NO_CASE
from daemon.decide.outcome import Outcome
from daemon.list_letters import answered
from daemon.office import Office
from parsers.reading import Sort
from storage.absences import Absence
from storage.engine import Source
from storage.inbox import Finished
from storage.records import Case, CaseChange, InboxRow, LedgerEntry, Letter

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
    set_aside: str = ""
    once: str = ""  # what the operator is told of once only, however many mails are set aside for it
    refused: str = ""  # why staff mail was not obeyed: kept in quarantine, and those concerned are told
    letters: tuple[Letter, ...] = ()  # about no case
    ledger: tuple[LedgerEntry, ...] = ()  # of no case
    away: tuple[Absence, ...] = ()  # staff who cannot act, as the mail tells
    back: str = ""  # whoever of the staff has written, and so is there


def unopened(arrival: Arrival, why: str) -> Worked:
    """A mail that belongs to no case and opens none. An answer by a machine to nothing of ours, a newsletter, a
    delivery report: noted. But what a program wrote of itself may speak for a person (a form nobody has described
    to us), so that is set aside for somebody to look at, never dropped."""
    done = Finished(id=arrival.row.id, verdict=why, message_id=arrival.reading.message_id, summary=summary(arrival))
    auto = " ".join(arrival.reading.headers.get("auto-submitted", ())).lower()
    speaks = arrival.reading.sort is Sort.AUTOMATIC and "auto-generated" in auto
    return Worked(arrival.row, done, set_aside=f"written by a program, opens no case: {why}" if speaks else "")


def answers_a_list(arrival: Arrival, office: Office, now: datetime) -> Worked | None:
    """A staff member's answer to a list of work: it belongs to no case, and opens none; they are told. None for any
    other mail."""
    token = arrival.trail.token if arrival.trail else None
    post = absence.post_of(office, arrival.writer) if token and token.ticket == NO_CASE else None
    if post is None or arrival.reading.sort is not Sort.PERSON:
        return None
    why = "an answer to a list of work, which belongs to no case"
    done = Finished(id=arrival.row.id, verdict=why, message_id=arrival.reading.message_id, summary=summary(arrival))
    letter = answered(office, post, arrival.reading.reply, f"inbox/{arrival.row.id}/list_answered", now)
    return Worked(arrival.row, done, letters=(letter,))


def came_back_of_no_case(arrival: Arrival) -> Worked | None:
    """A delivery report about a letter of ours that belongs to no case: noted on the ledger. None for other mail."""
    token = arrival.trail.token if arrival.trail else None
    if token is None or token.ticket != NO_CASE or arrival.reading.sort is not Sort.BOUNCE:
        return None
    why = "a delivery report about a letter of no case"
    addresses = sorted({one.address.lower() for one in arrival.reading.failed if one.permanent})
    facts = {"inbox_id": arrival.row.id, "addresses": addresses}
    entry = LedgerEntry(ticket_id=None, at=arrival.row.mail.received_at, event="letter of no case bounced", facts=facts)
    done = Finished(id=arrival.row.id, verdict=why, message_id=arrival.reading.message_id, summary=summary(arrival))
    return Worked(arrival.row, done, ledger=(entry,))


def about_erased(arrival: Arrival, case: Case) -> Worked:
    """A mail about a case that was erased and takes nothing in any more: from a machine it is noted and kept with the
    case, from somebody outside who was asked for help it is set aside for a person."""
    why = f"{case.ticket.reference} was erased"
    done = Finished(id=arrival.row.id, verdict=why, ticket_id=case.ticket.id)
    return held(arrival, why) if arrival.reading.sort is Sort.PERSON else Worked(arrival.row, done)


def held(arrival: Arrival, why: str, whom: str = "") -> Worked:
    """A mail that would open a case and is kept in quarantine, because too much came from somebody or some place."""
    done = Finished(id=arrival.row.id, verdict=why, message_id=arrival.reading.message_id, summary=summary(arrival))
    day = arrival.row.mail.received_at.date()
    return Worked(arrival.row, done, set_aside=why, once=f"{whom or arrival.writer}/{day}")


def without_consent(source: Source, office: Office, arrival: Arrival, policy: Policy, now: datetime) -> Worked:
    """A form that nobody wants worked on opens nothing; the person is told how to send it, once for each form."""
    letter, why_not = caseless.of_form(source, office, arrival, policy, now)
    form = arrival.form.name if arrival.form else ""
    facts = {"inbox_id": arrival.row.id, "form": form, "notice": letter.notice if letter else "", "why": why_not}
    entry = LedgerEntry(ticket_id=None, at=now, event="form without consent", facts=facts)
    verdict = f"form {form} without consent: {why_not or 'the person is told how to send it'}"
    log.info(verdict, inbox_id=arrival.row.id)
    done = Finished(id=arrival.row.id, verdict=verdict, message_id=arrival.reading.message_id, summary=summary(arrival))
    return Worked(arrival.row, done, letters=(letter,) if letter else (), ledger=(entry,))


def summary(arrival: Arrival) -> dict[str, Any]:
    """How the mail was read, for whoever asks."""
    reading = arrival.reading
    return {
        "sort": reading.sort.value,
        "reasons": list(reading.reasons),
        "from": reading.sender.address,
        "subject": reading.subject,
        "language": reading.language.code,
        "evidence": arrival.trail.how if arrival.trail else "",
        "oddities": list(reading.oddities),
        "unreadable": reading.unreadable,
    }
