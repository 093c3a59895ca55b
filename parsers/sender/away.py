"""Recognise automatic responses by their wording, for mail programs that send no header field saying so.

Wording counts only where a person would hardly use it: at the start of a subject; in the first lines of a text if a
second sign is there, and only in a reply. A customer who writes *I was on holiday when it broke* is a person. The
words are in words/away.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from parsers.details.future_dates import find_future_days
from parsers.wordlists import any_pattern, wordlist

_LONGEST = 1500
"""Characters of an away notice; longer texts are written by persons."""

_LONGEST_NOTICE = 500
"""Characters of a short text that is searched for an absence."""

_YEAR = timedelta(days=366)
_PROSE_LINE = 55  # characters from which on a line is taken to continue in the next
_END_OF_LABEL = re.compile(r"\s{0,3}(?:$|[:：\-–—(\[【|/;.,!])")


def away_subject_words(subject: str, *, is_reply: bool = True) -> str:
    """The words in a subject that only automatic responses have, or an empty string. In a mail that is no reply they
    must be the whole subject or its label: *Out of office hours fee* is a person's complaint."""
    start = subject[:300].lower()
    match = _pattern("subjects", r"\W{0,5}").match(start)
    if not match or not (is_reply or _END_OF_LABEL.match(start, match.end())):
        return ""
    return match.group().strip()


def away_text_words(subject: str, text: str, *, is_reply: bool) -> str:
    """The words in the first lines that make a text an away notice, or an empty string.

    An away notice is a reply, or is recognisable by its subject.
    """
    text = text.strip()
    away_title = _pattern("weak_subjects", r"\W{0,5}").match(subject[:300].lower())
    if not (is_reply or away_title) or len(text) > _LONGEST:
        return ""
    start = "\n".join(line for line in text.lower().split("\n") if line.strip())[:700]
    away = _pattern("away").search(start[:350]) or away_title
    if not away or "?" in start or "？" in start or _pattern("complaint").search(text.lower()):
        return ""
    back = _pattern("back").search(start)
    return f"{away.group()} … {back.group()}" if back else ""


def is_absence_notice(text: str) -> bool:
    """Whether a short text says that its author is away, and until when or who helps meanwhile. It may be an automatic
    response without a header field that says so; before such a text goes to a customer, its author is asked."""
    start = " ".join(text.lower().split())[:_LONGEST_NOTICE]
    if len(text) > 2 * _LONGEST_NOTICE or not _pattern("gone").search(start):
        return False
    return bool(_pattern("meanwhile").search(start))


def first_day_back(text: str, *, languages: Sequence[str], today: date) -> date | None:
    """The first day on which the author of an away notice is back, or None if it names no day in the next year.

    Of several days the last counts, as the last day away ("until Friday") or the day of return ("back on Monday").
    `today` is the day on which the notice was written: "until Monday" is the Monday after it.
    """
    text = text[: 2 * _LONGEST]
    days = find_future_days(text, languages=languages, today=today)
    ahead = [future for future in days if today < future.day <= today + _YEAR]
    if not ahead:
        return None
    last = max(ahead, key=lambda future: future.day)
    start = max([0, last.start - 40, *(other.end for other in days if other.end <= last.start)])
    before = re.split(r"[.!?。！？\n]", text[start : last.start].lower())[-1]
    returns = _pattern("returns").search(before) or _pattern("returns_after").match(text, last.end)
    return last.day if returns else last.day + timedelta(days=1)


def generated_mail_words(text: str) -> str:
    """The sentence in a short text that says that a program wrote it, or an empty string. It must begin a line that
    does not continue the previous one: within other text or in quotation marks, a person may be citing it."""
    if len(text) > 2 * _LONGEST:
        return ""
    previous = ""
    for line in text.lower().split("\n"):
        match = _pattern("generated", r"[*\[(=#_\- ]{0,6}").match(line.strip()) if len(previous) < _PROSE_LINE else None
        if match:
            return match.group().strip()
        previous = line.strip()
    return ""


def challenge_words(subject: str, text: str) -> str:
    """The words by which a mail asks the sender to prove that they are human, or an empty string."""
    match = _pattern("challenge_subjects").search(subject[:300].lower())
    match = match or _pattern("challenge_texts").search(text[:800].lower())
    return match.group() if match else ""


@cache
def _pattern(name: str, before: str = "") -> re.Pattern[str]:
    """A word list as a pattern for lower-case text, which is much faster than a case-insensitive pattern."""
    return re.compile(before + any_pattern(wordlist("away")[name]))
