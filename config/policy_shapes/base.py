"""The shapes (pydantic models) of texts by language, people, calendars, details, kinds, forms and conditions.

Every shape is frozen and refuses unknown keys. Texts that people read are tables by language; a plain string stands
for every language. The shapes of steps, promises and questions are in config/policy.py.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, field_validator

from config.faults import Wrong
from config.policy_shapes.periods import Period, read_period
from config.policy_shapes.sentences import Effect, Owner, read_effect, read_owner

EVERY_LANGUAGE = "*"


class Shape(BaseModel):
    """The base of all shapes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        populate_by_name=True,
        validate_default=True,
    )


def _by_language(value: Any) -> Any:
    return {EVERY_LANGUAGE: value} if isinstance(value, str | list) else value


def _lists_by_language(value: Any) -> Any:
    table = _by_language(value)
    if not isinstance(table, dict):
        return table
    return {code: [words] if isinstance(words, str) else words for code, words in table.items()}


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _reading(read: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _is_period(value: str) -> str:
    read_period(value)
    return value


Text = Annotated[dict[str, str], BeforeValidator(_by_language)]
Words = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_lists_by_language)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
PeriodText = Annotated[str, AfterValidator(_is_period)]
Span = Annotated[Period, _reading(read_period), PlainSerializer(str)]
Sentence = Annotated[Effect, _reading(read_effect), PlainSerializer(str)]
Does = Annotated[tuple[Sentence, ...], BeforeValidator(_as_list)]
Ownership = Annotated[Owner, _reading(read_owner), PlainSerializer(str)]


def in_language(text: dict[str, str], language: str) -> str:
    """The text in this language, else the one for every language, else the first; '' when there is none."""
    for code in (language, language.split("-", maxsplit=1)[0], EVERY_LANGUAGE):
        if code in text:
            return text[code]
    return next(iter(text.values()), "")


def all_words(words: dict[str, tuple[str, ...]], language: str = "") -> tuple[str, ...]:
    """The words in this language and those for every language; all words when `language` is empty."""
    if not language:
        return tuple(dict.fromkeys(word for group in words.values() for word in group))
    codes = (language, language.split("-", maxsplit=1)[0], EVERY_LANGUAGE)
    return tuple(dict.fromkeys(word for code in codes for word in words.get(code, ())))


# ---------------------------------------------------------------------------------------------- people and time


class Right(StrEnum):
    """What a staff member may do by mail; each right includes those before it."""

    NOTE = "note"
    REPLY = "reply"
    DECIDE = "decide"
    EXTEND = "extend"
    ERASE = "erase"


class Member(Shape):
    """A person on a team. `substitute` is the address of their substitute; `rights` are the team's when None."""

    name: str
    address: str
    languages: tuple[str, ...] = ()
    substitute: str = ""
    rights: Right | None = None


class TeamSpec(Shape):
    """People who work on cases together, under one address. `rights` are its members'; a manager has all of them
    unless the manager's own entry says otherwise."""

    title: Text
    address: str = ""
    members: tuple[Member, ...] = ()
    manager: Member | None = None
    calendar: str = ""
    unclaimed_after: Span | None = None
    rights: Right = Right.EXTEND

    @property
    def everybody(self) -> tuple[Member, ...]:
        """The members, and the manager where there is one."""
        return (*self.members, self.manager) if self.manager else self.members


class CalendarSpec(Shape):
    """When the company works. `opening` is "09:00-18:00" or "09:00-13:00, 14:00-18:00", for every working day."""

    country: str
    region: str = ""
    zone: str
    week: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    opening: str = "09:00-18:00"
    closed: tuple[str, ...] = ()  # ISO dates on which the company does not work
    open: tuple[str, ...] = ()  # ISO dates on which it works despite a holiday or day of rest


# ------------------------------------------------------------------------------------------------ facts of a case


class DetailType(StrEnum):
    """The type of a detail, which decides how it is found in a mail, normalized and validated."""

    PATTERN = "pattern"
    REFERENCE = "reference"
    DESCRIPTION = "description"  # free text: what happened
    WISH = "wish"  # free text, found only behind a label or an introducing phrase
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"  # a day, and perhaps its hour
    PHONE = "phone"
    EMAIL = "email"
    IMEI = "imei"
    VIN = "vin"
    MONEY = "money"
    NUMBER = "number"
    NAME = "name"
    PLACE = "place"  # a city, region or postcode with a known time zone
    FILES = "files"


