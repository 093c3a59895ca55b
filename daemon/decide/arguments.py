"""What staff mean by the words behind a command: names of the policy, days, addresses. Shared by all commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from config.faults import nearest
from config.policy import DetailSpec, DetailType, Text, Words, all_words, say
from daemon.decide.draft import Draft
from daemon.decide.refusals import AllowedText, RefusalReason, Refused
from parsers.details.detail_types import Circumstances, read_value
from parsers.details.future_dates import find_days_ahead

ADDRESS = re.compile(r"(?<![^\s<>,;])[^\s<>,;@]++@[^\s<>,;]+")
LISTED = re.compile(r"[,;，；、]")
_NUMERIC = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4})")
_MOST_AHEAD = timedelta(days=366)  # a date more than a year ahead is a slip of the hand


def named(rest: str, known: dict[str, Any], language: str = "") -> str:
    """The name meant by what staff wrote: the policy's name, or a title or word in any language. Raises Refused, with
    what there is in the language given."""
    spoken: dict[str, str] = {}
    for name, spec in known.items():
        title: Text = getattr(spec, "title", None) or getattr(spec, "label", {})
        words: Words = getattr(spec, "words", {}) if hasattr(spec, "needs_text") else {}
        for word in (name, name.replace("_", " "), *title.values(), *all_words(words)):
            spoken[word.casefold()] = name
    wanted = " ".join(rest.split()).casefold()
    if wanted in spoken:
        return spoken[wanted]
    raise Refused(
        RefusalReason.UNKNOWN_NAME if rest else RefusalReason.NOTHING_NAMED,
        said=rest,
        near=nearest(rest, spoken),
        allowed=titles(known, language),
    )


def titles(known: dict[str, Any], language: str) -> str:
    """What there is, as a person of this language calls it; the policy's names where they have no titles in it."""
    shown = (getattr(spec, "title", None) or getattr(spec, "label", {}) for spec in known.values())
    return ", ".join(
        (say(title, language) if language else "") or name for name, title in zip(known, shown, strict=True)
    )


def day_at_start(rest: str, languages: Sequence[str]) -> int:
    """Where the day ends that a rest begins with, possible or not; 0 where it begins with none."""
    numeric = _NUMERIC.match(rest)
    if numeric:
        return numeric.end()
    year = re.search(r"(?:19|20)\d\d", rest)
    found = find_days_ahead(rest, languages=languages, today=date(int(year.group()) if year else 2000, 1, 1))
    article = re.compile(r"\w{0,3}\s?")  # il 20 maggio, den 20. Mai
    return found[0].end if found and article.fullmatch(rest[: found[0].start]) else 0


def read_day(rest: str, today: date, languages: Sequence[str] = ()) -> date:
    """A day as staff write it: 2026-05-20, 20.5.2026, 20 May, Friday. Raises Refused."""
    match = _NUMERIC.search(rest)
    if match:
        day = _date(match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
    else:
        found = {one.day for one in find_days_ahead(rest, languages=languages, today=today)}
        day = found.pop() if len(found) == 1 else None
    if day is None:
        raise Refused(RefusalReason.UNREADABLE_DATE if rest else RefusalReason.NO_DATE, said=rest, allowed="2026-05-20")
    if not today < day <= today + _MOST_AHEAD:
        raise Refused(RefusalReason.DAY_OUT_OF_RANGE, said=day.isoformat(), allowed=AllowedText.DATE_AHEAD)
    return day


def _date(*parts: str) -> date | None:
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def language_of(draft: Draft) -> str:
    """The language of the staff member whose mail is obeyed."""
    return str(draft.about.get("writer_language", "")) or draft.policy.languages[0]


def day_meant(draft: Draft, rest: str) -> date:
    """A day ahead as a staff member wrote it. Raises Refused."""
    return read_day(rest, today(draft), draft.policy.speaking(language_of(draft)))


def today(draft: Draft) -> date:
    """The day it is where the case is counted."""
    return draft.now.astimezone(draft.calendar.zone).date()


_RECKONED_WITH = (DetailType.DATE, DetailType.MOMENT, DetailType.NUMBER, DetailType.MONEY, DetailType.CHOICE)


def detail_value(draft: Draft, spec: DetailSpec, given: str) -> tuple[str, str]:
    """A detail as staff give it: its normal form, and as it is shown. What cannot be read stands as they wrote it,
    but for what is reckoned with. Raises Refused."""
    languages = (draft.ticket.language, *draft.policy.languages)
    where = Circumstances(languages, today(draft), draft.facts.country)
    found = read_value(spec, given, where)
    if found and not found.wrong:
        return found.value, given[found.start : found.end]
    if spec.sort in _RECKONED_WITH:
        language = language_of(draft)
        known = ", ".join(next(iter(all_words(words, language)), name) for name, words in spec.choices.items())
        raise Refused(
            RefusalReason.UNREADABLE_VALUE,
            said=given,
            allowed=known or spec.example or say(spec.wrong, language) or spec.sort.value,
        )
    return given, given
