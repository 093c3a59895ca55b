"""Word lists kept as data beside the parsers: parsers/words/NAME.toml, read once and when first needed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wordlist(name: str) -> dict[str, Any]:
    """The tables of parsers/words/`name`.toml. Callers must not change what they get."""
    return tomllib.loads(files("parsers").joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches any of these words as written, the longest first; spaces match any white space."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[ \t]{1,3}") for word in ordered) + ")"


def either(patterns: Iterable[str]) -> str:
    """A pattern that matches any of these patterns."""
    return "(?:" + "|".join(patterns) + ")"


def same(words: str) -> str:
    """Words as they are looked up after a search without case: the letters it takes for one another are made one
    (Turkish ı and İ, the Greek final ς), white space is single."""
    return " ".join(words.casefold().replace("i\u0307", "i").replace("ı", "i").replace("ς", "σ").split())
