"""The standing commands of staff: their words by language, what follows them, and how they are explained."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from config.policy_shapes.base import Right, Shape, Text, Words, all_words


class CommandSpec(Shape):
    """One command. `takes` names what follows the word; `text` is required, optional or none; `right` the least grade
    of rights (config.policy_shapes.base.Right) that may write it; `customer` its words for customers, who otherwise
    have no commands; `words_for` is `customer` where its words go to them, `others` where somebody else outside comes
    to read them, empty where they stay inside; `tried` are words that people write for it and that are not its words:
    such a line is told and never sent."""

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
        """Whether it takes words, and nobody outside reads them."""
        return self.text != "none" and not self.words_for


@cache
def standing_commands() -> dict[str, CommandSpec]:
    """Every command by its standard name, in the order help lists them."""
    raw = tomllib.loads(files("config").joinpath("commands.toml").read_text("utf-8"))
    return {name: CommandSpec.model_validate(spec) for name, spec in raw.items()}


@cache
def command_words(languages: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Every command's words in these languages, in their order, or in all; the standard name always counts."""
    return {
        name: tuple(dict.fromkeys((name, *_words(spec.words, languages)))) for name, spec in standing_commands().items()
    }


def _words(words: Words, languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for code in languages for word in all_words(words, code)) if languages else all_words(words)


def command_word(name: str, language: str) -> str:
    """The word that a command is offered by in a language."""
    return next(iter(all_words(standing_commands()[name].words, language)), name)
