"""Pictures in the documents are drawn from the policies, so they cannot lie: `make pictures` draws them anew."""

from __future__ import annotations

import pytest

from config.diagrams.svg import as_svg
from config.files.load_policy import load_policy, policies_known
from tests.house.source import ROOT

PICTURES = ROOT / "docs" / "pictures"


@pytest.mark.parametrize("name", policies_known())
def test_the_picture_of_a_policy_is_what_it_says_now(name: str) -> None:
    """The steps of every shipped policy, as the command draws them."""
    drawn = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    assert as_svg(load_policy(name), "en").rstrip() == drawn.rstrip(), "run: make pictures"


def test_no_picture_is_left_over() -> None:
    """Only policies that ship have one."""
    assert set(policies_known()) == {path.stem for path in PICTURES.glob("*.svg")}
