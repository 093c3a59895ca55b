"""The sentences that tell managers what could not be done, used where no template can be rendered."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def failure_sentences() -> dict[str, dict[str, str]]:
    """The sentences by name and language."""
    return tomllib.loads(files("config").joinpath("telling.toml").read_text("utf-8"))


def failure_sentence(sentence: str, language: str, **values: object) -> str:
    """The sentence in this language, else in English, with its values filled in. Raises KeyError for an unknown
    name."""
    words = failure_sentences()[sentence]
    return words.get(language, words["en"]).format_map(values)
