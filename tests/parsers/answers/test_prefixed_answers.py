"""Answers that begin with a known word and go on with a value."""

from __future__ import annotations

import pytest

from config.policy import AnswerSpec, DetailSpec
from parsers.answers.prefixed_answers import (
    read_labelled_details,
    read_prefixed_answer,
    split_date,
    split_minutes,
    split_number,
)

ANSWERS = {
    "late": AnswerSpec(words={"en": ["late"], "zh": ["迟到"]}, takes="minutes"),
    "later": AnswerSpec(words={"en": ["later"]}, takes="date"),
    "no": AnswerSpec(words={"en": ["decline", "no"]}, takes="text"),
    "part": AnswerSpec(words={"en": ["needs part"]}, takes="text"),
    "yes": AnswerSpec(words={"en": ["accept"]}),
}


@pytest.mark.parametrize(
    ("line", "answer", "rest"),
    [
        ("late 20 traffic", "late", "20 traffic"),
        ("Late: 20", "late", "20"),
        ("later 2026-05-20", "later", "2026-05-20"),
        ("decline (too far)", "no", "too far"),
        ("needs part pump seal", "part", "pump seal"),
        ("迟到20分钟 堵车", "late", "20分钟 堵车"),
        ("ＬＡＴＥ 5", "late", "5"),
        ("late", "late", ""),
        ("lately it rains", "", ""),
        ("accept", "", ""),  # takes nothing, and so is read as any other answer
        ("I decline", "", ""),
        ("", "", ""),
    ],
)
def test_an_answer_and_what_comes_along(line: str, answer: str, rest: str) -> None:
    """The word must stand first, and not be the beginning of another word."""
    found = read_prefixed_answer(line, ANSWERS, languages=("en", "zh"), question="q")
    assert (found.answer, found.rest) == (answer, rest) if found else answer == ""


@pytest.mark.parametrize(
    ("text", "value", "beside"),
    [
        ("20 traffic", "20", "traffic"),
        ("20 minutes, traffic", "20", "traffic"),
        ("about 15 min", "15", "about"),
        ("20分钟 堵车", "20", "堵车"),
        ("traffic", "", "traffic"),
    ],
)
def test_minutes(text: str, value: str, beside: str) -> None:
    """The number is returned without its unit, and the reason after it."""
    assert split_minutes(text) == (value, beside)


def test_a_number_and_a_date() -> None:
    """Each value is returned with the text around it."""
    assert split_number("3 pieces") == ("3", "pieces")
    assert split_date("from 20.5.2026 on") == ("2026-05-20", "from on")
    assert split_date("2026年5月20日") == ("2026-05-20", "")
    assert split_date("next week") == ("", "next week")


def test_none_is_an_answer() -> None:
    """The word "none" answers for a required detail; a line of another form does not."""
    specs = {"parts": DetailSpec(label={"en": "Parts", "zh": "配件"}, sort="wish")}
    assert [(found.name, found.value) for found in read_labelled_details("done\nparts: none\nfee: 0", specs)] == [
        ("parts", "none")
    ]
    assert [found.value for found in read_labelled_details("配件：无", specs)] == ["无"]
    assert read_labelled_details("parts:\nnone", specs) == ()
