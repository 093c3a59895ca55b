"""A scenario file's lines: a line at the margin with what is indented under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.faults import Wrong

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line with its number in the file, without what surrounds it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A line at the margin. `inner` are the lines under it, `words` those of them that begin with "|", without it."""

    line: ScriptLine
    inner: tuple[ScriptLine, ...] = ()
    words: str = ""

    @property
    def said(self) -> str:
        """The line with single blanks."""
        return _SPACES.sub(" ", self.line.text)


class WrongLine(Wrong):
    """A wrong line under the first one of its block."""

    def __init__(self, line: ScriptLine, problem: str, allowed: str = "", near: str = "") -> None:
        super().__init__(problem, allowed, near)
        self.line = line


def blocks(text: str) -> list[Block]:
    """The blocks of a file. Blank lines part nothing; a line that begins with "#" is for readers only.

    Raises Wrong for a file that begins with an indented line.
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
    """Parts between separators, those inside "quotes" left alone."""
    return [part.strip() for part in re.findall(rf'(?:"[^"]*"|[^{separator}"])+', text) if part.strip()]


def unquoted(text: str) -> str:
    """The text without the quotes around it, of whatever sort."""
    text = text.strip()
    pairs = ('""', "“”", "„“", "«»", "‘’")
    if len(text) > 1 and any(text[0] == pair[0] and text[-1] == pair[1] for pair in pairs):
        return text[1:-1]
    return text
