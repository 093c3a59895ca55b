"""The words of the standing commands: in every language that a shipped policy is written in, each for one command."""

from __future__ import annotations

from collections import defaultdict

import pytest

from config.files.load_policy import known_policies, load_policy
from config.policy_shapes.commands import command_words, staff_commands

LANGUAGES = sorted({code for name in known_policies() for code in load_policy(name).languages})


@pytest.mark.parametrize("name", staff_commands())
def test_a_command_speaks_every_language(name: str) -> None:
    """It has words and a line of help in each, and for customers too where it has any for them."""
    spec = staff_commands()[name]
    assert {code: bool(spec.words.get(code)) for code in LANGUAGES} == dict.fromkeys(LANGUAGES, True)
    assert {code: bool(spec.help.get(code)) for code in LANGUAGES} == dict.fromkeys(LANGUAGES, True)
    assert not spec.customer or set(LANGUAGES) <= set(spec.customer)
    assert spec.text in ("required", "optional", "none")


@pytest.mark.parametrize("name", staff_commands())
def test_help_begins_with_the_word(name: str) -> None:
    """The line of help shows the word that the links write."""
    spec = staff_commands()[name]
    shown = {code: spec.help[code].casefold() for code in LANGUAGES}
    assert {code: any(shown[code].startswith(word.casefold()) for word in spec.words[code]) for code in LANGUAGES} == (
        dict.fromkeys(LANGUAGES, True)
    )


def test_no_word_means_two_commands() -> None:
    """Whatever languages a policy speaks, what staff write means one thing."""
    meant: dict[str, set[str]] = defaultdict(set)
    for name, words in command_words().items():
        for word in words:
            meant[word.casefold()].add(name)
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}
