"""The table of what a letter can say, in docs/letters.md: made from the fields of LetterContext and their comments."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import fields
from pathlib import Path

from daemon.letters.variables import LetterContext

_TABLE = re.compile(r"<!-- values -->\n.*?<!-- end -->", re.DOTALL)
_COMMENT = re.compile(r" +# (?P<text>.*)")
_FIELD = re.compile(r" +(?P<name>[a-z_]+): [^#]*?(?: +# (?P<meaning>.*))?")


def meanings() -> dict[str, str]:
    """What each field means: the comment behind it, or the lines of comment above it. In the order of the fields."""
    found: dict[str, str] = {}
    for group in LetterContext.__mro__[:-1]:
        above: list[str] = []
        for line in inspect.getsource(group).splitlines():
            if (comment := _COMMENT.fullmatch(line)) is not None:
                above.append(comment["text"])
            elif (field := _FIELD.fullmatch(line)) is not None:
                found[field["name"]] = field["meaning"] or " ".join(above)
                above = []
    return {field.name: found[field.name] for field in fields(LetterContext)}


def as_markdown() -> str:
    """The table, a line for each name."""
    lines = [f"| `{name}` | {meaning} |" for name, meaning in meanings().items()]
    return "\n".join(("| name | meaning |", "| --- | --- |", *lines))


def filled(page: str) -> str:
    """The page with the table as it is now between its two marks."""
    return _TABLE.sub(lambda _: f"<!-- values -->\n{as_markdown()}\n<!-- end -->", page)


if __name__ == "__main__":  # python -m daemon.letters.variables_table FILES: write their tables anew
    for page in map(Path, sys.argv[1:]):
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
