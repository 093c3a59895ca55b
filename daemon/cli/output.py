"""Print listings: the same rows as a table for people or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Any

from config.policy_shapes.periods import Period

Row = Mapping[str, Any]


def as_json_types(value: Any) -> Any:
    """Return any value as JSON types: instants and dates as ISO 8601, durations in seconds, enums as their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: as_json_types(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Period):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): as_json_types(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [as_json_types(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    print(json.dumps(as_json_types(value), ensure_ascii=False, indent=2))


def print_rows(rows: Sequence[Row], *, columns: Sequence[str], as_json: bool, zone: tzinfo, none: str) -> None:
    """Print all columns of the rows as JSON, or the named ones as a table; print `none` when there are no rows."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        print(none)
        return
    cells = [[_cell(row.get(column), zone) for column in columns] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for line in cells:
            print("\t".join(line))
        return
    _table(columns, cells)


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)


def _cell(value: Any, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if value is None:
        return ""
    shown = as_json_types(value)
    return shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
