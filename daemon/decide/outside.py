"""Mail from third parties, strangers and machines; and what follows from a letter that was sent or failed."""

from __future__ import annotations

import dataclasses

from daemon.decide.draft import Draft
from daemon.decide.events import LetterFailed, LetterSent, MachineWrote, StrangerWrote, ThirdPartyWrote
from daemon.decide.procedure import answers, notices, promises, steps, unhandled_mail
from daemon.decide.procedure.messages import file_mail
from daemon.decide.procedure.third_party_reminders import set_chase_timer
from daemon.decide.refusals import RefusalReason, Refused
from storage.ledger_events import LedgerEvent
from storage.values import Message, Party, Role, Timer, TimerKind


def add_third_party_mail(draft: Draft, wrote: ThirdPartyWrote) -> str:
    """File a third party's answer and follow it; staff are told, the customer is not. Returns the verdict."""
    party = draft.parties[wrote.mail.party]
    reading = wrote.mail.reading
    file_mail(draft, wrote.mail, party.number, thread=f"third:{party.third_party}")
    unhandled_mail.add_unhandled(draft, wrote.mail, party.number)
    draft.drop_timers(f"third:{party.third_party}:")
    draft.letter_values.update(
        third_party=party.third_party,
        new_words=reading.reply or reading.text,
        from_party=party.number,
        files=[dict(file) for file in draft.messages[-1].attachments],
    )
    _keep_number(draft, party, wrote.number)
    if wrote.answer and steps.can_apply(draft, wrote.answer.answer) and answers.take_answer(draft, wrote.answer):
        draft.letter_values["answer_text"] = wrote.answer.rest
        steps.apply_outcome(draft, wrote.answer.answer)
        unhandled_mail.drop_if_complete(draft, wrote.mail, *answers.answer_words(draft, wrote.answer))
        unhandled_mail.tell_team_of_unhandled(draft, wrote.mail)
    elif not steps.apply_outcome(draft, "third_party_wrote"):
        notices.write_notice(draft, notices.THIRD_PARTY_WROTE, to="team")
    return f"{draft.ticket.reference}: {party.third_party} answered"


def _keep_number(draft: Draft, party: Party, number: str) -> None:
    """Keep the number under which a third party has the case; many ticket systems tell it in each mail."""
    numbers = draft.facts.numbers
    if number and numbers.get(party.third_party) != number:
        draft.facts = dataclasses.replace(draft.facts, numbers={**numbers, party.third_party: number})
        draft.log_event(LedgerEvent.NUMBER_GIVEN, third_party=party.third_party, number=number)


def hold_stranger_mail(draft: Draft, wrote: StrangerWrote) -> str:
    """Hold the mail of somebody who is not on the case and only quoted its subject tag; they are shown nothing of it.

    It may still be a complaint: if staff do not decide in time, a timer makes it a case of its own.
    """
    box = wrote.mail.reading.sender
    party = draft.party(Role.STRANGER, box.address, name=box.name)
    file_mail(draft, wrote.mail, party.number, thread="customer", held=True)
    unhandled_mail.add_unhandled(draft, wrote.mail, party.number)
    draft.log_event(LedgerEvent.MAIL_HELD, address=box.address, inbox_id=wrote.mail.inbox_id)
    draft.letter_values.update(new_words=wrote.mail.reading.reply, from_party=party.number)
    until = draft.calendar.due(draft.now, draft.policy.limits.hold_before_new_case)
    if wrote.mail.inbox_id is not None:
        key = f"hold:{wrote.mail.inbox_id}"
        draft.set_timer(
            key,
            TimerKind.HOLD,
            draft.calendar.acts_at(until, draft.policy.limits.hold_before_new_case),
            about=str(wrote.mail.inbox_id),
        )
    notices.write_notice(draft, notices.HELD, about={"until": until.on.isoformat(), "inbox_id": wrote.mail.inbox_id})
    return f"{draft.ticket.reference}: held, {box.address} is not on the case"


def record_automatic_mail(draft: Draft, wrote: MachineWrote) -> str:
    """Record an automatic mail (RFC 3834); it moves no clock and is never answered.

    Staff are shown it where a person may have written it: some ticket systems mark everything that they send.
    """
    party, box = draft.parties.get(wrote.mail.party), wrote.mail.reading.sender
    if wrote.shown and party is None and box.address:
        party = draft.party(Role.STRANGER, box.address, name=box.name)
    thread = _thread_of(party)
    file_mail(draft, wrote.mail, party.number if party else 0, thread=thread)
    draft.messages[-1] = dataclasses.replace(draft.messages[-1], automatic=not wrote.shown)
    draft.log_event(LedgerEvent.AUTOMATIC_MAIL, why=list(wrote.mail.reading.reasons))
    if party is not None:
        _keep_number(draft, party, wrote.number)
    if not wrote.shown:
        return f"{draft.ticket.reference}: automatic mail, recorded"
    reading = wrote.mail.reading
    files = [dict(file) for file in draft.messages[-1].attachments]
    draft.letter_values.update(
        new_words=reading.reply or reading.text, from_party=party.number if party else 0, files=files
    )
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return f"{draft.ticket.reference}: automatic by its headers, shown to the team"


