"""The step diagram: as text it reads aloud, as a drawing nothing lies on anything else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.diagrams.graph_layout import Arrow, lay_out
from config.diagrams.svg import as_svg
from config.diagrams.text_diagram import as_text, boxes, in_order, links
from config.files.load_policy import load_policy, policies_known
from tests.paths import TESTS

HERE = TESTS / "config"
GOOD = HERE / "good_policy"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_text_reads_as_the_golden_one(language: str) -> None:
    """Each step with who has it, what it does, where it leads; then every promise."""
    golden = HERE / f"good_policy.{language}.txt"
    assert golden.read_text(encoding="utf-8") == as_text(load_policy(GOOD), language)


@pytest.mark.parametrize("name", policies_known())
def test_every_step_of_a_shipped_policy_is_shown(name: str) -> None:
    """Text and drawing show all steps and everything that moves a case, within the width asked for."""
    policy = load_policy(name)
    text = as_text(policy, width=90)
    drawn = "".join(ElementTree.fromstring(as_svg(policy)).itertext())
    assert set(policy.steps) == set(in_order(policy))
    for box in boxes(policy):
        assert box.name in text
        assert box.name in drawn
    for way in links(policy):
        assert all(word in text for word in way.words)
        assert all(word[:39] in drawn for word in way.words)
    wrapped = [line for line in text.splitlines() if "──▶" not in line]
    assert max(len(line) for line in wrapped) <= 90


@pytest.mark.parametrize("name", policies_known())
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_drawing_stands_alone_and_suits_the_dark(name: str, language: str) -> None:
    """It is one well-formed document with colours for both, and fetches nothing from anywhere."""
    svg = as_svg(load_policy(name), language)
    root = ElementTree.fromstring(svg)
    assert f"{SVG}svg" == root.tag
    assert "prefers-color-scheme:dark" in svg
    assert "href" not in svg
    assert "url(" not in svg
    assert "<script" not in svg


Rectangle = tuple[float, float, float, float]


def _rectangles(svg: str, *styles: str) -> list[Rectangle]:
    root = ElementTree.fromstring(svg)
    found = [one for one in root.iter(f"{SVG}rect") if one.get("class", "").split(" ")[0] in styles]
    sizes = [[float(one.get(name, "0")) for name in ("x", "y", "width", "height")] for one in found]
    return [(x, y, x + width, y + height) for x, y, width, height in sizes]


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("name", [GOOD, *policies_known()])
def test_nothing_lies_on_anything_else(name: str | Path) -> None:
    """Boxes and the words on arrows keep apart, and all of them lie on the page."""
    svg = as_svg(load_policy(name))
    things = _rectangles(svg, "box", "halo")
    page = _rectangles(svg, "page")[0]
    assert len(things) == len(boxes(load_policy(name))) + len(links(load_policy(name)))
    for number, one in enumerate(things):
        assert not any(_overlap(one, other) for other in things[number + 1 :])
        assert page[0] <= one[0] < one[2] <= page[2]
        assert page[1] <= one[1] < one[3] <= page[3]


NAMES = [f"step{number}" for number in range(9)]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]), unique=True)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_any_graph_can_be_laid_out(pairs: list[tuple[str, str]]) -> None:
    """Circles and lonely steps too: rows keep their distances, and every arrow runs from its beginning to its end."""
    arrows = [Arrow(start, end, 60) for start, end in pairs]
    places = lay_out(dict.fromkeys(NAMES, 100.0), arrows, 20)
    assert set(NAMES) == set(places)
    for arrow in arrows:
        assert (places[arrow.start], places[arrow.end]) == (arrow.way[0], arrow.way[-1])
        steps = {abs(one.row - other.row) for one, other in pairwise(arrow.way)}
        assert steps == {1}
    rows: dict[int, dict[int, tuple[float, float]]] = {}
    for place in [*places.values(), *(place for arrow in arrows for place in arrow.way)]:
        rows.setdefault(place.row, {})[id(place)] = (place.x, place.width)
    for row in rows.values():
        for (x, width), (other_x, other_width) in pairwise(sorted(row.values())):
            assert other_x - x >= (width + other_width) / 2 + 20 - 0.001
