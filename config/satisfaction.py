"""Questions that ask the customer whether they are satisfied, and what each answer means.

A policy says so with the key `stance`. In a policy from before that key it is inferred: an answer means dissatisfaction
when `customer_wrote` leads to the same step in a step that asks the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.policy import Policy, QuestionSpec
from config.policy_shapes.stance import Stance, Subject

WROTE = "customer_wrote"


OUTCOME_OF = {Stance.SATISFIED: "customer_satisfied", Stance.DISSATISFIED: "customer_dissatisfied"}
"""The outcome when the customer takes a stance in a step that does not ask for satisfaction."""


@dataclass(frozen=True, slots=True)
class SatisfactionQuestion:
    """A step's question about satisfaction: the answer for each stance, empty when there is none.

    `catches_all` is true when `customer_wrote` leads to the same step as dissatisfaction. Unclear words are then not
    taken for dissatisfaction but go to the team.
    """

    question: str
    satisfied: str
    dissatisfied: str
    subject: Subject
    catches_all: bool

    def answer_for(self, stance: Stance) -> str:
        """The answer that means this stance; empty when there is none."""
        return {Stance.SATISFIED: self.satisfied, Stance.DISSATISFIED: self.dissatisfied}.get(stance, "")


def satisfaction_question(policy: Policy, step: str) -> SatisfactionQuestion | None:
    """The step's question about satisfaction; None when it asks none."""
    spec = policy.steps.get(step)
    question = policy.questions.get(spec.asks) if spec else None
    if spec is None or question is None or question.to != "customer":
        return None
    answer_of = {answer.stance: name for name, answer in question.answers.items() if answer.stance}
    catching = _answers_led_to_by_any_words(policy, step)
    if not answer_of:
        if len(catching) != 1:
            return None
        answer_of = _inferred_stances(question, catching[0])
    no = answer_of.get(Stance.DISSATISFIED, "")
    return SatisfactionQuestion(spec.asks, answer_of.get(Stance.SATISFIED, ""), no, question.about, no in catching)


def takes_stance(policy: Policy, step: str) -> bool:
    """Whether a step asks about satisfaction or has moves for it."""
    spec = policy.steps.get(step)
    return satisfaction_question(policy, step) is not None or bool(spec and set(OUTCOME_OF.values()) & set(spec.moves))


def can_record_stance(policy: Policy, step: str, stance: Stance) -> bool:
    """Whether staff can say in this step that the customer takes this stance."""
    asked = satisfaction_question(policy, step)
    return bool(asked.answer_for(stance)) if asked else OUTCOME_OF[stance] in policy.steps[step].moves


def steps_catching_all(policy: Policy) -> Iterator[tuple[str, SatisfactionQuestion]]:
    """The steps in which `customer_wrote` leads to the same step as dissatisfaction."""
    for name in policy.steps:
        found = satisfaction_question(policy, name)
        if found is not None and found.catches_all:
            yield name, found


def _inferred_stances(question: QuestionSpec, dissatisfied: str) -> dict[Stance, str]:
    """The answer for each stance in a question that declares none: of two answers, the other one means yes."""
    others = [name for name in question.answers if name != dissatisfied]
    answer_of = {Stance.DISSATISFIED: dissatisfied}
    return {**answer_of, Stance.SATISFIED: others[0]} if len(others) == 1 else answer_of


def _answers_led_to_by_any_words(policy: Policy, step: str) -> list[str]:
    """The answers of the step's question that lead to the same step as `customer_wrote`."""
    spec = policy.steps[step]
    anywhere = {branch.to for branch in spec.moves.get(WROTE, ()) if branch.to and branch.to != step}
    return [
        name
        for name in policy.questions[spec.asks].answers
        if anywhere & {branch.to for branch in spec.moves.get(name, ()) if branch.to}
    ]
