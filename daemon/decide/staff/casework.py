"""Commands for a case as a whole: remind, merge, split, vulnerable, send-again."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from daemon.decide import outside
from daemon.decide.arguments import ADDRESS, read_day_ahead
from daemon.decide.draft import Done, Draft
from daemon.decide.events import CaseJoined
from daemon.decide.outcome import CaseSplit
from daemon.decide.procedure import notices, promises, unhandled_mail
from daemon.decide.procedure.people import keep_from_named
from daemon.decide.refusals import RefusalReason, Refused
from storage.ledger_events import LedgerEvent
from storage.values import Case, LedgerEntry, Message, Role, TimerKind

_REFERENCE = re.compile(r"[A-Za-z]{1,4}-\d{4}-\d{4,}")


def set_own_reminder(draft: Draft, rest: str, text: str, member: str) -> Done:
    """Command `remind`: store a note that is sent back to its writer on a day. Raises Refused."""
    day = read_day_ahead(draft, rest)
    reminders: dict[str, Any] = dict(draft.facts.reminders)
    name = str(max((int(number) for number in reminders), default=0) + 1)
    draft.facts = dataclasses.replace(draft.facts, reminders={**reminders, name: {"by": member, "text": text}})
    draft.set_timer(f"self:{name}", TimerKind.SELF, draft.calendar.opening(day), about=name)
    draft.log_event(LedgerEvent.WILL_BE_REMINDED, until=day.isoformat())
    return {"did": "will be reminded", "value": day.isoformat()}


def send_own_reminder(draft: Draft, name: str) -> None:
    """Send a note back to its writer on its day."""
    reminders = dict(draft.facts.reminders)
    note = reminders.pop(name, None)
    if note is None:
        return
    draft.facts = dataclasses.replace(draft.facts, reminders=reminders)
    writer = [party for party in draft.parties.values() if party.address == note["by"] and party.role is Role.STAFF]
    draft.writer = writer[0].number if writer else 0
    draft.log_event(LedgerEvent.REMINDED_OF_NOTE, to=note["by"])
    about = {"note_text": note["text"]}
    notices.write_notice(draft, notices.SELF_REMINDER, to="writer" if writer else "team", about=about)


# ------------------------------------------------------------------------------------------------------------- merge


def references_in(rest: str) -> tuple[str, ...]:
    """The references of cases in the words after a command, in upper case."""
    return tuple(dict.fromkeys(reference.upper() for reference in _REFERENCE.findall(rest)))


def merge_into_older(draft: Draft, rest: str, _text: str, member: str) -> Done:
    """Command `merge`: make this case part of an older one of the same customer. Raises Refused."""
    wanted = references_in(rest)
    other = draft.named_cases.get(wanted[0]) if wanted else None
    _require_mergeable(draft, other, wanted[0] if wanted else rest)
    assert other is not None, "_require_mergeable refuses a missing case"
    reference = other.ticket.reference
    draft.log_event(LedgerEvent.MERGED, into=reference)
    mails = tuple(_mails_for(draft, other))
    joined = CaseJoined(
        reference=draft.ticket.reference,
        by=member,
        mails=mails,
        details=draft.ticket.details,
        named=draft.facts.named,
        unhandled=draft.facts.unhandled,
    )
    draft.joins.append((other.ticket.id, joined))
    _close_into(draft, other)
    return {"did": "merged", "value": reference}


def _require_mergeable(draft: Draft, other: Case | None, wanted: str) -> None:
    if other is None or other.ticket.id == draft.ticket.id or other.ticket.policy != draft.policy.name:
        raise Refused(RefusalReason.NO_SUCH_CASE, allowed=", ".join(draft.facts.related))
    if other.customer().address != draft.customer().address:
        raise Refused(RefusalReason.ANOTHER_CUSTOMER)
    if other.ticket.closed_at is not None:
        raise Refused(RefusalReason.THAT_CASE_IS_CLOSED, allowed=wanted)
    if other.ticket.received_at > draft.ticket.received_at:
        # The older case goes on, because the promises of the complaint that came first count.
        raise Refused(RefusalReason.MERGE_THE_NEWER_ONE, allowed=draft.ticket.reference)


def _mails_for(draft: Draft, other: Case) -> list[Message]:
    number = other.customer().number
    return [dataclasses.replace(message, party=number) for message in _customer_mails(draft)]


def _customer_mails(draft: Draft) -> list[Message]:
    return [
        message
        for message in draft.case.messages
        if message.direction == "in" and message.thread == "customer" and not message.held
    ]


def _close_into(draft: Draft, other: Case) -> None:
    """Close this case without a letter and give up its promises; those of the other case count."""
    final = next((name for name, spec in draft.policy.steps.items() if spec.final), draft.ticket.step)
    draft.facts = dataclasses.replace(draft.facts, merged_into=other.ticket.reference, merged_into_id=other.ticket.id)
    draft.change_ticket(step=final, step_since=draft.now, closed_at=draft.now, questions=(), waiting_for="nobody")
    promises.give_up_promises(draft)
    draft.timers = {key: timer for key, timer in draft.timers.items() if not isinstance(timer.kind, TimerKind)}


def take_in_case(draft: Draft, joined: CaseJoined) -> str:
    """Add the mails and details of a case that was merged into this one; returns the verdict."""
    draft.messages += joined.mails
    new = {name: value for name, value in joined.details.items() if name not in draft.ticket.details}
    draft.change_ticket(details={**draft.ticket.details, **new})
    keep_from_named(draft, "", joined.named)
    unhandled_mail.add_unhandled_of_merged(draft, joined.unhandled)
    draft.log_event(
        LedgerEvent.TOOK_IN_A_CASE,
        by=joined.by,
        reference=joined.reference,
        mails=len(joined.mails),
        details=sorted(new),
    )
    words = "\n\n".join(message.text for message in joined.mails)
    about = {"joined": joined.reference, "new_words": words, "from_party": draft.customer().number}
    if draft.step.final or draft.ticket.assignee != joined.by:
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team", about=about)
    return f"{draft.ticket.reference}: {joined.reference} became part of it"


# ------------------------------------------------------------------------------------------------------------- split


def split_off_words(draft: Draft, _rest: str, text: str, _member: str) -> Done:
    """Command `split`: make the words below a new case, whose promises count from when the customer wrote them."""
    mail = _mail_with(draft, text)
    draft.splits.append(CaseSplit(text=text, received_at=mail.at if mail else draft.ticket.received_at))
    draft.log_event(LedgerEvent.SPLIT_OFF, words=text[:200])
    return {"did": "split off", "value": ""}


def _mail_with(draft: Draft, text: str) -> Message | None:
    """The customer's first mail that contains these words, else their last mail; None where there is none."""
    mails = _customer_mails(draft)
    wanted = " ".join(text.split()).casefold()
    matching = [mail for mail in mails if wanted in " ".join(mail.text.split()).casefold()]
    return next(iter(matching or mails[-1:]), None)


