"""Delivery reports (RFC 3464): mark addresses undeliverable for proven reports, and keep the others as doubtful."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.draft import Draft
from daemon.decide.events import LetterBounced
from daemon.decide.outside import count_returned_letter, mark_undeliverable
from daemon.decide.procedure import notices, promises
from daemon.decide.procedure.messages import file_mail
from parsers.reading import FailedRecipient
from parsers.sender.envelope_sender_mail import FailedParty, permanent_failure
from storage.ledger_events import LedgerEvent
from storage.values import Message, Party, Role

MOST_DOUBTFUL_PER_DAY = 5
"""How many unproven reports a case keeps in a day; further ones are only in the inbox."""

_DAY = timedelta(days=1)
_TRIED = timedelta(days=5)  # how long mail servers try before they report (RFC 5321 section 4.5.4.1)


def record_bounce(draft: Draft, bounced: LetterBounced) -> str:
    """Handle a delivery report; returns the verdict.

    A report that proves which letter failed marks the address as undeliverable, and promises that the letter kept are
    owed again. Any other report changes nothing, and staff are told.
    """
    party = draft.parties.get(bounced.party)
    if party is None:
        return _in_doubt(draft, bounced, "it carries nothing of ours that proves which letter it is about")
    others = [other.address for other in draft.parties.values() if other.number != party.number]
    meant, failure = permanent_failure(bounced.failed, bounced.address, others)
    if meant is FailedParty.OTHER_PARTY:
        return _in_doubt(draft, bounced, "it carries the proof of one letter and names the reader of another")
    file_mail(draft, bounced.mail, 0, thread="customer")
    letter = _letter(draft, bounced, party) if failure else None
    again = bounced.message_id in _failed_ids(draft)
    draft.log_event(
        LedgerEvent.BOUNCED,
        notice=letter.notice if letter else "",
        message_id=letter.message_id if letter else bounced.message_id,
        party=party.number,
        addresses=sorted({recipient.address.lower() for recipient in bounced.failed if recipient.permanent}),
        lasting=failure is not None,
    )
    if failure is None:
        return f"{draft.ticket.reference}: delivery report, recorded"
    if letter and party.role is not Role.STAFF and not again:
        count_returned_letter(draft, letter.notice)
        promises.unmark_kept(draft, letter.notice)
    if bounced.address.lower() != party.address.lower():
        return f"{draft.ticket.reference}: a letter to an address of before is undeliverable"
    mark_undeliverable(draft, party, letter.notice if letter else "", _why(failure))
    return f"{draft.ticket.reference}: {party.address} is undeliverable"


def _why(failure: FailedRecipient) -> str:
    return failure.diagnostic or failure.status or "undeliverable"


def _failed_ids(draft: Draft) -> set[str]:
    """Message-IDs of the letters that earlier reports on the ledger say failed for good."""
    failed = (
        entry.facts for entry in draft.case.history if entry.event == LedgerEvent.BOUNCED and entry.facts.get("lasting")
    )
    return {str(facts.get("message_id", "")) for facts in failed} - {""}


def _letter(draft: Draft, bounced: LetterBounced, party: Party) -> Message | None:
    """The letter that failed: the one that the report names, else the last one to that address within five days."""
    out = [message for message in draft.case.messages if message.direction == "out" and message.party == party.number]
    if bounced.message_id:
        return next((message for message in out if message.message_id == bounced.message_id), None)
    failed_ids, since = _failed_ids(draft), bounced.mail.received_at - _TRIED
    candidates = [
        message
        for message in out
        if bounced.address in message.recipients and message.at >= since and message.message_id not in failed_ids
    ]
    return candidates[-1] if candidates else None


def _in_doubt(draft: Draft, bounced: LetterBounced, why: str) -> str:
    """Store a report that may be forged; letters to the address are still sent. Returns the verdict.

    Staff are told once a day and case, and of few cases a day, so that forged reports cannot cause a flood of letters.
    """
    since = draft.now - _DAY
    today = [entry for entry in draft.case.history if entry.event == LedgerEvent.BOUNCED_IN_DOUBT and entry.at > since]
    verdict = f"{draft.ticket.reference}: delivery report in doubt: {why}"
    if len(today) >= MOST_DOUBTFUL_PER_DAY:
        return f"{verdict}; {MOST_DOUBTFUL_PER_DAY} were kept today"
    file_mail(draft, bounced.mail, 0, thread="customer")
    lasting = [recipient for recipient in bounced.failed if recipient.permanent]
    told = bool(lasting) and bounced.may_tell and not any(entry.facts.get("told") for entry in today)
    draft.log_event(
        LedgerEvent.BOUNCED_IN_DOUBT,
        addresses=sorted({recipient.address.lower() for recipient in lasting}),
        why=why,
        told=told,
    )
    if told:
        about = {"failed_address": lasting[0].address or "–", "why": _why(lasting[0])[:500], "in_doubt": True}
        notices.write_notice(draft, notices.UNDELIVERABLE, to="team", about={**about, "failed_notice": ""})
        draft.record_changes = replace(draft.record_changes, told_in_doubt=True)
    return verdict
