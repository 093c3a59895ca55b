"""Load the word lists in parsers/words/NAME.toml (each once, on first use) and build patterns from them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wordlist(name: str) -> dict[str, Any]:
    """The tables of parsers/words/`name`.toml. The result is cached: callers must not modify it."""
    return tomllib.loads(files("parsers").joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))


def words_pattern(words: Iterable[str]) -> str:
    """A pattern that matches any of these literal words, longest first; a space matches one to three blanks or tabs."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[ \t]{1,3}") for word in ordered) + ")"


def any_pattern(patterns: Iterable[str]) -> str:
    """A pattern that matches whatever any of `patterns` matches."""
    return "(?:" + "|".join(patterns) + ")"


def lookup_key(words: str) -> str:
    """A key for looking up text that was matched with re.IGNORECASE: case folded, letters that such a search treats as
    equal made the same (Turkish ı and İ, the Greek final ς), white space reduced to single blanks."""
    return " ".join(words.casefold().replace("i\u0307", "i").replace("ı", "i").replace("ς", "σ").split())
