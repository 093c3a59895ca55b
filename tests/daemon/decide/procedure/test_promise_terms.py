"""What holds for a deadline, wherever its promise was made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.files.load_policy import known_policies, load_policy
from daemon.decide.procedure.promise_terms import promise_of, terms_of, written_down
from storage.columns import to_json
from storage.values import DeadlineState
from tests.daemon.decide.cases import Life, policy, rome


@pytest.mark.parametrize("name", known_policies(None))
def test_every_shipped_promise_reads_back_as_it_was_written_down(name: str) -> None:
    """Terms are JSON, and the promise they give is the very same."""
    for promise, spec in load_policy(name).promises.items():
        terms = written_down(spec)
        assert to_json(terms)
        assert terms_of(policy(), promise, terms) == spec


def test_a_promise_that_its_policy_has_dropped_is_still_owed() -> None:
    """A policy is edited while cases are open: the deadline stands, is broken in time, and nothing else stops."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.deliver()
    kept = {name: spec for name, spec in policy().promises.items() if name != "resolve"}
    life.policy = policy().model_copy(update={"promises": kept})
    assert promise_of(life.policy, life.case.deadlines[0])
    life.days(60)
    life.staff("Here is some news.")
    resolve = next(deadline for deadline in life.case.deadlines if deadline.promise == "resolve")
    assert resolve.state is DeadlineState.BROKEN
    assert promise_of(life.policy, resolve).title == {"*": "resolve"}
    assert promise_of(policy(), replace(resolve, terms={})).title["en"] == "decision"
