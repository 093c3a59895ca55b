"""Words of the built-in commands, in every language of a shipped policy."""

from __future__ import annotations

from collections import defaultdict

import pytest

from config.files.load_policy import known_policies, load_policy
from config.policy_shapes.commands import command_words, staff_commands

LANGUAGES = sorted({code for name in known_policies() for code in load_policy(name).languages})


@pytest.mark.parametrize("name", staff_commands())
def test_a_command_speaks_every_language(name: str) -> None:
    """Words and a help line in each language, also for customers where they may use it."""
    spec = staff_commands()[name]
    assert {code: bool(spec.words.get(code)) for code in LANGUAGES} == dict.fromkeys(LANGUAGES, True)
    assert {code: bool(spec.help.get(code)) for code in LANGUAGES} == dict.fromkeys(LANGUAGES, True)
    assert not spec.customer or set(LANGUAGES) <= set(spec.customer)
    assert spec.text in ("required", "optional", "none")


@pytest.mark.parametrize("name", staff_commands())
def test_help_begins_with_the_word(name: str) -> None:
    """The help line shows the word that mailto links fill in."""
    spec = staff_commands()[name]
    shown = {code: spec.help[code].casefold() for code in LANGUAGES}
    assert {code: any(shown[code].startswith(word.casefold()) for word in spec.words[code]) for code in LANGUAGES} == (
        dict.fromkeys(LANGUAGES, True)
    )


def test_no_word_means_two_commands() -> None:
    """In any combination of languages a word stands for one command."""
    meant: dict[str, set[str]] = defaultdict(set)
    for name, words in command_words().items():
        for word in words:
            meant[word.casefold()].add(name)
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}