class DetailSpec(Shape):
    """One fact a case may need.

    `labels` are other words under which people write it; `phrases` introduce a wish in running text. `pattern` finds
    and validates a pattern or reference. `at_least` is the number of characters of a description, or of files. `files`
    is the main MIME type wanted ("image"); a single file of type `instead` ("video") satisfies it too. `when` says that
    a date is past or future. `not_before` is the earliest valid date, `not_before_of` a column (TABLE.COLUMN) that has
    it; letters reject an earlier one with `too_early` ({not_before} is that date). `wrong` is the text for an invalid
    value, `wrong_digit` that for a wrong check digit ({digit} was given, {right} is correct). `example` is shown beside
    the question. A detail that is `inside` is given only by staff, in an answer that brings it. With `history` letters
    list the earlier cases with the same value.
    """

    label: Text
    sort: DetailType = DetailType.PATTERN
    question: Text = {}
    labels: Words = {}
    phrases: Words = {}
    pattern: str = ""
    choices: dict[str, Words] = {}
    example: str = ""
    at_least: int = 0
    files: str = ""
    instead: str = ""
    when: str = ""
    wrong: Text = {}
    wrong_digit: Text = {}
    not_before: date | None = None
    not_before_of: str = ""
    too_early: Text = {}
    inside: bool = False
    history: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise Wrong(f"not a regular expression: {error}") from None
        return value


class KindSpec(Shape):
    """A kind of case. `words` recognise it, by language; the `fallback` kind takes what is unclear."""

    title: Text
    team: str
    requires: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    words: Words = {}
    first: str = ""
    fallback: bool = False


class FormSpec(Shape):
    """The layout of a known form mail: its senders, and per field the labels it uses in each language.

    A field is a detail's name, or one of customer_name, customer_address, language, country, brand, consent,
    title, comment. Without `consent_words` in the consent field, only `without_consent` is sent. `countries` maps a
    language to a country (fr: FR) for forms that name none; it completes telephone numbers."""

    senders: tuple[str, ...]
    subject: str = ""
    fields: dict[str, Words]
    consent_words: Words = {}
    without_consent: str = ""
    countries: dict[str, str] = {}


class BrandSpec(Shape):
    """A brand that the company answers for, recognised by words or by the maker codes of a VIN."""

    title: str
    words: tuple[str, ...] = ()
    vin_codes: tuple[str, ...] = ()
    portal: str = ""
    signature: Text = {}


class ConditionSpec(Shape):
    """A condition on a case. All tests given must hold; `all_of`, `any_of` and `none_of` name other conditions."""

    detail: str = ""  # the detail tested …
    fact: str = ""  # … or the remembered fact
    known: bool | None = None
    is_: Names = Field(default=(), alias="is")
    within: Span | None = None  # the date is at most so long ago (its last day included) …
    within_of: str = ""  # … or as long ago as this column (TABLE.COLUMN) gives
    kind: Names = ()
    missing_details: bool | None = None
    team: Names = ()  # the case is with one of these teams
    at_least: int | None = None  # the fact is a count of at least this
    same_name: bool | None = None  # the detail is (not) the customer's name; with either unknown, neither test holds
    zone_known: bool | None = None  # whether the customer's time zone is known
    at: Literal["now", "received"] = "now"  # the instant from which `within` looks back: now, or the case's receipt
    question: str = ""  # the question whose last answer is tested
    booked: str = ""  # the appointment tested …
    ahead: Span | None = None  # … was booked at least so many days before its day
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


class Branch(Shape):
    """A consequence of an outcome when the condition `when` holds: the case goes `to` a step (or stays), with the
    effects `does`. With `refuse` nothing is done, and the person who caused the outcome gets this text."""

    to: str = ""
    does: Does = ()
    when: str = ""
    refuse: Text = {}


def _as_branches(value: Any) -> Any:
    rows = value if isinstance(value, list | tuple) else [value]
    return [{"to": row} if isinstance(row, str) else row for row in rows]


Branches = Annotated[tuple[Branch, ...], BeforeValidator(_as_branches)]
