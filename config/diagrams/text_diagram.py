"""A policy's steps as text for a terminal, and as boxes and links for the graphs."""

from __future__ import annotations

import textwrap
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from config.checks.step_graph import Edge, edges_from, first_steps, step_gone_to
from config.policy import Policy, PromiseSpec, StepSpec, in_language

EVERY_STEP = ""  # the name of the box with the transitions of every step


@dataclass(frozen=True, slots=True)
class Box:
    """One step as shown. `stays` are the outcomes after which the case stays in the step."""

    name: str
    title: str
    lines: tuple[str, ...]
    waits_for: str
    final: bool = False
    first: bool = False
    stays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepLink:
    """An arrow between two boxes; `words` has a line for each transition."""

    start: str
    end: str
    words: tuple[str, ...]


def step_boxes(policy: Policy, language: str = "en") -> list[Box]:
    """The steps in the order in which cases reach them; last the box for every step."""
    starts = first_steps(policy)
    shown = [_box(policy, name, language, first=name in starts) for name in steps_in_order(policy)]
    if list(_always(policy)):
        stays = tuple(dict.fromkeys(edge.by for edge in _always(policy) if not edge.end))
        shown.append(Box(EVERY_STEP, "every step", ("unless it says otherwise",), "", stays=stays))
    return shown


def step_links(policy: Policy) -> list[StepLink]:
    """The arrows, one per pair of boxes."""
    words: dict[tuple[str, str], list[str]] = {}
    for name in steps_in_order(policy):
        next_step = step_gone_to(policy.steps[name].does)
        if next_step:
            words.setdefault((name, next_step), []).append("at once")
        for edge in edges_from(policy, name):
            if edge.end and edge.end != name and not edge.always:
                words.setdefault((name, edge.end), []).append(_label(edge))
    for edge in _always(policy):
        if edge.end:
            words.setdefault((EVERY_STEP, edge.end), []).append(_label(edge))
    return [StepLink(start, end, tuple(dict.fromkeys(lines))) for (start, end), lines in words.items()]


def steps_in_order(policy: Policy) -> list[str]:
    """All steps: first those that cases reach, breadth first, then the others."""
    found = dict.fromkeys(first_steps(policy))
    waiting = deque(found)
    while waiting:
        here = waiting.popleft()
        ways = [edge for edge in edges_from(policy, here) if edge.end]
        for end in [
            step_gone_to(policy.steps[here].does),
            *(edge.end for edge in sorted(ways, key=lambda e: e.always)),
        ]:
            if end and end not in found:
                found[end] = None
                waiting.append(end)
    return [*found, *(name for name in policy.steps if name not in found)]


def as_text(policy: Policy, language: str = "en", width: int = 100) -> str:
    """The policy as text: each step with its owner, effects and transitions; then the promises."""
    lines = [f"{in_language(policy.title, language)} ({policy.name})", ""]
    ways = step_links(policy)
    for box in step_boxes(policy, language):
        lines += _box_lines(box, [way for way in ways if way.start == box.name], width)
        lines.append("")
    lines += ["Promises", *_promises(policy, language, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _box_lines(box: Box, ways: list[StepLink], width: int) -> Iterator[str]:
    mark = "●" if box.first else "■" if box.final else "○"
    yield f"{mark} {box.name or box.title}" + (f" · {box.title}" if box.name and box.title != box.name else "")
    for line in box.lines:
        yield from textwrap.wrap(line, width, initial_indent="│   ", subsequent_indent="│     ")
    if box.stays:
        stays = f"↻ {', '.join(box.stays)}"
        yield from textwrap.wrap(stays, width, initial_indent="│   ", subsequent_indent="│     ")
    arrows = [(words, way.end) for way in ways for words in way.words]
    longest = max((len(words) for words, _ in arrows), default=0)
    for number, (words, end) in enumerate(arrows):
        corner = "╰" if number + 1 == len(arrows) else "├"
        yield f"{corner}── {words} {'─' * (longest - len(words))}──▶ {end}"


def _promises(policy: Policy, language: str, width: int) -> Iterator[str]:
    longest = max(map(len, policy.promises), default=0)
    indent = " " * (longest + 5)
    for name, spec in policy.promises.items():
        words = f"{in_language(spec.title, language)}: {_promise_text(spec)}"
        yield from textwrap.wrap(words, width, initial_indent=f"  {name:<{longest}}   ", subsequent_indent=indent)


def _promise_text(spec: PromiseSpec) -> str:
    parts = [f"within {spec.within} from {spec.from_}, kept by {', '.join(spec.kept_by)}"]
    if spec.warn:
        parts.append(f"staff warned {', '.join(map(str, spec.warn))} before")
    if spec.at_due:
        extended = f" and {spec.at_due.extend} more" if spec.at_due.extend else ""
        parts.append(f"else {spec.at_due.send} goes out by itself{extended}")
    if spec.repeats:
        parts.append("and again")
    if spec.pauses:
        parts.append(f"rests while waiting for {', '.join(spec.pauses)}")
    return "; ".join(parts)


def _box(policy: Policy, name: str, language: str, *, first: bool) -> Box:
    spec = policy.steps[name]
    # A transition back to the same step is not shown as an arrow.
    own = (edge for edge in edges_from(policy, name) if edge.end in ("", name) and not edge.always)
    return Box(
        name,
        in_language(spec.title, language),
        tuple(_facts(spec)),
        spec.waits_for,
        final=spec.final,
        first=first,
        stays=tuple(dict.fromkeys(edge.by for edge in own)),
    )


def _facts(spec: StepSpec) -> Iterator[str]:
    waits = "closes the case" if spec.final else f"waits for {spec.waits_for}"
    yield f"{spec.owner} · {waits}" if spec.owner else waits
    if spec.does:
        yield ", ".join(map(str, spec.does))
    if spec.asks:
        yield f"asks {spec.asks}"
    if spec.remind:
        yield f"reminds after {', '.join(map(str, spec.remind))}"


def _always(policy: Policy) -> list[Edge]:
    """The transitions of every step, each once."""
    seen: dict[tuple[str | int, ...], Edge] = {}
    for name in policy.steps:
        for edge in edges_from(policy, name):
            if edge.always:
                seen.setdefault(edge.place, edge)
    return list(seen.values())


def _label(edge: Edge) -> str:
    return f"{edge.by}, when {edge.when}" if edge.when else edge.by
