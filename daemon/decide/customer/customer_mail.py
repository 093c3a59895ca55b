"""Decide mail of customers: open a case, or add the mail to one."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from config.policy import DetailType
from config.policy_shapes.stance import Stance
from daemon.decide.customer import mail_limits, newcomers
from daemon.decide.customer.time_zone import learn_zone
from daemon.decide.draft import Draft
from daemon.decide.events import CustomerWrote
from daemon.decide.outcome import WHOLE_MAIL
from daemon.decide.procedure import (
    answers,
    company_records,
    details,
    notices,
    open_offers,
    pauses,
    promises,
    recall,
    satisfaction,
    steps,
    unhandled_mail,
)
from daemon.decide.procedure.appointments import CHOSEN
from daemon.decide.procedure.messages import file_mail
from daemon.decide.procedure.participants import add_copied_in, add_newcomer
from daemon.decide.procedure.people import keep_from_named
from parsers.reading import Answer
from parsers.reply.empty_mail import EmptyMail
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role

_NUMBERED = re.compile(r"\W*(?:[^\W\d]{1,12}\W{1,3}){0,2}\d{1,2}(?!\d|[:./-]\d)")
_PROSE = (DetailType.DESCRIPTION, DetailType.WISH)
_LABELLED = ("form", "quoted")  # places where a detail stood after a label that asked for it
_MOST_CHOICE_WORDS = 6  # in a line that names the chosen option
_MOST_WAIT_WORDS = 25  # in a mail that only asks to wait


def open_case(draft: Draft, wrote: CustomerWrote) -> str:
    """Open a case; returns the verdict. Promises count from when the mail was received, not when it is processed."""
    mail = wrote.mail
    kind = wrote.kind or next(name for name, spec in draft.policy.kinds.items() if spec.fallback)
    customer = draft.party(
        Role.CUSTOMER,
        wrote.who.address,
        name=wrote.who.name,
        language=wrote.language or draft.policy.languages[0],
    )
    draft.change_ticket(
        kind=kind,
        team=draft.policy.kinds[kind].team,
        language=customer.language,
        subject=wrote.subject or mail.reading.subject,
        received_at=mail.received_at,
        brand=wrote.brand,
        address=wrote.address,
    )
    draft.facts = dataclasses.replace(draft.facts, calendar=wrote.calendar, related=wrote.related)
    draft.facts = dataclasses.replace(
        draft.facts, record=dict(zip(("of", "key"), wrote.record, strict=True)) if wrote.record else {}
    )
    draft.facts = dataclasses.replace(draft.facts, form=wrote.form, country=wrote.country, named_by=wrote.sender_header)
    draft.writer, draft.in_reply_to = customer.number, mail.reading.message_id
    why, how = list(wrote.kind_reasons), mail.evidence
    # Where a mail came to several of our addresses, the first decides the policy.
    several: dict[str, Any] = (
        {"address": wrote.address, "came_to": list(wrote.own_recipients)} if len(wrote.own_recipients) > 1 else {}
    )
    draft.log_event(LedgerEvent.OPENED, kind=kind, why=why, language=customer.language, how=how, **several)
    file_mail(draft, mail, customer.number)
    add_copied_in(draft, wrote)
    keep_from_named(draft, f"{mail.reading.subject}\n{mail.reading.text}", wrote.named)
    company_records.store_details(draft, details.merge_details(draft, wrote.found, "customer"))
    details.merge_details(draft, wrote.found_in_record, "record")
    learn_zone(draft)
    if wrote.answers_unknown_case:
        draft.facts = dataclasses.replace(draft.facts, answers_lost=True)
        draft.log_event(LedgerEvent.ANSWERS_UNKNOWN_CASE)
    if mail.reading.unreadable:
        draft.facts = dataclasses.replace(draft.facts, unreadable=mail.reading.unreadable)
        if mail.inbox_id is not None:
            draft.attach["staff"] = [(mail.inbox_id, WHOLE_MAIL)]
    promises.arm_promises_from(draft, promises.RECEIVED, mail.received_at)
    steps.enter_step(draft, draft.policy.kinds[kind].first or draft.policy.first)
    steps.apply_outcome(draft, "sorted")
    return f"opened {draft.ticket.reference} as {kind}"


def add_customer_mail(draft: Draft, wrote: CustomerWrote) -> str:
    """Add a mail to a case; returns the verdict.

    A reply ends the waiting and reopens a closed case. The team is told of it unless it was processed completely.
    """
    verdict = _process_mail(draft, wrote)
    if not any(entry.event == LedgerEvent.MAIL_DAMPED for entry in draft.ledger):
        unhandled_mail.tell_team_of_unhandled(draft, wrote.mail)
    return verdict


def _process_mail(draft: Draft, wrote: CustomerWrote) -> str:
    mail = wrote.mail
    party = draft.parties[mail.party] if mail.party else add_newcomer(draft, wrote)
    draft.writer, draft.in_reply_to = party.number, mail.reading.message_id
    draft.letter_values.update(new_words=mail.reading.reply or mail.reading.text, from_party=party.number)
    file_mail(draft, mail, party.number)
    draft.letter_values["files"] = [dict(file) for file in draft.messages[-1].attachments]
    if party.bounced:
        _mark_reachable(draft, party)
    unhandled_mail.add_unhandled(draft, mail, party.number)
    if mail_limits.exceeds_limits(draft, wrote):
        return f"{draft.ticket.reference}: kept, too much mail"
    if wrote.wordless is not None and not wrote.answer and not _fills_in(draft, wrote):
        draft.log_event(LedgerEvent.NOTHING_SAID, why=wrote.wordless.value)
        unhandled_mail.drop_if_complete(draft, mail, mail.reading.reply)
        return f"{draft.ticket.reference}: {wrote.wordless.value}, recorded"
    if newcomers.is_unconfirmed(draft, party):
        return newcomers.hold_newcomer_mail(draft, wrote, party)
    if party.role is Role.CUSTOMER:
        add_copied_in(draft, wrote)
    recall.handle_crossed_mail(draft)
    changed = details.merge_details(draft, wrote.found, "customer")
    company_records.store_details(draft, changed)
    learn_zone(draft)
    if wrote.brand and not draft.ticket.brand:
        draft.change_ticket(brand=wrote.brand)
    if wrote.answer and wrote.answer.answer == CHOSEN:
        draft.letter_values["chosen"] = wrote.answer.rest
    if recall.is_letter_unread(draft, wrote.answer.question if wrote.answer else "") and not _says_nothing(wrote):
        return _process_crossed_mail(draft, changed)
    return _process_words(draft, wrote, changed)


def _process_words(draft: Draft, wrote: CustomerWrote, changed: tuple[str, ...]) -> str:
    """Process the words of a customer who has received all our letters; returns the verdict."""
    mail = wrote.mail
    if wrote.uncounted:
        taken = (*_answer_words(draft, wrote), *_detail_words(draft, wrote, changed))
        return open_offers.record_uncounted_answer(draft, wrote, wrote.uncounted, taken)
    if wrote.answer and steps.can_apply(draft, wrote.answer.answer) and answers.take_answer(draft, wrote.answer):
        draft.close_question(wrote.answer.question)
        steps.apply_outcome(draft, wrote.answer.answer)
        consents = wrote.stance is not None and wrote.stance.stance is Stance.SATISFIED
        whole = (mail.reading.reply,) if consents else ()  # consent with a question in it is not read as satisfied
        unhandled_mail.drop_if_complete(
            draft, mail, *whole, *_answer_words(draft, wrote), *_detail_words(draft, wrote, changed)
        )
        return f"{draft.ticket.reference}: answered {wrote.answer.answer}"
    if wrote.in_calendar:
        draft.log_event(LedgerEvent.CALENDAR_ANSWERED, state=wrote.in_calendar)
        unhandled_mail.drop_if_complete(draft, mail, mail.reading.reply)
        return f"{draft.ticket.reference}: {wrote.in_calendar} in the calendar, recorded"
    if wrote.bare_thanks or (wrote.stance and wrote.stance.only_acknowledges):
        draft.log_event(LedgerEvent.THANKS_RECEIVED)
        unhandled_mail.drop_if_complete(draft, mail, mail.reading.reply)
        return f"{draft.ticket.reference}: thanks, recorded"
    if satisfaction.record_consent_after_end(draft, wrote):
        unhandled_mail.drop_if_complete(draft, mail, mail.reading.reply)
        return f"{draft.ticket.reference}: satisfied, recorded"
    return _process_other_words(draft, changed, wrote)


def _fills_in(draft: Draft, wrote: CustomerWrote) -> bool:
    """Whether a mail without words of its own fills in a new detail in the text it quotes."""
    known = draft.ticket.details
    return wrote.wordless is EmptyMail.BLANK and any(
        found.name not in known or known[found.name].value != found.value for found in wrote.found
    )


def _answer_words(draft: Draft, wrote: CustomerWrote) -> tuple[str, ...]:
    """The words of the mail that make up its answer, at its beginning where a numbered option is chosen."""
    reply = wrote.mail.reading.reply.strip()
    answer = wrote.answer or (Answer(wrote.uncounted.question, wrote.uncounted.answer) if wrote.uncounted else None)
    if answer is None:
        return ()
    if wrote.in_calendar and not answer.rest:
        return (reply,)  # written by the calendar program, with no comment of the customer
    first = reply.partition("\n")[0]
    numbered = _NUMBERED.match(unicodedata.normalize("NFKC", first))
    chosen = first if answer.answer == CHOSEN and len(first.split()) <= _MOST_CHOICE_WORDS else ""
    return (chosen, numbered[0].strip() if numbered else "", *answers.answer_words(draft, answer))


def _detail_words(draft: Draft, wrote: CustomerWrote, changed: Iterable[str]) -> tuple[str, ...]:
    """The words of the mail that were taken as new details.

    A description or wish counts only where that detail was missing or stood after a label: any other text could be read
    as one, and would wrongly count as dealt with.
    """
    missing = details.missing_required(Draft(draft.case, draft.policy, draft.calendar, draft.now, draft.actor))
    prose = {name for name, spec in draft.policy.details.items() if spec.sort in _PROSE}
    new = [found for found in wrote.found if found.name in changed]
    taken = [found for found in new if found.name not in prose or found.name in missing or found.where in _LABELLED]
    return tuple(part for found in taken for part in (found.shown, found.value))


def _mark_reachable(draft: Draft, party: Party) -> None:
    """Mark an address whose letters were returned as working, because mail came from it, and write the returned letters
    again that would keep an open promise."""
    draft.parties[party.number] = dataclasses.replace(party, bounced="")
    draft.log_event(LedgerEvent.ADDRESS_WORKS_AGAIN, by="reclamo", address=party.address)
    returned = draft.facts.returned
    for notice in promises.automatic_letters_due(draft):
        if party.role is Role.CUSTOMER and returned.get(notice):
            notices.write_notice(draft, notice)


def _says_nothing(wrote: CustomerWrote) -> bool:
    return wrote.bare_thanks or bool(wrote.in_calendar)


def _process_crossed_mail(draft: Draft, changed: tuple[str, ...]) -> str:
    """Process mail of a customer who has not yet received a waiting letter: it cannot be an answer to that letter."""
    if _is_complete(draft, changed):
        steps.apply_outcome(draft, "details_complete")
        return f"{draft.ticket.reference}: details complete"
    recall.keep_what_mail_told(draft)
    draft.log_event(LedgerEvent.LETTER_NOT_READ_YET, by="reclamo")
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return f"{draft.ticket.reference}: customer wrote before a letter had left"


def _is_complete(draft: Draft, changed: tuple[str, ...]) -> bool:
    return bool(changed) and not details.missing_required(draft) and "details_complete" in draft.step.moves


def _process_other_words(draft: Draft, changed: tuple[str, ...], wrote: CustomerWrote) -> str:
    wait_until = wrote.wait_until
    if changed:
        unhandled_mail.drop_if_complete(draft, wrote.mail, *_detail_words(draft, wrote, changed))
    if _is_complete(draft, changed):
        steps.apply_outcome(draft, "details_complete")
        return f"{draft.ticket.reference}: details complete"
    if wait_until and pauses.pause_for_customer(draft, wait_until):
        if len(wrote.mail.reading.reply.split()) <= _MOST_WAIT_WORDS:
            unhandled_mail.drop_if_complete(draft, wrote.mail, wrote.mail.reading.reply)
        return f"{draft.ticket.reference}: waits until {wait_until.isoformat()}"
    since, silent = draft.ticket.step_since, any(key.startswith("step:") for key in draft.timers)
    if not satisfaction.apply_stance(draft, wrote) and not satisfaction.move_on_words(draft):
        draft.change_ticket(waiting_for="staff")
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    if silent and draft.ticket.step_since == since:
        steps.set_step_timers(draft)  # the case stays in its step: count the silence from now
    return f"{draft.ticket.reference}: customer wrote"
