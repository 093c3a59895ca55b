"""Somebody new who writes with a right address of the case: staff are asked whether they belong to it.

Until staff say so, what they write stands on the case and moves nothing: neither is a decision objected to nor a
detail changed by a neighbour who answered the wrong letter. But no mail is lost to a question that nobody answers:
after a while it ends the waiting, or opens the case again, as the customer's own would.
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
    """Whether staff have not said yet that this party belongs to the case."""
    return party.number in draft.facts.unconfirmed


def hold_newcomer_mail(draft: Draft, mail: CustomerWrote, party: Party) -> str:
    """Keep the mail of an unconfirmed participant and the details in it, and ask staff."""
    number = str(party.number)
    heard = dict(draft.facts.heard)
    found = [dataclasses.asdict(one) for one in mail.found]
    draft.facts = dataclasses.replace(draft.facts, heard={**heard, number: [*heard.get(number, ()), *found]})
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
    """The newest of them, else whoever wrote the newest mail that is held, belongs to the case. Raises Refused."""
    confirmed = participants.confirm_newcomer(draft)
    if confirmed is not None:
        _belongs(draft, confirmed)
        return {"did": "accepted", "value": confirmed.address}
    number, inbox_id = _held(draft)
    draft.drop_timers(f"hold:{inbox_id}")
    party = dataclasses.replace(draft.parties[number], role=Role.PARTICIPANT)
    draft.parties[number] = party
    draft.log_event(LedgerEvent.PARTICIPANT_ADDED, address=party.address)
    satisfaction.move_on_words(draft)
    return {"did": "accepted", "value": party.address}


def separate_held_mail(draft: Draft, _text: str, _member: str) -> Done:
    """What they wrote becomes a case of its own. Raises Refused."""
    if draft.facts.unconfirmed:
        party = participants.remove_newcomer(draft)
        unhandled_mail.drop_unhandled(draft, lambda mail: mail.party == party.number)
        _forget(draft, party)
        return {"did": "separated", "value": party.address}
    number, inbox_id = _held(draft)
    draft.drop_timers(f"hold:{inbox_id}")
    draft.replays.append(inbox_id)
    unhandled_mail.drop_unhandled(draft, lambda mail: mail.inbox_id == inbox_id)
    draft.log_event(LedgerEvent.HELD_MAIL_IS_NEW_CASE, inbox_id=inbox_id)
    return {"did": "separated", "value": draft.parties[number].address}


def _held(draft: Draft) -> tuple[int, int]:
    """The newest held mail: its party's number and its inbox id. Raises Refused."""
    for message in reversed(draft.case.messages):
        waits = f"hold:{message.inbox_id}" in draft.timers
        if message.held and message.inbox_id is not None and waits:
            return message.party, message.inbox_id
    raise Refused(RefusalReason.NOTHING_IS_HELD)


def _belongs(draft: Draft, party: Party) -> None:
    """What they wrote counts."""
    heard = _forget(draft, party)
    changed = details.merge_details(draft, (FoundDetail(**one) for one in heard), "customer")
    company_records.store_details(draft, changed)
    complete = bool(changed) and not details.missing_required(draft)
    if complete and "details_complete" in draft.step.moves:
        steps.apply_outcome(draft, "details_complete")
    else:
        _count(draft, party)


def count_newcomer(draft: Draft, number: int) -> None:
    """Nobody has said anything. They are still written nothing, and the details they gave are not taken over."""
    party = draft.parties[number]
    if is_unconfirmed(draft, party):
        draft.log_event(LedgerEvent.NEWCOMER_COUNTS, address=party.address)
        _count(draft, party)


def _forget(draft: Draft, party: Party) -> list[dict[str, Any]]:
    heard = dict(draft.facts.heard)
    found = heard.pop(str(party.number), [])
    draft.facts = dataclasses.replace(draft.facts, heard=heard)
    draft.timers.pop(f"{TIMER}:{party.number}", None)
    return list(found)


def _count(draft: Draft, party: Party) -> None:
    """End the waiting for the customer, or open the case again; where it is being worked on, it goes on as it is."""
    if draft.step.waits_for != "customer" and not draft.step.final:
        return
    said = [message.text for message in (*draft.case.messages, *draft.messages) if message.party == party.number]
    draft.letter_values.update(from_party=party.number, new_words=said[-1] if said else "")
    if not satisfaction.move_on_words(draft):
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
