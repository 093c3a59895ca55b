"""The reference of all keys of a policy: type and default from the shapes, meaning from config/policy_keys.toml.

`reclamo policy keys` prints it; `make pictures` writes it into docs/policies.md."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.files.validation_errors import bare_type
from config.policy import Branches, Names, PeriodText, Policy, Text, Words
from config.policy_shapes.periods import Period
from config.policy_shapes.sentences import Effect, Owner

MEANINGS = "policy_keys.toml"
TOP = "at the top"
_BLOCK = re.compile(r"<!-- keys (?P<place>[a-z_. ]+) -->\n(?:(?!<!-- keys ).)*?<!-- end -->", re.DOTALL)
_BY_LANGUAGE = ((Text, "words by language"), (Words, "lists of words by language"), (Branches, "a step, or branches"))
_PLAIN = {
    str: "words",
    int: "a whole number",
    bool: "`true` or `false`",
    Decimal: "an amount",
    date: "a date",
    Period: "a period",
    Effect: "a sentence",
    Owner: "an owner",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One key. `otherwise` is the default: a value, empty for none, or "must be there"."""

    key: str
    wants: str
    otherwise: str
    meaning: str


@dataclass(frozen=True, slots=True)
class KeySection:
    """The keys of one shape; `place` is its position in a policy, as in things.slots."""

    place: str
    shape: str
    rows: tuple[Row, ...]


def key_sections() -> tuple[KeySection, ...]:
    """One section per shape, in the order of a policy."""
    places = _places()
    return tuple(KeySection(place, shape.__name__, tuple(_rows(shape, places))) for shape, place in places.items())


@cache
def key_meanings() -> dict[str, dict[str, str]]:
    """The meaning of each key, by shape and key."""
    return tomllib.loads(files("config").joinpath(MEANINGS).read_text(encoding="utf-8"))


def as_markdown(section: KeySection) -> str:
    """A section as a table."""
    lines = ["| key | what stands there | if left out | meaning |", "| --- | --- | --- | --- |"]
    lines += [f"| `{row.key}` | {row.wants} | {row.otherwise} | {row.meaning} |" for row in section.rows]
    return "\n".join(lines)


def fill_page(page: str) -> str:
    """The page with its tables replaced, between <!-- keys things.slots --> and <!-- end -->. Raises KeyError."""
    known = {section.place: section for section in key_sections()}

    def table(mark: re.Match[str]) -> str:
        return f"<!-- keys {mark['place']} -->\n{as_markdown(known[mark['place']])}\n<!-- end -->"

    return _BLOCK.sub(table, page)


def _places() -> dict[type[BaseModel], str]:
    """Each shape with its first position in a policy."""
    met: dict[type[BaseModel], str] = {Policy: TOP}

    def look(shape: type[BaseModel], above: str) -> None:
        for key, field in _fields(shape):
            for inner in _shapes_in(field.annotation):
                if inner not in met:
                    met[inner] = f"{above}.{key}" if above else key
                    look(inner, met[inner])

    look(Policy, "")
    return met


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The keys of a shape that a file can contain, with their fields: a policy's name is not among them."""
    for name, field in shape.model_fields.items():
        if (shape, name) != (Policy, "name"):
            yield field.alias or name, field


def _shapes_in(sort: Any) -> Iterator[type[BaseModel]]:
    if isinstance(sort, type) and issubclass(sort, BaseModel):
        yield sort
    for part in get_args(sort):
        yield from _shapes_in(part)


def _rows(shape: type[BaseModel], places: dict[type[BaseModel], str]) -> Iterator[Row]:
    meanings = key_meanings().get(shape.__name__, {})
    for key, field in _fields(shape):
        sort = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        yield Row(key, _wants(sort, places), _otherwise(field), meanings.get(key, ""))


def _wants(sort: Any, places: dict[type[BaseModel], str]) -> str:
    """The type of a value, in words."""
    marks = sort.__metadata__ if get_origin(sort) is Annotated else ()
    for alias, words in _BY_LANGUAGE:
        if get_args(alias)[1] in marks:
            return words
    bare = bare_type(sort)
    if get_origin(bare) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(bare))
    if get_origin(bare) is dict:
        by, inner = get_args(bare)
        return f"by {'period' if by is PeriodText else 'name'}: {_wants(inner, places)}"
    if get_origin(bare) is tuple:
        each = _wants(get_args(bare)[0], places)
        return f"{each}, or a list" if get_args(Names)[1] in marks else f"a list: {each}"
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return f"a table (`{places[bare]}`)"
    if isinstance(bare, type) and issubclass(bare, Enum):
        return ", ".join(f"`{member.value}`" for member in bare)
    return _PLAIN.get(bare, "a value") + "".join(_bounds(marks))


def _bounds(marks: tuple[Any, ...]) -> Iterator[str]:
    for mark in marks:
        if getattr(mark, "ge", None) is not None:
            yield f", at least {mark.ge}"
        if getattr(mark, "pattern", None):
            yield f", as `{mark.pattern.strip('^$')}`"


def _otherwise(field: FieldInfo) -> str:
    if field.is_required():
        return "must be there"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in ("", (), None) or isinstance(value, dict | BaseModel):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{element}`" for element in value)
    return f"`{value.value if isinstance(value, Enum) else value}`"


if __name__ == "__main__":  # python -m config.diagrams.key_reference FILES: rewrite their tables
    for page in map(Path, sys.argv[1:]):
        page.write_text(fill_page(page.read_text(encoding="utf-8")), encoding="utf-8")
