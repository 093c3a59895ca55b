"""The list of mail set aside, in every language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from daemon.letters.variables import NAMES
from storage.mail_values import SetAsideReason
from templates.render import Rendered, Templates

LANGUAGES = ("en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant")
TEMPLATES = Templates()


def row(why: SetAsideReason, **changes: Any) -> dict[str, Any]:
    """Return one mail of the list."""
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    plain = {"number": "17", "at": at, "sender": "noreply@shop.example", "subject": "Order", "words": "Thank you"}
    return {**plain, "why": why.value, "urgent": False, **changes}


def written(language: str, rows: list[dict[str, Any]], more: int = 0) -> Rendered:
    """Return the list of these mails."""
    about = {"day": date(2026, 3, 2), "count": len(rows) + more, "more": more, "rows": rows}
    context = {
        "language": language,
        "zone": ZoneInfo("Europe/Rome"),
        "about": about,
        "reference": "",
        "sender_name": "F",
    }
    return TEMPLATES.render("complaints", language, "not_taken", context)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said_in_words(language: str) -> None:
    """Each reason has words of its own, not its internal name."""
    assert TEMPLATES.faults("complaints", language, "not_taken", NAMES) == ()
    said = set()
    for why in SetAsideReason:
        line = next(line for line in written(language, [row(why)]).text.splitlines() if "noreply@shop.example" in line)
        reason = line.rpartition("·")[2].strip(" *")
        assert len(reason) > len(why.value) or language.startswith("zh")
        assert language == "en" or reason != why.value
        said.add(reason)
    assert len(said) == len(SetAsideReason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_has_what_acts(language: str) -> None:
    """Counts, urgent mails and commands; strangers' text is escaped."""
    rows = [
        row(SetAsideReason.NO_PERSON, urgent=True, subject="**x** <b>y</b> [z](http)", words=""),
        row(SetAsideReason.LIST, subject=""),
    ]
    letter = written(language, rows, more=1234)
    assert "1236" in letter.subject
    assert re.search(r"1[.,\s]?234", letter.text)
    for command in ("quarantine show", "quarantine release", "--as-new", "--customer"):
        assert command in letter.text
    assert "**x** <b>y</b> [z](http)" in letter.text
    assert "<b>y" not in letter.html
    assert "<a " not in letter.html
