"""Commands for a case as a whole: remind, merge, split, vulnerable, send-again."""

from __future__ import annotations

import dataclasses
from typing import Any

from daemon.decide import outside
from daemon.decide.draft import Done, Draft
from daemon.decide.events import CaseJoined
from daemon.decide.outcome import CaseSplit
from daemon.decide.procedure import notices, promises, unhandled_mail
from daemon.decide.procedure.people import keep_from_named
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import AddressArgument, DayArgument, ReferencesArgument
from storage.ledger_events import LedgerEvent
from storage.values import Case, LedgerEntry, Message, Role, TimerKind


def set_own_reminder(draft: Draft, until: DayArgument, text: str, member: str) -> Done:
    """Command `remind`: send the writer their own note on a day."""
    known: dict[str, Any] = dict(draft.facts.reminders)
    name = str(max((int(number) for number in known), default=0) + 1)
    draft.facts = dataclasses.replace(draft.facts, reminders={**known, name: {"by": member, "text": text}})
    draft.set_timer(f"self:{name}", TimerKind.SELF, draft.calendar.opening(until.day), about=name)
    draft.log_event(LedgerEvent.WILL_BE_REMINDED, until=until.day.isoformat())
    return {"did": "will be reminded", "value": until.day.isoformat()}


def send_own_reminder(draft: Draft, name: str) -> None:
    """Send a note back to its writer on its day."""
    known = dict(draft.facts.reminders)
    note = known.pop(name, None)
    if note is None:
        return
    draft.facts = dataclasses.replace(draft.facts, reminders=known)
    writer = [p for p in draft.parties.values() if p.address == note["by"] and p.role is Role.STAFF]
    draft.writer = writer[0].number if writer else 0
    draft.log_event(LedgerEvent.REMINDED_OF_NOTE, to=note["by"])
    about = {"note_text": note["text"]}
    notices.write_notice(draft, notices.SELF_REMINDER, to="writer" if writer else "team", about=about)


# ------------------------------------------------------------------------------------------------ merge


def merge_into_older(draft: Draft, older: ReferencesArgument, _text: str, member: str) -> Done:
    """Command `merge`: make this case part of an older one of the same customer. Raises Refused."""
    wanted = older.references[0] if older.references else older.written
    other = draft.named_cases.get(wanted)
    _require_mergeable(draft, other, wanted)
    assert other is not None, "what is missing has been refused"
    reference = other.ticket.reference
    draft.log_event(LedgerEvent.MERGED, into=reference)
    mails = tuple(_mails_for(draft, other))
    came = CaseJoined(
        reference=draft.ticket.reference,
        by=member,
        mails=mails,
        details=draft.ticket.details,
        named=draft.facts.named,
        unhandled=draft.facts.unhandled,
    )
    draft.joins.append((other.ticket.id, came))
    _end_merged(draft, other)
    return {"did": "merged", "value": reference}


def _require_mergeable(draft: Draft, other: Case | None, wanted: str) -> None:
    if other is None or other.ticket.id == draft.ticket.id or other.ticket.policy != draft.policy.name:
        raise Refused(RefusalReason.NO_SUCH_CASE, allowed=", ".join(draft.facts.related))
    if other.customer().address != draft.customer().address:
        raise Refused(RefusalReason.ANOTHER_CUSTOMER)
    if other.ticket.closed_at is not None:
        raise Refused(RefusalReason.THAT_CASE_IS_CLOSED, allowed=wanted)
    if other.ticket.received_at > draft.ticket.received_at:
        # The promises that count are those of the complaint that came first.
        raise Refused(RefusalReason.MERGE_THE_NEWER_ONE, allowed=draft.ticket.reference)


def _mails_for(draft: Draft, other: Case) -> list[Message]:
    number = other.customer().number
    mails = [m for m in draft.case.messages if m.direction == "in" and m.thread == "customer" and not m.held]
    return [dataclasses.replace(m, party=number) for m in mails]


