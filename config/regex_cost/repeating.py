"""The repetitions of a regular expression, run as CPython's engine runs them; see config.regex_cost.backtracking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Way = Callable[[int], int]
"""From a place in the text to the place where the pattern ends, or -1."""


class TooManySteps(Exception):
    """A text took more steps than were allowed."""


@dataclass(slots=True)
class MatchRun:
    """One text being looked through: the steps so far, how many are allowed, and what the groups have matched."""

    text: Any
    most: int = 0
    steps: int = 0
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def count(self, steps: int) -> None:
        """Some steps more. Raises TooManySteps."""
        self.steps += steps
        if self.steps > self.most:
            raise TooManySteps


@dataclass(frozen=True, slots=True)
class Times:
    """How often something may be repeated, and whether as rarely as possible, or never given back."""

    least: int
    most: int
    lazy: bool = False
    kept: bool = False


def run_of(walk: MatchRun, takes: Any, times: Times, after: Way) -> Way:
    """One sign, repeated: the engine counts how far it goes and then steps back."""

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
    """A possessive repetition: what it has taken is never given back."""

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
    """A group, repeated, with every way back. `make` gives the way through the body for what comes after it."""
    now = [0, -1]  # how often the body has matched, and where it last began
    outer: list[tuple[int, int]] = [(0, -1)]  # the same of the loop around, for what follows this one

    def aside(way: Way, at: int, then: tuple[int, int]) -> int:
        before = (now[0], now[1])
        now[:] = then
        end = way(at)
        now[:] = before
        return end

    def once_more(at: int) -> int:
        done, last = now
        if done >= times.most or (done >= times.least and at == last):
            return -1
        return aside(body, at, (done + 1, at))

    def turn(at: int) -> int:
        walk.count(1)
        if now[0] < times.least:
            return once_more(at)
        if times.lazy:
            end = aside(after, at, outer[-1])
            return end if end >= 0 else once_more(at)
        end = once_more(at)
        return end if end >= 0 else aside(after, at, outer[-1])

    def loop(at: int) -> int:
        outer.append((now[0], now[1]))
        end = aside(turn, at, (0, -1))
        outer.pop()
        return end

    body = make(turn)
    return loop
