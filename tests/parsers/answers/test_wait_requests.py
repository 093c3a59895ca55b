"""Requests to pause a case until a day."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.answers.wait_requests import WaitRequest, blank_lines, read_wait_request

TODAY = date(2026, 3, 2)
WORDS = (
    "wait until", "please wait until", "attendi fino al", "attendete fino al", "warten Sie bis", "jusqu'au",
    "请等到", "等待至", "請等待至",
)  # fmt: skip
SAID = [
    ("/wait until 2026-05-20", date(2026, 5, 20)),
    ("/wait until 20 May 2026", date(2026, 5, 20)),
    ("Wait until 20/05/2026, please.", date(2026, 5, 20)),
    ("Hello,\n\nplease wait until 20 May 2026.\nI am travelling.", date(2026, 5, 20)),
    ("Attendete fino al 20 maggio 2026, grazie", date(2026, 5, 20)),
    ("/attendi fino al 20.5.2026", date(2026, 5, 20)),
    ("warten Sie bis 20. Mai 2026", date(2026, 5, 20)),
    ("Wait until Friday, please", date(2026, 3, 6)),
    ("Warten Sie bis 24. August", date(2026, 8, 24)),
    ("等待至5月20日", date(2026, 5, 20)),
    ("请等到2026年5月20日，谢谢", date(2026, 5, 20)),
    ("请等到：2026-05-20", date(2026, 5, 20)),
    ("請等待至下星期三。", date(2026, 3, 11)),
    ("I cannot wait until 20 May 2026!", None),
    ("wait until 1 March 2026", None),
    ("wait until 20 May 2031", None),
    ("wait until I am back", None),
    ("wait until 20 May 2026 or 25 May 2026", None),
    ("", None),
]


@pytest.mark.parametrize(("said", "day"), SAID)
def test_the_day_is_read(said: str, day: date | None) -> None:
    """The line begins with the words and names one future day; anything else is left to a person."""
    assert read_wait_request(said, WORDS, languages=("en", "it", "de", "zh-Hans", "zh-Hant"), today=TODAY).day == day


def test_without_words_there_is_no_request() -> None:
    """Without known words there is no request."""
    assert read_wait_request("/wait until 2026-05-20", (), languages=("en",), today=TODAY) == WaitRequest()


LINES = [
    ("/wait until 20 May 2026\nDelivered on 3 February 2026.", ("/wait until 20 May 2026",)),
    ("Hello,\n/wait until I am back", ("/wait until I am back",)),
    ("/wait until 1 March 2026", ("/wait until 1 March 2026",)),
    ("wait until I am back", ()),
    ("I cannot wait until 20 May 2026!", ()),
]


@pytest.mark.parametrize(("said", "lines"), LINES)
def test_the_lines_of_the_request_are_returned(said: str, lines: tuple[str, ...]) -> None:
    """With a slash the line is a command even without a valid day."""
    assert read_wait_request(said, WORDS, languages=("en",), today=TODAY).lines == lines


def test_a_line_that_is_a_command_is_read_as_nothing_else() -> None:
    """The lines are blanked, and all other offsets stay."""
    text = "Hello,\n  /wait until 20 May\nbought 3 May"
    shown = blank_lines(text, ("  /wait until 20 May",))
    assert (len(shown), shown.split("\n")[1].strip(), shown[-12:]) == (len(text), "", "bought 3 May")
    assert blank_lines(text, ()) == text
