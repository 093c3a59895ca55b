"""Newcomers: unknown senders who write to a case's own reply address. Staff are asked whether they belong to the case.

Until staff confirm them, their mail is stored on the case without effect, so that a neighbour who answers the wrong
letter cannot change a detail or object to a decision. Where staff do not reply within the policy's limit, the mail
takes effect as the customer's own would: it ends the waiting or reopens the case. The details in it are not taken over.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from daemon.decide.draft import Done, Draft
from daemon.decide.events import CustomerWrote
from daemon.decide.procedure import company_records, details, notices, participants, satisfaction, steps, unhandled_mail
from daemon.decide.refusals import RefusalReason, Refused
from parsers.reading import FoundDetail
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role, TimerKind

TIMER = "newcomer"


def is_unconfirmed(draft: Draft, party: Party) -> bool:
    """Whether staff have not yet confirmed that this party belongs to the case."""
    return party.number in draft.facts.unconfirmed


def hold_newcomer_mail(draft: Draft, mail: CustomerWrote, party: Party) -> str:
    """Store the details in the mail of an unconfirmed participant and ask staff; returns the verdict."""
    number = str(party.number)
    stored = dict(draft.facts.heard)
    found = [dataclasses.asdict(detail) for detail in mail.found]
    draft.facts = dataclasses.replace(draft.facts, heard={**stored, number: [*stored.get(number, ()), *found]})
    draft.letter_values["newcomer"] = party.address
    if mail.bare_thanks:
        draft.log_event(LedgerEvent.THANKS_RECEIVED)
        unhandled_mail.drop_if_complete(draft, mail.mail, mail.mail.reading.reply)
        return f"{draft.ticket.reference}: thanks from somebody new, recorded"
    limit = draft.policy.limits.hold_before_new_case
    until = draft.calendar.due(draft.now, limit)
    if f"{TIMER}:{number}" not in draft.timers:
        draft.set_timer(f"{TIMER}:{number}", TimerKind.NEWCOMER, draft.calendar.acts_at(until, limit), about=number)
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team", about={"until": until.on.isoformat()})
    return f"{draft.ticket.reference}: somebody new wrote, staff are asked"


def accept_held_mail(draft: Draft, _text: str, _member: str) -> Done:
    """Command `accept`: confirm the newest newcomer, else the writer of the newest held mail, as a participant.

    Raises Refused where there is neither.
    """
    confirmed = participants.confirm_newcomer(draft)
    if confirmed is not None:
        _take_over_mail(draft, confirmed)
        return {"did": "accepted", "value": confirmed.address}
    number, inbox_id = _newest_held_mail(draft)
    draft.drop_timers(f"hold:{inbox_id}")
    party = dataclasses.replace(draft.parties[number], role=Role.PARTICIPANT)
    draft.parties[number] = party
    draft.log_event(LedgerEvent.PARTICIPANT_ADDED, address=party.address)
    satisfaction.move_on_words(draft)
    return {"did": "accepted", "value": party.address}


def separate_held_mail(draft: Draft, _text: str, _member: str) -> Done:
    """Command `separate`: make the mail of the newest newcomer, else the newest held mail, a case of its own.

    Raises Refused where there is neither.
    """
    if draft.facts.unconfirmed:
        party = participants.remove_newcomer(draft)
        unhandled_mail.drop_unhandled(draft, lambda mail: mail.party == party.number)
        _pop_details(draft, party)
        return {"did": "separated", "value": party.address}
    number, inbox_id = _newest_held_mail(draft)
    draft.drop_timers(f"hold:{inbox_id}")
    draft.replays.append(inbox_id)
    unhandled_mail.drop_unhandled(draft, lambda mail: mail.inbox_id == inbox_id)
    draft.log_event(LedgerEvent.HELD_MAIL_IS_NEW_CASE, inbox_id=inbox_id)
    return {"did": "separated", "value": draft.parties[number].address}


def _newest_held_mail(draft: Draft) -> tuple[int, int]:
    """The newest held mail: its party's number and its inbox id. Raises Refused."""
    for message in reversed(draft.case.messages):
        is_waiting = f"hold:{message.inbox_id}" in draft.timers
        if message.held and message.inbox_id is not None and is_waiting:
            return message.party, message.inbox_id
    raise Refused(RefusalReason.NOTHING_IS_HELD)


def _take_over_mail(draft: Draft, party: Party) -> None:
    """Let the mail of a confirmed newcomer take effect."""
    stored = _pop_details(draft, party)
    changed = details.merge_details(draft, (FoundDetail(**detail) for detail in stored), "customer")
    company_records.store_details(draft, changed)
    complete = bool(changed) and not details.missing_required(draft)
    if complete and "details_complete" in draft.step.moves:
        steps.apply_outcome(draft, "details_complete")
    else:
        _apply_mail(draft, party)


def count_newcomer(draft: Draft, number: int) -> None:
    """Let the mail of a newcomer take effect because staff have not replied in time.

    The newcomer still gets no letters, and the details in the mail are not taken over.
    """
    party = draft.parties[number]
    if is_unconfirmed(draft, party):
        draft.log_event(LedgerEvent.NEWCOMER_COUNTS, address=party.address)
        _apply_mail(draft, party)


def _pop_details(draft: Draft, party: Party) -> list[dict[str, Any]]:
    """Remove the stored details of a newcomer and their timer; returns the details as JSON."""
    stored = dict(draft.facts.heard)
    found = stored.pop(str(party.number), [])
    draft.facts = dataclasses.replace(draft.facts, heard=stored)
    draft.timers.pop(f"{TIMER}:{party.number}", None)
    return list(found)


def _apply_mail(draft: Draft, party: Party) -> None:
    """End the waiting for the customer or reopen the case; a case that is being worked on is not changed."""
    if draft.step.waits_for != "customer" and not draft.step.final:
        return
    texts = [message.text for message in (*draft.case.messages, *draft.messages) if message.party == party.number]
    draft.letter_values.update(from_party=party.number, new_words=texts[-1] if texts else "")
    if not satisfaction.move_on_words(draft):
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
