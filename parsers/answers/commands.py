"""What staff write to act: command lines at the top of a mail, then words.

A line is a command only at the top, before the first line that is none. A greeting above, list marks before and
thanks below do not change that. What looks like a command and is none is told to its writer: daemon/decide refuses
the whole mail, so that nothing of it goes out.
"""

from __future__ import annotations

import difflib
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from itertools import islice

from parsers.answers.command_words import MARKS, Command, Grammar, beginnings, folded, is_cjk, narrow
from parsers.answers.framing import greets_nobody, is_closing, is_greeting, without_list_mark
from parsers.answers.instructions import is_help_copy, is_instruction, speaks_of_customer, without_lead_in
from parsers.answers.speech import EVERY_LANGUAGE, Speech, speech_of
from parsers.reply.signature import is_sign_off
from parsers.sender.away import tells_of_absence

__all__ = ["Command", "Doubt", "Grammar", "StaffText", "folded", "narrow", "nearest_command", "read_commands"]


class Doubt(Enum):
    """Why a mail is not obeyed as it stands."""

    UNKNOWN = auto()  # a line that was meant as a command and is none
    GREETED = auto()  # a command below a greeting to a person, with words for them
    ABSENCE = auto()  # words that read like a notice of the writer's absence
    OF_CUSTOMER = auto()  # words for the customer that speak of the customer to somebody else


@dataclass(frozen=True, slots=True)
class StaffText:
    """A staff mail taken apart. `unknown` are lines for which the mail is not obeyed, `doubt` is why; `confirmed` says
    that the writer has marked the text as words for its reader."""

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()
    doubt: Doubt | None = None
    confirmed: bool = False


_SLASH = re.compile(r"\s*/\s*(?P<said>\S.*)")
_FAR = 0.5  # one sign of two, in Chinese, is near enough to be named
_FEW = 3  # words of which a command's name may be made
_LONGEST = 80  # characters of a line that are compared with words
_MOST = 100  # lines at the top of a mail that are looked at as commands
_FOLLOWING = 5  # lines that one sentence may be broken over
_WRAPPED = 60  # a line this long may have been broken by a mail program
_BRIEF = 4  # words of a line in a note that was meant as a command


def read_commands(
    reply: str, grammar: Grammar, *, writer: str = "", customer: str = "", inside: bool = False
) -> StaffText:
    """Take a staff reply apart.

    A command line is "/word rest"; "word: rest"; a known word alone; or a known word with a rest that makes sense
    for it. "Close the valve first." is none of these, and goes to the customer as the words it is. `writer` and
    `customer` are the names of both, where they are known: the one may stand below, the other not in the words that
    would go out. `inside` is for mail whose words nobody outside reads.
    """
    speech = speech_of(grammar.languages)
    greetings = speech_of(EVERY_LANGUAGE)
    greeting, rest = _greeting(reply.strip("\n"), greetings)
    meant = partial(is_instruction, grammar=grammar, customer=customer)
    said = _commands(rest, grammar, partial(_is_meant, meant=meant, inside=inside), greeted=bool(greeting))
    if said.confirmed:
        return replace(said, doubt=Doubt.UNKNOWN) if said.unknown else said
    if not said.commands and not said.unknown:
        said = StaffText(text=reply.strip())
    elif is_closing(said.text, speech, writer=writer):
        said = replace(said, text="")
    elif greeting and not said.unknown and not greets_nobody(greeting, greetings):
        return replace(said, commands=(), unknown=(said.commands[0].line,), doubt=Doubt.GREETED)
    if not any(sign.isalnum() for sign in said.text):
        said = replace(said, text="")
    if said.unknown:
        return replace(said, doubt=Doubt.UNKNOWN)
    if inside:
        return said
    if not said.commands and tells_of_absence(said.text):
        return replace(said, unknown=(said.text.split("\n")[0].strip(),), doubt=Doubt.ABSENCE)
    return _of_customer(said, grammar, customer)


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
    if words and is_cjk(words[0][0]):
        yield from (words[0][:count] for count in range(2, 5))


def _greeting(text: str, speech: Speech) -> tuple[str, str]:
    """The greeting that a mail begins with, and the rest; the greeting may be empty."""
    text = text.lstrip()
    first, _, below = text.partition("\n")
    return (first.strip(), below) if below.strip() and is_greeting(first, speech) else ("", text)


