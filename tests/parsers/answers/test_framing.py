"""Greetings, list marks and thanks around the text of a staff mail."""

from __future__ import annotations

import pytest

from config.files.load_policy import load_policy
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from parsers.answers.framing import is_closing, is_greeting, is_impersonal_greeting, without_list_mark
from parsers.answers.person_words import person_words_of

EVERY = person_words_of(("en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant"))
POLICY = load_policy("complaints")


@pytest.mark.parametrize(
    "line",
    [
        "• take",
        "- take",
        "– take",
        "* take",
        "· take",
        "1. take",
        "1) take",
        "(2) take",
        "a) take",
        "① take",
        "✓ take",
        "> take",
        '"take"',
        "„take“",
        "*take*",
        "`take`",
        "- [ ] take",
        "-take",
        "•\ttake",
        "「take」",
        "**take**",
    ],
)
def test_what_makes_a_line_part_of_a_list(line: str) -> None:
    """Marks, numbers and quotation marks are removed from a command line."""
    assert without_list_mark(line) == "take"
    assert [command.name for command in read_commands(line, grammar_of(POLICY)).commands] == ["take"]


@pytest.mark.parametrize("line", ["2026-05-20", "12 V are too much.", "-5 degrees", "3.5 mm plug", "A.", "- "])
def test_what_is_no_list_mark(line: str) -> None:
    """A number that belongs to the text stays."""
    assert without_list_mark(line).strip("- ") == line.strip("- ")


@pytest.mark.parametrize(
    ("line", "impersonal"),
    [
        ("Hi,", True),
        ("Hello", True),
        ("Hallo zusammen,", True),
        ("Ciao a tutti,", True),
        ("Bonjour à tous,", True),
        ("您好，", True),
        ("大家好：", True),
        ("Hi Jane,", False),
        ("Dear Ms Adams:", False),
        ("Sehr geehrte Frau Groß,", False),
        ("Gentile Anna,", False),
        ("尊敬的王女士：", False),
    ],
)
def test_greetings(line: str, impersonal: bool) -> None:
    """Greetings are distinguished by whether they name a person."""
    assert is_greeting(line, EVERY)
    assert is_impersonal_greeting(line, EVERY) == impersonal


@pytest.mark.parametrize(
    "line", ["Hi, the part is here.", "Hello Jane, we replace it!", "Dear me, what a mess that was in there"]
)
def test_a_sentence_behind_a_greeting_is_no_greeting(line: str) -> None:
    """A line that says something is no greeting."""
    assert not is_greeting(line, EVERY)


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thanks!\nDino",
        "Many thanks, Dino",
        "Danke, Gruß",
        "grazie\n\nDino Blu",
        "Best regards\nD. Blu",
        "谢谢！",
        "Get Outlook for iOS\n________________________________",
        "________",
        "🙂",
        "Cheers\nDino Blu\nTechnik",
    ],
)
def test_nothing_but_thanks_is_no_letter(text: str) -> None:
    """Closing lines below a command are not sent to anybody."""
    assert is_closing(text, EVERY, writer="Dino Blu")
    said = read_commands(f"take\n\n{text}", grammar_of(POLICY, ("de", "it", "zh-Hans")), writer="Dino Blu")
    assert ([command.name for command in said.commands], said.text, said.unknown) == (["take"], "", ())


@pytest.mark.parametrize(
    "text", ["Thank you for your patience.", "Thanks\n\nThe unit ships on Thursday.", "We replace it."]
)
def test_words_are_words(text: str) -> None:
    """Thanks that say more are sent as text below a command."""
    assert not is_closing(text, EVERY, writer="Dino Blu")
    assert read_commands(f"take\n\n{text}", grammar_of(POLICY), writer="Dino Blu").text == text


OBEYED = [
    ("Hi,\n\ntake\n\nthanks\nDino", ["take"]),
    ("Hallo zusammen,\n\nnehme ich\n\nGruß\nDino", ["take"]),
    ("take, please", ["take"]),
    ("take, thanks!", ["take"]),
    ("please take", ["take"]),
    ("• take\n• note: she called twice and shouted", ["take", "note"]),
    ("Hi Jane,\n\ntake", ["take"]),
    ("take\n\nGet Outlook for iOS\n________________________________", ["take"]),
]


@pytest.mark.parametrize(("text", "names"), OBEYED)
def test_a_mail_of_commands_alone_is_obeyed(text: str, names: list[str]) -> None:
    """Commands are read with any frame around them, and no text is left for the customer."""
    said = read_commands(text, grammar_of(POLICY), writer="Dino Blu", customer="Jane Adams")
    assert ([command.name for command in said.commands], said.text, said.unknown) == (names, "", ())


def test_a_reply_of_thanks_alone_is_a_letter() -> None:
    """Without a command, thanks are text for the customer."""
    assert read_commands("Thank you!", grammar_of(POLICY)).text == "Thank you!"
