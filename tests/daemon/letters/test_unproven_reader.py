"""A customer known only from a Reply-To header gets none of the content of that mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.values import Case
from tests.daemon.letters.contexts import context_of
from tests.templates.made import NOW, due, incoming, opened


def named(name: str = "Mary O'Neill") -> Case:
    """Return a case whose customer is known only from the first mail's Reply-To."""
    case = opened("en")
    customer = replace(case.parties[0], name=name)
    facts = replace(case.ticket.facts, named_by="reply-to")
    return replace(case, ticket=replace(case.ticket, facts=facts), parties=(customer, *case.parties[1:]))


def test_the_words_of_the_mail_are_left_out_until_the_reader_answers() -> None:
    """Subject, description and files are left out; after the first mail from that address they are shown."""
    case = named()
    file = {"name": "offer.pdf", "size": 10, "inline": False, "danger": ""}
    case = replace(case, messages=(replace(case.messages[0], attachments=(file,)),))
    quiet = context_of(case, due("acknowledgement"))
    assert "problem" not in [row["name"] for row in quiet["found"]]
    assert (quiet["subject"], quiet["files"]) == (quiet["kind"], [])
    answered = replace(case, messages=(*case.messages, incoming("en", at=NOW + timedelta(days=1), text="Yes, mine")))
    known = context_of(answered, due("acknowledgement"))
    assert "problem" in [row["name"] for row in known["found"]]
    assert known["subject"] != known["kind"]
    assert known["files"]


def test_an_automatic_answer_proves_nothing() -> None:
    """An out-of-office reply does not show that its sender wrote the first mail."""
    away = replace(incoming("en", at=NOW + timedelta(days=1), text="I am away"), automatic=True)
    case = named()
    case = replace(case, messages=(*case.messages, away))
    assert "problem" not in [row["name"] for row in context_of(case, due("acknowledgement"))["found"]]


def test_staff_see_all_of_it() -> None:
    """Staff letters show the whole mail."""
    assert "problem" in [row["name"] for row in context_of(named(), due("new_case", 2))["found"]]


@pytest.mark.parametrize("name", ["Win 1000 now", "see www.bad.example", "a b c d e", "x" * 41, "Click: here", "!!!"])
def test_a_name_that_is_a_message_is_left_out(name: str) -> None:
    """A display name can carry text and links just as a subject can, so it is left out too."""
    assert context_of(named(name), due("acknowledgement"))["reader"]["name"] == ""
    assert context_of(named(), due("acknowledgement"))["reader"]["name"] == "Mary O'Neill"
