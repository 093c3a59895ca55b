"""Which letter a mail answers: by its headers, by the mark of a link, by the price it names; else nobody guesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daemon.decide.events import MailIn, WhyNotCounted
from daemon.decide.procedure import which_letter
from daemon.decide.procedure.open_offers import Offer
from parsers.reading import Reading
from storage.facts import Facts
from storage.values import Case, Message, OpenQuestion, Ticket

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
QUESTION = OpenQuestion(question="quote_answer", party=1, put_at=START + timedelta(days=1))


def _case() -> Case:
    """150 offered on the first day, 195 on the second; a letter each, one before them and a reply after them."""
    days = [START + timedelta(days=number) for number in range(3)]
    known = [
        {"n": 1, "at": days[0].isoformat(), "options": [], "sums": {"quote": "150"}},
        {"n": 2, "at": days[1].isoformat(), "options": [], "sums": {"quote": "195"}},
    ]
    ticket = Ticket(
        id=1, reference="D-2026-000001", policy="device-support", kind="damage", step="quote_sent", language="en",
        received_at=START, created_at=START, updated_at=START, step_since=START, questions=(QUESTION,),
        facts=Facts(offered={"quote_answer": known}),
    )  # fmt: skip
    written = (
        ("before", "acknowledgement", START - timedelta(hours=1)), ("first", "quote", days[0]),
        ("second", "quote", days[1]), ("later", "reply", days[2]),
    )  # fmt: skip
    letters = tuple(
        Message(
            direction="out", message_id=f"{name}@firm.example", sender="us", recipients=(), subject="", at=at,
            thread="customer", notice=notice, party=1,
        )
        for name, notice, at in written
    )  # fmt: skip
    return Case(ticket=ticket, messages=letters)


def _meant(**fields: Any) -> int | WhyNotCounted:
    found = which_letter.offer_answered(MailIn(reading=Reading(**fields), received_at=START), _case(), QUESTION)
    return found.n if isinstance(found, Offer) else found


@pytest.mark.parametrize(
    ("letter", "meant"), [("first", 1), ("second", 2), ("later", 2), ("before", WhyNotCounted.OTHER_LETTER)]
)
def test_by_the_letter_answered(letter: str, meant: int | WhyNotCounted) -> None:
    """A letter speaks of the last offer before it; one from before all of them speaks of none."""
    assert _meant(reply="yes", headers={"in-reply-to": (f"<{letter}@firm.example>",)}) == meant
    assert _meant(reply="yes", headers={"references": (f"<x@y.example> <{letter}@firm.example>",)}) == meant


def test_in_reply_to_counts_before_references() -> None:
    """References hold the whole thread."""
    headers = {"in-reply-to": ("<first@firm.example>",), "references": ("<first@firm.example> <second@firm.example>",)}
    assert _meant(reply="yes", headers=headers) == 1


def test_by_the_mark_of_a_link() -> None:
    """A link opens a mail that answers no letter; its subject says of which offer it is."""
    assert _meant(subject="Re: [D-2026-000001] (#2) Glass", reply="I accept") == 2
    assert _meant(subject="Re: [D-2026-000001] Glass", reply="I accept") is WhyNotCounted.UNCLEAR
    assert which_letter.offer_mark(_case(), QUESTION) == "(#2) "
    assert which_letter.strip_offer_mark("Re: [D-2026-000001] (#2) yes") == "Re: [D-2026-000001] yes"


def test_by_the_price_in_its_words_and_then_in_what_it_quotes() -> None:
    """Their own words count first."""
    assert _meant(reply="Yes to the 150 EUR") == 1
    assert _meant(reply="Yes", quoted="Total: 195.00 EUR") == 2
    assert _meant(reply="Yes", quoted="Total: 195.00 EUR, before 150.00 EUR") is WhyNotCounted.UNCLEAR
    assert _meant(reply="Yes") is WhyNotCounted.UNCLEAR


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Yes", None), ("Yes to 195 EUR", None), ("Yes, for 170 EUR", WhyNotCounted.OTHER_PRICE),
        ("Yes, at 170", WhyNotCounted.OTHER_PRICE),
        ("I accept the 150 EUR", WhyNotCounted.SUPERSEDED), ("Yes. Ring at number 170.", None),
    ],
)  # fmt: skip
def test_a_yes_to_another_price_is_none(words: str, why: WhyNotCounted | None) -> None:
    """Haggling accepts nothing, and an earlier price is gone."""
    first, second = Offer(n=1, at="", sums={"quote": "150"}), Offer(n=2, at="", sums={"quote": "195"})
    assert which_letter.why_price_not_counted(Reading(reply=words), second, [first, second]) is why


def test_the_same_times_offered_again_are_the_same_offer() -> None:
    """A list that was put twice is one list; whether somebody is satisfied was asked about another decision."""
    case = _case()
    times = ["2026-03-09T09:00:00+00:00", "2026-03-09T10:00:00+00:00"]
    for options, meant in ((times, 1), ([], WhyNotCounted.OTHER_LETTER)):
        twice = [{"n": n, "at": (START + timedelta(days=n - 1)).isoformat(), "options": options} for n in (1, 2)]
        ticket = replace(case.ticket, facts=Facts(offered={"quote_answer": twice}))
        mail = MailIn(reading=Reading(headers={"in-reply-to": ("<first@firm.example>",)}), received_at=START)
        found = which_letter.offer_answered(mail, replace(case, ticket=ticket), QUESTION)
        assert (found.n if isinstance(found, Offer) else found) == meant
