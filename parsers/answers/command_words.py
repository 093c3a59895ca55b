"""The grammar of staff commands: their words, what each takes, and how a word is recognised at the start of a line.

The words are passed in (they come from the policy and its languages), so this module knows no procedure. Letter case,
accents and full-width characters (延期：２０２６-05-20) do not matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_letters, digits


@dataclass(frozen=True, slots=True)
class Command:
    """One command line: the command's standard name, what it takes, and the line as written.

    `words` are the words on the line after what the command takes.
    """

    name: str
    rest: str = ""
    line: str = ""
    words: str = ""


def _never(_name: str, _rest: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class CommandGrammar:
    """Which commands there are, and how lines that were meant as commands are recognised.

    `words` are the words of each command; `accepts(name, rest)` says whether a rest without a colon makes sense for it;
    `argument_length(name, rest)` returns how many characters of the rest the command takes; `without_argument` are the
    commands that take nothing; `whole_lines` are lines that stand for a command (folded); after the command
    `text_marker` everything is text, whatever it looks like.

    The other fields serve to recognise lines that were meant as commands and are not. `languages` are those considered
    (English, the writer's and the case's); `recognised_words` are the commands' words in them; `near_words` are words
    that people use for a command and that are not its words; `begins_with_argument(name, rest)` says whether a rest
    begins, perhaps misspelt, with something the command takes; `taking_day` are the commands that take a day;
    `decision_and_kind_names` are the policy's decisions and kinds as people call them; `help_texts` is what our own
    help says about each command; `for_customer` are the commands whose text the customer reads, `taking_text` all that
    take text.
    """

    words: Mapping[str, Sequence[str]]
    accepts: Callable[[str, str], bool]
    argument_length: Callable[[str, str], int]
    without_argument: Collection[str]
    whole_lines: Mapping[str, Command]
    text_marker: str = ""
    languages: tuple[str, ...] = ("en",)
    recognised_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    near_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    begins_with_argument: Callable[[str, str], bool] = _never
    taking_day: Collection[str] = ()
    decision_and_kind_names: Sequence[str] = ()
    help_texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    for_customer: Collection[str] = ()
    taking_text: Collection[str] = ()


SEPARATORS = " \t:.,;!-–。，；、！"
"""Characters that may stand between a command's word and what follows it."""

_LONGEST = 200  # characters of a line that are searched
_AFTER = "/(+&—=…"  # further characters that may follow a command's word
_HALF_WIDTH = {0xFEE0 + ord(character): character for character in (*digits, *ascii_letters, *":/@-.#")} | {
    0x3000: " ",
    0xA0: " ",
    0x2019: "'",
}


def to_half_width(text: str) -> str:
    """Replace full-width characters, as Chinese keyboards type them, by ASCII, one for one, so that offsets stay."""
    return text.translate(_HALF_WIDTH)


def folded(text: str) -> str:
    """Return a text without case and accents, for comparison."""
    return "".join(_fold(character) for character in to_half_width(text))


_folded_word = lru_cache(maxsize=8192)(folded)


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    return "".join(
        part for part in unicodedata.normalize("NFD", character.casefold()) if not unicodedata.combining(part)
    )


def is_cjk(word: str) -> bool:
    """Whether a word ends in a character of a script without spaces."""
    return bool(word) and "\u2e80" <= word[-1] <= "\u9fff"


def commands_at_start(line: str, words: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """Yield the commands with whose words a line begins, the longest word first, and the offset where the word ends."""
    start = folded(line[:_LONGEST])
    for name, word in words_longest_first(words):
        if start.startswith(word):
            end = next(length for length in range(len(line) + 1) if len(folded(line[:length])) >= len(word))
            if end == len(line) or line[end] in SEPARATORS or line[end] in _AFTER or is_cjk(word):
                yield name, end


def words_longest_first(words: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return all words (folded) with their command, the longest word first."""
    pairs = [(name, _folded_word(word)) for name, group in words.items() for word in group]
    return sorted(pairs, key=lambda pair: -len(pair[1]))
