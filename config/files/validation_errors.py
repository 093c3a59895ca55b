"""Validate tables against pydantic models, and turn pydantic's errors into Faults."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.faults import Fault, FaultsFound, Wrong, nearest
from config.files.toml_layers import Key, Source, Table, dotted, file_of, key_in, merged, value_at
from config.policy_shapes.periods import ALLOWED as ALLOWED_PERIODS
from config.policy_shapes.sentences import ALLOWED_EFFECTS, KIND_TEAM

_WORDS = 'words in "quotes"'
_MUST_BE = {
    "string_type": _WORDS,
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list in [brackets]",
    "list_type": "a list in [brackets]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "path_type": "a path in quotes",
}
_ALLOWED_BY_TYPE = {
    "Period": ALLOWED_PERIODS,
    "Effect": ALLOWED_EFFECTS,
    "Owner": f'"{KIND_TEAM}", a team, or "TEAM, but not who FACT"',
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_SECRET = re.compile(r"pas+w|secret|users", re.IGNORECASE)


Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], sources: Sequence[Source], extra: Mapping[str, Any]) -> Model:
    """Validate the merged sources; returns the model. `extra` are keys that no file contains; validators get it as
    their context, too. Raises FaultsFound with every fault."""
    table = merged(sources)
    try:
        return model.model_validate({**table, **extra}, context=extra)
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults = [_fault(model, sources, table, detail) for detail in details]
        raise FaultsFound(dict.fromkeys(faults)) from None


def shown_value(value: Any, key: Key = ()) -> str:
    """Format a value for a fault: as in the file, at most 80 characters, secrets hidden."""
    if any(isinstance(part, str) and _SECRET.search(part) for part in key):
        return "(not shown)"
    if value is None:
        return ""
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def keys_of_table(model: type[BaseModel]) -> list[str]:
    """The keys a table may have, spelled as in a file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def annotation_at(model: type[BaseModel], key: Key) -> Any:
    """The type of the value at a key, without Annotated or None; None for an unknown key."""
    inside = _model_at(model, key[:-1])
    return bare_type(_annotation(inside, str(key[-1]))) if inside else None


def _fault(model: type[BaseModel], sources: Sequence[Source], table: Table, detail: ErrorDetails) -> Fault:
    key = key_in(table, detail["loc"])
    file = file_of(sources, key)
    value = "" if detail["type"] == "missing" else shown_value(value_at(table, key), key)
    problem, allowed, near = _explained(model, key, detail)
    if detail["loc"] and detail["loc"][-1] == "[key]":
        value = shown_value(key[-1])
    return Fault(file, dotted(key) or "file", problem, value, allowed, near)


def _explained(model: type[BaseModel], key: Key, detail: ErrorDetails) -> tuple[str, str, str]:
    """The problem, the allowed values and the nearest spelling."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "is missing", _wanted(model, key), ""
    if kind == "extra_forbidden":
        inside = _model_at(model, key[:-1])
        known = keys_of_table(inside) if inside else []
        return "no such key", ", ".join(known), nearest(str(key[-1]), known)
    if kind == "value_error":
        wrong = Wrong.from_error(context["error"])
        return wrong.problem, wrong.allowed, wrong.near
    if kind in ("enum", "literal_error"):
        expected = re.sub(r" or (?='[^']*'$)", ", ", context["expected"]).replace("'", "")
        return "no such value", expected, nearest(str(detail["input"]), expected.split(", "))
    return _must_be(kind, context, detail["msg"])


def _must_be(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str, str]:
    if kind in ("dataclass_type", "is_instance_of"):
        name = context.get("class_name") or context.get("class", "")
        return f"must be {_WORDS}", _ALLOWED_BY_TYPE.get(str(name), ""), ""
    if kind in ("string_too_short", "too_short"):
        return "must not be empty", "", ""
    if kind in _BOUNDS:
        bound, word = _BOUNDS[kind]
        return f"must be {word} {context[bound]}", "", ""
    if kind == "string_pattern_mismatch":
        return "does not look right", f"what matches {context['pattern']}", ""
    problem = f"must be {_MUST_BE[kind]}" if kind in _MUST_BE else message[:1].lower() + message[1:]
    return problem, "", ""


def _wanted(model: type[BaseModel], key: Key) -> str:
    """What to write at a missing key, in a few words."""
    bare = annotation_at(model, key)
    if get_origin(bare) is dict:
        return "words by language" if get_args(bare)[1] is str else "a table"
    if get_origin(bare) is tuple:
        return "a list in [brackets]"
    name = getattr(bare, "__name__", "")
    return _ALLOWED_BY_TYPE.get(name) or {"str": _WORDS, "int": "a whole number", "bool": "true or false"}.get(name, "")


def _model_at(model: type[BaseModel], key: Key) -> type[BaseModel] | None:
    """The model of the table at a key."""
    here: Any = model
    for part in key:
        bare = bare_type(here)
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            here = _annotation(bare, str(part))
        else:
            here = _element(bare, part)
    bare = bare_type(here)
    while not isinstance(bare, type) and get_origin(bare) in (tuple, list):
        bare = bare_type(get_args(bare)[0])
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _annotation(model: type[BaseModel], name: str) -> Any:
    fields = model.model_fields.items()
    return next((field.annotation for own, field in fields if name in (own, field.alias)), None)


def _element(annotation: Any, part: str | int) -> Any:
    """The element type of a dict or list type; a single table may be written in place of a list of them."""
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    if get_origin(annotation) in (tuple, list):
        return arguments[0] if isinstance(part, int) else _annotation(bare_type(arguments[0]), part)
    return None


def bare_type(annotation: Any) -> Any:
    """The type without Annotated; of a union with None, the other type."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(member for member in get_args(annotation) if member is not type(None))
        else:
            return annotation
