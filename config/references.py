"""Case references, such as C-2026-000123: a policy's letters, the year, and a number that counts from 1 each year."""

from __future__ import annotations

import re
from typing import NewType

Reference = NewType("Reference", str)
"""A case's reference, in upper case."""

REFERENCE_PREFIX = r"[A-Z]{1,4}"
"""The letters that a policy gives to its cases, for use inside a larger pattern."""
REFERENCE_START = rf"{REFERENCE_PREFIX}-\d{{4}}-"
"""Everything before the number, for use inside a larger pattern."""
REFERENCE = rf"{REFERENCE_START}\d{{4,}}"
"""A whole reference, for use inside a larger pattern."""
_REFERENCE = re.compile(REFERENCE, re.IGNORECASE | re.ASCII)


def format_reference(prefix: str, year: int, number: int) -> Reference:
    """Return the reference of the case with this number in a year."""
    return Reference(f"{prefix}-{year}-{number:06d}")


def references_in(text: str) -> tuple[Reference, ...]:
    """Return the references in a text, each once, in the order in which they first stand there."""
    return tuple(dict.fromkeys(Reference(found.upper()) for found in _REFERENCE.findall(text)))


def is_reference(text: str) -> bool:
    """Whether a text is a reference and nothing else."""
    return _REFERENCE.fullmatch(text) is not None
