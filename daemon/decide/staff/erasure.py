"""Erasing a case that is closed: what is known of people goes for good, and that there was a case stays.

By mail two steps lead there: `erase` alone is answered with what would go and with the line to write, and that line has
the case's own reference in it. What the reason says stays on the ledger for ever, so it may not name anybody.
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
"""Who has a case erased whose time is over."""
# What a case remembers of how it went, and how often its letters were written: their numbers are theirs for ever.
_STAYS = ("calendar", "outcome", "decided_by", "decided_at", "written", "merged_into", "merged_into_id")
_MOST = 300  # characters of a reason
_WORD = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.-]+|\w+")


def erase_by_command(draft: Draft, own: ReferencesArgument, text: str, member: str) -> Done:
    """Staff have it erased, or, where they do not name it, learn what would be erased. Raises Refused."""
    erasable = _may_be(draft)
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
    """An operator has it erased, or its time is over, or the case it is part of is erased. Raises Refused."""
    draft.erasable = wish.erasable
    if wish.by == BY_ITSELF and draft.ticket.unhandled_since is not None:
        raise Refused(
            RefusalReason.MAIL_WAITS, near="seen", allowed="seen"
        )  # somebody wrote, and nobody has dealt with it
    if wish.part_of:
        _forget(draft, by=wish.by, why=wish.why, erasable=Erasable(), part_of=wish.part_of)
    else:
        erasable = _may_be(draft)
        _forget(draft, by=wish.by, why=_reason(draft, wish.why), erasable=erasable)
    return f"{draft.ticket.reference}: erased"


def _may_be(draft: Draft) -> Erasable:
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
    """Why, in one line. Raises Refused where nothing is said, or where it says what is to be forgotten."""
    reason = " ".join(text.split())[:_MOST]
    if not reason:
        raise Refused(
            RefusalReason.NEEDS_A_REASON,
            allowed=f"{command_word(ERASE, language_of(draft))} {draft.ticket.reference}: …",
        )
    folded, secret = reason.casefold(), _known_words(draft)
    # Where no spaces part the words, a name may stand anywhere.
    if secret & set(_WORD.findall(folded)) or any(word in folded for word in secret if not word.isascii()):
        raise Refused(RefusalReason.REASON_NAMES_SOMEBODY)
    return reason


def _known_words(draft: Draft) -> set[str]:
    """Words that tell who it was: names and addresses outside, and details, as far as no title of the policy has
    them too."""
    outside = [party for party in draft.case.parties if not party.is_staff]
    texts = [text for party in outside for text in (party.name, party.address)]
    texts += [one.value for one in draft.ticket.details.values() if len(one.value) < 60]
    known = {word for text in texts for word in _WORD.findall(text.casefold()) if len(word) > word.isascii() + 1}
    titles = [in_language(spec.title, code) for spec in draft.policy.kinds.values() for code in draft.policy.languages]
    return known - {word for title in titles for word in _WORD.findall(title.casefold())}


def _forget(draft: Draft, *, by: str, why: str, erasable: Erasable, part_of: str = "") -> None:
    """From here on the decision knows nobody outside: what it writes, it writes of a case that was erased."""
    draft.ticket = _bare(draft.ticket, draft)
    draft.parties = {number: _nobody(party) for number, party in draft.parties.items()}
    draft.messages.clear()
    draft.ledger.clear()
    draft.attach.clear()
    draft.erases += [case.ticket.id for case in erasable.parts.values()]
    facts: dict[str, Any] = {"why": why, "parts": sorted(erasable.parts), "part_of": part_of}
    draft.log_event(LedgerEvent.ERASED, by=by, **{name: fact for name, fact in facts.items() if fact})


def _bare(ticket: Ticket, draft: Draft) -> Ticket:
    return dataclasses.replace(
        ticket,
        erased_at=draft.now,
        subject="",
        zone="",
        details={},
        asked=(),
        questions=(),
        facts=ticket.facts.only(_STAYS),
        unhandled_since=None,
    )


def _nobody(party: Party) -> Party:
    """The numbers stay, so that no new party gets an old one's answers."""
    if party.is_staff:
        return party
    return dataclasses.replace(party, address="", name="", bounced="")
