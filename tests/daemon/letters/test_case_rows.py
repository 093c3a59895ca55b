"""Promises owed once a letter is sent, things that a case carries, and dossiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from storage.values import DeadlineState
from tests.daemon.letters.contexts import context_of
from tests.templates.made import due, later, opened, promise


def dates(context: dict[str, Any]) -> list[tuple[str, date]]:
    """The promises a letter tells of."""
    return [(row["name"], row["due"]) for row in context["promises"]]


def test_acknowledgement_tells_what_it_sets_going() -> None:
    """What the letter keeps is owed no more; what starts with it is counted from now."""
    assert dates(context_of(opened("en"), due("acknowledgement"))) == [
        ("progress", date(2026, 3, 20)),
        ("resolve", date(2026, 4, 14)),
    ]


def test_a_letter_beside_it_tells_the_same() -> None:
    """Staff, written to in the same decision, see the dates as they will be once the acknowledgement is out."""
    both = (due("acknowledgement"), due("new_case", 2))
    assert dates(context_of(opened("en"), both[1], together=both)) == dates(context_of(opened("en"), both[0]))
    assert dates(context_of(opened("en"), both[1]))[0] == ("acknowledge", date(2026, 3, 11))


def test_progress_starts_the_next_one() -> None:
    """A promise that repeats is owed again from this letter on."""
    case = later(opened("en"), 0)
    assert dict(dates(context_of(case, due("progress"))))["progress"] == date(2026, 3, 20)
    assert dict(dates(context_of(case, due("reply"))))["progress"] == date(2026, 3, 20)


def test_only_the_newest_date_of_an_extended_promise_binds() -> None:
    """The old date stays on record, and out of letters."""
    case = opened("en")
    new = promise("resolve", date(2026, 4, 28), occurrence=1, origin="extension")
    case = replace(case, deadlines=(*case.deadlines, new))
    letter = replace(due("delay"), occurrence="1@resolve:1")
    assert dict(dates(context_of(case, letter)))["resolve"] == date(2026, 4, 28)


def test_what_is_kept_broken_or_moot_is_not_owed() -> None:
    """Only open promises are told."""
    case = opened("en")
    states = (DeadlineState.KEPT, DeadlineState.BROKEN)
    done = tuple(replace(deadline, state=state) for deadline, state in zip(case.deadlines, states, strict=True))
    context = context_of(replace(case, deadlines=done), due("reply"))
    assert (context["promises"], context["next_promise"], dict(context["owed"])) == ([], None, {})
