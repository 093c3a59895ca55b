"""The shapes of work that is offered: to one member of a team after another, answered with what must come along."""

from __future__ import annotations

from config.policy_shapes.base import Shape, Span


class InTurn(Shape):
    """The question is put to one member of `team` after another. Who has not answered `within` the period is no
    longer asked: the outcome is "no_answer". Where everybody has been asked, it is "nobody_left"; asked once more
    after that, the question begins with the first of them again."""

    team: str
    within: Span
