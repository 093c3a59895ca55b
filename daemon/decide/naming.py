"""What staff mean by the words behind a command: names of the policy, days, addresses. Shared by all commands."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from config.faults import nearest
from config.policy import Text, Words, all_words
from daemon.decide.draft import Draft, Refused

Done = dict[str, Any]
"""What the transcript says of one command: `did`, a fixed word that the templates turn into a sentence, and `value`."""

ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
_MOST_AHEAD = timedelta(days=366)  # a date more than a year ahead is a slip of the hand


def named(rest: str, known: dict[str, Any]) -> str:
    """The name meant by what staff wrote: the policy's name, or a title or word in any language. Raises Refused."""
    spoken: dict[str, str] = {}
    for name, spec in known.items():
        title: Text = getattr(spec, "title", None) or getattr(spec, "label", {})
        words: Words = getattr(spec, "words", {}) if hasattr(spec, "needs_text") else {}
        for word in (name, name.replace("_", " "), *title.values(), *all_words(words)):
            spoken[word.casefold()] = name
    wanted = " ".join(rest.split()).casefold()
    if wanted in spoken:
        return spoken[wanted]
    raise Refused(rest or "nothing named", nearest(rest, spoken), ", ".join(known))


def read_day(rest: str, today: date) -> date:
    """A day as staff write it: 2026-05-20, 20.5.2026 or 20/5/2026. Raises Refused."""
    iso = re.search(r"(\d{4})-(\d{1,2})-(\d{1,2})", rest)
    local = re.search(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", rest)
    parts = (iso[1], iso[2], iso[3]) if iso else (local[3], local[2], local[1]) if local else None
    try:
        day = date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        day = None
    if day is None:
        raise Refused(rest or "no date", "", "2026-05-20")
    if not today < day <= today + _MOST_AHEAD:
        raise Refused(day.isoformat(), "", "a day after today, at most a year ahead")
    return day


def today(draft: Draft) -> date:
    """The day it is where the case is counted."""
    return draft.now.astimezone(draft.calendar.zone).date()
