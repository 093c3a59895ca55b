"""Split a scenario file into blocks: a line at the margin with the lines indented under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.faults import Wrong

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line with its number in the file, stripped of surrounding white space."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A line at the margin. `indented` are the lines under it; `text` the text of those that begin with "|"."""

    line: ScriptLine
    indented: tuple[ScriptLine, ...] = ()
    text: str = ""

    @property
    def source_line(self) -> str:
        """The line with single spaces."""
        return _SPACES.sub(" ", self.line.text)


class WrongLine(Wrong):
    """A wrong line under the first one of its block."""

    def __init__(self, line: ScriptLine, problem: str, allowed: str = "", near: str = "") -> None:
        super().__init__(problem, allowed, near)
        self.line = line


def split_blocks(text: str) -> list[Block]:
    """Return the blocks of a file. Blank lines and lines that begin with "#" are skipped.

    Raises Wrong if the file begins with an indented line.
    """
    found: list[tuple[ScriptLine, list[ScriptLine], list[str]]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if raw[0] not in " \t":
            found.append((ScriptLine(number, stripped), [], []))
        elif not found:
            raise Wrong("the first line is indented", "Scenario: and what it is about")
        elif stripped.startswith("|"):
            found[-1][2].append(stripped[1:].removeprefix(" "))
        else:
            found[-1][1].append(ScriptLine(number, _SPACES.sub(" ", stripped)))
    return [Block(line, tuple(inner), "\n".join(words)) for line, inner, words in found]


def split_quoted(text: str, separator: str = ",") -> list[str]:
    """Split at the separators outside "quotes"."""
    return [part.strip() for part in re.findall(rf'(?:"[^"]*"|[^{separator}"])+', text) if part.strip()]


def unquote(text: str) -> str:
    """Remove the quotation marks around a text, of any style."""
    text = text.strip()
    pairs = ('""', "“”", "„“", "«»", "‘’")
    if len(text) > 1 and any(text[0] == pair[0] and text[-1] == pair[1] for pair in pairs):
        return text[1:-1]
    return text
