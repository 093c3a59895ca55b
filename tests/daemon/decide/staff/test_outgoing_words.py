"""Ordinary letters go unasked: first sentences in every language, with the customer's words, the reference, dates and
product names of the very notice that they answer."""

from __future__ import annotations

from functools import cache
from itertools import cycle

import pytest

from daemon.rehearse import rehearse
from parsers.reply.own_letters import OwnLetter, repeated_lines
from tests.paths import TESTS

SENTENCES = TESTS / "mail" / "staff" / "first_sentences"
PLAYED = {
    "en": "complaints/progress-by-staff", "it": "complaints/01-italian-product-complaint",
    "de": "complaints/02-german-service-complaint", "fr": "connected-services/refused-in-fr",
    "es": "connected-services/refused-in-es", "zh-Hans": "field-repair/01-chinese-request-in-warranty",
    "zh-Hant": "dealer-service/refused-in-zh-hant",
}  # fmt: skip


@cache
def told(language: str) -> tuple[tuple[OwnLetter, ...], tuple[str, ...]]:
    """The notices to staff of a played scenario, and what those outside wrote and were written."""
    played = rehearse(TESTS / "scenarios" / f"{PLAYED[language]}.scenario")
    inside = [one.text for one in played.entries if one.notice and one.correspondent == "staff"]
    outside = [one.text for one in played.entries if one.correspondent != "staff"]
    assert inside
    assert outside
    return tuple(map(OwnLetter, inside)), tuple(outside)


def letters_in(language: str) -> list[str]:
    """Each first sentence as a letter, with something out of what the customer knows below it."""
    _, outside = told(language)
    known = [line.strip() for text in outside for line in text.split("\n") if len(line.strip()) > 10]
    sentences = (SENTENCES / f"{language}.txt").read_text("utf-8").splitlines()
    return [f"{sentence}\n{line} {other}" for sentence, line, other in zip(
        sentences, cycle(known), cycle(reversed(known)), strict=False
    ) if sentence.strip()]  # fmt: skip


@pytest.mark.parametrize("language", PLAYED)
def test_ordinary_letters_are_not_asked_about(language: str) -> None:
    """Of two hundred, at most one in fifty."""
    inside, outside = told(language)
    letters = letters_in(language)
    asked = [letter for letter in letters if repeated_lines(letter, inside, outside)]
    assert len(letters) >= 200
    assert len(asked) <= len(letters) // 50, asked


@pytest.mark.parametrize("language", PLAYED)
def test_every_line_that_stands_in_a_notice_alone_is(language: str) -> None:
    """Between the words of such a letter, however the mail program breaks it."""
    inside, outside = told(language)
    unseen = []
    for letter in inside:
        for line in letter.written_lines:
            whole = repeated_lines(line, [letter], outside)
            between = repeated_lines(
                f"{letters_in(language)[0]}\n\n{line}\n\n{letters_in(language)[1]}", inside, outside
            )
            unseen += [line] if whole and not between else []
    assert unseen == []
