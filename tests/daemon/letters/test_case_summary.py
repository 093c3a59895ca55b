"""The case summary in a letter: known and missing details, and what is wrong with invalid ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.policy import DetailSpec, DetailType, Policy
from daemon.decide.procedure.details import TOO_EARLY
from daemon.letters.case_summary import bare_subject, details_known_and_missing
from daemon.letters.letter_input import LetterInput
from storage.values import Detail, Message
from tests.daemon.letters.contexts import context_of
from tests.templates.made import NOW, due, incoming, later, opened, policy, writing

WORDS = {
    "wrong": {"en": "not right"},
    "wrong_digit": {"en": "{digit} should be {right}"},
    "too_early": {"en": "not before {not_before}"},
}


def wrong_as_told(given: Detail, **spec: Any) -> str:
    """Return the words with which a letter says what is wrong with a detail of this type."""
    known = policy()
    details = {"model": DetailSpec.model_validate({"label": {"en": "Model"}, **WORDS, **spec})}
    changed: Policy = known.model_copy(update={"details": {**known.details, **details}})
    case = opened("en")
    case = replace(case, ticket=replace(case.ticket, details={**case.ticket.details, "model": given}))
    letter_input = LetterInput(
        case=case, due=due("acknowledgement"), policy=changed, calendar=writing().calendar,
        sender_identity=writing().sender_identity, language="en", now=NOW,
    )  # fmt: skip
    _, missing, _ = details_known_and_missing(letter_input)
    return str(next(row for row in missing if row["name"] == "model")["wrong"])


@pytest.mark.parametrize(
    ("sort", "value", "expected"),
    [
        ("imei", "490154203237517", "7 should be 8"),
        ("imei", "49015420323751", "not right"),  # a digit is missing: so which one is wrong cannot be told
        ("imei", "4901542032375ab", "not right"),
        ("vin", "1M8GDM9A0KP042788", "0 should be X"),
        ("vin", "1M8GDM9AXKP04278", "not right"),
        ("vin", "1M8GDM9AOKP042788", "not right"),  # no digit at all: a VIN never has an O
        ("vin", "1M8GDM9A0KPO42788", "not right"),  # two faults
    ],
)
def test_the_check_digit_is_named_where_it_is_the_fault(sort: str, value: str, expected: str) -> None:
    """The letter says which check digit is given and which is right, for IMEI (Luhn) and VIN (position 9)."""
    assert wrong_as_told(Detail(value=value, shown=value, wrong="a rule"), sort=sort) == expected


def test_a_date_before_the_first_possible_day_is_told_with_that_day() -> None:
    """A date that is invalid for another reason is not called too early."""
    for wrong, expected in ((f"{TOO_EARLY}2020-05-01", "not before 1 May 2020"), ("in the future", "not right")):
        given = Detail(value="2019-01-01", shown="1.1.2019", wrong=wrong)
        assert wrong_as_told(given, sort=DetailType.DATE.value, not_before="2020-05-01") == expected


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: [C-2026-000123] Heating is cold", "Heating is cold"),
        ("回复：Fwd: [C-2026-000999] Offer", "Offer"),
        ("Re[2]: Re: ", ""),
        ("Regarding: my order", "Regarding: my order"),
    ],
)
def test_a_subject_is_shown_without_reply_prefixes_and_tags(subject: str, bare: str) -> None:
    """Re:, Fwd: and their translations, and the tags of this case and of others, are removed."""
    assert bare_subject(subject, "C-2026-000123") == bare


def test_details_are_found_missing_or_wrong() -> None:
    """An invalid value counts as missing, and the letter says what is wrong with it."""
    case = opened("en")
    known = {**case.ticket.details, "model": Detail(value="", shown="ABC", wrong="pattern")}
    context = context_of(replace(case, ticket=replace(case.ticket, details=known)), due("acknowledgement"))
    assert [row["name"] for row in context["found"]] == ["problem"]
    (model,) = context["missing"]
    assert (model["label"], model["given"], model["example"]) == ("Inverter model", "ABC", "ST-6.0K")
    assert model["wrong"].startswith("this does not look like a model")


def test_what_is_not_required_is_asked_for_once() -> None:
    """Only the letter of the decision that asks for an optional detail lists it."""
    case = opened("en")
    assert [row["name"] for row in context_of(case, due("acknowledgement"))["optional"]] == ["serial", "solution"]
    next_day = replace(case, ticket=replace(case.ticket, updated_at=NOW + timedelta(days=8)))
    context = context_of(next_day, due("reminder"))
    assert ([row["name"] for row in context["missing"]], context["optional"]) == (["model"], [])


def test_staff_may_ask_for_any_detail() -> None:
    """A detail that staff name is asked for even if this kind of case does not need it."""
    case = later(opened("en", complete=True), 2)
    context = context_of(case, due("ask", ask_details=["ticket"]))
    assert [row["label"] for row in context["optional"]] == ["Number of the earlier service ticket"]


def test_long_descriptions_are_cut_at_a_word() -> None:
    """The summary shows the beginning of a long description."""
    case = opened("en")
    known = {"problem": Detail(value="x", shown="word " * 200)}
    shown = context_of(replace(case, ticket=replace(case.ticket, details=known)), due("reply"))["found"][0]["shown"]
    assert (len(shown) <= 241, shown[-5:]) == (True, "word…")


def test_staff_see_the_newest_words_of_who_wrote() -> None:
    """The text of the mail in hand, not of an older one, of another party or of a machine."""
    case = opened("en")
    machine = replace(incoming("en", at=NOW + timedelta(days=2), text="I am away"), automatic=True)
    newest = incoming("en", at=NOW + timedelta(days=1), text="It is worse now")
    stranger = incoming("en", at=NOW + timedelta(days=3), party=5, text="me too")
    case = replace(case, messages=(*case.messages, newest, machine, stranger))
    words = context_of(case, due("customer_wrote", 2, from_party=1))["words"]
    assert (words["text"], words["name"], words["shortened"]) == ("It is worse now", "Mary O'Neill", False)
    assert context_of(case, due("held", 2, from_party=5))["words"]["text"] == "me too"
    assert context_of(case, due("warning", 2))["words"]["text"] == "It is worse now"


def test_endless_words_are_shortened() -> None:
    """A letter shows a bounded part of a mail and says that the rest is with the case."""
    case = opened("en")
    words = context_of(case, due("customer_wrote", 2, from_party=1, new_words="x" * 50_000))["words"]
    assert (len(words["text"]), words["shortened"]) == (20_000, True)


def test_pictures_inside_the_text_are_no_files() -> None:
    """A logo in a signature is not listed as a received file; dangerous files are marked."""
    case = opened("en")
    files = (
        {"name": "logo.png", "size": 10, "inline": True, "danger": ""},
        {"name": "run.exe", "size": 20, "inline": False, "danger": "a program"},
    )
    case = replace(case, messages=(replace(case.messages[0], attachments=files),))
    assert context_of(case, due("acknowledgement"))["files"] == [{"name": "run.exe", "size": 20, "danger": "a program"}]


def test_a_display_name_that_is_an_address_is_no_name() -> None:
    """The salutation does not use an e-mail address as a name."""
    case = opened("en")
    customer = replace(case.parties[0], name="anna@home.example")
    assert context_of(replace(case, parties=(customer, *case.parties[1:])), due("reply"))["reader"]["name"] == ""


def test_question_of_before_is_quoted_without_its_signature() -> None:
    """A reminder can quote the earlier question, without its signature."""
    letter = Message(
        direction="out", message_id="a@b", sender="s", recipients=("x",), subject="s", at=NOW, thread="customer",
        text="Which colour?\n\n-- \nfooter\n", notice="ask", party=1,
    )  # fmt: skip
    case = replace(opened("en"), messages=(letter,))
    assert context_of(case, due("reminder"))["asked_before"]["text"].strip() == "Which colour?"
    assert context_of(opened("en"), due("reminder"))["asked_before"] is None