def _commands(reply: str, grammar: Grammar, meant: Callable[..., bool], *, greeted: bool) -> StaffText:
    """The command lines at the top, and the words below them."""
    commands: list[Command] = []
    unknown: list[str] = []
    lines = deque(reply.strip("\n").split("\n"))
    looked_at = 0
    below = False  # whether a blank line stands between the commands and this one
    while lines:
        line, greeted = lines[0].strip(), greeted and not commands
        if line and (looked_at := looked_at + 1) > _MOST:  # nobody writes so many: it is refused, and nothing is sent
            unknown.append(line)
            break
        command = _command(line, grammar) or _command(without_list_mark(line), grammar, shown=line)
        if command is not None and command.name == grammar.before_words:
            lines[0] = command.words or command.rest
            words = "\n".join(lines).strip()
            return StaffText(tuple(commands), words, tuple(unknown), confirmed=bool(words))
        if command is not None and not is_help_copy(without_list_mark(line), grammar):
            commands.append(command)
        elif line and below and _keeps_words(commands, grammar) and not _SLASH.match(narrow(line)):
            break
        elif line and (command or meant(list(islice(lines, _FOLLOWING)), greeted=greeted)):
            unknown.append(line)
        elif line and any(sign.isalnum() for sign in line):
            break
        below = bool(commands) and not line
        lines.popleft()
    return StaffText(tuple(commands), "\n".join(lines).strip(), tuple(unknown))


def _keeps_words(commands: Sequence[Command], grammar: Grammar) -> bool:
    """Whether what follows are words that stay inside: below "note" stands whatever somebody notes."""
    names = {command.name for command in commands} & set(grammar.own_words)
    return bool(names) and not names & set(grammar.for_customer)


def _is_meant(lines: Sequence[str], *, meant: Callable[..., bool], greeted: bool, inside: bool) -> bool:
    line = without_list_mark(lines[0])
    if is_sign_off(line):
        return False  # "Kind regards"
    if inside and not _SLASH.match(line) and len(line.split()) > _BRIEF:
        return False  # nobody outside reads it: "wait for the installer, he is away" is a note
    return meant(_unwrapped(line, lines[1:]), greeted=greeted)


def _unwrapped(line: str, following: Sequence[str]) -> str:
    """The line with those that a mail program broke off it: a sentence that goes on with a small letter."""
    for more in following[: _FOLLOWING - 1]:
        begins = more.strip()[:1]
        if not begins or line.rstrip().endswith((".", "!", "?")) or not (begins.islower() or len(line) >= _WRAPPED):
            break
        if len(line) < _WRAPPED and not line.rstrip().endswith((",", ";")):
            break
        line = f"{line.rstrip()} {more.strip()}"
    return line


def _of_customer(said: StaffText, grammar: Grammar, customer: str) -> StaffText:
    """What would go out and speaks of the customer to a colleague is told instead."""
    takers = [command.name for command in said.commands if command.name in grammar.own_words]
    if takers and not set(takers) & set(grammar.for_customer):
        return said
    words = "\n".join([*(one.words for one in said.commands if one.name in grammar.for_customer), said.text])
    if not words.strip() or not speaks_of_customer(words, grammar, customer=customer):
        return said
    return replace(said, unknown=(words.strip().split("\n")[0].strip(),), doubt=Doubt.OF_CUSTOMER)


def _command(line: str, grammar: Grammar, *, shown: str = "") -> Command | None:
    """The command that a line is; `shown` is the line as it was written, where marks were taken off it."""
    said = narrow(line)
    slash = _SLASH.fullmatch(said)
    start = slash.start("said") if slash else len(said) - len(without_lead_in(said, grammar))
    whole = said[start:].casefold().rstrip(":").strip()
    if whole in grammar.single:
        single = grammar.single[whole]
        return Command(single.name, single.rest, shown or line)
    polite = speech_of(grammar.languages).polite
    for name, end in beginnings(said[start:], grammar.words):
        rest = said[start + end :]
        at = len(said) - len(rest.lstrip(" \t:"))
        plain = said[at:].rstrip()
        if not plain.strip(MARKS) or (name in grammar.alone and polite.fullmatch(plain)):
            return Command(name, "", shown or line)
        if start and not slash:
            continue  # asked for politely, and with something it takes: its writer is told the plain form
        if slash or _parted(said[start : start + end], rest) or grammar.accepts(name, plain):
            taken = grammar.reach(name, plain)
            words = line[at + taken :].lstrip(MARKS + "：").strip()
            return Command(name, plain[:taken].strip(MARKS) if words else plain, shown or line, words)
    return None


def _parted(word: str, rest: str) -> bool:
    """Whether a sign parts the word from the rest on purpose: a colon, or a space where the script needs none."""
    return rest.lstrip().startswith(":") or (is_cjk(word) and rest[:1].isspace())
