"""Read the mails by which staff act: command lines at the top, then text.

A line is a command only at the top, before the first line that is not one. A greeting above, list marks in front and
thanks below do not change that. If a line looks like a command and is not one, the whole mail is refused in
daemon/decide and its writer is told, so that no part of it is sent by mistake.
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

from parsers.answers.command_words import (
    SEPARATORS,
    Command,
    CommandGrammar,
    commands_at_start,
    folded,
    is_cjk,
    to_half_width,
)
from parsers.answers.framing import is_closing, is_greeting, is_impersonal_greeting, without_list_mark
from parsers.answers.instructions import is_copied_help, is_instruction, speaks_about_customer, without_polite_words
from parsers.answers.person_words import EVERY_LANGUAGE, PersonWords, person_words_of
from parsers.reply.signature import is_sign_off
from parsers.sender.away import is_absence_notice

__all__ = [
    "Command",
    "CommandGrammar",
    "Doubt",
    "StaffText",
    "folded",
    "nearest_command",
    "read_commands",
    "to_half_width",
]


class Doubt(Enum):
    """Why a mail is refused instead of obeyed."""

    UNKNOWN = auto()  # a line that was meant as a command and is not one
    TEXT_AFTER_GREETING = auto()  # a command below a greeting to a person, with text for them
    ABSENCE = auto()  # text that reads like a notice of the writer's absence
    ABOUT_CUSTOMER = auto()  # text for the customer that speaks about the customer to somebody else


@dataclass(frozen=True, slots=True)
class StaffText:
    """A staff mail split into commands and text.

    `unknown` are the lines for which the mail is refused, `doubt` is the reason; `confirmed` means that the writer has
    marked the text as meant for its reader.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()
    doubt: Doubt | None = None
    confirmed: bool = False


_SLASH = re.compile(r"\s*/\s*(?P<command>\S.*)")
_LEAST_SIMILARITY = 0.5  # similarity from which a command is suggested: in Chinese one character of two
_MOST_COMMAND_WORDS = 3  # most words of a command
_LONGEST = 80  # characters of a line that are compared with commands
_MOST = 100  # lines at the top of a mail that may be commands
_WRAPPED_LINES = 5  # lines that one sentence may be wrapped over
_WRAPPED = 60  # a line this long may have been wrapped by a mail program
_BRIEF = 4  # most words of a line that was meant as a command in a note


def read_commands(
    reply: str, grammar: CommandGrammar, *, writer: str = "", customer: str = "", internal: bool = False
) -> StaffText:
    """Split a staff reply into command lines and text.

    A command line is "/word rest"; "word: rest"; a known word alone; or a known word with a rest that makes sense for
    it. "Close the valve first." is none of these, and goes to the customer as text. `writer` and `customer` are the
    names of both, if known: the writer's may stand below the text, the customer's does not belong in what would be sent
    to them. `internal` is for mail whose text stays inside the company.
    """
    person_words = person_words_of(grammar.languages)
    greetings = person_words_of(EVERY_LANGUAGE)
    greeting, rest = _split_greeting(reply.strip("\n"), greetings)
    is_meant = partial(is_instruction, grammar=grammar, customer=customer)
    staff_text = _read_lines(rest, grammar, partial(_is_meant, meant=is_meant, inside=internal), greeted=bool(greeting))
    if staff_text.confirmed:
        return replace(staff_text, doubt=Doubt.UNKNOWN) if staff_text.unknown else staff_text
    if not staff_text.commands and not staff_text.unknown:
        staff_text = StaffText(text=reply.strip())
    elif is_closing(staff_text.text, person_words, writer=writer):
        staff_text = replace(staff_text, text="")
    elif greeting and not staff_text.unknown and not is_impersonal_greeting(greeting, greetings):
        return replace(staff_text, commands=(), unknown=(staff_text.commands[0].line,), doubt=Doubt.TEXT_AFTER_GREETING)
    if not any(character.isalnum() for character in staff_text.text):
        staff_text = replace(staff_text, text="")
    if staff_text.unknown:
        return replace(staff_text, doubt=Doubt.UNKNOWN)
    if internal:
        return staff_text
    if not staff_text.commands and is_absence_notice(staff_text.text):
        return replace(staff_text, unknown=(staff_text.text.split("\n")[0].strip(),), doubt=Doubt.ABSENCE)
    return _doubt_if_about_customer(staff_text, grammar, customer)


def nearest_command(line: str, words: Mapping[str, Sequence[str]]) -> str:
    """Return the command most similar to a line that is not one, the first of equals; empty if none is similar."""
    candidates = tuple(_possible_commands(folded(line[:_LONGEST]).lstrip("/ ").replace(":", " ")))
    best, name = 0.0, ""
    for command, group in words.items():
        for word in map(folded, group):
            similarity = max(
                (difflib.SequenceMatcher(None, candidate, word).ratio() for candidate in candidates), default=0.0
            )
            best, name = max((best, name), (similarity, command), key=lambda scored: scored[0])
    return name if best >= _LEAST_SIMILARITY else ""


def _possible_commands(line: str) -> Iterator[str]:
    """Yield the beginnings of a line that may have been meant as a command's word."""
    words = line.split()
    yield from (" ".join(words[:count]) for count in range(1, min(_MOST_COMMAND_WORDS, len(words)) + 1))
    if words and is_cjk(words[0][0]):
        yield from (words[0][:count] for count in range(2, 5))


