"""The stances that an answer to a question about satisfaction can mean, and what is asked about."""

from __future__ import annotations

from enum import StrEnum


class Stance(StrEnum):
    """Whether somebody is satisfied, by what they wrote."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    UNCLEAR = "unclear"


class Subject(StrEnum):
    """What satisfaction is asked about: a decision; or work, where naming what still fails also means no."""

    DECISION = "decision"
    WORK = "work"
