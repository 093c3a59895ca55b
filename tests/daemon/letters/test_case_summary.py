"""What a letter reports of a case: details known and missing, and what is wrong with those that are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.policy import DetailSpec, DetailType, Policy
from daemon.decide.procedure.details import TOO_EARLY
from daemon.letters.case_summary import bare_subject, details_of
from daemon.letters.letter_input import LetterInput
from storage.values import Detail
from tests.templates.made import NOW, due, opened, policy, writing

WORDS = {
    "wrong": {"en": "not right"},
    "wrong_digit": {"en": "{digit} should be {right}"},
    "too_early": {"en": "not before {not_before}"},
}


def wrong_as_told(given: Detail, **spec: Any) -> str:
    """What the letter says is wrong with a required detail of this type."""
    known = policy()
    details = {"model": DetailSpec.model_validate({"label": {"en": "Model"}, **WORDS, **spec})}
    changed: Policy = known.model_copy(update={"details": {**known.details, **details}})
    case = opened("en")
    case = replace(case, ticket=replace(case.ticket, details={**case.ticket.details, "model": given}))
    letter_input = LetterInput(
        case=case, due=due("acknowledgement"), policy=changed, calendar=writing().calendar,
        sender_identity=writing().sender_identity, language="en", now=NOW,
    )  # fmt: skip
    _, missing, _ = details_of(letter_input)
    return str(next(row for row in missing if row["name"] == "model")["wrong"])


@pytest.mark.parametrize(
    ("sort", "value", "told"),
    [
        ("imei", "490154203237517", "7 should be 8"),
        ("imei", "49015420323751", "not right"),  # a digit is missing: which of them is wrong nobody knows
        ("imei", "4901542032375ab", "not right"),
        ("vin", "1M8GDM9A0KP042788", "0 should be X"),
        ("vin", "1M8GDM9AXKP04278", "not right"),
        ("vin", "1M8GDM9AOKP042788", "not right"),  # no digit at all: a VIN never has an O
        ("vin", "1M8GDM9A0KPO42788", "not right"),  # two faults
    ],
)
def test_the_check_digit_is_named_where_it_is_the_fault(sort: str, value: str, told: str) -> None:
    """The letter tells which digit is given and which would be right, for IMEI (Luhn) and VIN (position 9)."""
    assert wrong_as_told(Detail(value=value, shown=value, wrong="a rule"), sort=sort) == told


def test_a_date_before_the_first_possible_day_is_told_with_that_day() -> None:
    """A date that is wrong for another reason is not said to be too early."""
    for wrong, told in ((f"{TOO_EARLY}2020-05-01", "not before 1 May 2020"), ("in the future", "not right")):
        given = Detail(value="2019-01-01", shown="1.1.2019", wrong=wrong)
        assert wrong_as_told(given, sort=DetailType.DATE.value, not_before="2020-05-01") == told


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: [C-2026-000123] Heating is cold", "Heating is cold"),
        ("回复：Fwd: [C-2026-000999] Offer", "Offer"),
        ("Re[2]: Re: ", ""),
        ("Regarding: my order", "Regarding: my order"),
    ],
)
def test_a_subject_without_what_mail_programs_and_we_put_before_it(subject: str, bare: str) -> None:
    """Replies and forwards in many languages, and tags of this case and of others."""
    assert bare_subject(subject, "C-2026-000123") == bare
