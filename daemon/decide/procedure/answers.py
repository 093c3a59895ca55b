"""Answers to questions: check that an answer has what it takes with it, then record and apply it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from config.policy import all_words, in_language
from daemon.decide.arguments import read_day
from daemon.decide.draft import Draft
from daemon.decide.procedure import company_records, details, steps
from daemon.decide.refusals import RefusalReason, Refused
from parsers.answers.prefixed_answers import split_date, split_minutes, split_number
from parsers.reading import Answer, FoundDetail
from storage.ledger_events import LedgerEvent

_NEEDS = {
    "date": RefusalReason.NEEDS_DATE,
    "number": RefusalReason.NEEDS_NUMBER,
    "minutes": RefusalReason.NEEDS_MINUTES,
    "text": RefusalReason.NEEDS_TEXT,
}
"""The refusal for an answer that lacks the value it takes, by kind of value."""


def take_staff_answer(draft: Draft, answer: Answer, found: tuple[FoundDetail, ...]) -> dict[str, Any]:
    """Apply an answer of staff. Raises Refused where what must come with it is missing."""
    spec = draft.policy.questions[answer.question].answers[answer.answer]
    value, beside = read_answer_value(spec.takes, answer.rest, draft.now.astimezone(draft.calendar.zone).date())
    _merge_brought_details(draft, spec.brings, found)
    company_records.note_answer(draft, spec.detail, answer.rest)
    _remember(draft, answer)
    draft.letter_values.update(answer=answer.answer, answer_text=beside, answer_value=value, reason=beside)
    if spec.takes == "date":
        draft.letter_values["new_date"] = value
    since = draft.ticket.step_since
    put = [row for row in draft.ticket.questions if row.question == answer.question]
    draft.close_question(answer.question)
    step = draft.ticket.step
    steps.apply_outcome(draft, answer.answer)
    if draft.ticket.step == step and draft.ticket.step_since == since and draft.step.asks == answer.question:
        # A question that a step asks stays open as long as the case is in that step.
        draft.put_question(answer.question, put[0].party if put else steps.ANYBODY_INSIDE)
    return {"did": "answered", "value": answer.answer}


def take_answer(draft: Draft, answer: Answer) -> bool:
    """Record an answer of a customer or third party. Returns False where the value it takes is missing: they get no
    refusal, so that staff read the mail instead."""
    spec = draft.policy.questions[answer.question].answers.get(answer.answer)
    today = draft.now.astimezone(draft.calendar.zone).date()
    try:
        value, _ = read_answer_value(spec.takes if spec else "nothing", answer.rest, today)
    except Refused:
        return False
    company_records.note_answer(draft, spec.detail if spec else "", answer.rest)
    _remember(draft, answer)
    draft.letter_values.update(answer=answer.answer, answer_value=value)
    return True


def answer_words(draft: Draft, answer: Answer) -> tuple[str, ...]:
    """The words of a mail that its answer covers: those that mean the answer, and what it takes with them."""
    spec = draft.policy.questions[answer.question].answers.get(answer.answer)
    if spec is None:
        return (answer.rest,)
    with_it = (answer.rest,) if spec.takes != "nothing" or spec.detail else ()
    return (*all_words(spec.words), in_language(spec.title, draft.ticket.language), *with_it)


def _remember(draft: Draft, answer: Answer) -> None:
    draft.log_event(LedgerEvent.ANSWERED, question=answer.question, answer=answer.answer, rest=answer.rest)
    draft.facts = replace(
        draft.facts, answers={**draft.facts.answers, answer.question: [answer.answer, answer.rest, draft.actor]}
    )


def read_answer_value(takes: str, rest: str, today: date) -> tuple[str, str]:
    """Read what an answer takes: its normal form, and the other words. Raises Refused where it is missing."""
    if takes == "nothing":
        return "", rest
    if takes == "date":
        shown, beside = split_date(rest)
        return read_day(shown or rest, today).isoformat(), beside
    if takes == "number":
        value, beside = split_number(rest)
    elif takes == "minutes":
        value, beside = split_minutes(rest)
    else:
        value = beside = rest
    if not value:
        raise Refused(_NEEDS[takes], allowed=takes)
    return value, beside


def _merge_brought_details(draft: Draft, names: tuple[str, ...], found: tuple[FoundDetail, ...]) -> None:
    """Merge the details that an answer brings. Raises Refused, with a list, where some are missing or wrong."""
    given = {detail.name: detail for detail in found if detail.name in names}
    language = str(draft.letter_values.get("writer_language", ""))
    missing = [name for name in names if name not in given or given[name].wrong]
    if missing:
        labels = [in_language(draft.policy.details[name].label, language) for name in missing]
        raise Refused(RefusalReason.INCOMPLETE, allowed="; ".join(labels))
    others = {name: detail for name, detail in draft.ticket.details.items() if name not in names}
    draft.change_ticket(details=others)  # those of an earlier answer are in the ledger
    details.merge_details(draft, given.values(), draft.actor)
