"""The commands that staff write in mails: their words by language, what follows them, and their help texts."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from config.policy_shapes.base import Right, Shape, Text, Words, all_words


class CommandSpec(Shape):
    """One command. `takes` names its argument; `text` is required, optional or none; `right` is the lowest right
    (config.policy_shapes.base.Right) that permits it; `customer` its words for customers, who have no other commands.
    `words_for` is `customer` when the text is sent to them, `others` when it is sent to another person outside, empty
    when it stays inside. `tried` are words that people write for the command by mistake: a line that begins with one is
    reported to its writer and never sent."""

    words: Words
    takes: str
    right: Right
    text: str
    customer: Words = {}
    words_for: str = ""
    tried: Words = {}
    help: Text

    @property
    def inside(self) -> bool:
        """Whether it takes a text that stays inside the company."""
        return self.text != "none" and not self.words_for


@cache
def staff_commands() -> dict[str, CommandSpec]:
    """Every command by its standard name, in the order help lists them."""
    raw = tomllib.loads(files("config").joinpath("commands.toml").read_text("utf-8"))
    return {name: CommandSpec.model_validate(spec) for name, spec in raw.items()}


@cache
def command_words(languages: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Each command's words in these languages, in this order (all languages when empty), after its standard name."""
    return {
        name: tuple(dict.fromkeys((name, *_words(spec.words, languages)))) for name, spec in staff_commands().items()
    }


def _words(words: Words, languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for code in languages for word in all_words(words, code)) if languages else all_words(words)


def command_word(name: str, language: str) -> str:
    """The first word of a command in a language, which help texts show."""
    return next(iter(all_words(staff_commands()[name].words, language)), name)
