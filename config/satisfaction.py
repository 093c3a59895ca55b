"""Questions of satisfaction: which answers to them mean that somebody is satisfied, and which that they are not.

A policy says so with `stance`. One that was written before there was such a key is understood where its course says
it: in a step that asks the customer, any words of theirs lead where one of the answers does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.policy import Policy, QuestionSpec

WROTE = "customer_wrote"


class Stance(StrEnum):
    """What somebody's words say of their satisfaction."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    UNCLEAR = "unclear"


class Subject(StrEnum):
    """What somebody is asked to be satisfied with: a decision; or work, where what still fails says no as well."""

    DECISION = "decision"
    WORK = "work"


OUTCOME_OF = {Stance.SATISFIED: "customer_satisfied", Stance.DISSATISFIED: "customer_dissatisfied"}
"""What comes about where the customer takes a stance in a step that asks no question of satisfaction."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A question of satisfaction that a step asks the customer: the answer for each stance, empty where there is none.

    `catches_all` says that the step would take any words of theirs for dissatisfaction (`customer_wrote` leads where
    that answer does): then they are not, and what is unclear goes to the team.
    """

    question: str
    satisfied: str
    dissatisfied: str
    subject: Subject
    catches_all: bool

    def answer_for(self, stance: Stance) -> str:
        """The answer that means this stance, or nothing."""
        return {Stance.SATISFIED: self.satisfied, Stance.DISSATISFIED: self.dissatisfied}.get(stance, "")


def measured(policy: Policy, step: str) -> Measured | None:
    """The question of satisfaction that this step asks; None where it asks none."""
    spec = policy.steps.get(step)
    question = policy.questions.get(spec.asks) if spec else None
    if spec is None or question is None or question.to != "customer":
        return None
    said = {answer.stance: name for name, answer in question.answers.items() if answer.stance}
    catching = _catching(policy, step)
    if not said:
        if len(catching) != 1:
            return None
        said = _understood(question, catching[0])
    no = said.get(Stance.DISSATISFIED, "")
    return Measured(spec.asks, said.get(Stance.SATISFIED, ""), no, question.about, no in catching)


def takes_stance(policy: Policy, step: str) -> bool:
    """Whether a step asks for satisfaction or says what follows from it."""
    spec = policy.steps.get(step)
    return measured(policy, step) is not None or bool(spec and set(OUTCOME_OF.values()) & set(spec.moves))


def can_be_said(policy: Policy, step: str, stance: Stance) -> bool:
    """Whether staff can say in this step that the customer takes this stance."""
    asked = measured(policy, step)
    return bool(asked.answer_for(stance)) if asked else OUTCOME_OF[stance] in policy.steps[step].moves


def catching_all(policy: Policy) -> Iterator[tuple[str, Measured]]:
    """The steps that would take any words of the customer for dissatisfaction."""
    for name in policy.steps:
        found = measured(policy, name)
        if found is not None and found.catches_all:
            yield name, found


def _understood(question: QuestionSpec, dissatisfied: str) -> dict[Stance, str]:
    """The stances of a question that names none: of two answers, the other one means yes."""
    others = [name for name in question.answers if name != dissatisfied]
    said = {Stance.DISSATISFIED: dissatisfied}
    return {**said, Stance.SATISFIED: others[0]} if len(others) == 1 else said


def _catching(policy: Policy, step: str) -> list[str]:
    """The answers of the step's question that lead where any words of the customer lead."""
    spec = policy.steps[step]
    anywhere = {branch.to for branch in spec.moves.get(WROTE, ()) if branch.to and branch.to != step}
    return [
        name
        for name in policy.questions[spec.asks].answers
        if anywhere & {branch.to for branch in spec.moves.get(name, ()) if branch.to}
    ]
