"""Changes that a case makes to company records, and to other cases that wait for the same detail."""

from __future__ import annotations

import dataclasses

from config.policy import DetailType
from daemon.decide.draft import Draft
from storage.ledger_events import LedgerEvent
from storage.values import Detail, Role


def store_details(draft: Draft, names: tuple[str, ...]) -> None:
    """Store details that the customer gave in the company record that the case is about."""
    place = draft.facts.record
    spec = draft.policy.records.get(str(place["of"])) if place else None
    if spec is None:
        return
    new = {
        column: draft.ticket.details[column_spec.detail].value
        for column, column_spec in spec.columns.items()
        if column_spec.detail in names and column != spec.key and not draft.ticket.details[column_spec.detail].wrong
    }
    _change(draft, new)


def store_today(draft: Draft, column: str) -> None:
    """Store today's date in a column of the case's company record."""
    _change(draft, {column: draft.now.astimezone(draft.calendar.zone).date().isoformat()})


def _change(draft: Draft, new: dict[str, str]) -> None:
    place = draft.facts.record
    if not new or not place:
        return
    change = ((str(place["of"]), str(place["key"])), new)
    draft.record_changes = dataclasses.replace(draft.record_changes, records=(*draft.record_changes.records, change))
    draft.log_event(LedgerEvent.RECORD_CHANGED, by="reclamo", of=place["of"], key=place["key"], columns=sorted(new))


def stop_invitations(draft: Draft) -> None:
    """Stop invitations to the customer's addresses. Their own mail is handled as before."""
    addresses = tuple(party.address for party in draft.parties.values() if party.role is Role.CUSTOMER)
    draft.record_changes = dataclasses.replace(
        draft.record_changes, stopped=(*draft.record_changes.stopped, *addresses)
    )
    draft.log_event(LedgerEvent.INVITATIONS_STOPPED, addresses=list(addresses))


def decline_invitation(draft: Draft) -> None:
    """Record that the customer does not follow the invitation, with what they wrote as the reason."""
    reason = " ".join(
        str(draft.letter_values.get("answer_text") or draft.letter_values.get("new_words") or "").split()
    )[:500]
    draft.record_changes = dataclasses.replace(draft.record_changes, declined=reason)
    draft.facts = dataclasses.replace(draft.facts, declined=reason)
    draft.log_event(LedgerEvent.INVITATION_DECLINED, reason=reason)


def await_detail(draft: Draft, name: str) -> None:
    """Let the case wait for the value of this detail, together with all others that wait for the same."""
    what = shared_detail_key(draft, name)
    if what:
        draft.record_changes = dataclasses.replace(draft.record_changes, awaits=(*draft.record_changes.awaits, what))
        draft.log_event(LedgerEvent.AWAITS, detail=name, what=what)


def announce_detail(draft: Draft, name: str) -> None:
    """Continue every case that waits for the value of this detail, this one too."""
    what = shared_detail_key(draft, name)
    if what:
        draft.record_changes = dataclasses.replace(
            draft.record_changes, announces=(*draft.record_changes.announces, what)
        )
        draft.log_event(LedgerEvent.ANNOUNCED, detail=name, what=what)


def shared_detail_key(draft: Draft, name: str) -> str:
    """The key under which cases wait for the same detail: its name and its value, case folded."""
    known = draft.ticket.details.get(name)
    return f"{name}:{' '.join(known.value.casefold().split())}" if known else ""


def note_answer(draft: Draft, name: str, words: str) -> None:
    """Store the words that came with an answer as a detail of the case."""
    if not name or not words.strip():
        return
    plain = " ".join(words.split())
    short = draft.policy.details[name].sort not in (DetailType.DESCRIPTION, DetailType.WISH)
    value = plain.split(". ", maxsplit=1)[0][:120] if short else plain
    details = {**draft.ticket.details, name: Detail(value=value, shown=value, by=draft.actor)}
    draft.change_ticket(details=details)
    draft.log_event(LedgerEvent.DETAIL_FOUND, detail=name, value=value, where="answer")
