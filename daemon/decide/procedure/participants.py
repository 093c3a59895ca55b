"""Others on the customer's side: people copied in, and whoever writes with a right token from another address."""

from __future__ import annotations

import dataclasses

from daemon.decide.draft import Draft
from daemon.decide.events import CustomerWrote
from daemon.decide.procedure.people import member_at
from daemon.decide.refusals import RefusalReason, Refused
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role

_MOST_COPIES = 10


def add_newcomer(draft: Draft, wrote: CustomerWrote) -> Party:
    """Add somebody who wrote with a valid token from an address new to the case; nothing is written to them before
    staff accept them."""
    box = wrote.mail.reading.sender
    party = draft.party(Role.PARTICIPANT, box.address, name=box.name, language=wrote.language)
    draft.facts = dataclasses.replace(draft.facts, unconfirmed=(*draft.facts.unconfirmed, party.number))
    draft.log_event(LedgerEvent.PARTICIPANT_ADDED, address=party.address, confirmed=False)
    draft.letter_values["newcomer"] = party.address
    return party


def add_copied_in(draft: Draft, wrote: CustomerWrote) -> None:
    """Add those whom the customer copied in. The policy says whether they are written to."""
    reading = wrote.mail.reading
    known = {"", *wrote.own_recipients, *(party.address for party in draft.parties.values())}
    copied = {box.address.lower(): box for box in (*reading.to, *reading.cc)}
    here = sum(1 for party in draft.parties.values() if party.role is Role.PARTICIPANT)
    fresh = [box for address, box in copied.items() if address not in known]
    for box in fresh[: max(0, _MOST_COPIES - here)]:
        address = box.address.lower()
        if member_at(draft.policy, address) is None:
            party = draft.party(Role.PARTICIPANT, address, name=box.name, language=draft.ticket.language)
            draft.log_event(LedgerEvent.PARTICIPANT_ADDED, address=party.address, confirmed=True)


def participants_written_to(draft: Draft) -> list[Party]:
    """The participants who get the customer's letters."""
    if not draft.policy.write_to_participants:
        return []
    waiting = draft.facts.unconfirmed
    return [p for p in draft.parties.values() if p.role is Role.PARTICIPANT and p.number not in waiting]


def confirm_newcomer(draft: Draft) -> Party | None:
    """Confirm the newest participant who waits for it; None where none does."""
    waiting = list(draft.facts.unconfirmed)
    if not waiting:
        return None
    party = draft.parties[waiting.pop()]
    draft.facts = dataclasses.replace(draft.facts, unconfirmed=tuple(waiting))
    draft.log_event(LedgerEvent.PARTICIPANT_CONFIRMED, address=party.address)
    return party


def remove_newcomer(draft: Draft) -> Party:
    """Remove the newest participant who waits to be confirmed; their mails become a case of their own.

    Raises Refused where none waits.
    """
    waiting = list(draft.facts.unconfirmed)
    if not waiting:
        raise Refused(RefusalReason.NOTHING_IS_HELD)
    number = waiting.pop()
    party = dataclasses.replace(draft.parties[number], role=Role.STRANGER)
    draft.parties[number] = party
    draft.facts = dataclasses.replace(draft.facts, unconfirmed=tuple(waiting))
    own = [m.inbox_id for m in draft.case.messages if m.party == number and m.inbox_id is not None]
    draft.replays += own
    draft.log_event(LedgerEvent.PARTICIPANT_REMOVED, address=party.address, mails=len(own))
    return party
