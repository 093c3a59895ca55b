"""Wishes that a case stand by until a day."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.waits import read_wait

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
    """A line that begins with the words and names one day to come; anything else is for a person to read."""
    assert read_wait(said, WORDS, languages=("en", "it", "de", "zh-Hans", "zh-Hant"), today=TODAY) == day


def test_without_words_nobody_waits() -> None:
    """Where no words are known there is no such wish."""
    assert read_wait("/wait until 2026-05-20", (), languages=("en",), today=TODAY) is None
