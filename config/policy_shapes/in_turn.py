"""The shape of a question that is put to the members of a team one after another."""

from __future__ import annotations

from config.policy_shapes.base import Shape, Span


class InTurn(Shape):
    """The question is put to the members of `team` in turn. When a member has not answered `within` the period, the
    outcome is "no_answer". When all have been asked, it is "nobody_left"; if the question is then put again, it starts
    with the first member."""

    team: str
    within: Span
