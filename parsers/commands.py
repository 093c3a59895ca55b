"""What staff write to act: command lines at the top of a mail, then words.

The words of the commands are given by whoever calls (they come from the policy's languages), so that nothing here
knows a procedure. A line is a command only at the top, before the first line that is none. Letter case, accents, and
the width of signs (延期：２０２６-05-20) do not matter.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters, digits


@dataclass(frozen=True, slots=True)
class Command:
    """One command line: its standard name, what it takes, the line as it was written, and the words on the line
    behind what it takes."""

    name: str
    rest: str = ""
    line: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class StaffText:
    """A staff mail taken apart. `unknown` are lines that were meant as commands and are none; `confirmed` says that the
    writer has marked the text as words for its reader."""

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """What may be said: the words of each command; `accepts(name, rest)` says whether a rest without a colon makes
    sense for it; `reach(name, rest)` how many characters of a rest the command takes; `alone` are the commands that
    take nothing; `single` are whole lines that stand for a command (folded case); `before_words` is the command behind
    which all is words, whatever it looks like."""

    words: Mapping[str, Sequence[str]]
    accepts: Callable[[str, str], bool]
    reach: Callable[[str, str], int]
    alone: Collection[str]
    single: Mapping[str, Command]
    before_words: str = ""


_WIDE = {0xFEE0 + ord(sign): sign for sign in (*digits, *ascii_letters, *":/@-.#")} | {
    0x3000: " ",
    0xA0: " ",
    0x2019: "'",
}
_SLASH = re.compile(r"\s*/\s*(?P<said>\S.*)")
_SENTENCE_END = re.compile(r"[.!?,;。！？，；…]\s*$")
_MARKS = " \t:.,;!-–。，；、！"
_NEAR = 0.82  # one letter wrong, missing or doubled in "decide" still counts as meant
_FAR = 0.5  # one sign of two, in Chinese, is near enough to be named
_FEW, _FEW_SIGNS = 3, 6  # words, or signs of a script without spaces, that somebody who means no command would end
_LONGEST = 80  # characters of a line that are compared with words
_MOST_SIGNS = 20  # behind a colon


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
        if command is not None and command.name == grammar.before_words:
            words = "\n".join([command.words or command.rest, *lines[1:]]).strip()
            return StaffText(tuple(commands), words, tuple(unknown), confirmed=bool(words))
        if command is not None:
            commands.append(command)
        elif line and _meant_as_command(line, grammar):
            unknown.append(line)
        elif line:
            break
        lines.pop(0)
    return StaffText(tuple(commands), "\n".join(lines).strip(), tuple(unknown))


def narrow(text: str) -> str:
    """The text with the signs of Chinese keyboards as ASCII, sign by sign: no place in it moves."""
    return text.translate(_WIDE)


def folded(text: str) -> str:
    """How a word is compared: without case and accents."""
    return "".join(_fold(sign) for sign in narrow(text))


def nearest_command(line: str, words: Mapping[str, Sequence[str]]) -> str:
    """The command whose words a line that is none comes nearest to, the first of equals; empty where none is near."""
    said = tuple(_heads(folded(line[:_LONGEST]).lstrip("/ ").replace(":", " ")))
    near, name = 0.0, ""
    for command, group in words.items():
        for word in map(folded, group):
            likeness = max((difflib.SequenceMatcher(None, head, word).ratio() for head in said), default=0.0)
            near, name = max((near, name), (likeness, command), key=lambda one: one[0])
    return name if near >= _FAR else ""


def _heads(line: str) -> Iterator[str]:
    """What of a line may have been meant as a command's word."""
    words = line.split()
    yield from (" ".join(words[:count]) for count in range(1, min(_FEW, len(words)) + 1))
    if words and _is_cjk(words[0][0]):
        yield from (words[0][:count] for count in range(2, 5))


def _command(line: str, grammar: Grammar) -> Command | None:
    said = narrow(line)
    slash = _SLASH.fullmatch(said)
    start = slash.start("said") if slash else 0
    whole = said[start:].casefold().rstrip(":").strip()
    if whole in grammar.single:
        single = grammar.single[whole]
        return Command(single.name, single.rest, line)
    for name, end in _beginnings(said[start:], grammar):
        rest = said[start + end :]
        at = len(said) - len(rest.lstrip(" \t:"))
        plain = said[at:].rstrip()
        if not plain.strip(_MARKS):
            return Command(name, "", line)
        if slash or _parted(said[start : start + end], rest) or grammar.accepts(name, plain):
            taken = grammar.reach(name, plain)
            words = line[at + taken :].lstrip(_MARKS + "：").strip()
            return Command(name, plain[:taken].strip(_MARKS) if words else plain, line, words)
    return None


def _parted(word: str, rest: str) -> bool:
    """Whether a sign parts the word from the rest on purpose: a colon, or a space where the script needs none."""
    return rest.lstrip().startswith(":") or (_is_cjk(word) and rest[:1].isspace())


def _beginnings(said: str, grammar: Grammar) -> Iterator[tuple[str, int]]:
    """The commands by whose words a line begins, the longest word first, with where the word ends."""
    start = folded(said)
    for name, word in _longest_first(grammar.words):
        if start.startswith(word):
            end = next(at for at in range(len(said) + 1) if len(folded(said[:at])) >= len(word))
            if end == len(said) or said[end] in _MARKS or _is_cjk(word):
                yield name, end


def _longest_first(words: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    pairs = [(name, folded(word)) for name, group in words.items() for word in group]
    return sorted(pairs, key=lambda pair: -len(pair[1]))


@lru_cache(maxsize=4096)
def _fold(sign: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", sign.casefold()) if not unicodedata.combining(c))


def _is_cjk(word: str) -> bool:
    return bool(word) and "\u2e80" <= word[-1] <= "\u9fff"


def _meant_as_command(line: str, grammar: Grammar) -> bool:
    """A slash is always meant. So is a short line that is no sentence, where it begins with a command's word, or
    with a word that is one slip away from one."""
    said = narrow(line)
    if _SLASH.fullmatch(said):
        return True
    if _SENTENCE_END.search(said):
        return False
    for name, end in _beginnings(said, grammar):
        rest = said[end:].strip()
        if _is_cjk(said[:end]):
            return len(rest) <= (1 if name in grammar.alone else _FEW_SIGNS)
        return len(rest.split()) < (2 if name in grammar.alone else _FEW)
    head = re.split(r"[\s:]", folded(said), maxsplit=1)[0]
    known = [word for _, word in _longest_first(grammar.words)]
    if _is_cjk(head):
        few = _MOST_SIGNS if said[len(head) :].startswith(":") else _FEW_SIGNS
        return len(said) - len(head) <= 1 + few and any(_one_sign_off(head, word) for word in known)
    return len(said.split()) <= _FEW + 1 and bool(difflib.get_close_matches(head, known, n=1, cutoff=_NEAR))


def _one_sign_off(head: str, word: str) -> bool:
    same = sum(one == other for one, other in zip(head, word, strict=False))
    return len(head) == len(word) > 1 and same == len(word) - 1
