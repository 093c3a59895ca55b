"""Read TOML files and merge them in layers, keeping track of the file that each key came from.

Tables merge key by key; lists and values replace. A mistake is reported as a Fault with file and position.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from config.faults import Fault, FaultsFound

Table = dict[str, Any]
Key = tuple[str | int, ...]
_PLACE = re.compile(r"(?P<what>.+?) \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)")


@dataclass(frozen=True, slots=True)
class Source:
    """The table of one file, and the name under which faults show the file."""

    file: str
    table: Table


def read_source(path: Path | Traversable, shown: str = "") -> Source:
    """Read a TOML file. Raises FaultsFound when it cannot be read or is not TOML (with the line)."""
    file = shown or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return Source(file, tomllib.loads(text))
    except OSError as error:
        raise FaultsFound([Fault(file, "file", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = "not UTF-8 text"
        raise FaultsFound([Fault(file, f"line {line}", problem, allowed="UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        raise FaultsFound([_not_toml(file, text, str(error))]) from error


def merged(sources: Sequence[Source]) -> Table:
    """Merge the tables of all sources; later ones override earlier ones."""
    table: Table = {}
    for source in sources:
        table = _over(table, source.table)
    return table


def file_of(sources: Sequence[Source], key: Key) -> str:
    """The file that contains the longest part of this key; of several, the last, which overrides the others."""
    depths = [_depth(source.table, key) for source in sources]
    deepest = max(depths, default=0)
    return next((s.file for s, depth in zip(reversed(sources), reversed(depths), strict=True) if depth == deepest), "")


def key_in(table: Table, location: Sequence[str | int]) -> Key:
    """The part of pydantic's location that is in the file: levels that validators added (a list around a single value,
    a language around a plain text) are left out. Missing keys are kept."""
    key: list[str | int] = []
    here: Any = table
    for part in location:
        found, there = _step(here, part)
        if found:
            key.append(part)
            here = there
        elif isinstance(here, dict) and isinstance(part, str) and part != "[key]":
            key.append(part)
            here = {}
    return tuple(key)


def value_at(table: Table, key: Key) -> Any:
    """The value at a key; None when there is none."""
    here: Any = table
    for part in key:
        found, here = _step(here, part)
        if not found:
            return None
    return here


def dotted(key: Key) -> str:
    """A key as written in TOML, list positions counted from 1: steps.sorting.does[2]."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            text += ("." if text else "") + (part if bare else f'"{part}"')
    return text


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Table:
    table = dict(below)
    for key, value in above.items():
        under = table.get(key)
        table[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return table


def _depth(table: Table, key: Key) -> int:
    here: Any = table
    for depth, part in enumerate(key):
        found, here = _step(here, part)
        if not found:
            return depth
    return len(key)


def _step(here: Any, part: str | int) -> tuple[bool, Any]:
    if isinstance(here, dict) and part in here:
        return True, here[part]
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return True, here[part]
    return False, None


def _not_toml(file: str, text: str, message: str) -> Fault:
    match = _PLACE.fullmatch(message)
    if match is None or match["line"] is None:
        return Fault(file, "end of file", f"not TOML: {(match['what'] if match else message).lower()}")
    line = text.splitlines()[int(match["line"]) - 1 :][:1]
    place = f"line {match['line']}, column {match['column']}"
    return Fault(file, place, f"not TOML: {match['what'].lower()}", value="".join(line).strip())
