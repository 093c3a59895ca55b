"""The table of what a letter can say, in docs/letters.md: made from the fields of LetterContext and their comments."""

from __future__ import annotations

import inspect
import sys
from dataclasses import fields
from pathlib import Path

from daemon.letters.variables import LetterContext

_BEGIN, _END = "<!-- values -->\n", "<!-- end -->"


def meanings() -> dict[str, str]:
    """What each field means: the comment behind it, or the lines of comment above it. In the order of the fields."""
    found: dict[str, str] = {}
    for group in LetterContext.__mro__[:-1]:
        above: list[str] = []
        for line in inspect.getsource(group).splitlines():
            declared, _, comment = line.partition("#")
            name, colon, _type = declared.strip().partition(": ")
            if colon and name.isidentifier():
                found[name] = comment.strip() or " ".join(above)
                above = []
            elif comment and not declared.strip():
                above.append(comment.strip())
    return {field.name: found[field.name] for field in fields(LetterContext)}


def as_markdown() -> str:
    """The table, a line for each name."""
    lines = [f"| `{name}` | {meaning} |" for name, meaning in meanings().items()]
    return "\n".join(("| name | meaning |", "| --- | --- |", *lines))


def filled(page: str) -> str:
    """The page with the table as it is now between its two marks; a page without them stays as it is."""
    before, begin, rest = page.partition(_BEGIN)
    _old, end, after = rest.partition(_END)
    return f"{before}{begin}{as_markdown()}\n{end}{after}" if end else page


if __name__ == "__main__":  # python -m daemon.letters.variables_table FILES: write their tables anew
    for page in map(Path, sys.argv[1:]):
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
