"""Satisfaction questions, in shipped policies and in older ones written before stances existed."""

from __future__ import annotations

from typing import Any

import pytest

from config.checks import satisfaction_warnings
from config.files.load_policy import known_policies, load_policy
from config.policy import Policy
from config.satisfaction import Stance, Subject, can_record_stance, satisfaction_question, takes_stance

OLD_STEP = {"steps": {"decided": {"moves": {"customer_wrote": "escalated"}}}}


def old() -> Policy:
    """Return the complaints policy as companies copied it earlier: answers without a stance, any text leads to the
    review."""
    table: dict[str, Any] = {**OLD_STEP, "questions": {"satisfied": {"answers": {"yes": {}, "no": {}}}}}
    policy = load_policy("complaints", extra=table)
    question = policy.questions["satisfied"]
    answers = {name: spec.model_copy(update={"stance": None}) for name, spec in question.answers.items()}
    questions = {**policy.questions, "satisfied": question.model_copy(update={"answers": answers})}
    return policy.model_copy(update={"questions": questions})


def test_what_ships_says_it() -> None:
    """The question of each policy has its satisfied and dissatisfied answers; other steps and a price ask none."""
    asked = satisfaction_question(load_policy("complaints"), "decided")
    assert asked is not None
    assert (asked.satisfied, asked.dissatisfied, asked.subject) == ("yes", "no", Subject.DECISION)
    repaired = satisfaction_question(load_policy("field-repair"), "confirming")
    assert repaired is not None
    assert (repaired.dissatisfied, repaired.subject) == ("not_repaired", Subject.WORK)
    assert satisfaction_question(load_policy("complaints"), "investigating") is None
    assert satisfaction_question(load_policy("device-support"), "quote_sent") is None  # a price is agreed to, or not


@pytest.mark.parametrize("name", known_policies())
def test_no_policy_that_ships_takes_friendly_words_for_the_opposite(name: str) -> None:
    """And none causes a warning."""
    assert satisfaction_warnings(load_policy(name)) == []


def test_an_old_policy_is_understood_and_warned_of() -> None:
    """The answer with the same target as any text is the dissatisfied one, and plain text no longer leads there."""
    asked = satisfaction_question(old(), "decided")
    assert asked is not None
    assert (asked.satisfied, asked.dissatisfied, asked.catches_all) == ("yes", "no", True)
    told = [str(fault) for fault in satisfaction_warnings(old())]
    assert len(told) == 1
    assert "steps.decided.moves.customer_wrote" in told[0]
    assert "questions.satisfied.answers.no.stance" in told[0]


def test_an_own_step_laid_over_what_ships_is_understood_too() -> None:
    """The shipped stances apply, and the old move is not followed."""
    asked = satisfaction_question(load_policy("complaints", extra=OLD_STEP), "decided")
    assert asked is not None
    assert asked.catches_all
    assert asked.dissatisfied == "no"


def test_where_staff_can_say_it() -> None:
    """Staff can record a stance in steps that ask the question and say what follows from the answer."""
    policy = load_policy("complaints")
    assert can_record_stance(policy, "decided", Stance.DISSATISFIED)
    assert can_record_stance(policy, "reviewed", Stance.SATISFIED)
    assert not can_record_stance(policy, "investigating", Stance.DISSATISFIED)
    assert takes_stance(policy, "reviewed")
    assert not takes_stance(policy, "investigating")
