"""Checks of a whole policy: paths of cases, slow patterns, people, and letters that the engine needs."""

from __future__ import annotations

import copy
import functools
import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.checks import check_policy, checked_policy, missing_people
from config.checks.patterns import why_slow
from config.diagrams.graph_text import as_dot, as_mermaid
from config.diagrams.text_diagram import as_text
from config.faults import FaultsFound
from config.files.load_policy import known_policies, load_policy, load_valid_part
from config.policy import Policy
from config.policy_shapes.builtin_names import BUILTIN_NOTICES, DEFAULT_RECIPIENTS
from daemon.decide.procedure import notices
from tests.paths import TESTS

GOOD = TESTS / "config" / "good_policy"


def faults(**extra: Any) -> list[str]:
    policy = load_policy(GOOD, extra=extra)
    return [str(fault) for fault in check_policy(policy, notices=lambda _notice, _code: True)]


@pytest.mark.parametrize("name", known_policies())
def test_shipped_policies_fit_together(name: str) -> None:
    """No shipped policy has a fault; its letters are tested in tests/templates."""
    assert not check_policy(load_policy(name), notices=lambda _notice, _code: True)


def test_the_engine_and_the_checks_know_the_same_letters() -> None:
    """Every letter that the engine names exists in each policy, its own or the common one."""
    spoken = {value for name, value in vars(notices).items() if name.isupper() and isinstance(value, str)}
    assert spoken - set(BUILTIN_NOTICES) - set(DEFAULT_RECIPIENTS) == set()
    assert set(BUILTIN_NOTICES) - set(DEFAULT_RECIPIENTS) - spoken == set()


def test_a_way_to_an_endless_wait_is_told_step_by_step() -> None:
    """A wait for the customer without an end, while the clock rests, is reported with the shortest path to it."""
    steps = {"waiting": {"after": {"10 working days": {}}}}
    assert [fault.split("; found ")[1].split("; allowed")[0] for fault in faults(steps=steps)] == [
        "sorting → (sorted) repairing → (asked_customer) waiting"
    ]


def test_a_promise_that_goes_on_saves_a_step_from_waiting_for_ever() -> None:
    """The same step is fine if the clock runs there."""
    steps = {"waiting": {"after": {"10 working days": {}}}}
    assert not faults(steps=steps, promises={"repair": {"pauses": []}})


def test_a_promise_that_only_breaks_does_not() -> None:
    """A promise with nothing to do when due, or whose last letter is its end, does not end the wait."""
    for at_due in ({"send": "delay", "extend": None}, None):
        told = faults(promises={"repair": {"at_due": at_due, "again": None, "pauses": []}})
        assert any(
            fault.startswith("policy good_policy: steps.repairing: a case can wait here for ever") for fault in told
        )
        assert any("(repair is due) repairing" in fault for fault in told)


@pytest.mark.parametrize(("kind", "told"), [("unclear", 0), ("broken", 1)])
def test_conditions_on_the_kind_are_followed(kind: str, told: int) -> None:
    """A branch for a kind that never reaches the step does not count."""
    shed = {"title": {"en": "Shed", "it": "Capanno"}, "moves": {"sorted": [{"to": "annex", "when": "one"}, {}]}}
    annex = {"title": {"en": "Annex", "it": "Annesso"}, "moves": {"decided": "decided"}}
    found = faults(
        conditions={"one": {"kind": [kind]}},
        kinds={"unclear": {"first": "shed"}},
        steps={"shed": shed, "annex": annex},
    )
    unreached = [fault for fault in found if "steps.annex" in fault]
    assert told == len(unreached)
    assert all("the kinds of case that reach shed are not led here" in fault for fault in unreached)


def test_a_step_that_cases_only_pass_through_is_reached() -> None:
    """Steps that move on at once are followed; an unreachable one is reported."""
    hall = {"title": {"en": "Hall", "it": "Atrio"}, "does": "go to porch"}
    porch = {"title": {"en": "Porch", "it": "Portico"}, "does": "go to repairing"}
    moves = {"sorting": {"moves": {"sorted": "hall"}}}
    assert not faults(steps={"hall": hall, "porch": porch, **moves})
    told = faults(steps={"hall": hall, "porch": porch})
    assert len(told) == 2
    assert "steps.hall: no case can reach this step: no step leads here" in told[0]


