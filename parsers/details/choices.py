"""Find words from lists in a text, and the choices of a detail that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from parsers.details.identifiers import FoundValue
from parsers.spans import outermost_spans


@lru_cache(maxsize=256)
def whole_words_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of these words as whole words; it matches nothing if there are none."""
    names = "|".join(re.escape(word.rstrip(":?")) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.IGNORECASE)


def find_choices(choices: Mapping[str, Mapping[str, Sequence[str]]], text: str) -> list[FoundValue]:
    """Return the choices named in a text by any of their words, in order; a longer word hides one inside it."""
    found: list[FoundValue] = []
    for name, words in choices.items():
        spellings = tuple(word for group in words.values() for word in group)
        found += [
            FoundValue(match.start(), match.end(), name)
            for match in whole_words_pattern((*spellings, name.replace("_", " "))).finditer(text)
        ]
    return outermost_spans(found)
