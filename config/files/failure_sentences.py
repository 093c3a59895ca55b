"""The sentences in which managers are told of what could not be done: words alone, no letter's template."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Every sentence by its name and language."""
    return tomllib.loads(files("config").joinpath("telling.toml").read_text("utf-8"))


def told(sentence: str, language: str, **values: object) -> str:
    """A sentence in a language, else in English, with its values in it. Raises KeyError for a sentence there is not."""
    words = sentences()[sentence]
    return words.get(language, words["en"]).format_map(values)
