"""What each sort of detail looks like: reading a value that somebody gave for it, and finding one in running text.

The sorts are those of config.policy.DetailSort; nothing here knows what a policy calls its details.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.policy import DetailSpec, DetailType, all_words
from parsers.details import company_patterns
from parsers.details.choices import any_of_words, choices_in
from parsers.details.dates import find_days
from parsers.details.identifiers import Identifier, find_imeis, find_vins
from parsers.details.money import find_money, find_numbers
from parsers.details.phones import find_addresses, find_phones, read_phone
from parsers.details.places import find_places, read_place
from parsers.details.times import find_moments

_MOST_DAYS = 200  # days of one mail that are looked at for what they mean
NEAR = 48  # characters before a value in which its label makes it the one meant
_SENTENCE = re.compile(r"(?<=\w\w\w\w)\.\s|[!?;]\s|\n|。|！|？|；")
_TOKEN = re.compile(r"[^\s,;()]{2,60}")
_GROUPING = re.compile(r"[ .\-/_]")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reading depends on besides the mail: the languages, the mail's own first, the day, the country."""

    languages: tuple[str, ...]
    today: date
    country: str

    @property
    def language(self) -> str:
        """The mail's own language, or empty."""
        return self.languages[0] if self.languages else ""


def words_of(spec: DetailSpec) -> tuple[str, ...]:
    """All the words under which a detail is asked for or written, in every language."""
    texts = [*spec.label.values(), *spec.question.values(), *all_words(spec.labels)]
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def read_value(spec: DetailSpec, value: str, where: Circumstances) -> Identifier | None:
    """The detail that a value given for it holds, right or wrong; None when it says nothing of this sort."""
    found = next(iter(_READERS[spec.sort](spec, value, where)), None)
    if found is None and spec.sort in _MUST_MATCH and any(letter.isdigit() for letter in value):
        shown = value.strip()[:80]
        return Identifier(0, len(value), shown, _MUST_MATCH[spec.sort])
    return found


