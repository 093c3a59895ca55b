"""Recognise whether a text names a person: in full, by address, or by family name with a form of address."""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.wordlists import wordlist, words_pattern

_HAN = re.compile(r"[\u3400-\u9fff]{2,4}")
_BETWEEN = r"(?:[^\W\d_]{2,20}\.? )?"  # another title or a first name between title and family name


def names_person(text: str, name: str, address: str) -> bool:
    """Whether `text` names the person with this name and address.

    A first name or a family name alone is too common to count; "Ms Bianchi" or 王女士 does count.
    """
    plain = " ".join(text.split()).casefold()
    return any(pattern.search(plain) for pattern in _patterns(" ".join(name.split()), address))


@lru_cache(maxsize=512)
def _patterns(name: str, address: str) -> tuple[re.Pattern[str], ...]:
    patterns = [rf"(?<![\w.+-]){re.escape(address.casefold())}(?![\w-]|\.\w)"] if address else []
    words = name.casefold().split()
    if len(words) > 1:
        title = words_pattern(wordlist("titles")["before"])
        patterns.append(_as_whole_words(" ".join(words)))
        patterns.append(rf"(?<!\w){title}\.? {_BETWEEN}{re.escape(words[-1])}(?!\w)")
    elif _HAN.fullmatch(name):
        patterns += [re.escape(name), re.escape(name[0]) + words_pattern(wordlist("titles")["behind"])]
    return tuple(re.compile(pattern) for pattern in patterns)


def _as_whole_words(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"