def _split_greeting(text: str, person_words: PersonWords) -> tuple[str, str]:
    """Return the greeting that a mail begins with (may be empty), and the rest."""
    text = text.lstrip()
    first, _, below = text.partition("\n")
    return (first.strip(), below) if below.strip() and is_greeting(first, person_words) else ("", text)


def _read_lines(reply: str, grammar: CommandGrammar, is_meant: Callable[..., bool], *, greeted: bool) -> StaffText:
    """Split a reply into the command lines at its top and the text below them."""
    commands: list[Command] = []
    unknown: list[str] = []
    lines = deque(reply.strip("\n").split("\n"))
    lines_read = 0
    below = False  # whether a blank line separates this line from the commands
    while lines:
        line, greeted = lines[0].strip(), greeted and not commands
        if line and (lines_read := lines_read + 1) > _MOST:  # implausibly many: refuse, so that nothing is sent
            unknown.append(line)
            break
        command = _read_command(line, grammar) or _read_command(without_list_mark(line), grammar, shown=line)
        if command is not None and command.name == grammar.text_marker:
            lines[0] = command.words or command.rest
            words = "\n".join(lines).strip()
            return StaffText(tuple(commands), words, tuple(unknown), confirmed=bool(words))
        if command is not None and not is_copied_help(without_list_mark(line), grammar):
            commands.append(command)
        elif line and below and _is_internal(commands, grammar) and not _SLASH.match(to_half_width(line)):
            break
        elif line and (command or is_meant(list(islice(lines, _WRAPPED_LINES)), greeted=greeted)):
            unknown.append(line)
        elif line and any(character.isalnum() for character in line):
            break
        below = bool(commands) and not line
        lines.popleft()
    return StaffText(tuple(commands), "\n".join(lines).strip(), tuple(unknown))


def _is_internal(commands: Sequence[Command], grammar: CommandGrammar) -> bool:
    """Whether the text below these commands stays inside: below "note" anything may be noted."""
    names = {command.name for command in commands} & set(grammar.taking_text)
    return bool(names) and not names & set(grammar.for_customer)


def _is_meant(lines: Sequence[str], *, meant: Callable[..., bool], greeted: bool, inside: bool) -> bool:
    line = without_list_mark(lines[0])
    if is_sign_off(line):
        return False  # "Kind regards"
    if inside and not _SLASH.match(line) and len(line.split()) > _BRIEF:
        return False  # "wait for the installer, he is away" is a note, and stays inside
    return meant(_rejoin(line, lines[1:]), greeted=greeted)


def _rejoin(line: str, following: Sequence[str]) -> str:
    """Return the line with the following lines that a mail program wrapped off it.

    A wrapped sentence goes on in lower case, after a long line or a comma.
    """
    for next_line in following[: _WRAPPED_LINES - 1]:
        first_letter = next_line.strip()[:1]
        if (
            not first_letter
            or line.rstrip().endswith((".", "!", "?"))
            or not (first_letter.islower() or len(line) >= _WRAPPED)
        ):
            break
        if len(line) < _WRAPPED and not line.rstrip().endswith((",", ";")):
            break
        line = f"{line.rstrip()} {next_line.strip()}"
    return line


def _doubt_if_about_customer(staff_text: StaffText, grammar: CommandGrammar, customer: str) -> StaffText:
    """Add a doubt if the text that would be sent speaks about the customer to a colleague."""
    taking_words = [command.name for command in staff_text.commands if command.name in grammar.taking_text]
    if taking_words and not set(taking_words) & set(grammar.for_customer):
        return staff_text
    words = "\n".join(
        [*(command.words for command in staff_text.commands if command.name in grammar.for_customer), staff_text.text]
    )
    if not words.strip() or not speaks_about_customer(words, grammar, customer=customer):
        return staff_text
    return replace(staff_text, unknown=(words.strip().split("\n")[0].strip(),), doubt=Doubt.ABOUT_CUSTOMER)


def _read_command(line: str, grammar: CommandGrammar, *, shown: str = "") -> Command | None:
    """Return the command that a line is. `shown` is the line as written, if list marks were taken off it."""
    text = to_half_width(line)
    slash = _SLASH.fullmatch(text)
    start = slash.start("command") if slash else len(text) - len(without_polite_words(text, grammar))
    whole = text[start:].casefold().rstrip(":").strip()
    if whole in grammar.whole_lines:
        single = grammar.whole_lines[whole]
        return Command(single.name, single.rest, shown or line)
    polite = person_words_of(grammar.languages).polite_words
    for name, end in commands_at_start(text[start:], grammar.words):
        rest = text[start + end :]
        rest_start = len(text) - len(rest.lstrip(" \t:"))
        argument = text[rest_start:].rstrip()
        if not argument.strip(SEPARATORS) or (name in grammar.without_argument and polite.fullmatch(argument)):
            return Command(name, "", shown or line)
        if start and not slash:
            continue  # a polite request with an argument is not obeyed; its writer is told the plain form
        if slash or _is_separated(text[start : start + end], rest) or grammar.accepts(name, argument):
            argument_length = grammar.argument_length(name, argument)
            words = line[rest_start + argument_length :].lstrip(SEPARATORS + "：").strip()
            return Command(
                name, argument[:argument_length].strip(SEPARATORS) if words else argument, shown or line, words
            )
    return None


def _is_separated(word: str, rest: str) -> bool:
    """Whether word and rest are separated on purpose: by a colon, or by a space in a script that needs none."""
    return rest.lstrip().startswith(":") or (is_cjk(word) and rest[:1].isspace())