SLOW = [r"(a+)+", r"(?:a*)*b", r"(?:\d+-?)+x", r"((ab)*c?)*", r"(?:[a-z]+,?){2,}", r"(a|b+)*c"]
FAST = [
    r"\bLAMP-\d{3}\b",
    r"(?:\.\d{1,2})?K",
    r"(?:-[A-Z0-9]{1,4}){0,3}",
    r"[A-Z]+\d+",
    r"(?:[A-Z]*\d){6}",
    r"(ab)+",
    r"[(+)]+(?:x)?",
    r"\(a+\)+",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_patterns_that_take_ages_are_found(pattern: str) -> None:
    """A nested repetition is reported."""
    assert why_slow(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_patterns_that_are_quick_are_let_through(pattern: str) -> None:
    """Bounded repetitions, classes and escaped brackets are fine and search quickly."""
    assert not why_slow(pattern)
    begun = time.perf_counter()
    re.search(pattern, "A1-" * 20_000)
    assert time.perf_counter() - begun < 2


def test_people_who_are_missing_are_told() -> None:
    """A shipped policy names nobody: each team that gets cases is reported, and the missing manager of the
    good policy."""
    told = [str(fault) for fault in missing_people(load_policy("complaints"))]
    assert any("teams.reviewers.members: nobody works on this team" in fault for fault in told)
    assert [fault.key for fault in missing_people(load_policy(GOOD))] == ["teams.bench.manager"]


def test_an_unknown_substitute_is_told() -> None:
    """A substitute must be on a team."""
    members = [{"name": "Ada", "address": "ada@lamps.example", "substitute": "x@lamps.example"}]
    policy = load_policy(GOOD, extra={"teams": {"desk": {"members": members}}})
    assert "teams.desk.members[1].substitute" in [fault.key for fault in missing_people(policy)]


WHOLE = tomllib.loads((GOOD / "policy.toml").read_text(encoding="utf-8"))


def _keys(table: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = [key for name, one in table.items() if isinstance(one, dict) for key in _keys(one, (*above, name))]
    return [*((*above, name) for name in table), *below]


ANYTHING = st.sampled_from(
    ["x", "", 3, True, -1, 1.5, [], {}, ["a"], [{}], {"a": 1}, "decided", "1 hour", "send decision", {"to": "closed"}]
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(_keys(WHOLE)), ANYTHING)
def test_a_part_that_is_not_well_formed_hides_nothing_and_blames_nobody(key: tuple[str, ...], value: Any) -> None:
    """Its faults are reported with those elsewhere, and none that only follow from its absence."""
    damaged: dict[str, Any] = copy.deepcopy(WHOLE)
    functools.reduce(lambda table, part: table[part], key[:-1], damaged)[key[-1]] = copy.deepcopy(value)
    malformed = told_of(damaged, load_policy)
    if not malformed:
        return
    assert told_of(damaged, whole) == malformed
    if key[0] not in ("conditions", "kinds") and load_valid_part(GOOD, extra=damaged):
        damaged["conditions"]["nowhere"] = {"kind": "brokn"}
        elsewhere = told_of(damaged, whole) - malformed
        assert [fault.partition("; allowed")[0] for fault in elsewhere] == [
            "laid over by the scenario: conditions.nowhere.kind: no such kind; found brokn"
        ]


def whole(name: Path, extra: dict[str, Any]) -> Policy:
    return checked_policy(name, extra=extra, notices=lambda _notice, _code: True)


def told_of(table: dict[str, Any], load: Callable[..., Policy]) -> set[str]:
    try:
        load(GOOD, extra=table)
    except FaultsFound as found:
        return {str(fault) for fault in found.faults}
    return set()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_keys(WHOLE)), ANYTHING), min_size=1, max_size=3))
def test_whatever_is_damaged_is_told(damages: list[tuple[tuple[str, ...], Any]]) -> None:
    """A policy with any value anywhere loads or is refused with its faults; no other exception is raised."""
    whole = copy.deepcopy(WHOLE)
    for key, value in damages:
        table: Any = whole
        for part in key[:-1]:
            table = table.get(part, {}) if isinstance(table, dict) else {}
        if isinstance(table, dict):
            table[key[-1]] = copy.deepcopy(value)
    try:
        policy = load_policy(GOOD, extra=whole)
    except FaultsFound:
        return
    if not check_policy(policy, notices=lambda _notice, _code: True):
        assert policy.first in as_text(policy)
        assert as_mermaid(policy).startswith("---\ntitle: ")
        assert as_dot(policy).startswith("digraph {")
    assert isinstance(missing_people(policy), list)
