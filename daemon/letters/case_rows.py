"""Which dates bind us once a letter has gone out: what it keeps is owed no more, what it sets going is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from config.policy import Policy, PromiseSpec, say
from daemon.decide.procedure.promise_terms import promise_of
from daemon.decide.procedure.promises import kept_by
from daemon.letters.letter_input import LetterInput
from storage.values import Deadline, DeadlineState

Promise = dict[str, Any]


def binding(letter_input: LetterInput) -> list[Promise]:
    """The promises owed once this letter has gone out, the nearest first.

    Each has name, title, due (a date), due_at (the last instant that keeps it), state, automatic and reason. Of a
    promise that was extended only the newest date counts. A promise that starts when this letter goes out is
    counted from now: the letter may go out later, never earlier, so that the date told is never too late.
    """
    policy, language = letter_input.policy, letter_input.language
    rising = sorted(letter_input.case.deadlines, key=lambda deadline: deadline.occurrence)
    owed = {d.promise: d for d in rising if d.state is DeadlineState.OPEN}
    going = {(due.notice, due.occurrence.partition("@")[2]) for due in (letter_input.due, *letter_input.together)}
    kept = [
        name
        for name, deadline in owed.items()
        if any(_keeps(promise_of(policy, deadline), deadline, notice, of) for notice, of in going)
    ]
    rows = [_row(policy, language, d) for name, d in owed.items() if name not in kept]
    for name, spec in policy.promises.items():
        starts = spec.from_ in kept or (spec.repeats and name in kept)
        if starts and (name not in owed or name in kept) and (not spec.kinds or letter_input.ticket.kind in spec.kinds):
            end = letter_input.calendar.due(letter_input.now, spec.within)
            rows.append(_expected(spec, name, language, end.on, end.at))
    return sorted(rows, key=lambda row: (row["due_at"], row["name"]))


def as_date(value: Any) -> date | None:
    """The date that stands in a notice's `about` as ISO text; None for anything else."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def by_name(rows: list[Promise]) -> Mapping[str, Promise]:
    """The same promises by their names."""
    return {row["name"]: row for row in rows}


def _keeps(spec: PromiseSpec, deadline: Deadline, notice: str, of: str) -> bool:
    # A letter that announces a deadline does not keep that very deadline.
    return notice in kept_by(spec, deadline) and of != f"{deadline.promise}:{deadline.occurrence}"


def _row(policy: Policy, language: str, deadline: Deadline) -> Promise:
    return {
        "name": deadline.promise,
        "title": say(promise_of(policy, deadline).title, language),
        "due": deadline.due_on,
        "due_at": deadline.due_at,
        "state": deadline.state.value,
        "automatic": deadline.automatic,
        "reason": deadline.reason,
    }


def _expected(spec: PromiseSpec, name: str, language: str, due: date, due_at: datetime) -> Promise:
    title = say(spec.title, language)
    open_ = DeadlineState.OPEN.value
    return {
        "name": name, "title": title, "due": due, "due_at": due_at, "state": open_, "automatic": False, "reason": "",
    }  # fmt: skip
