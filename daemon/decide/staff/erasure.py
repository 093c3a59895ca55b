"""Erase a closed case: personal data is deleted for good (GDPR article 17), the fact that there was a case is kept.

By mail this takes two steps: `erase` alone is answered with what would be deleted and the line to write, which
contains the case's own reference. The reason stays on the ledger for ever, so it may not name anybody.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from config.policy import in_language
from config.policy_shapes.commands import command_word
from daemon.decide.arguments import language_of
from daemon.decide.draft import Done, Draft
from daemon.decide.events import CaseErased, Erasable
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import ReferencesArgument
from storage.ledger_events import LedgerEvent
from storage.values import Party, Ticket

ERASE = "erase"
BY_ITSELF = "reclamo"
"""The actor of an erasure because the retention period is over."""
# Facts that are kept: the outcome, and how often each letter was written, so that no occurrence is used twice.
_FACTS_KEPT = ("calendar", "outcome", "decided_by", "decided_at", "written", "merged_into", "merged_into_id")
_LONGEST = 300  # characters of a reason
_WORD = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.-]+|\w+")


def erase_by_command(draft: Draft, own: ReferencesArgument, text: str, member: str) -> Done:
    """Command `erase`: erase the case, or say what would be erased if its reference is not given. Raises Refused."""
    erasable = _require_erasable(draft)
    if not own.references:
        counts = {"mails": erasable.mails, "letters": erasable.letters}
        return {"did": "would be erased", "value": "", "held": counts}
    if own.references != (draft.ticket.reference,):
        raise Refused(
            RefusalReason.ANOTHER_REFERENCE, near=f"erase {draft.ticket.reference}", allowed=draft.ticket.reference
        )
    _forget(draft, by=member, why=_reason(draft, f"{own.words}\n{text}"), erasable=erasable)
    return {"did": "erased", "value": draft.ticket.reference}


def erase_case(draft: Draft, wish: CaseErased) -> str:
    """Erase for an operator, after the retention period, or with the case it is part of. Raises Refused."""
    draft.erasable = wish.erasable
    if wish.by == BY_ITSELF and draft.ticket.unhandled_since is not None:
        raise Refused(RefusalReason.MAIL_WAITS, near="seen", allowed="seen")  # mail that nobody has dealt with
    if wish.part_of:
        _forget(draft, by=wish.by, why=wish.why, erasable=Erasable(), part_of=wish.part_of)
    else:
        erasable = _require_erasable(draft)
        _forget(draft, by=wish.by, why=_reason(draft, wish.why), erasable=erasable)
    return f"{draft.ticket.reference}: erased"


def _require_erasable(draft: Draft) -> Erasable:
    ticket, erasable = draft.ticket, draft.erasable
    if ticket.closed_at is None:
        raise Refused(RefusalReason.NOT_CLOSED_YET, near="close", allowed="close")
    if ticket.facts.merged_into:
        raise Refused(RefusalReason.PART_OF_ANOTHER, allowed=ticket.facts.merged_into)
    if ticket.erased_at is not None and not erasable.mails:
        raise Refused(RefusalReason.ERASED)
    if erasable.waiting:
        raise Refused(RefusalReason.LETTERS_WAIT)
    return erasable


def _reason(draft: Draft, text: str) -> str:
    """The reason in one line. Raises Refused if it is empty or contains personal data of the case."""
    reason = " ".join(text.split())[:_LONGEST]
    if not reason:
        raise Refused(
            RefusalReason.NEEDS_A_REASON,
            allowed=f"{command_word(ERASE, language_of(draft))} {draft.ticket.reference}: …",
        )
    folded, secret = reason.casefold(), _known_words(draft)
    # In scripts without spaces a name may stand anywhere.
    if secret & set(_WORD.findall(folded)) or any(word in folded for word in secret if not word.isascii()):
        raise Refused(RefusalReason.REASON_NAMES_SOMEBODY)
    return reason


def _known_words(draft: Draft) -> set[str]:
    """Words that identify people: names and addresses of parties outside, and short details, except words that are in
    a kind's title."""
    outside = [party for party in draft.case.parties if not party.is_staff]
    texts = [text for party in outside for text in (party.name, party.address)]
    texts += [detail.value for detail in draft.ticket.details.values() if len(detail.value) < 60]
    known = {word for text in texts for word in _WORD.findall(text.casefold()) if len(word) > word.isascii() + 1}
    titles = [in_language(spec.title, code) for spec in draft.policy.kinds.values() for code in draft.policy.languages]
    return known - {word for title in titles for word in _WORD.findall(title.casefold())}


def _forget(draft: Draft, *, by: str, why: str, erasable: Erasable, part_of: str = "") -> None:
    """Delete personal data from the draft, so that nothing which the decision still writes can contain it."""
    draft.ticket = _anonymous_ticket(draft.ticket, draft)
    draft.parties = {number: _anonymous_party(party) for number, party in draft.parties.items()}
    draft.messages.clear()
    draft.ledger.clear()
    draft.attach.clear()
    draft.erases += [case.ticket.id for case in erasable.parts.values()]
    facts: dict[str, Any] = {"why": why, "parts": sorted(erasable.parts), "part_of": part_of}
    draft.log_event(LedgerEvent.ERASED, by=by, **{name: fact for name, fact in facts.items() if fact})


def _anonymous_ticket(ticket: Ticket, draft: Draft) -> Ticket:
    return dataclasses.replace(
        ticket,
        erased_at=draft.now,
        subject="",
        zone="",
        details={},
        asked=(),
        questions=(),
        facts=ticket.facts.only(_FACTS_KEPT),
        unhandled_since=None,
    )


def _anonymous_party(party: Party) -> Party:
    """Keep the number, so that no new party gets an earlier one's answers."""
    if party.is_staff:
        return party
    return dataclasses.replace(party, address="", name="", bounced="")
