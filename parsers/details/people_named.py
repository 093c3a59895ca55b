"""Whether a text names somebody: in full, by address, or by family name with a form of address."""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.wordlists import any_of, wordlist

_HAN = re.compile(r"[\u3400-\u9fff]{2,4}")
_BETWEEN = r"(?:[^\W\d_]{2,20}\.? )?"  # another title, or a first name


def names(text: str, name: str, address: str) -> bool:
    """Whether `text` names the person with this name and address.

    A first name alone is anybody's, and so is a family name: only "Ms Bianchi" or 王女士 says who is meant.
    """
    plain = " ".join(text.split()).casefold()
    return any(pattern.search(plain) for pattern in _patterns(" ".join(name.split()), address))


@lru_cache(maxsize=512)
def _patterns(name: str, address: str) -> tuple[re.Pattern[str], ...]:
    found = [rf"(?<![\w.+-]){re.escape(address.casefold())}(?![\w-]|\.\w)"] if address else []
    words = name.casefold().split()
    if len(words) > 1:
        title = any_of(wordlist("titles")["before"])
        found.append(_whole(" ".join(words)))
        found.append(rf"(?<!\w){title}\.? {_BETWEEN}{re.escape(words[-1])}(?!\w)")
    elif _HAN.fullmatch(name):
        found += [re.escape(name), re.escape(name[0]) + any_of(wordlist("titles")["behind"])]
    return tuple(re.compile(pattern) for pattern in found)


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"
