"""What staff write to act: command lines at the top of a mail, then words.

The words of the commands are given by whoever calls (they come from the policy's languages), so that nothing here
knows a procedure. A line is a command only at the top, before the first line that is none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command line: its standard name, what follows the word, and the line as it was written."""

    name: str
    rest: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class StaffText:
    """A staff mail taken apart. `unknown` are lines that were meant as commands and are none."""

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grammar:
    """What may be said: the words of each command; `accepts(name, rest)` says whether a rest without a colon makes
    sense for it; `single` are whole lines that stand for a command (folded case)."""

    words: Mapping[str, Sequence[str]]
    accepts: Callable[[str, str], bool]
    single: Mapping[str, Command]


_SLASH = re.compile(r"\s*/\s*(?P<said>\S.*)")
_SENTENCE_END = re.compile(r"[.!?,;。！？，；…]\s*$")
_NEAR = 0.84  # one letter wrong in "decide" still counts as meant


def read_commands(reply: str, grammar: Grammar) -> StaffText:
    """Take a staff reply apart.

    A command line is "/word rest"; "word: rest"; a known word alone; or a known word with a rest that makes sense
    for it. "Close the valve first." is none of these, and goes to the customer as the words it is.
    """
    commands: list[Command] = []
    unknown: list[str] = []
    lines = reply.strip("\n").split("\n")
    while lines:
        line = lines[0].strip()
        command = _command(line, grammar)
        if command is not None:
            commands.append(command)
        elif line and _meant_as_command(line, grammar, first=not commands):
            unknown.append(line)
        elif line:
            break
        lines.pop(0)
    return StaffText(tuple(commands), "\n".join(lines).strip(), tuple(unknown))


def _command(line: str, grammar: Grammar) -> Command | None:
    slash = _SLASH.fullmatch(line)
    said = (slash["said"] if slash else line).replace("：", ":").strip()
    folded = said.casefold().rstrip(":").strip()
    if folded in grammar.single:
        single = grammar.single[folded]
        return Command(single.name, single.rest, line)
    for name, word in _longest_first(grammar.words):
        rest = _rest(said, word)
        if rest is None:
            continue
        plain = rest.lstrip(" :").strip()
        if slash or rest.lstrip().startswith(":") or not plain or grammar.accepts(name, plain):
            return Command(name, plain, line)
    return None


def _longest_first(words: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    pairs = [(name, word.casefold()) for name, group in words.items() for word in group]
    return sorted(pairs, key=lambda pair: -len(pair[1]))


def _rest(said: str, word: str) -> str | None:
    folded = said.casefold()
    if not folded.startswith(word):
        return None
    rest = said[len(word) :]
    return rest if not rest or rest[0] in " :\t" else None


def _meant_as_command(line: str, grammar: Grammar, *, first: bool) -> bool:
    """A slash is always meant. A short first line is, when its first word is one slip away from a command's."""
    if _SLASH.fullmatch(line):
        return True
    words = line.split()
    if not first or len(words) > 4 or _SENTENCE_END.search(line):
        return False
    known = [word for _, word in _longest_first(grammar.words)]
    head = words[0].rstrip(":").casefold()
    return head not in known and bool(difflib.get_close_matches(head, known, n=1, cutoff=_NEAR))
