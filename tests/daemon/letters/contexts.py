"""Template context of a letter about a constructed case."""

from __future__ import annotations

from typing import Any

from daemon.decide.outcome import NoticeDue
from daemon.letters.context import letter_context
from daemon.letters.letter_input import LetterInput
from storage.values import Case
from tests.templates.made import NOW, writing


def context_of(case: Case, notice: NoticeDue, *, language: str = "en", **more: Any) -> dict[str, Any]:
    """Return the template variables for this notice; `more` are further fields of its LetterInput."""
    known = writing()
    letter_input = LetterInput(
        case=case,
        due=notice,
        policy=known.policy,
        calendar=known.calendar,
        sender_identity=known.sender_identity,
        language=language,
        now=NOW,
        **more,
    )
    return letter_context(letter_input).names()
