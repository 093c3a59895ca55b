"""Validate a policy without its malformed parts, so that the faults of all other parts are reported in the same run."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError

from config.files.toml_layers import Key, Source, Table, key_in, merged, value_at
from config.files.validation_errors import Model

_MOST_ROUNDS = 20  # each removes more; tables are not nested deeper
# Errors for a value that is not the table or list expected: its content cannot be guessed.
_WRONG_CONTAINER = {"dict_type", "model_type", "model_attributes_type", "tuple_type", "list_type"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ValidPart(Generic[Model]):
    """The model without the parts left out, and the keys of these. `table` is what is left of the files; `words` are
    all names and words in the parts left out, which may or may not be definitions."""

    value: Model
    table: Table
    left_out: tuple[Key, ...]
    words: frozenset[str]

    def is_certain(self, key: Key, value: str) -> bool:
        """Whether a finding at this key, about this value, holds whatever was left out: it concerns neither a part left
        out, nor a part that refers to one, nor a name that may be defined in one."""
        around = [out[:2] for out in self.left_out]
        beside = all(key[: len(out)] != out and out[: len(key)] != key for out in around)
        damaged = {out[-1] for out in around}
        return beside and value not in self.words and damaged.isdisjoint(_words(value_at(self.table, key[:2])))


def validate_partially(
    model: type[Model], sources: Sequence[Source], extra: Mapping[str, Any]
) -> ValidPart[Model] | None:
    """Validate the sources without their malformed parts; None when too little is left."""
    table: Table = copy.deepcopy(merged(sources))
    left_out: dict[Key, Any] = {}
    for _ in range(_MOST_ROUNDS):
        try:
            value = model.model_validate({**table, **extra}, context=extra)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            found = {_part(table, detail["loc"], detail["type"]) for detail in errors}
            if () in found or any(detail["type"] in _WRONG_CONTAINER for detail in errors):
                return None
            # The last of a list first, so that the positions of the others do not change.
            for key in sorted(found, key=lambda path: [str(part).rjust(6) for part in path], reverse=True):
                left_out[key] = value_at(table, key)
                _remove(table, key)
        else:
            words = {word for key, part in left_out.items() for word in (*_words(key[-1]), *_words(part))}
            return ValidPart(value, table, tuple(left_out), frozenset(words))
    return None


def _part(table: Table, location: Sequence[str | int], kind: str) -> Key:
    """The smallest part to leave out: the malformed value, or the table that lacks a required key."""
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
        for name, element in value.items():
            yield from (*_words(name), *_words(element))
    elif isinstance(value, list):
        for element in value:
            yield from _words(element)
    elif isinstance(value, str):
        yield from (value, *_WORD.findall(value))
