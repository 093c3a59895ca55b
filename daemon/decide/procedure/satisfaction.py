"""Satisfaction: what follows where the customer clearly says that they are satisfied or not, or staff say it for them.

Only clear dissatisfaction opens a review. Anything else that they write where they are asked leaves the decision as it
is and goes to the team, who say with one command how it was meant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from config.policy_shapes.stance import Stance
from config.satisfaction import OUTCOME_OF, WROTE, SatisfactionQuestion, satisfaction_question
from daemon.decide.draft import Done, Draft
from daemon.decide.events import CustomerWrote
from daemon.decide.procedure import answers, steps
from daemon.decide.refusals import RefusalReason, Refused
from parsers.answers.stance import StanceReading
from parsers.reading import Answer
from storage.ledger_events import LedgerEvent
from storage.values import Role


def apply_stance(draft: Draft, wrote: CustomerWrote) -> bool:
    """Apply the customer's stance where the step says what follows from it. Returns False where it does not."""
    read = wrote.stance
    if read is None:
        return False
    asked = satisfaction_question(draft.policy, draft.ticket.step)
    draft.letter_values.update(
        stance=read.stance.value, stance_said=read.words, asked_whether_satisfied=asked is not None
    )
    outcome = OUTCOME_OF.get(read.stance, "")
    if asked is not None and draft.letter_values.get(
        "taken_back"
    ):  # read while the case seemed over: it is asked again
        return _answer_given(draft, asked, read)
    if asked is not None or outcome not in draft.step.moves:
        return False
    draft.log_event(LedgerEvent.STANCE_READ, stance=read.stance.value, said=read.words)
    return steps.apply_outcome(draft, outcome)


def _answer_given(draft: Draft, asked: SatisfactionQuestion, read: StanceReading) -> bool:
    answer = asked.answer_for(read.stance)
    if not answer or not steps.can_apply(draft, answer):
        return False
    answers.take_answer(draft, Answer(asked.question, answer, read.words))
    draft.close_question(asked.question)
    return steps.apply_outcome(draft, answer)


def move_on_words(draft: Draft) -> bool:
    """Move as the step says for words that are nothing else. Returns False where it says nothing, or where it would
    take any words for dissatisfaction: then the case stays, and the caller tells the team."""
    asked = satisfaction_question(draft.policy, draft.ticket.step)
    return not (asked and asked.catches_all) and steps.apply_outcome(draft, WROTE)


def record_consent_after_end(draft: Draft, wrote: CustomerWrote) -> bool:
    """Record that the customer is satisfied with a case that is over. Returns False for any other mail."""
    read = wrote.stance
    if read is None or not draft.step.final or read.stance is not Stance.SATISFIED:
        return False
    draft.log_event(LedgerEvent.STANCE_READ, stance=read.stance.value, said=read.words)
    return True


def set_satisfied(draft: Draft, _text: str, _member: str) -> Done:
    """Command `satisfied`. Raises Refused where that is not asked."""
    return _said(draft, Stance.SATISFIED)


def set_dissatisfied(draft: Draft, _text: str, _member: str) -> Done:
    """Command `dissatisfied`; promises that start by it count from when the customer wrote. Raises Refused where it is
    not asked."""
    return _said(draft, Stance.DISSATISFIED)


def _said(draft: Draft, stance: Stance) -> Done:
    asked = satisfaction_question(draft.policy, draft.ticket.step)
    answer = asked.answer_for(stance) if asked else ""
    draft.owed_since = _wrote_last(draft)
    if asked and answer and steps.can_apply(draft, answer):
        draft.log_event(LedgerEvent.ANSWERED, question=asked.question, answer=answer, rest="", for_customer=True)
        given = [answer, "", draft.actor]
        draft.facts = replace(draft.facts, answers={**draft.facts.answers, asked.question: given})
        draft.close_question(asked.question)
        steps.apply_outcome(draft, answer)
    elif asked or OUTCOME_OF[stance] not in draft.step.moves or not steps.apply_outcome(draft, OUTCOME_OF[stance]):
        raise Refused(RefusalReason.NOT_ASKED_NOW)
    return {"did": "answered", "value": answer}


def _wrote_last(draft: Draft) -> datetime | None:
    """When the customer's newest mail in this step was written; None where there is none."""
    since = draft.ticket.step_since
    own = [
        mail.at
        for mail in draft.case.messages
        if mail.direction == "in"
        and not mail.automatic
        and mail.at >= since
        and any(party.number == mail.party and party.role is Role.CUSTOMER for party in draft.parties.values())
    ]
    return max(own, default=None)
