"""The answers a letter offers: questions, commands and decisions, with mailto links for them."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from tests.daemon.letters.contexts import context_of
from tests.templates.made import decided, due, opened, policy

REFERENCE = "C-2026-000123"


def _opened_by(link: str) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    assert "+" not in link
    return unquote(parts.path), parse_qs(parts.query)


def test_answers_open_ready_made_mails() -> None:
    """A link opens a mail to the recipient's own reply address, with subject and answer filled in."""
    context = context_of(decided("it"), due("decision"), language="it")
    assert [answer["word"] for answer in context["answers"]] == ["Sì", "No"]
    for answer in context["answers"]:
        to, fields = _opened_by(answer["link"])
        assert to == context["reply_address"]
        assert fields["body"] == [answer["word"]]
        assert fields["subject"] == [f"Re: [{REFERENCE}] L'inverter si ferma ogni mattina"]


def test_staff_are_offered_commands_and_decisions_in_their_language() -> None:
    """Each command and each decision is a link with its line filled in; other recipients get none."""
    context = context_of(opened("it"), due("new_case", 2), language="de")
    to, fields = _opened_by(context["decisions"][2]["link"])
    assert (to, fields["body"]) == (context["reply_address"], ["entscheiden: nicht stattgegeben\r\n\r\n"])
    assert context["note_address"] not in ("", context["reply_address"])
    customers = context_of(opened("it"), due("acknowledgement"))
    assert (customers["commands"], customers["decisions"], customers["note_address"]) == ([], [], "")


def test_links_for_outside_parties_do_not_say_what_the_matter_is() -> None:
    """The subject of a third party's answer is the tag alone."""
    _, fields = _opened_by(context_of(opened("en"), due("third_party_question", 4))["reply_link"])
    assert fields["subject"] == [f"Re: [{REFERENCE}]"]


def test_no_question_means_no_answers() -> None:
    """In a step without a question a letter offers no answers."""
    context = context_of(opened("en"), due("acknowledgement"))
    assert (context["question"], context["answers"]) == (None, [])


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_every_line_offered_is_understood(language: str) -> None:
    """The line that a link fills in is parsed as that command."""
    context = context_of(opened(language), due("new_case", 2), language=language)
    grammar = grammar_of(policy())
    for row in (*context["commands"], *({**decision, "name": "decide"} for decision in context["decisions"])):
        _, fields = _opened_by(row["link"])
        read = read_commands(fields["body"][0].replace("\r\n", "\n"), grammar)
        assert row["name"] == "reply" or [command.name for command in read.commands] == [row["name"]]
