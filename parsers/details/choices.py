"""Words that stand for something named: any of a list of words in a text, and which choice of several is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from parsers.details.identifiers import Identifier
from parsers.spans import outermost


@lru_cache(maxsize=256)
def any_of_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words, standing alone; nothing where there are none."""
    names = "|".join(re.escape(word.rstrip(":?")) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.IGNORECASE)


def choices_in(choices: Mapping[str, Mapping[str, Sequence[str]]], text: str) -> list[Identifier]:
    """The choices named in a text by any of their words, in order; a longer word hides a shorter one inside it."""
    found: list[Identifier] = []
    for name, words in choices.items():
        spellings = tuple(word for group in words.values() for word in group)
        found += [
            Identifier(m.start(), m.end(), name)
            for m in any_of_words((*spellings, name.replace("_", " "))).finditer(text)
        ]
    return outermost(found)
