"""What staff may say, as values: the words of the commands, what each takes, and how a word is found at a line's start.

The words are given by whoever calls (they come from the policy's languages), so that nothing here knows a procedure.
Letter case, accents, and the width of signs (延期：２０２６-05-20) do not matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


def _nothing(_name: str, _rest: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Grammar:
    """What may be said.

    `words` are the words of each command; `accepts(name, rest)` says whether a rest without a colon makes sense for
    it; `reach(name, rest)` how many characters of a rest the command takes; `alone` are the commands that take
    nothing; `single` are whole lines that stand for a command (folded case); `before_words` is the command behind which
    all is words, whatever it looks like.

    The rest is for lines that were meant as commands and are none. `languages` are those in which such a line is
    known (English, the writer's and the case's); `tried` are words that people write for a command and that are not
    its words; `begins(name, rest)` says whether a rest begins, spelt nearly so, with something the command takes;
    `dated` are the commands that take a day; `names` are the policy's decisions and kinds as people call them;
    `explained` what our own help says of each command; `for_customer` are the commands whose words the customer reads,
    `own_words` all that take words.
    """

    words: Mapping[str, Sequence[str]]
    accepts: Callable[[str, str], bool]
    reach: Callable[[str, str], int]
    alone: Collection[str]
    single: Mapping[str, Command]
    before_words: str = ""
    languages: tuple[str, ...] = ("en",)
    meant: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tried: Mapping[str, Sequence[str]] = field(default_factory=dict)
    begins: Callable[[str, str], bool] = _nothing
    dated: Collection[str] = ()
    names: Sequence[str] = ()
    explained: Mapping[str, Sequence[str]] = field(default_factory=dict)
    for_customer: Collection[str] = ()
    own_words: Collection[str] = ()


MARKS = " \t:.,;!-–。，；、！"
"""Signs that may stand between a command's word and what follows it."""

_LONGEST = 200  # characters of a line in which a word is looked for
_AFTER = "/(+&—=…"  # what people put behind a word, besides
_WIDE = {0xFEE0 + ord(sign): sign for sign in (*digits, *ascii_letters, *":/@-.#")} | {
    0x3000: " ",
    0xA0: " ",
    0x2019: "'",
}


def narrow(text: str) -> str:
    """The text with the signs of Chinese keyboards as ASCII, sign by sign: no place in it moves."""
    return text.translate(_WIDE)


def folded(text: str) -> str:
    """How a word is compared: without case and accents."""
    return "".join(_fold(sign) for sign in narrow(text))


_folded_word = lru_cache(maxsize=8192)(folded)


@lru_cache(maxsize=4096)
def _fold(sign: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", sign.casefold()) if not unicodedata.combining(c))


def is_cjk(word: str) -> bool:
    """Whether a word ends in a sign of a script without spaces."""
    return bool(word) and "\u2e80" <= word[-1] <= "\u9fff"


def beginnings(said: str, words: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """The commands by whose words a line begins, the longest word first, with where the word ends."""
    start = folded(said[:_LONGEST])
    for name, word in longest_first(words):
        if start.startswith(word):
            end = next(at for at in range(len(said) + 1) if len(folded(said[:at])) >= len(word))
            if end == len(said) or said[end] in MARKS or said[end] in _AFTER or is_cjk(word):
                yield name, end


def longest_first(words: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Every word, folded, with its command, the longest first."""
    pairs = [(name, _folded_word(word)) for name, group in words.items() for word in group]
    return sorted(pairs, key=lambda pair: -len(pair[1]))
