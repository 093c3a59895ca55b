"""Lines of our own letters in a text: found in any formatting, and without false matches."""

from __future__ import annotations

import pytest

from parsers.reply.own_letters import OwnLetter, matching_runs, repeated_lines, words_of

NOTICE = """A new case for the technical team: product complaint C-2026-000001.

Decision: due by Tuesday, 14 April 2026

> My inverter does not switch on any more.

Team: Technical team, nobody has taken it yet
Serial number: SN60A2412345

What you can answer

- kind product complaint: sort the case
- take: the case is yours

C-2026-000001 \u00b7 Written for staff only. Please do not pass this letter on to the customer."""
KNOWN = ("My inverter does not switch on any more.", "Decision: by Tuesday, 14 April 2026. Serial number: SN60A2412345",
         "Kind: Product complaint")  # fmt: skip
CHINESE = "已为您新建一单：产品投诉。\n\n团队：技术组，还没有人接手\n\n请勿将本信转给客户。"


def lines_in(text: str, letter: str = NOTICE) -> list[str]:
    """The lines of the letter that are found in the text, as written in the letter."""
    return [echo.in_letter for echo in repeated_lines(text, [OwnLetter(letter)], KNOWN)]


@pytest.mark.parametrize(
    "line",
    [
        "Team: Technical team, nobody has taken it yet",
        "> TEAM: technical team \u2013 nobody has taken it yet",
        "AB> Team:\u00a0Technical team, nobody has\nAB> taken it yet",
        "So: Team: Technical team, nobody has taken it yet. That is how it stands.",
        "Team <https://firm.example/x>: Technical team, nobody has taken it yet",
    ],
)
def test_a_line_is_recognised(line: str) -> None:
    """Whatever marks, line breaks, characters and addresses a program adds."""
    assert lines_in(f"Dear Anna,\n\n{line}\n\nGoodbye.") == ["Team: Technical team, nobody has taken it yet"]


def test_a_whole_line_of_common_words_is_known_on_a_line_of_its_own() -> None:
    """On a line of its own it is the letter's; within a sentence anybody may use these words."""
    assert lines_in("Dear Anna,\nkind product complaint: sort the case\nGoodbye.") == [
        "- kind product complaint: sort the case"
    ]
    assert lines_in("Dear Anna, please tell us what you can answer to that.") == []
    assert lines_in("What you can answer") == ["What you can answer"]


def test_two_consecutive_short_lines_count() -> None:
    """Two short lines in the letter's order are not there by chance."""
    assert lines_in("take: the case is yours") == ["- take: the case is yours"]
    assert lines_in("The case is yours, and we send it back.") == []
    assert lines_in("Well: sort the case - take: the case is yours to decide.") == [
        "- kind product complaint: sort the case"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "You wrote: My inverter does not switch on any more.",
        "We decide by Tuesday, 14 April 2026 on your product complaint C-2026-000001.",
        "Serial number: SN60A2412345",
        "The technical team has looked at it. Nobody has been there yet.",
    ],
)
def test_known_text_is_no_line_of_the_letter(text: str) -> None:
    """The customer's own words, their details, the dates they were given."""
    assert lines_in(text) == []


def test_chinese_is_compared_by_character() -> None:
    """Without blanks between words, and wherever a line breaks."""
    assert lines_in("您好！\n团队：技术组，还没\n有人接手", CHINESE) == ["团队：技术组，还没有人接手"]
    assert lines_in("您好！技术组会与您联系。", CHINESE) == []


def test_frequent_words_cost_no_more() -> None:
    """Each word is compared a limited number of times, however often it occurs in both texts."""
    letter, words = OwnLetter("ding dong " * 5000), words_of("ding dong " * 5000)
    assert max(map(len, letter.triple_positions.values())) <= 200
    assert sum(run.length for run in matching_runs(words, letter)) <= len(words)
