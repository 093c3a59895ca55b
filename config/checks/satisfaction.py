"""Check that no step takes every mail of the customer for dissatisfaction."""

from __future__ import annotations

from config.checks.finding import Finding, Findings
from config.policy import Policy
from config.satisfaction import WROTE, steps_catching_all


def check_satisfaction_moves(policy: Policy) -> Findings:
    """The steps in which `customer_wrote` leads to the same step as dissatisfaction."""
    for step, asked in steps_catching_all(policy):
        problem = (
            "leads where dissatisfaction leads: only the customer's clear words do, the rest now goes to the team; "
            "leave this move out"
        )
        spec = policy.questions[asked.question].answers[asked.dissatisfied]
        missing = "" if spec.stance else f", and say questions.{asked.question}.answers.{asked.dissatisfied}.stance"
        yield Finding(("steps", step, "moves", WROTE), problem, allowed=f"moves.{asked.dissatisfied}{missing}")