def _thread_of(party: Party | None) -> str:
    if party is None or party.role in (Role.CUSTOMER, Role.PARTICIPANT, Role.STRANGER):
        return "customer"
    return f"third:{party.third_party}" if party.role is Role.THIRD_PARTY else "staff"


# ------------------------------------------------------------------------------------------- sent and failed letters


def record_letter_sent(draft: Draft, sent: LetterSent) -> str:
    """The relay took a letter: mark the promises that it keeps."""
    of = sent.occurrence.partition("@")[2]
    draft.log_event(LedgerEvent.LETTER_SENT, notice=sent.notice, party=sent.party, message_id=sent.message_id)
    kept = promises.mark_promises_kept(draft, sent.notice, of, sent.at, automatic=_by_itself(draft, sent))
    return f"{draft.ticket.reference}: {sent.notice} sent" + (f", kept {', '.join(kept)}" if kept else "")


HELD_FOR_CONTENT = "held for its content"


def _by_itself(draft: Draft, sent: LetterSent) -> bool:
    """Whether a letter was written without a person's doing. One that is no longer on the case counts as automatic."""
    letter = next((message for message in reversed(draft.case.messages) if _is(message, sent)), None)
    return letter is None or letter.automatic


def _is(message: Message, sent: LetterSent) -> bool:
    if message.direction != "out" or (message.notice, message.party) != (sent.notice, sent.party):
        return False
    return not sent.message_id or message.message_id == sent.message_id


def record_letter_failed(draft: Draft, failed: LetterFailed) -> str:
    """A letter could not be delivered: the promises that it would have kept are still owed, and staff are told."""
    draft.log_event(LedgerEvent.LETTER_FAILED, notice=failed.notice, party=failed.party, why=failed.reason)
    count_returned_letter(draft, failed.notice)
    promises.resume_after_failed_letter(draft, failed.notice)
    party = draft.parties[failed.party]
    if failed.held:  # nothing is wrong with the address
        about = {
            "failed_address": party.address,
            "failed_notice": failed.notice,
            "why": HELD_FOR_CONTENT,
            "failed_here": True,
        }
        notices.write_notice(draft, notices.UNDELIVERABLE, to="team", about=about)
        return f"{draft.ticket.reference}: {failed.notice} held back, {failed.reason}"
    mark_undeliverable(draft, party, failed.notice, failed.reason)
    return f"{draft.ticket.reference}: {failed.notice} undeliverable"


def count_returned_letter(draft: Draft, notice: str) -> None:
    """Count a letter that never reached its reader, so that it does not count as written."""
    returned = draft.facts.returned
    draft.facts = dataclasses.replace(draft.facts, returned={**returned, notice: returned.get(notice, 0) + 1})


def mark_undeliverable(draft: Draft, party: Party, notice: str, why: str) -> None:
    """Mark a party as undeliverable: nothing more is written to it. Staff are told once."""
    if party.is_staff:
        return  # concerns all cases: daemon/staff/absence counts it and tells the operator
    known = bool(party.bounced)
    draft.parties[party.number] = dataclasses.replace(party, bounced=why[:200])
    about = {"failed_address": party.address, "failed_notice": notice, "why": why[:500]}
    if known:
        return  # a second report about the same address says nothing new
    notices.write_notice(draft, notices.UNDELIVERABLE, to="team", about=about)


def third_party_at(draft: Draft, name: str, address: str) -> Party:
    """The third party of this name: at the address given, else at its usual one, else where it was last written to.

    Raises Refused where no address is known.
    """
    spec = draft.policy.third_parties[name]
    known = [party.address for party in draft.parties.values() if party.third_party == name]
    to = address or spec.address or (known[-1] if known else "")
    if not to:
        raise Refused(RefusalReason.NO_ADDRESS, allowed="third")
    language = spec.language or draft.ticket.language
    return draft.party(Role.THIRD_PARTY, to, name=spec.name, third=name, language=language)


def chase_third_party(draft: Draft, timer: Timer) -> None:
    """Ask a silent third party again, and set the next reminder, as often as the policy says."""
    spec = draft.policy.third_parties[timer.about]
    times = timer.occurrence + 1
    notices.write_notice(draft, spec.chase, to=timer.about, about={"third_party": timer.about, "times": times})
    if not spec.chases or times < spec.chases:
        set_chase_timer(draft, timer.about, times)
