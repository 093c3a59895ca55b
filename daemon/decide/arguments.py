"""Read parts of what staff write: names of the policy, days, values of details."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from config.faults import nearest
from config.policy import DetailSpec, DetailType, Text, Words, all_words, in_language
from daemon.decide.draft import Draft
from daemon.decide.refusals import AllowedText, RefusalReason, Refused
from parsers.details.detail_types import ReadingContext, read_value
from parsers.details.future_dates import find_future_days

LISTED = re.compile(r"[,;，；、]")
_NUMERIC = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4})")
_MOST_AHEAD = timedelta(days=366)  # a date more than a year ahead is a typing mistake


def name_meant(rest: str, known: dict[str, Any], language: str = "") -> str:
    """Return the name in `known` that `rest` means, by the name itself or a title or word of it in any language.

    Raises Refused, which lists the names as people call them in `language`.
    """
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
        allowed=listed_titles(known, language),
    )


def listed_titles(known: dict[str, Any], language: str) -> str:
    """List the titles of these in one language, separated by commas; the policy's name where there is no title."""
    shown = (getattr(spec, "title", None) or getattr(spec, "label", {}) for spec in known.values())
    return ", ".join(
        (in_language(title, language) if language else "") or name for name, title in zip(known, shown, strict=True)
    )


def end_of_day_at_start(rest: str, languages: Sequence[str]) -> int:
    """The index after the day with which `rest` begins, even an impossible one; 0 if it does not begin with a day.

    Unlike `read_day` it needs no date of today, so the grammar, which is cached, can use it.
    """
    numeric = _NUMERIC.match(rest)
    if numeric:
        return numeric.end()
    year = re.search(r"(?:19|20)\d\d", rest)
    found = find_future_days(rest, languages=languages, today=date(int(year.group()) if year else 2000, 1, 1))
    article = re.compile(r"\w{0,3}\s?")  # il 20 maggio, den 20. Mai
    return found[0].end if found and article.fullmatch(rest[: found[0].start]) else 0


def read_day(rest: str, today: date, languages: Sequence[str] = ()) -> date:
    """Read a day after today, at most a year ahead: 2026-05-20, 20.5.2026, 20 May, Friday. Raises Refused."""
    match = _NUMERIC.search(rest)
    if match:
        day = _date(match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
    else:
        found = {mention.day for mention in find_future_days(rest, languages=languages, today=today)}
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
    """The language of the staff member whose mail is being obeyed."""
    return str(draft.letter_values.get("writer_language", "")) or draft.policy.languages[0]


def local_today(draft: Draft) -> date:
    """Today's date in the time zone of the case's calendar."""
    return draft.now.astimezone(draft.calendar.zone).date()


_COMPUTED_WITH = (DetailType.DATE, DetailType.MOMENT, DetailType.NUMBER, DetailType.MONEY, DetailType.CHOICE)


def read_detail_value(draft: Draft, spec: DetailSpec, given: str) -> tuple[str, str]:
    """Read a detail given by staff: its normal form, and how it is shown.

    Text that cannot be read is taken as it was written. Raises Refused for types that are computed with, such as dates.
    """
    languages = (draft.ticket.language, *draft.policy.languages)
    context = ReadingContext(languages, local_today(draft), draft.facts.country)
    found = read_value(spec, given, context)
    if found and not found.wrong:
        return found.value, given[found.start : found.end]
    if spec.sort in _COMPUTED_WITH:
        language = language_of(draft)
        known = ", ".join(next(iter(all_words(words, language)), name) for name, words in spec.choices.items())
        raise Refused(
            RefusalReason.UNREADABLE_VALUE,
            said=given,
            allowed=known or spec.example or in_language(spec.wrong, language) or spec.sort.value,
        )
    return given, given
