"""Run the repetitions of a regular expression as CPython's engine does; see config.regex_cost.backtracking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Way = Callable[[int], int]
"""Match the rest of the pattern from a position in the text; returns the position where the match ends, or -1."""


class TooManySteps(Exception):
    """Matching a text took more steps than allowed."""


@dataclass(slots=True)
class MatchRun:
    """The state of one search: the text, the steps so far and at most, and the span that each group has matched."""

    text: Any
    most: int = 0
    steps: int = 0
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def count(self, steps: int) -> None:
        """Add to the steps. Raises TooManySteps."""
        self.steps += steps
        if self.steps > self.most:
            raise TooManySteps


@dataclass(frozen=True, slots=True)
class Times:
    """How often something is repeated: `lazy` as rarely as possible, `kept` (possessive) without backtracking."""

    least: int
    most: int
    lazy: bool = False
    kept: bool = False


def run_of(walk: MatchRun, takes: Any, times: Times, after: Way) -> Way:
    """A repeated character: the engine counts how far it matches, then steps back one at a time."""

    def length(at: int, most: int) -> int:
        text, end = walk.text, at
        stop = min(len(text), at + most)
        while end < stop and takes[text[end]]:
            end += 1
        walk.count(end - at + 1)
        return end

    def greedy(at: int) -> int:
        end = length(at, times.most)
        while end >= at + times.least:
            walk.count(1)
            found = after(end)
            if found >= 0 or times.kept:
                return found
            end -= 1
        return -1

    def lazy(at: int) -> int:
        end = length(at, times.least)
        if end < at + times.least:
            return -1
        while True:
            walk.count(1)
            found = after(end)
            if found >= 0 or end - at >= times.most or length(end, 1) == end:
                return found
            end += 1

    return lazy if times.lazy else greedy


def kept(walk: MatchRun, body: Way, times: Times, after: Way) -> Way:
    """A possessive repetition of a group: it never gives back what it has matched."""

    def possessive(at: int) -> int:
        done = 0
        while done < times.most:
            walk.count(1)
            end = body(at)
            if end < 0 or (end == at and done >= times.least):
                break
            at, done = end, done + 1
        return after(at) if done >= times.least else -1

    return possessive


def loop_of(walk: MatchRun, make: Callable[[Way], Way], times: Times, after: Way) -> Way:
    """A repeated group that backtracks. `make` builds the body of the loop from what is matched after it."""
    state = [0, -1]  # how often the body has matched, and where it last began
    outer: list[tuple[int, int]] = [(0, -1)]  # the state of an enclosing run of this loop, for what follows this one

    def with_state(way: Way, at: int, temporary: tuple[int, int]) -> int:
        before = (state[0], state[1])
        state[:] = temporary
        end = way(at)
        state[:] = before
        return end

    def repeat(at: int) -> int:
        done, last = state
        if done >= times.most or (done >= times.least and at == last):
            return -1
        return with_state(body, at, (done + 1, at))

    def turn(at: int) -> int:
        walk.count(1)
        if state[0] < times.least:
            return repeat(at)
        if times.lazy:
            end = with_state(after, at, outer[-1])
            return end if end >= 0 else repeat(at)
        end = repeat(at)
        return end if end >= 0 else with_state(after, at, outer[-1])

    def loop(at: int) -> int:
        outer.append((state[0], state[1]))
        end = with_state(turn, at, (0, -1))
        outer.pop()
        return end

    body = make(turn)
    return loop
