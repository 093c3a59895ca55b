"""The history of a case as each kind of recipient sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.daemon.letters.contexts import context_of
from tests.templates.made import NOW, due, event, later, opened


def test_customer_is_told_what_concerns_them() -> None:
    """Letters to staff and third parties and this decision itself are left out for the customer; staff see everything
    that matters."""
    case = later(opened("en", complete=True), 10)
    facts = [
        event("letter sent", notice="acknowledgement", party=1),
        event("letter sent", notice="new_case", party=2),
        event("letter sent", notice="third_party_question", party=4),
        event("asked a third party", third_party="installer"),
        event("mail received", by="third party", thread="third:installer"),
        event("mail received", by="ada@solaria.example", thread="staff"),
        event("extended", NOW + timedelta(days=10), old="2026-04-14", new="2026-04-28"),
    ]
    facts = [replace(entry, at=entry.at + timedelta(minutes=number)) for number, entry in enumerate(facts, 1)]
    facts[-1] = replace(facts[-1], at=case.ticket.updated_at)
    case = replace(case, history=(*case.history, *facts))
    customer_history = [(row["event"], row["facts"]["notice"]) for row in context_of(case, due("progress"))["history"]]
    assert customer_history == [("opened", ""), ("letter sent", "acknowledgement")]
    staff_history = [(row["event"], row["facts"]["notice"]) for row in context_of(case, due("warning", 2))["history"]]
    assert staff_history == [
        ("opened", ""), ("letter sent", "acknowledgement"), ("letter sent", "third_party_question"),
        ("asked a third party", ""), ("mail received", ""), ("extended", ""),
    ]  # fmt: skip


def test_a_letter_that_was_never_sent_is_not_told_as_sent() -> None:
    """The ledger of a letter that keeps no promise records only its writing: it is shown as sent unless it was stopped
    or given up."""
    case = later(opened("en", complete=True), 10)

    def events_shown(*entries: tuple[str, dict[str, object]]) -> list[str]:
        history = [
            event(name, case.ticket.received_at + timedelta(minutes=at), **facts)
            for at, (name, facts) in enumerate(entries, 1)
        ]
        rows = context_of(replace(case, history=(*case.history, *history)), due("progress"))["history"]
        return [row["event"] for row in rows if row["facts"]["notice"] == "reply"]

    written = ("notice written", {"notice": "reply", "party": 1})
    assert events_shown(written) == ["letter sent"]
    assert events_shown(written, ("letter sent", {"notice": "reply", "party": 1})) == ["letter sent"]
    assert events_shown(written, ("letters stopped", {"notices": ["reply"]})) == []
    assert events_shown(written, ("letter failed", {"notice": "reply", "party": 1})) == []
    assert events_shown(("notice written", {"notice": "reply", "party": 2})) == []