# -------------------------------------------------------------------------------------------- vulnerable, send-again


def mark_vulnerable(draft: Draft, _rest: str, text: str, member: str) -> Done:
    """Command `vulnerable`: give the case priority, mark it in all letters to staff, and tell the manager."""
    draft.facts = dataclasses.replace(
        draft.facts, vulnerable={"by": member, "at": draft.now.isoformat(), "reason": text}
    )
    draft.log_event(LedgerEvent.FAST_TRACK, reason=text)
    notices.write_notice(draft, notices.VULNERABLE, to="manager", about={"note_text": text})
    return {"did": "fast road", "value": ""}


def send_last_letter_again(draft: Draft, rest: str, _text: str, _member: str) -> Done:
    """Command `send-again`: send the customer's last letter again. An address replaces the customer's from now on.

    Raises Refused.
    """
    match = ADDRESS.search(rest)
    if rest.strip() and match is None:
        raise Refused(RefusalReason.UNREADABLE_ADDRESS, said=rest, allowed="anna@example.org")
    customer = draft.customer()
    entry = _last_letter(draft, customer.number)
    if entry is None:
        raise Refused(RefusalReason.NO_LETTER_YET)
    address = match.group().strip("<>.").lower() if match else customer.address
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
    written = [
        entry
        for entry in draft.case.history
        if entry.event == LedgerEvent.NOTICE_WRITTEN and entry.facts.get("party") == party
    ]
    return written[-1] if written else None