def find_values(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    """The values of this detail in running text, the surest first; wrong ones only right behind a label."""
    yield from _FINDERS.get(spec.sort, _nothing)(spec, text, where)


def near_label(spec: DetailSpec, text: str, start: int, reach: int = NEAR) -> bool:
    """Whether one of the detail's labels stands shortly before this place, in the same sentence."""
    before = text[max(0, start - reach) : start]
    pattern = any_of_words(words_of(spec))
    last = None
    for match in pattern.finditer(before):
        last = match
    return last is not None and not _SENTENCE.search(before[last.end() :] + " ")


# ----------------------------------------------------------------------------------- patterns and references


def _matches(spec: DetailSpec, text: str) -> Iterator[Identifier]:
    if not spec.pattern:
        return
    for match in company_patterns.find(spec.pattern, text):
        if match.end() > match.start():
            upper = match[0].upper()
            yield Identifier(match.start(), match.end(), upper if match.re.fullmatch(upper) else match[0])


def _read_pattern(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from _matches(spec, value)
    joined = _GROUPING.sub("", value).upper()
    if spec.pattern and company_patterns.is_whole(spec.pattern, joined):
        yield Identifier(0, len(value), joined)
    if not spec.pattern:
        for token in _TOKEN.finditer(value):
            if any(letter.isdigit() for letter in token[0]):
                yield Identifier(token.start(), token.end(), token[0].strip(".:"))


def _find_pattern(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    found = list(_matches(spec, text))
    yield from (one for one in found if near_label(spec, text, one.start))
    yield from found


def _find_reference(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    yield from (one for one in _matches(spec, text) if near_label(spec, text, one.start))


# ------------------------------------------------------------------------------------- numbers that prove themselves


def _by_label(find: Callable[..., Iterator[Identifier]]) -> Callable[..., Iterator[Identifier]]:
    def finder(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
        yield from find(text)
        yield from (one for one in find(text, labelled=True) if near_label(spec, text, one.start, 24))

    return finder


def _read_vin(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_vins(value, labelled=True)
    token = next((one for one in _TOKEN.finditer(value) if len(one[0]) >= 8 and re.search(r"\d", one[0])), None)
    if token:
        wrong = f"a VIN has 17 characters, this has {len(token[0])}"
        yield Identifier(token.start(), token.end(), token[0].upper(), wrong)


def _read_imei(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_imeis(value, labelled=True)


def _read_phone(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_phones(value, where.country)
    found = read_phone(value, where.country)
    if found:
        yield found


def _find_phone(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_phones(text, where.country)


def _find_address(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_addresses(text)


# ------------------------------------------------------------------------------------------- dates, sums, numbers


def _days(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    for day in find_days(text, languages=where.languages, today=where.today, country=where.country):
        wrong = ""
        if spec.when == "past" and day.day > where.today:
            wrong = "the date lies in the future"
        elif spec.when == "future" and day.day < where.today:
            wrong = "the date lies in the past"
        yield Identifier(day.start, day.end, day.day.isoformat(), wrong)


def _find_date(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    """A date counts for a detail when its label or an introducing phrase is in the sentence, or it is all there is;
    of moments, also the only one that has an hour."""
    found = list((_moments if spec.sort is DetailType.MOMENT else _days)(spec, text, where))
    phrases = any_of_words(all_words(spec.phrases)) if spec.phrases else None
    for one in found[:_MOST_DAYS]:
        around = _sentence_around(text, one.start, one.end)
        if near_label(spec, text, one.start, 80) or (phrases and phrases.search(around)):
            yield one
    hours = [one for one in found if "T" in one.value]
    if len(hours) == 1 or (len(found) == 1 and len(text.strip()) <= 60):
        yield (hours or found)[0]


def _moments(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    for one in find_moments(text, languages=where.languages, today=where.today, country=where.country):
        wrong = "the date lies in the past" if spec.when == "future" and one.day < where.today else ""
        yield Identifier(one.start, one.end, one.value, wrong)


def _sentence_around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 160) : start], text[end : end + 120]
    last = None
    for match in _SENTENCE.finditer(before):
        last = match
    following = _SENTENCE.search(after)
    return before[last.end() if last else 0 :] + text[start:end] + after[: following.start() if following else None]


def _read_money(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from find_money(value, where.language)
    yield from find_numbers(value)


def _find_money(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    found = list(find_money(text, where.language))
    yield from (one for one in found if near_label(spec, text, one.start))
    if len(found) == 1:
        yield found[0]


def _read_number(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from _matches(spec, value) if spec.pattern else find_numbers(value)


def _find_number(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    yield from (one for one in _read_number(spec, text, where) if near_label(spec, text, one.start, 24))


# ------------------------------------------------------------------------------------------------- words, choices


def _read_words(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    plain = " ".join(value.split())
    short = spec.sort is DetailType.DESCRIPTION and len(plain) < spec.at_least
    if plain:
        yield Identifier(0, len(value), plain, f"{len(plain)} characters of at least {spec.at_least}" if short else "")


def _read_name(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    line = value.strip().partition("\n")[0]
    if plain := " ".join(line.split()):
        yield Identifier(0, len(line), plain)


def _read_choice(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    found = choices_in(spec.choices, value)
    if found:
        yield found[0]
    elif value.strip():
        yield Identifier(0, len(value), " ".join(value.split())[:80], "not one of the choices")


def _find_choice(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    found = choices_in(spec.choices, text)
    if len({one.value for one in found}) == 1:
        yield found[0]


def _read_place(spec: DetailSpec, value: str, where: Circumstances) -> Iterator[Identifier]:
    yield from read_place(value, country=where.country, languages=where.languages)


def _find_place(spec: DetailSpec, text: str, where: Circumstances) -> Iterator[Identifier]:
    phrases = any_of_words(all_words(spec.phrases)) if spec.phrases else None
    yield from find_places(text, phrases, country=where.country, languages=where.languages)


def _nothing(spec: DetailSpec, text: str, where: Circumstances) -> Iterable[Identifier]:
    return ()


_READERS: dict[DetailType, Callable[[DetailSpec, str, Circumstances], Iterable[Identifier]]] = {
    DetailType.PATTERN: _read_pattern,
    DetailType.REFERENCE: _read_pattern,
    DetailType.DESCRIPTION: _read_words,
    DetailType.WISH: _read_words,
    DetailType.NAME: _read_name,
    DetailType.CHOICE: _read_choice,
    DetailType.DATE: _days,
    DetailType.MOMENT: _moments,
    DetailType.PHONE: _read_phone,
    DetailType.EMAIL: _find_address,
    DetailType.IMEI: _read_imei,
    DetailType.VIN: _read_vin,
    DetailType.MONEY: _read_money,
    DetailType.NUMBER: _read_number,
    DetailType.PLACE: _read_place,
    DetailType.FILES: _nothing,
}
_FINDERS: dict[DetailType, Callable[[DetailSpec, str, Circumstances], Iterable[Identifier]]] = {
    DetailType.PATTERN: _find_pattern,
    DetailType.REFERENCE: _find_reference,
    DetailType.CHOICE: _find_choice,
    DetailType.DATE: _find_date,
    DetailType.MOMENT: _find_date,
    DetailType.PHONE: _find_phone,
    DetailType.EMAIL: _find_address,
    DetailType.IMEI: _by_label(find_imeis),
    DetailType.VIN: _by_label(find_vins),
    DetailType.MONEY: _find_money,
    DetailType.NUMBER: _find_number,
    DetailType.PLACE: _find_place,
}
_MUST_MATCH = {  # what is said of a value that has digits and yet is none of its sort
    DetailType.PATTERN: "not in the form expected",
    DetailType.REFERENCE: "not in the form expected",
    DetailType.DATE: "not a date",
    DetailType.MOMENT: "not a time",
    DetailType.VIN: "not a VIN",
    DetailType.IMEI: "not an IMEI: it has 15 digits",
    DetailType.EMAIL: "not an address of mail",
    DetailType.MONEY: "not a sum of money",
    DetailType.NUMBER: "not a number",
}