def _end_merged(draft: Draft, other: Case) -> None:
    """End this case without a letter: its promises are given up, and those of the other case are kept."""
    final = next((name for name, spec in draft.policy.steps.items() if spec.final), draft.ticket.step)
    draft.facts = dataclasses.replace(draft.facts, merged_into=other.ticket.reference, merged_into_id=other.ticket.id)
    draft.change_ticket(step=final, step_since=draft.now, closed_at=draft.now, questions=(), waiting_for="nobody")
    promises.give_up_promises(draft)
    draft.timers = {key: timer for key, timer in draft.timers.items() if not isinstance(timer.kind, TimerKind)}


def take_in_case(draft: Draft, came: CaseJoined) -> str:
    """Add the mails and details of a case that was merged into this one; return the verdict."""
    draft.messages += came.mails
    new = {name: value for name, value in came.details.items() if name not in draft.ticket.details}
    draft.change_ticket(details={**draft.ticket.details, **new})
    keep_from_named(draft, "", came.named)
    unhandled_mail.add_unhandled_of_merged(draft, came.unhandled)
    draft.log_event(
        LedgerEvent.TOOK_IN_A_CASE, by=came.by, reference=came.reference, mails=len(came.mails), details=sorted(new)
    )
    words = "\n\n".join(m.text for m in came.mails)
    about = {"joined": came.reference, "new_words": words, "from_party": draft.customer().number}
    if draft.step.final or draft.ticket.assignee != came.by:
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team", about=about)
    return f"{draft.ticket.reference}: {came.reference} became part of it"


# ------------------------------------------------------------------------------------------------ split


def split_off_words(draft: Draft, text: str, _member: str) -> Done:
    """Command `split`: open a case for the words below, received when the customer wrote them."""
    mail = _mail_with(draft, text)
    draft.splits.append(CaseSplit(text=text, received_at=mail.at if mail else draft.ticket.received_at))
    draft.log_event(LedgerEvent.SPLIT_OFF, words=text[:200])
    return {"did": "split off", "value": ""}


def _mail_with(draft: Draft, text: str) -> Message | None:
    """The customer's mail that contains these words, else their last mail; None if they have written none."""
    mails = [m for m in draft.case.messages if m.direction == "in" and m.thread == "customer" and not m.held]
    wanted = " ".join(text.split()).casefold()
    found = [m for m in mails if wanted in " ".join(m.text.split()).casefold()]
    return next(iter(found or mails[-1:]), None)


# ------------------------------------------------------------------------------------------ vulnerable, send again


def mark_vulnerable(draft: Draft, text: str, member: str) -> Done:
    """Command `vulnerable`: give the case priority, say so in all letters to staff, and tell the manager."""
    draft.facts = dataclasses.replace(
        draft.facts, vulnerable={"by": member, "at": draft.now.isoformat(), "reason": text}
    )
    draft.log_event(LedgerEvent.FAST_TRACK, reason=text)
    notices.write_notice(draft, notices.VULNERABLE, to="manager", about={"note_text": text})
    return {"did": "fast road", "value": ""}


def send_last_letter_again(draft: Draft, to: AddressArgument, _text: str, _member: str) -> Done:
    """Command `send-again`: send the customer's last letter again; with an address, correct theirs first.

    Raises Refused.
    """
    if to.written.strip() and not to.address:
        raise Refused(RefusalReason.UNREADABLE_ADDRESS, said=to.written, allowed="anna@example.org")
    customer = draft.customer()
    entry = _last_letter(draft, customer.number)
    if entry is None:
        raise Refused(RefusalReason.NO_LETTER_YET)
    address = to.address.lower() or customer.address
    draft.parties[customer.number] = dataclasses.replace(customer, address=address, bounced="")
    if address != customer.address:
        draft.log_event(LedgerEvent.ADDRESS_CORRECTED, old=customer.address, new=address)
    notice = str(entry.facts["notice"])
    outside.count_returned_letter(draft, notice)
    about = dict(entry.facts.get("about", {}))
    if not notices.write_notice(draft, notice, to="customer", about=about, of=str(entry.facts.get("of", ""))):
        raise Refused(RefusalReason.UNREACHABLE)
    return {"did": "sent again", "value": notice}


def _last_letter(draft: Draft, party: int) -> LedgerEntry | None:
    letters = [e for e in draft.case.history if e.event == LedgerEvent.NOTICE_WRITTEN and e.facts.get("party") == party]
    return letters[-1] if letters else None
