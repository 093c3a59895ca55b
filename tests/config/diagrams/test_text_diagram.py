"""The steps of a policy as text."""

from __future__ import annotations

import pytest

from config.diagrams.text_diagram import as_text, step_boxes, step_links, steps_in_order
from config.files.load_policy import known_policies, load_policy
from tests.paths import TESTS

HERE = TESTS / "config"
GOOD = HERE / "good_policy"


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_text_reads_as_the_golden_one(language: str) -> None:
    """Each step with who acts, what it does and where it leads; then every promise."""
    golden = HERE / f"good_policy.{language}.txt"
    assert golden.read_text(encoding="utf-8") == as_text(load_policy(GOOD), language)


@pytest.mark.parametrize("name", known_policies())
def test_every_step_of_a_shipped_policy_is_shown(name: str) -> None:
    """All steps and moves, within the width asked for."""
    policy = load_policy(name)
    text = as_text(policy, width=90)
    assert set(policy.steps) == set(steps_in_order(policy))
    for box in step_boxes(policy):
        assert box.name in text
    for way in step_links(policy):
        assert all(word in text for word in way.words)
    wrapped = [line for line in text.splitlines() if "──▶" not in line]
    assert max(len(line) for line in wrapped) <= 90
