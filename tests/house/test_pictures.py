"""The step graphs in the documentation, which `make pictures` generates, are those of the shipped policies."""

from __future__ import annotations

import pytest

from config.diagrams.graph_text import as_page
from config.files.load_policy import known_policies, load_policy
from tests.house.source import ROOT

PICTURES = ROOT / "docs" / "pictures"


@pytest.mark.parametrize("name", known_policies())
def test_the_graph_of_a_policy_is_up_to_date(name: str) -> None:
    """The page is what would be generated now."""
    assert (PICTURES / f"{name}.md").read_text(encoding="utf-8") == as_page(load_policy(name)), "run: make pictures"


def test_no_page_is_left_over() -> None:
    """Every page belongs to a shipped policy."""
    assert set(known_policies()) == {path.stem for path in PICTURES.iterdir()}
