"""The types of details: reading a value given for a detail, and finding one in running text.

The types are those of config.policy.DetailType; no name of a policy's detail appears here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.policy import DetailSpec, DetailType, all_words
from parsers.details import company_patterns
from parsers.details.choices import find_choices, whole_words_pattern
from parsers.details.dates import find_days
from parsers.details.identifiers import FoundValue, find_imeis, find_vins
from parsers.details.money import find_money, find_numbers
from parsers.details.phones import find_email_addresses, find_phones, read_phone
from parsers.details.places import find_places, read_place
from parsers.details.times import find_moments

_MOST_DAYS = 200  # dates of one mail whose context is examined
_LABEL_REACH = 48  # characters before a value in which its label identifies it
_SENTENCE = re.compile(r"(?<=\w\w\w\w)\.\s|[!?;]\s|\n|。|！|？|；")
_TOKEN = re.compile(r"[^\s,;()]{2,60}")
_GROUPING = re.compile(r"[ .\-/_]")


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What reading depends on besides the mail: languages (the mail's own first), today's date, country (ISO 3166)."""

    languages: tuple[str, ...]
    today: date
    country: str

    @property
    def language(self) -> str:
        """The mail's own language, or empty."""
        return self.languages[0] if self.languages else ""


def label_words(spec: DetailSpec) -> tuple[str, ...]:
    """Return all labels of a detail in every language: what it is asked for by and what people write before it."""
    texts = [*spec.label.values(), *spec.question.values(), *all_words(spec.labels)]
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def read_value(spec: DetailSpec, value: str, context: ReadingContext) -> FoundValue | None:
    """Read the value given for a detail, right or wrong.

    None if it says nothing of this type. A value with digits that is not of the type is returned as wrong.
    """
    found = next(iter(_READERS[spec.sort](spec, value, context)), None)
    if found is None and spec.sort in _MUST_MATCH and any(letter.isdigit() for letter in value):
        shown = value.strip()[:80]
        return FoundValue(0, len(value), shown, _MUST_MATCH[spec.sort])
    return found


