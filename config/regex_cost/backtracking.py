"""Run a regular expression as CPython's backtracking engine does, and count the steps.

Timing a search is noisy, and on a bad enough text it never ends. Here each character compared and each alternative
tried is one step. The syntax tree comes from the standard library's parser, and the library itself matches single
characters and anchors; only the order in which alternatives are tried is reimplemented (`Modules/_sre/sre_lib.h`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from config.regex_cost.repeating import MatchRun, Times, TooManySteps, Way, kept, loop_of, run_of

_parser: Any = re._parser  # type: ignore[attr-defined]  # the tree of a pattern has no public name
_compiler: Any = re._compiler  # type: ignore[attr-defined]
_op: Any = _parser

Node = tuple[Any, Any]
REPEATS = (_op.MAX_REPEAT, _op.MIN_REPEAT, _op.POSSESSIVE_REPEAT)
ONE_SIGN = frozenset({_op.LITERAL, _op.NOT_LITERAL, _op.ANY, _op.IN})
_LOOKS = (_op.ASSERT, _op.ASSERT_NOT)
_DEEPEST = 200_000  # the recursion limit: a repeated group needs a few frames of Python per repetition


class Sign(dict[Any, bool]):
    """Whether one node of a tree matches a character; the standard library is asked once for each character."""

    def __init__(self, node: Node, flags: int) -> None:
        super().__init__()
        self._pattern = _compile_node(node, flags)

    def __missing__(self, character: Any) -> bool:
        text = bytes((character,)) if isinstance(character, int) else character
        self[character] = matches = self._pattern.match(text) is not None
        return matches


def _compile_node(node: Node, flags: int) -> Any:
    state = _parser.State()
    state.flags = flags
    return _compiler.compile(_parser.SubPattern(state, [node]), flags)


def flags_inside(flags: int, added: int, removed: int) -> int:
    """The flags inside a group such as (?i:…)."""
    if added & _parser.TYPE_FLAGS:
        flags &= ~_parser.TYPE_FLAGS
    return int((flags | added) & ~removed)


class Counted:
    """A pattern, its syntax tree, and the steps that a search takes. Raises re.error as re.compile does."""

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        self.tree: Any = _parser.parse(pattern, flags)
        self.flags: int = self.tree.state.flags
        self.octets = isinstance(pattern, bytes)
        self._walk = MatchRun(pattern[:0])
        self._begun = self._built()

    @property
    def steps(self) -> int:
        """The steps that the last search took."""
        return self._walk.steps

    # ------------------------------------------------------------------------------------------------ running

    def scan(self, text: str | bytes, most: int) -> list[tuple[int, int]]:
        """The spans that finditer would find in a text. Raises TooManySteps after `most` steps."""
        found = []
        with self._running(text, most):
            at = 0
            while at <= len(text):
                self._walk.count(1)
                self._walk.marks.clear()
                end = self._begun[0](at)
                if end >= 0:
                    found.append((at, end))
                at = end if end > at else at + 1
        return found

    def match(self, text: str | bytes, most: int, *, full: bool = False) -> int:
        """The end of the match at the beginning of a text, or -1. Raises TooManySteps after `most` steps.

        With `full` the match must end where the text does.
        """
        with self._running(text, most):
            return self._begun[full](0)

    @contextmanager
    def _running(self, text: str | bytes, most: int) -> Iterator[None]:
        deepest = sys.getrecursionlimit()
        sys.setrecursionlimit(max(deepest, _DEEPEST))
        self._walk.text, self._walk.most, self._walk.steps, self._walk.marks = text, most, 0, {}
        try:
            yield
        except TooManySteps:
            self._begun = self._built()  # its loops and groups keep state, which the exception left unfinished
            raise
        finally:
            sys.setrecursionlimit(deepest)

    def _built(self) -> tuple[Way, Way]:
        """The whole pattern twice: ending anywhere, and ending with the text."""
        return tuple(self._sequence(self.tree, self.flags, end) for end in (self._end, self._all))  # type: ignore[return-value]

    def _end(self, at: int) -> int:
        return at

    def _all(self, at: int) -> int:
        return at if at == len(self._walk.text) else -1

    # ------------------------------------------------------------------------------------------------ the tree

    def _sequence(self, nodes: Sequence[Node], flags: int, after: Way) -> Way:
        for node in reversed(list(nodes)):
            after = self._node(node, flags, after)
        return after

    def _node(self, node: Node, flags: int, after: Way) -> Way:
        op, value = node
        if op in ONE_SIGN:
            return self._character(Sign(node, flags), after)
        if op in REPEATS:
            return self._repeat(op, value, flags, after)
        if op is _op.BRANCH:
            return self._branch(value[1], flags, after)
        if op is _op.SUBPATTERN:
            return self._group(value, flags, after)
        if op is _op.ATOMIC_GROUP:
            return self._atomic(self._sequence(value, flags, self._end), after)
        if op in _LOOKS:
            return self._look(op, value, flags, after)
        if op is _op.AT:
            return self._anchor(_compile_node(node, flags), after)
        if op is _op.GROUPREF:
            return self._backreference(value, after)
        if op is _op.GROUPREF_EXISTS:
            return self._conditional(value, flags, after)
        if op is _op.FAILURE:
            return lambda at: -1
        raise ValueError(f"an operation of regular expressions that is not counted: {op}")

    def _character(self, matches: Sign, after: Way) -> Way:
        def character(at: int) -> int:
            self._walk.count(1)
            text = self._walk.text
            return after(at + 1) if at < len(text) and matches[text[at]] else -1

        return character

    def _anchor(self, pattern: Any, after: Way) -> Way:
        def anchor(at: int) -> int:
            self._walk.count(1)
            return after(at) if pattern.match(self._walk.text, at) else -1

        return anchor

    def _branch(self, choices: Sequence[Any], flags: int, after: Way) -> Way:
        firsts = [Sign(choice[0], flags) if len(choice) and choice[0][0] in ONE_SIGN else None for choice in choices]
        ways = [(first, self._sequence(choice, flags, after)) for first, choice in zip(firsts, choices, strict=True)]
        by_first: dict[Any, list[Way]] = {None: [way for first, way in ways if first is None]}

        def branch(at: int) -> int:
            text = self._walk.text
            character = text[at] if at < len(text) else None
            if character not in by_first:
                by_first[character] = [way for first, way in ways if first is None or first[character]]
            self._walk.count(1)
            for way in by_first[character]:
                end = way(at)
                if end >= 0:
                    return end
            return -1

        return branch

    def _group(self, value: Any, flags: int, after: Way) -> Way:
        number, added, removed, inner = value
        flags = flags_inside(flags, added, removed)
        if number is None:
            return self._sequence(inner, flags, after)
        starts: list[int] = []

        def close(at: int) -> int:
            before, start = self._walk.marks.get(number), starts.pop()
            self._walk.marks[number] = (start, at)
            end = after(at)
            starts.append(start)
            if end < 0:
                self._restore(number, before)
            return end

        body = self._sequence(inner, flags, close)

        def group(at: int) -> int:
            starts.append(at)
            end = body(at)
            starts.pop()
            return end

        return group

    def _restore(self, number: int, before: tuple[int, int] | None) -> None:
        if before is None:
            self._walk.marks.pop(number, None)
        else:
            self._walk.marks[number] = before

    def _atomic(self, inner: Way, after: Way) -> Way:
        def atomic(at: int) -> int:
            end = inner(at)
            return after(end) if end >= 0 else -1

        return atomic

    def _look(self, op: Any, value: Any, flags: int, after: Way) -> Way:
        direction, inner = value
        back = inner.getwidth()[0] if direction < 0 else 0
        assertion, wanted = self._sequence(inner, flags, self._end), op is _op.ASSERT

        def look(at: int) -> int:
            self._walk.count(1)
            found = at >= back and assertion(at - back) >= 0
            return after(at) if found is wanted else -1

        return look

    def _backreference(self, number: int, after: Way) -> Way:
        def backreference(at: int) -> int:
            marks = self._walk.marks.get(number)
            group = self._walk.text[marks[0] : marks[1]] if marks else None
            self._walk.count(1 + len(group or ""))
            return after(at + len(group)) if group is not None and self._walk.text.startswith(group, at) else -1

        return backreference

    def _conditional(self, value: Any, flags: int, after: Way) -> Way:
        number, yes, no = value
        then, other = self._sequence(yes, flags, after), self._sequence(no or [], flags, after)

        def conditional(at: int) -> int:
            return then(at) if number in self._walk.marks else other(at)

        return conditional

    def _repeat(self, op: Any, value: Any, flags: int, after: Way) -> Way:
        body = value[2]
        times = Times(int(value[0]), int(value[1]), op is _op.MIN_REPEAT, op is _op.POSSESSIVE_REPEAT)
        if len(body) == 1 and body[0][0] in ONE_SIGN:
            return run_of(self._walk, Sign(body[0], flags), times, after)
        if times.kept:
            return kept(self._walk, self._sequence(body, flags, self._end), times, after)
        return loop_of(self._walk, lambda turn: self._sequence(body, flags, turn), times, after)
