"""A layered drawing of a small directed graph: who stands in which row, in which order, and where.

The method is Sugiyama's: rows by longest way, crossings thinned out by medians, places by least squares. Between two
rows of boxes lies a row for the words on the arrows, so that words never lie on boxes or on each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 24


@dataclass(slots=True)
class Place:
    """Something that takes room in a row: a box, the words of an arrow, or an arrow passing through. `x` is its
    middle, `row` counts from the top."""

    name: str
    row: int
    width: float
    x: float = 0.0
    above: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Arrow:
    """An arrow of the graph: its two ends, its words' width, and once laid out the places it runs through, from its
    beginning to its end. `upward` says that it runs against the rows."""

    start: str
    end: str
    width: float
    upward: bool = False
    way: list[Place] = field(default_factory=list)


def lay_out(widths: Mapping[str, float], arrows: Sequence[Arrow], gap: float) -> dict[str, Place]:
    """Give every box a row and a place, and every arrow its way. Boxes stand in even rows, words in odd ones."""
    rows = _rows(list(widths), arrows)
    boxes = {name: Place(name, 2 * row, widths[name]) for name, row in rows.items()}
    layers: dict[int, list[Place]] = defaultdict(list)
    for box in boxes.values():
        layers[box.row].append(box)
    for arrow in arrows:
        _thread(arrow, boxes, layers)
    ordered = [layers[row] for row in sorted(layers)]
    _untangle(ordered)
    _straighten(ordered, gap)
    return boxes


def _rows(names: list[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The row of each box: one more than the lowest that leads to it, arrows of a circle left out."""
    after: dict[str, list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        after[arrow.start].append(arrow)
    done: list[str] = []
    open_now: set[str] = set()

    def visit(name: str) -> None:
        open_now.add(name)
        for arrow in after[name]:
            if arrow.end in open_now:
                arrow.upward = True
            elif arrow.end not in done:
                visit(arrow.end)
        open_now.discard(name)
        done.append(name)

    for name in names:
        if name not in done:
            visit(name)
    rows = dict.fromkeys(names, 0)
    for name in reversed(done):
        for arrow in after[name]:
            if not arrow.upward:
                rows[arrow.end] = max(rows[arrow.end], rows[name] + 1)
    return {name: rows[name] for name in names}


def _thread(arrow: Arrow, boxes: Mapping[str, Place], layers: dict[int, list[Place]]) -> None:
    """Lay an arrow through the rows between its ends; its words stand in the first row after its beginning."""
    top, bottom = boxes[arrow.start], boxes[arrow.end]
    if arrow.upward:
        top, bottom = bottom, top
    words_at = bottom.row - 1 if arrow.upward else top.row + 1
    before, way = top, [top]
    for row in range(top.row + 1, bottom.row):
        place = Place("", row, arrow.width if row == words_at else 8.0)
        layers[row].append(place)
        _join(before, place)
        way.append(place)
        before = place
    _join(before, bottom)
    way.append(bottom)
    arrow.way = way[::-1] if arrow.upward else way


def _join(above: Place, below: Place) -> None:
    above.below.append(below)
    below.above.append(above)


def _untangle(layers: Sequence[list[Place]]) -> None:
    """Order each row by the middle of its neighbours, downwards and upwards in turn; keep the best order met."""
    best = [list(layer) for layer in layers]
    fewest = _crossings(layers)
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        for layer in layers if downward else reversed(layers):
            _sort_by_neighbours(layer, layers, downward=downward)
        found = _crossings(layers)
        if found < fewest:
            fewest, best = found, [list(layer) for layer in layers]
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _sort_by_neighbours(layer: list[Place], layers: Sequence[list[Place]], *, downward: bool) -> None:
    order = {id(place): number for row in layers for number, place in enumerate(row)}

    def middle(place: Place) -> float:
        near = place.above if downward else place.below
        return sum(order[id(one)] for one in near) / len(near) if near else order[id(place)]

    layer.sort(key=middle)


def _crossings(layers: Sequence[list[Place]]) -> int:
    order = {id(place): number for row in layers for number, place in enumerate(row)}
    total = 0
    for layer in layers:
        lines = [(order[id(place)], order[id(below)]) for place in layer for below in place.below]
        total += sum(
            (one[0] - other[0]) * (one[1] - other[1]) < 0
            for number, one in enumerate(lines)
            for other in lines[number + 1 :]
        )
    return total


def _straighten(layers: Sequence[list[Place]], gap: float) -> None:
    """Move every place as near to the middle of its neighbours as the room in its row allows."""
    for layer in layers:
        _put(layer, [0.0] * len(layer), gap)
    for sweep in range(2 * _SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            _put(layer, [_wanted(place, sweep) for place in layer], gap)


def _wanted(place: Place, sweep: int) -> float:
    both = [*place.above, *place.below] if sweep > _SWEEPS else (place.above if sweep % 2 == 0 else place.below)
    near = both or [*place.above, *place.below]
    total = sum(_pull(place, one) for one in near)
    return sum(one.x * _pull(place, one) for one in near) / total if near else place.x


def _pull(one: Place, other: Place) -> float:
    """How much two neighbours want to stand in line: most of all an arrow on its way through several rows."""
    return (1.0 if one.name else 4.0) * (1.0 if other.name else 4.0)


def _put(layer: Sequence[Place], wanted: Iterable[float], gap: float) -> None:
    """Least squares with the order and the distances kept: neighbours that would overlap share the difference."""
    offsets = [0.0]
    for before, place in pairwise(layer):
        offsets.append(offsets[-1] + (before.width + place.width) / 2 + gap)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for place, want, off in zip(layer, wanted, offsets, strict=True):
        weight = max((_pull(place, one) for one in (*place.above, *place.below)), default=1.0)
        blocks.append((want - off, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, heavy, many), (other, more_heavy, more) = blocks[-2:]
            both = heavy + more_heavy
            blocks[-2:] = [((one * heavy + other * more_heavy) / both, both, many + more)]
    means = [mean for mean, _, many in blocks for _ in range(many)]
    for place, mean, off in zip(layer, means, offsets, strict=True):
        place.x = mean + off
