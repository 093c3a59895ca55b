"""Template rows: promises that are still open once the letter is sent, records and products of the case, dossiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from storage.values import DeadlineState
from tests.daemon.letters.contexts import context_of
from tests.templates.made import due, later, opened, promise


def dates(context: dict[str, Any]) -> list[tuple[str, date]]:
    """Return the promises shown in a letter."""
    return [(row["name"], row["due"]) for row in context["promises"]]


def test_the_acknowledgement_shows_the_promises_it_starts() -> None:
    """What the letter itself keeps is not shown; a promise it starts is counted from now."""
    assert dates(context_of(opened("en"), due("acknowledgement"))) == [
        ("progress", date(2026, 3, 20)),
        ("resolve", date(2026, 4, 14)),
    ]


def test_a_letter_beside_it_tells_the_same() -> None:
    """A staff letter of the same decision shows the dates as they are after the acknowledgement."""
    both = (due("acknowledgement"), due("new_case", 2))
    assert dates(context_of(opened("en"), both[1], together=both)) == dates(context_of(opened("en"), both[0]))
    assert dates(context_of(opened("en"), both[1]))[0] == ("acknowledge", date(2026, 3, 11))


def test_progress_starts_the_next_one() -> None:
    """A repeating promise is counted again from this letter."""
    case = later(opened("en"), 0)
    assert dict(dates(context_of(case, due("progress"))))["progress"] == date(2026, 3, 20)
    assert dict(dates(context_of(case, due("reply"))))["progress"] == date(2026, 3, 20)


def test_only_the_newest_date_of_an_extended_promise_binds() -> None:
    """The old date stays in the case and does not appear in letters."""
    case = opened("en")
    new = promise("resolve", date(2026, 4, 28), occurrence=1, origin="extension")
    case = replace(case, deadlines=(*case.deadlines, new))
    letter = replace(due("delay"), occurrence="1@resolve:1")
    assert dict(dates(context_of(case, letter)))["resolve"] == date(2026, 4, 28)


def test_what_is_kept_broken_or_moot_is_not_owed() -> None:
    """Only open promises are shown."""
    case = opened("en")
    states = (DeadlineState.KEPT, DeadlineState.BROKEN)
    done = tuple(replace(deadline, state=state) for deadline, state in zip(case.deadlines, states, strict=True))
    context = context_of(replace(case, deadlines=done), due("reply"))
    assert (context["promises"], context["next_promise"], dict(context["owed"])) == ([], None, {})
