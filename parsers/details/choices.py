"""Find words from lists in a text, and the choices of a detail that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from parsers.details.identifiers import Identifier
from parsers.spans import outermost


@lru_cache(maxsize=256)
def any_of_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of these words as whole words; it matches nothing if there are none."""
    names = "|".join(re.escape(word.rstrip(":?")) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.IGNORECASE)


def choices_in(choices: Mapping[str, Mapping[str, Sequence[str]]], text: str) -> list[Identifier]:
    """Return the choices named in a text by any of their words, in order; a longer word hides one inside it."""
    found: list[Identifier] = []
    for name, words in choices.items():
        spellings = tuple(word for group in words.values() for word in group)
        found += [
            Identifier(match.start(), match.end(), name)
            for match in any_of_words((*spellings, name.replace("_", " "))).finditer(text)
        ]
    return outermost(found)
