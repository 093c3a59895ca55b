"""Texts that are as bad as can be for one regular expression, made from its own tree, and what they cost it."""

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

_SIGNS = "aAzx0 \t\n\r_-.:,;/+=<>()[]{}'\"@!?#%&*\x00éß世"
_ENDLESS = 30  # what may be repeated more often than this is pumped
_SHORT, _LONG = 64, 512  # signs of the smaller text of a pair: to see growth, and to see where it ends
_GROWS = 2.6  # a text twice as long takes twice the steps, and a bit
_CHEAP = 8  # steps for each sign that need no second look
_DEAR = 200  # steps for each sign that no pattern may take, however it grows
_ENDLESS_STEPS = 400_000  # for the smaller text: what takes more has no power of its length that fits
_MOST = 3000  # texts tried for one pattern


class Use(Enum):
    """How a pattern is looked for: anywhere in a text, at its beginning only, or as the whole of it."""

    ANYWHERE = "anywhere"
    AT_THE_BEGINNING = "at the beginning"
    WHOLE = "whole"


class Growth(Enum):
    """How the steps grow with the text: like its length, faster, or beyond all measure."""

    LINEAR = "linear"
    STEEP = "steep"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: the pump again and again between a beginning and an end."""

    before: Any
    pump: Any
    after: Any

    def text(self, signs: int) -> Any:
        """The text, about so many signs long."""
        return self.before + self.pump * max(1, signs // len(self.pump)) + self.after

    def __str__(self) -> str:
        return f"{self.before!r}, then many times {self.pump!r}, then {self.after!r}"


def growth(pattern: str | bytes, flags: int = 0, use: Use = Use.ANYWHERE) -> tuple[Growth, str]:
    """How the steps of a pattern grow on its worst text, and that text where they grow too fast. Raises re.error."""
    counted = Counted(pattern, flags)
    for attack in islice(attacks(counted), _MOST):
        if _slow(counted, attack, use):
            endless = _steps(counted, attack.text(_SHORT), use, _ENDLESS_STEPS) > _ENDLESS_STEPS
            return Growth.ENDLESS if endless else Growth.STEEP, str(attack)
    return Growth.LINEAR, ""


@lru_cache(maxsize=512)
def known_growth(pattern: str, flags: int = 0) -> tuple[Growth, str]:
    """The same for a pattern that a company has written: reckoned once."""
    return growth(pattern, flags)


def _slow(counted: Counted, attack: Attack, use: Use) -> bool:
    for signs in (_SHORT, _LONG):
        texts = (attack.text(size) for size in (signs, 2 * signs))
        one, two = (_steps(counted, text, use, (len(text) + _SHORT) * _DEAR) for text in texts)
        if two > 2 * signs * _DEAR:
            return True
        if two <= max(_GROWS * one, 2 * signs * _CHEAP):
            return False
    return True


def _steps(counted: Counted, text: Any, use: Use, most: int) -> int:
    """The steps for one text, or more than `most` where they were not all taken."""
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
    """Every text worth trying, each once."""
    seen = set()
    maker = _Maker(counted)
    for attack in maker.attacks():
        if attack.pump and attack not in seen:
            seen.add(attack)
            yield attack


class _Maker:
    """Texts from the tree of one pattern."""

    def __init__(self, counted: Counted) -> None:
        self.tree, self.flags, self.octets = counted.tree, counted.flags, counted.octets
        self.nothing: Any = b"" if self.octets else ""
        self.kinds = self._kinds()
        self.ends = [self.nothing, *self._strangers()]

    def attacks(self) -> Iterator[Attack]:
        whole = self._sample(self.tree, self.flags, 1)
        found = list(self._repeats(self.tree, self.flags, self.nothing))
        for before, pump in found:
            for end in self.ends:
                yield Attack(before, pump, end)
        for pump in dict.fromkeys(
            (*(before for before, _ in found), whole, *(before + pump for before, pump in found))
        ):
            for end in self.ends[:2]:
                yield Attack(self.nothing, pump, end)

    def _kinds(self) -> list[Any]:
        """Signs of which no two are the same to every node of the pattern."""
        nodes = list(_singles(self.tree, self.flags))
        letters = [chr(node[1]) for node, _ in nodes if node[0] is _op.LITERAL]
        for node, _ in nodes:
            if node[0] is _op.IN:
                letters += [chr(value if what is _op.LITERAL else value[0]) for what, value in node[1]
                            if what in (_op.LITERAL, _op.RANGE)]  # fmt: skip
        signs = dict.fromkeys((*_SIGNS, *letters))
        tests = [Sign(node, flags) for node, flags in nodes if node[0] is not _op.LITERAL]
        taken: dict[tuple[bool, ...], Any] = {}
        for sign in signs:
            one = sign.encode("latin-1", "replace") if self.octets else sign
            key = one[0] if self.octets else one
            taken.setdefault(tuple(test[key] for test in tests), one)
        return list(taken.values())

    def _strangers(self) -> list[Any]:
        """Ends at which a match is likely to fail, or to come late."""
        wanted = ("\x00", "\n", "x", "!")
        return [one.encode("ascii") if self.octets else one for one in wanted]

    def _repeats(self, nodes: Sequence[Node], flags: int, before: Any) -> Iterator[tuple[Any, Any]]:
        """What is repeated, each with a text that leads to it."""
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
        least, most, body = int(value[0]), int(value[1]), value[2]
        if most <= _ENDLESS:
            return
        if len(body) == 1 and body[0][0] in ONE_SIGN:
            sign = Sign(body[0], flags)
            for one in self.kinds:
                if sign[one[0] if self.octets else one]:
                    yield before, one
            yield before, self._sample(body, flags, 0)
            return
        for extra in (0, 1):
            yield before, self._sample(body, flags, extra)
        for choice in _choices(body):
            yield before, self._sample(choice, flags, 1)
        del least

    def _sample(self, nodes: Sequence[Node], flags: int, extra: int) -> Any:
        """A text that the nodes take, with each repetition as rare as it may be, but at least `extra` times."""
        text = self.nothing
        for op, value in nodes:
            if op in ONE_SIGN:
                text += self._one((op, value), flags)
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

    def _one(self, node: Node, flags: int) -> Any:
        if node[0] is _op.LITERAL:
            return bytes((node[1],)) if self.octets else chr(node[1])
        sign = Sign(node, flags)
        return next((one for one in self.kinds if sign[one[0] if self.octets else one]), self.nothing)


def _singles(nodes: Sequence[Node], flags: int) -> Iterator[tuple[Node, int]]:
    """Every node of a tree that takes one sign, with the flags that hold there."""
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
