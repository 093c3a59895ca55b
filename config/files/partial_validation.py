"""What of a file still stands when its faulty parts are left out, so that faults elsewhere are told in one round."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError

from config.files.toml_layers import Key, Source, Table, key_in, merged, value_at
from config.files.validation_errors import Model

_MOST_ROUNDS = 20  # each leaves out more; nested tables are not deeper
# Something else stands where a table or a list should: nobody can say what it was to hold.
_WHOLLY_WRONG = {"dict_type", "model_type", "model_attributes_type", "tuple_type", "list_type"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ValidPart(Generic[Model]):
    """The value without what was left out, by the keys at which it stood. `table` is what is left in the files;
    `words` are all names and words in what is not: of these nobody can say whether they are defined."""

    value: Model
    table: Table
    left_out: tuple[Key, ...]
    words: frozenset[str]

    def is_sure(self, key: Key, value: str) -> bool:
        """Whether what is said of this key, and of the value found there, stands whatever was left out: it is neither
        said of the same thing, nor of one that speaks of it, nor of a name that may be defined there."""
        around = [out[:2] for out in self.left_out]
        beside = all(key[: len(out)] != out and out[: len(key)] != key for out in around)
        damaged = {out[-1] for out in around}
        return beside and value not in self.words and damaged.isdisjoint(_words(value_at(self.table, key[:2])))


def what_stands(model: type[Model], sources: Sequence[Source], extra: Mapping[str, Any]) -> ValidPart[Model] | None:
    """The value that the sources describe without their faulty parts; None where too little is left of it."""
    table: Table = copy.deepcopy(merged(sources))
    left_out: dict[Key, Any] = {}
    for _ in range(_MOST_ROUNDS):
        try:
            value = model.model_validate({**table, **extra}, context=extra)
        except ValidationError as error:
            told = error.errors(include_url=False)
            found = {_part(table, one["loc"], one["type"]) for one in told}
            if () in found or any(one["type"] in _WHOLLY_WRONG for one in told):
                return None
            # The later of a list first, so that the places of the others stay.
            for key in sorted(found, key=lambda one: [str(part).rjust(6) for part in one], reverse=True):
                left_out[key] = value_at(table, key)
                _remove(table, key)
        else:
            words = {word for key, part in left_out.items() for word in (*_words(key[-1]), *_words(part))}
            return ValidPart(value, table, tuple(left_out), frozenset(words))
    return None


def _part(table: Table, location: Sequence[str | int], kind: str) -> Key:
    """The least that must go: the faulty value; where one is missing, the table that lacks it."""
    key = key_in(table, location)
    while key and value_at(table, key) is None:
        key = key[:-1]
    return key[:-1] if kind == "missing" and key == key_in(table, location) else key


def _remove(table: Table, key: Key) -> None:
    around = value_at(table, key[:-1])
    if isinstance(around, dict):
        around.pop(key[-1], None)
    elif isinstance(around, list) and isinstance(key[-1], int) and key[-1] < len(around):
        del around[key[-1]]


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from (*_words(name), *_words(one))
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, str):
        yield from (value, *_WORD.findall(value))
