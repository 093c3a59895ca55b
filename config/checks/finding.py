"""A finding of a check: a fault at a key, before its file is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from config.faults import nearest
from config.files.toml_layers import Key


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at a key of a policy; the rest as in config.faults.Fault."""

    key: Key
    problem: str
    value: str = ""
    allowed: str = ""
    nearest: str = ""


Findings = Iterator[Finding]


def check_name(key: Key, value: str, names: Collection[str], what: str, *more: str) -> Findings:
    """Yield a finding, with the defined names, unless the value is one of `names` or `more`."""
    if value in names or value in more:
        return
    every = [*names, *more]
    yield Finding(key, f"no such {what}", value, ", ".join(every) or f"no {what} is defined", nearest(value, every))
