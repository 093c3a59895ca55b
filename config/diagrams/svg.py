"""The step diagram as SVG: boxes by who is waited for, arrows with what takes them. Light and dark by itself."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from config.diagrams.graph_layout import Arrow, Place, lay_out
from config.diagrams.text_diagram import Box, boxes, links
from config.policy import Policy, say

_CHARACTER = 6.9  # mean width of a sign at 12 px; wide signs count double
_LINE, _PAD, _GAP, _RISE = 16.0, 10.0, 26.0, 26.0
_WIDEST = 34  # signs in a line of a box
_MARGIN = 28.0
_STYLE = """
text{font:12px system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif;fill:#1f2933}
.title{font-size:17px;font-weight:600}.name{font-weight:600;font-size:13px}.soft{fill:#52606d}
.page{fill:#ffffff}.box{stroke-width:1.4}.way{fill:none;stroke:#7b8794;stroke-width:1.4}.tip{fill:#7b8794}
.by{fill:#3e4c59;text-anchor:middle}.halo{fill:#ffffff;fill-opacity:.92}
.staff{fill:#e6f0fb;stroke:#4a7fb5}.customer{fill:#fdf1dc;stroke:#c08a2d}.third{fill:#efe8fa;stroke:#8462b8}
.final{fill:#e9ecef;stroke:#7b8794}.every{fill:none;stroke:#7b8794;stroke-dasharray:5 4}.first{stroke-width:2.8}
@media (prefers-color-scheme:dark){
text{fill:#e4e7eb}.soft{fill:#a9b4c0}.page{fill:#14181d}.way{stroke:#8795a4}.tip{fill:#8795a4}.by{fill:#cbd2d9}
.halo{fill:#14181d}.staff{fill:#1b2f45;stroke:#6ea3d8}.customer{fill:#40301a;stroke:#dba94b}
.third{fill:#2f2547;stroke:#a98be0}.final{fill:#2a3038;stroke:#9aa5b1}.every{stroke:#9aa5b1}}
"""
_COLOURS = {"staff": "staff", "customer": "customer", "third party": "third", "nobody": "final", "": "every"}


@dataclass(slots=True)
class _Drawn:
    """A box with its lines and its size; `y` is its top."""

    box: Box
    lines: list[tuple[str, str]]
    width: float
    height: float
    y: float = 0.0


def as_svg(policy: Policy, language: str = "en") -> str:
    """The diagram as one SVG document without any outside part."""
    drawn = {box.name: _measured(box) for box in boxes(policy, language)}
    ways = links(policy)
    words = [[_shortened(word) for word in way.words] for way in ways]
    arrows = [Arrow(way.start, way.end, _wide(said) + 12) for way, said in zip(ways, words, strict=True)]
    places = lay_out({name: one.width for name, one in drawn.items()}, arrows, _GAP)
    tops = _tops(drawn, places, arrows, words)
    left = min(place.x - drawn[name].width / 2 for name, place in places.items()) - _MARGIN
    left = min(left, *(place.x - place.width / 2 - _MARGIN for arrow in arrows for place in arrow.way))
    right = max(place.x + place.width / 2 for arrow in arrows for place in arrow.way) if arrows else 0.0
    right = max(right, *(place.x + drawn[name].width / 2 for name, place in places.items())) + _MARGIN
    bottom = max(one.y + one.height for one in drawn.values()) + _MARGIN
    parts = [
        *_arrows(arrows, words, drawn, places, tops),
        *(part for name, one in drawn.items() for part in _box(one, places[name].x)),
    ]
    return _document(say(policy.title, language), (left, right, bottom), parts)


def _document(title: str, size: tuple[float, float, float], parts: Sequence[str]) -> str:
    left, right, bottom = size
    width, height = right - left, bottom
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(title)}">'
    )
    page = f'<rect class="page" x="{left:.0f}" width="{width:.0f}" height="{height:.0f}"/>'
    heading = f'<text class="title" x="{left + _MARGIN:.0f}" y="34">{escape(title)}</text>'
    return "\n".join([head, f"<style>{_STYLE}</style>", page, heading, *parts, "</svg>", ""])


# ---------------------------------------------------------------------------------------------------- measuring


def _measured(box: Box) -> _Drawn:
    lines = [(box.name or box.title, "name")]
    if box.name and box.title != box.name:
        lines.append((box.title, ""))
    facts = [*box.lines, *([f"↻ {', '.join(box.stays)}"] if box.stays else [])]
    lines += [(part, "soft") for fact in facts for part in textwrap.wrap(fact, _WIDEST)]
    return _Drawn(box, lines, max(_wide([text for text, _ in lines]) + 2 * _PAD, 110), len(lines) * _LINE + 2 * _PAD)


def _wide(lines: Sequence[str]) -> float:
    """The width of the longest line, in pixels."""
    return max((sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) * _CHARACTER for line in lines), default=0.0)


def _shortened(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"


def _tops(
    drawn: dict[str, _Drawn], places: dict[str, Place], arrows: Sequence[Arrow], words: Sequence[Sequence[str]]
) -> dict[int, tuple[float, float]]:
    """Where each row begins, and how high it is. Boxes are put in the middle of theirs."""
    heights: dict[int, float] = {}
    for name, place in places.items():
        heights[place.row] = max(heights.get(place.row, 0.0), drawn[name].height)
    for arrow, said in zip(arrows, words, strict=True):
        for place in arrow.way[1:-1]:
            needed = len(said) * _LINE if place.row % 2 else 0.0
            heights[place.row] = max(heights.get(place.row, 0.0), needed)
    tops: dict[int, tuple[float, float]] = {}
    y = 60.0
    for row in sorted(heights):
        tops[row] = (y, heights[row])
        y += heights[row] + _RISE
    for name, place in places.items():
        top, height = tops[place.row]
        drawn[name].y = top + (height - drawn[name].height) / 2
    return tops


# ------------------------------------------------------------------------------------------------------ drawing


def _box(one: _Drawn, x: float) -> Iterator[str]:
    colour = "final" if one.box.final else _COLOURS.get(one.box.waits_for, "staff")
    first = " first" if one.box.first else ""
    yield (
        f'<rect class="box {colour}{first}" x="{x - one.width / 2:.1f}" y="{one.y:.1f}" '
        f'width="{one.width:.1f}" height="{one.height:.1f}" rx="8"/>'
    )
    for number, (text, style) in enumerate(one.lines):
        y = one.y + _PAD + (number + 0.75) * _LINE
        yield f'<text class="{style}" x="{x - one.width / 2 + _PAD:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _arrows(
    arrows: Sequence[Arrow],
    words: Sequence[Sequence[str]],
    drawn: dict[str, _Drawn],
    places: dict[str, Place],
    tops: dict[int, tuple[float, float]],
) -> Iterator[str]:
    ports = _ports(arrows, drawn, places)
    labels: list[str] = []
    for number, (arrow, said) in enumerate(zip(arrows, words, strict=True)):
        points = _points(arrow, (ports[number, 0], ports[number, 1]), drawn, tops)
        yield f'<path class="way" d="{_curve(points)}"/>'
        yield _tip(points, upward=arrow.upward)
        labels += _label(arrow, said, tops)
    yield from labels


def _ports(arrows: Sequence[Arrow], drawn: dict[str, _Drawn], places: dict[str, Place]) -> dict[tuple[int, int], float]:
    """Where each arrow's beginning (0) and end (1) meet the edge of its box: side by side, in the order they lie."""
    sides: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
    for number, arrow in enumerate(arrows):
        sides.setdefault((arrow.start, not arrow.upward), []).append((arrow.way[1].x, number, 0))
        sides.setdefault((arrow.end, arrow.upward), []).append((arrow.way[-2].x, number, 1))
    ports = {}
    for (name, _), ends in sides.items():
        room = min(drawn[name].width - 30, 34.0 * (len(ends) - 1))
        for place, (_, number, end) in enumerate(sorted(ends)):
            share = place / (len(ends) - 1) - 0.5 if len(ends) > 1 else 0.0
            ports[number, end] = places[name].x + share * room
    return ports


def _points(
    arrow: Arrow, ports: tuple[float, float], drawn: dict[str, _Drawn], tops: dict[int, tuple[float, float]]
) -> list[tuple[float, float]]:
    """The points an arrow runs through, from its beginning to its tip."""
    start, end = drawn[arrow.start], drawn[arrow.end]
    points = [(ports[0], start.y if arrow.upward else start.y + start.height)]
    for place in arrow.way[1:-1]:
        top, height = tops[place.row]
        edges = [(place.x, top), (place.x, top + height)]
        points += edges[::-1] if arrow.upward else edges
    points.append((ports[1], end.y + end.height if arrow.upward else end.y))
    return points


def _curve(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *more = points
    path = f"M{x:.1f} {y:.1f}"
    for to_x, to_y in more:
        bend = (to_y - y) / 2
        path += f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    return path


def _tip(points: Sequence[tuple[float, float]], *, upward: bool) -> str:
    x, y = points[-1]
    back = y + 8 if upward else y - 8
    return f'<path class="tip" d="M{x:.1f} {y:.1f}L{x - 4:.1f} {back:.1f}L{x + 4:.1f} {back:.1f}Z"/>'


def _label(arrow: Arrow, said: Sequence[str], tops: dict[int, tuple[float, float]]) -> Iterator[str]:
    """The words of an arrow, in the room kept for them in the first row after its beginning."""
    place = arrow.way[1]
    top, height = tops[place.row]
    y = top + (height - len(said) * _LINE) / 2
    yield (
        f'<rect class="halo" x="{place.x - place.width / 2 + 3:.1f}" y="{y:.1f}" '
        f'width="{place.width - 6:.1f}" height="{len(said) * _LINE:.1f}" rx="4"/>'
    )
    for number, word in enumerate(said):
        yield f'<text class="by" x="{place.x:.1f}" y="{y + (number + 0.75) * _LINE:.1f}">{escape(word)}</text>'
