"""Make worst-case texts for a regular expression from its syntax tree, and measure how the search time grows on them.

"Pumping" is to repeat the text that a repetition matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any

from config.regex_cost.backtracking import ONE_SIGN, REPEATS, Counted, Node, Sign, flags_inside
from config.regex_cost.repeating import TooManySteps

_op: Any = re._parser  # type: ignore[attr-defined]  # the tree of a pattern has no public name

_CHARACTERS = "aAzx0 \t\n\r_-.:,;/+=<>()[]{}'\"@!?#%&*\x00éß世"
_PUMPED_ABOVE = 30  # a repetition that may match more often than this is pumped
_SHORT, _LONG = 64, 512  # length of the shorter text of a pair: to find growth, and to confirm it
_LINEAR_FACTOR = 2.6  # twice the length takes at most so many times the steps when the growth is linear
_CHEAP = 8  # steps per character up to which the growth does not matter
_TOO_MANY = 200  # steps per character that no pattern may take, whatever its growth
_ENDLESS_STEPS = 400_000  # steps for the shorter text above which the growth is taken to be exponential
_MOST_TEXTS = 3000  # texts tried for one pattern


class Use(Enum):
    """How a pattern is used: to search a text, to match its beginning, or to match all of it."""

    ANYWHERE = "anywhere"
    AT_THE_BEGINNING = "at the beginning"
    WHOLE = "whole"


class Growth(Enum):
    """How the steps grow with the length of the text: linearly, polynomially, or exponentially."""

    LINEAR = "linear"
    STEEP = "steep"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: the pump, repeated between a beginning and an end. All are str, or all bytes."""

    before: Any
    pump: Any
    after: Any

    def text(self, length: int) -> Any:
        """The text, about `length` characters long."""
        return self.before + self.pump * max(1, length // len(self.pump)) + self.after

    def __str__(self) -> str:
        return f"{self.before!r}, then many times {self.pump!r}, then {self.after!r}"


def growth(pattern: str | bytes, flags: int = 0, use: Use = Use.ANYWHERE) -> tuple[Growth, str]:
    """The growth of a pattern's steps on its worst text, and that text when it is not linear. Raises re.error."""
    counted = Counted(pattern, flags)
    for attack in islice(attacks(counted), _MOST_TEXTS):
        if _slow(counted, attack, use):
            endless = _steps(counted, attack.text(_SHORT), use, _ENDLESS_STEPS) > _ENDLESS_STEPS
            return Growth.ENDLESS if endless else Growth.STEEP, str(attack)
    return Growth.LINEAR, ""


@lru_cache(maxsize=512)
def known_growth(pattern: str, flags: int = 0) -> tuple[Growth, str]:
    """`growth` with a cache, for the patterns of a company's policy."""
    return growth(pattern, flags)


def _slow(counted: Counted, attack: Attack, use: Use) -> bool:
    for length in (_SHORT, _LONG):
        texts = (attack.text(size) for size in (length, 2 * length))
        shorter, longer = (_steps(counted, text, use, (len(text) + _SHORT) * _TOO_MANY) for text in texts)
        if longer > 2 * length * _TOO_MANY:
            return True
        if longer <= max(_LINEAR_FACTOR * shorter, 2 * length * _CHEAP):
            return False
    return True


def _steps(counted: Counted, text: Any, use: Use, most: int) -> int:
    """The steps for one text; more than `most` when the search was stopped there."""
    try:
        if use is Use.ANYWHERE:
            counted.scan(text, most)
        else:
            counted.match(text, most, full=use is Use.WHOLE)
    except TooManySteps:
        return 2 * most
    return counted.steps


# ------------------------------------------------------------------------------------------------------ attacks


def attacks(counted: Counted) -> Iterator[Attack]:
    """Every text to try, each once."""
    seen = set()
    maker = _Maker(counted)
    for attack in maker.attacks():
        if attack.pump and attack not in seen:
            seen.add(attack)
            yield attack


class _Maker:
    """Makes texts from the syntax tree of one pattern."""

    def __init__(self, counted: Counted) -> None:
        self.tree, self.flags, self.octets = counted.tree, counted.flags, counted.octets
        self.empty: Any = b"" if self.octets else ""
        self.kinds = self._kinds()
        self.ends = [self.empty, *self._mismatches()]

    def attacks(self) -> Iterator[Attack]:
        whole = self._sample(self.tree, self.flags, 1)
        found = list(self._repeats(self.tree, self.flags, self.empty))
        for before, pump in found:
            for end in self.ends:
                yield Attack(before, pump, end)
        for pump in dict.fromkeys(
            (*(before for before, _ in found), whole, *(before + pump for before, pump in found))
        ):
            for end in self.ends[:2]:
                yield Attack(self.empty, pump, end)

    def _kinds(self) -> list[Any]:
        """Characters of which some node of the pattern can tell any two apart."""
        nodes = list(_singles(self.tree, self.flags))
        letters = [chr(node[1]) for node, _ in nodes if node[0] is _op.LITERAL]
        for node, _ in nodes:
            if node[0] is _op.IN:
                letters += [chr(value if what is _op.LITERAL else value[0]) for what, value in node[1]
                            if what in (_op.LITERAL, _op.RANGE)]  # fmt: skip
        tests = [Sign(node, flags) for node, flags in nodes if node[0] is not _op.LITERAL]
        by_result: dict[tuple[bool, ...], Any] = {}
        for letter in dict.fromkeys((*_CHARACTERS, *letters)):
            character = letter.encode("latin-1", "replace") if self.octets else letter
            by_result.setdefault(tuple(test[self._key(character)] for test in tests), character)
        return list(by_result.values())

    def _key(self, character: Any) -> Any:
        """A character as an index of a text gives it: of bytes, a number."""
        return character[0] if self.octets else character

    def _mismatches(self) -> list[Any]:
        """Ends at which a match is likely to fail, or to succeed late."""
        endings = ("\x00", "\n", "x", "!")
        return [ending.encode("ascii") if self.octets else ending for ending in endings]

    def _repeats(self, nodes: Sequence[Node], flags: int, before: Any) -> Iterator[tuple[Any, Any]]:
        """A text for each repetition, with a text that matches what comes before it."""
        for op, value in nodes:
            if op in REPEATS:
                yield from self._pumps(value, flags, before)
                yield from self._repeats(value[2], flags, before)
            elif op is _op.SUBPATTERN:
                yield from self._repeats(value[3], flags_inside(flags, value[1], value[2]), before)
            elif op is _op.BRANCH:
                for choice in value[1]:
                    yield from self._repeats(choice, flags, before)
            elif op is _op.ATOMIC_GROUP:
                yield from self._repeats(value, flags, before)
            elif op in (_op.ASSERT, _op.ASSERT_NOT):
                yield from self._repeats(value[1], flags, before)
            before += self._sample([(op, value)], flags, 0)

    def _pumps(self, value: Any, flags: int, before: Any) -> Iterator[tuple[Any, Any]]:
        most, body = int(value[1]), value[2]
        if most <= _PUMPED_ABOVE:
            return
        if len(body) == 1 and body[0][0] in ONE_SIGN:
            matches = Sign(body[0], flags)
            for character in self.kinds:
                if matches[self._key(character)]:
                    yield before, character
            yield before, self._sample(body, flags, 0)
            return
        for extra in (0, 1):
            yield before, self._sample(body, flags, extra)
        for choice in _choices(body):
            yield before, self._sample(choice, flags, 1)

    def _sample(self, nodes: Sequence[Node], flags: int, extra: int) -> Any:
        """A text that the nodes match, with each repetition as rare as allowed, but at least `extra` times."""
        text = self.empty
        for op, value in nodes:
            if op in ONE_SIGN:
                text += self._character((op, value), flags)
            elif op in REPEATS:
                times = min(max(int(value[0]), extra), int(value[1]))
                text += self._sample(value[2], flags, extra) * times
            elif op is _op.SUBPATTERN:
                text += self._sample(value[3], flags_inside(flags, value[1], value[2]), extra)
            elif op is _op.BRANCH:
                text += self._sample(value[1][0], flags, extra)
            elif op is _op.ATOMIC_GROUP:
                text += self._sample(value, flags, extra)
        return text

    def _character(self, node: Node, flags: int) -> Any:
        if node[0] is _op.LITERAL:
            return bytes((node[1],)) if self.octets else chr(node[1])
        matches = Sign(node, flags)
        return next((character for character in self.kinds if matches[self._key(character)]), self.empty)


def _singles(nodes: Sequence[Node], flags: int) -> Iterator[tuple[Node, int]]:
    """Every node of a tree that matches one character, with the flags in force there."""
    for op, value in nodes:
        if op in ONE_SIGN:
            yield (op, value), flags
        elif op in REPEATS:
            yield from _singles(value[2], flags)
        elif op is _op.SUBPATTERN:
            yield from _singles(value[3], flags_inside(flags, value[1], value[2]))
        elif op is _op.BRANCH:
            for choice in value[1]:
                yield from _singles(choice, flags)
        elif op is _op.ATOMIC_GROUP:
            yield from _singles(value, flags)
        elif op in (_op.ASSERT, _op.ASSERT_NOT):
            yield from _singles(value[1], flags)


def _choices(body: Sequence[Node]) -> Iterator[Sequence[Node]]:
    for op, value in body:
        if op is _op.BRANCH:
            yield from value[1]
        elif op is _op.SUBPATTERN:
            yield from _choices(value[3])
