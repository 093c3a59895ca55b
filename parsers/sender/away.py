"""Wording of automatic answers, for mail programs that send no header saying so.

Wording counts only where a person would hardly use it: in a subject at its start, in a text within its first lines,
together with a second sign, and only in an answer. A customer who writes *I was on holiday when it broke* is a
person. The words stand in words/away.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from parsers.details.future_dates import find_days_ahead
from parsers.wordlists import either, wordlist

_LONGEST = 1500
"""Characters; away notices are short, and whoever writes more is a person."""

_NOTICE = 500
"""Characters of a text in which somebody tells of their absence."""

_YEAR = timedelta(days=366)
_PROSE = 55  # characters from which on a line goes on in the next
_AFTER_LABEL = re.compile(r"\s{0,3}(?:$|[:：\-–—(\[【|/;.,!])")


def away_subject(subject: str, *, answers: bool = True) -> str:
    """The words of a subject that only automatic answers have, or an empty string. In a mail that answers nothing they
    must be all of it, or its label: *Out of office hours fee* is what a person complains about."""
    start = subject[:300].lower()
    found = _pattern("subjects", r"\W{0,5}").match(start)
    if not found or not (answers or _AFTER_LABEL.match(start, found.end())):
        return ""
    return found.group().strip()


def away_text(subject: str, text: str, *, answers: bool) -> str:
    """The words in the first lines that make a text an away notice, or an empty string.

    `answers` is whether the mail refers to another one: an away notice answers, or says it in its subject.
    """
    text = text.strip()
    titled = _pattern("weak_subjects", r"\W{0,5}").match(subject[:300].lower())
    if not (answers or titled) or len(text) > _LONGEST:
        return ""
    start = "\n".join(line for line in text.lower().split("\n") if line.strip())[:700]
    away = _pattern("away").search(start[:350]) or titled
    if not away or "?" in start or "？" in start or _pattern("complaint").search(text.lower()):
        return ""
    back = _pattern("back").search(start)
    return f"{away.group()} … {back.group()}" if back else ""


def tells_of_absence(text: str) -> bool:
    """Whether a short text is about its writer's being away, and about who helps or until when meanwhile. Somebody's
    mail program may have sent it with no header that says so: where it would go to a customer, its writer is asked."""
    start = " ".join(text.lower().split())[:_NOTICE]
    if len(text) > 2 * _NOTICE or not _pattern("gone").search(start):
        return False
    return bool(_pattern("meanwhile").search(start))


def first_day_back(text: str, *, languages: Sequence[str], today: date) -> date | None:
    """The first day on which somebody is there again, as their away notice tells it, or None where it names no day
    in the year ahead. Of several days the last counts: it is the end, or the one after it. `today` is the day on
    which the notice was written: "until Monday" is the Monday after it.
    """
    text = text[: 2 * _LONGEST]
    found = find_days_ahead(text, languages=languages, today=today)
    ahead = [one for one in found if today < one.day <= today + _YEAR]
    if not ahead:
        return None
    last = max(ahead, key=lambda one: one.day)
    start = max([0, last.start - 40, *(one.end for one in found if one.end <= last.start)])
    before = re.split(r"[.!?。！？\n]", text[start : last.start].lower())[-1]
    returns = _pattern("returns").search(before) or _pattern("returns_after").match(text, last.end)
    return last.day if returns else last.day + timedelta(days=1)


def generated_text(text: str) -> str:
    """The sentence in a short text by which a program says that it wrote it, or an empty string. It begins a line that
    is no prose going on from the one before: in the midst of others, or in quotation marks, a person cites it."""
    if len(text) > 2 * _LONGEST:
        return ""
    before = ""
    for line in text.lower().split("\n"):
        found = _pattern("generated", r"[*\[(=#_\- ]{0,6}").match(line.strip()) if len(before) < _PROSE else None
        if found:
            return found.group().strip()
        before = line.strip()
    return ""


def challenge(subject: str, text: str) -> str:
    """The words by which a mail asks the sender to prove that they are a person, or an empty string."""
    found = _pattern("challenge_subjects").search(subject[:300].lower())
    found = found or _pattern("challenge_texts").search(text[:800].lower())
    return found.group() if found else ""


@cache
def _pattern(name: str, before: str = "") -> re.Pattern[str]:
    """One list as a pattern for lower-case text: much faster than a pattern that ignores case."""
    return re.compile(before + either(wordlist("away")[name]))