def find_values(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    """Yield the values of this detail in running text, the most reliable first; wrong ones only right after a label."""
    yield from _FINDERS.get(spec.sort, _no_values)(spec, text, context)


def _has_label_before(spec: DetailSpec, text: str, start: int, reach: int = _LABEL_REACH) -> bool:
    """Whether one of the detail's labels stands within `reach` characters before this offset, in the same sentence."""
    before = text[max(0, start - reach) : start]
    pattern = whole_words_pattern(label_words(spec))
    last = None
    for match in pattern.finditer(before):
        last = match
    return last is not None and not _SENTENCE.search(before[last.end() :] + " ")


# ----------------------------------------------------------------------------------- patterns and references


def _matches(spec: DetailSpec, text: str) -> Iterator[FoundValue]:
    if not spec.pattern:
        return
    for match in company_patterns.find_matches(spec.pattern, text):
        if match.end() > match.start():
            upper = match[0].upper()
            yield FoundValue(match.start(), match.end(), upper if match.re.fullmatch(upper) else match[0])


def _read_pattern(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from _matches(spec, value)
    joined = _GROUPING.sub("", value).upper()
    if spec.pattern and company_patterns.matches_whole(spec.pattern, joined):
        yield FoundValue(0, len(value), joined)
    if not spec.pattern:
        for token in _TOKEN.finditer(value):
            if any(letter.isdigit() for letter in token[0]):
                yield FoundValue(token.start(), token.end(), token[0].strip(".:"))


def _find_pattern(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    found = list(_matches(spec, text))
    yield from (value for value in found if _has_label_before(spec, text, value.start))
    yield from found


def _find_reference(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from (value for value in _matches(spec, text) if _has_label_before(spec, text, value.start))


# ------------------------------------------------------------------------------------- numbers with a check digit


def _verified_or_labelled(find: Callable[..., Iterator[FoundValue]]) -> Callable[..., Iterator[FoundValue]]:
    """Make a finder of values that pass their check, and of failing ones directly after a label."""

    def finder(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
        yield from find(text)
        yield from (value for value in find(text, labelled=True) if _has_label_before(spec, text, value.start, 24))

    return finder


def _read_vin(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_vins(value, labelled=True)
    token = next(
        (
            token_match
            for token_match in _TOKEN.finditer(value)
            if len(token_match[0]) >= 8 and re.search(r"\d", token_match[0])
        ),
        None,
    )
    if token:
        wrong = f"a VIN has 17 characters, this has {len(token[0])}"
        yield FoundValue(token.start(), token.end(), token[0].upper(), wrong)


def _read_imei(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_imeis(value, labelled=True)


def _read_phone(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_phones(value, context.country)
    found = read_phone(value, context.country)
    if found:
        yield found


def _find_phone(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_phones(text, context.country)


def _find_address(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_email_addresses(text)


# ------------------------------------------------------------------------------------------- dates, sums, numbers


def _days(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    for day in find_days(text, languages=context.languages, today=context.today, country=context.country):
        wrong = ""
        if spec.when == "past" and day.day > context.today:
            wrong = "the date lies in the future"
        elif spec.when == "future" and day.day < context.today:
            wrong = "the date lies in the past"
        yield FoundValue(day.start, day.end, day.day.isoformat(), wrong)


def _find_date(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    """Yield dates whose label or an introducing phrase stands in the same sentence.

    A date also counts if it is all the text says; a moment also if it is the only one with an hour.
    """
    found = list((_moments if spec.sort is DetailType.MOMENT else _days)(spec, text, context))
    phrases = whole_words_pattern(all_words(spec.phrases)) if spec.phrases else None
    for day in found[:_MOST_DAYS]:
        sentence = _sentence_around(text, day.start, day.end)
        if _has_label_before(spec, text, day.start, 80) or (phrases and phrases.search(sentence)):
            yield day
    with_hour = [day for day in found if "T" in day.value]
    if len(with_hour) == 1 or (len(found) == 1 and len(text.strip()) <= 60):
        yield (with_hour or found)[0]


def _moments(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    for moment in find_moments(text, languages=context.languages, today=context.today, country=context.country):
        wrong = "the date lies in the past" if spec.when == "future" and moment.day < context.today else ""
        yield FoundValue(moment.start, moment.end, moment.iso, wrong)


def _sentence_around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 160) : start], text[end : end + 120]
    last = None
    for match in _SENTENCE.finditer(before):
        last = match
    following = _SENTENCE.search(after)
    return before[last.end() if last else 0 :] + text[start:end] + after[: following.start() if following else None]


def _read_money(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from find_money(value, context.language)
    yield from find_numbers(value)


def _find_money(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    amounts = list(find_money(text, context.language))
    yield from (amount for amount in amounts if _has_label_before(spec, text, amount.start))
    if len(amounts) == 1:
        yield amounts[0]


def _read_number(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from _matches(spec, value) if spec.pattern else find_numbers(value)


def _find_number(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from (
        number for number in _read_number(spec, text, context) if _has_label_before(spec, text, number.start, 24)
    )


# ------------------------------------------------------------------------------------------------- words, choices


def _read_words(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    plain = " ".join(value.split())
    short = spec.sort is DetailType.DESCRIPTION and len(plain) < spec.at_least
    if plain:
        yield FoundValue(0, len(value), plain, f"{len(plain)} characters of at least {spec.at_least}" if short else "")


def _read_name(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    line = value.strip().partition("\n")[0]
    if plain := " ".join(line.split()):
        yield FoundValue(0, len(line), plain)


def _read_choice(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    found = find_choices(spec.choices, value)
    if found:
        yield found[0]
    elif value.strip():
        yield FoundValue(0, len(value), " ".join(value.split())[:80], "not one of the choices")


def _find_choice(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    found = find_choices(spec.choices, text)
    if len({choice.value for choice in found}) == 1:
        yield found[0]


def _read_place(spec: DetailSpec, value: str, context: ReadingContext) -> Iterator[FoundValue]:
    yield from read_place(value, country=context.country, languages=context.languages)


def _find_place(spec: DetailSpec, text: str, context: ReadingContext) -> Iterator[FoundValue]:
    phrases = whole_words_pattern(all_words(spec.phrases)) if spec.phrases else None
    yield from find_places(text, phrases, country=context.country, languages=context.languages)


def _no_values(spec: DetailSpec, text: str, context: ReadingContext) -> Iterable[FoundValue]:
    return ()


_READERS: dict[DetailType, Callable[[DetailSpec, str, ReadingContext], Iterable[FoundValue]]] = {
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
    DetailType.FILES: _no_values,
}
_FINDERS: dict[DetailType, Callable[[DetailSpec, str, ReadingContext], Iterable[FoundValue]]] = {
    DetailType.PATTERN: _find_pattern,
    DetailType.REFERENCE: _find_reference,
    DetailType.CHOICE: _find_choice,
    DetailType.DATE: _find_date,
    DetailType.MOMENT: _find_date,
    DetailType.PHONE: _find_phone,
    DetailType.EMAIL: _find_address,
    DetailType.IMEI: _verified_or_labelled(find_imeis),
    DetailType.VIN: _verified_or_labelled(find_vins),
    DetailType.MONEY: _find_money,
    DetailType.NUMBER: _find_number,
    DetailType.PLACE: _find_place,
}
_MUST_MATCH = {  # the problem reported for a value that has digits but is not of its type
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
