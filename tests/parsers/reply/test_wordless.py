"""Mail in which nothing is said: blank, or a reaction; and what only looks like it."""

from __future__ import annotations

import pytest

from parsers.reading import Attachment, Reading
from parsers.reply.wordless import GMAIL, Nothing, has_no_words, is_reaction, says_nothing

SUBJECT = "Inverter ST-6.0K is dead"
ANSWER = "Re: [C-2026-000001] Inverter ST-6.0K is dead"


def attached(declared: str, *, inline: bool = False) -> Attachment:
    """A part of a mail."""
    return Attachment("a", declared, declared, 20, "", 2, inline=inline)


@pytest.mark.parametrize(
    "text",
    [
        "👍",
        "❤️",
        "🎉🎉",
        "👍\n\nJane Doe reacted via Gmail",
        "🎉\n\nJane Doe ha reagito tramite Gmail",
        "❤️\n\nJane Doe hat über Gmail reagiert",
        "👍\n\nJane Doe a réagi via Gmail",
        "Jane Doe reacted to your message: 👍",
        "Jane Doe hat auf Ihre Nachricht reagiert",
        "Liked “We replace the inverter.”",
        'Loved "We replace the inverter."',
        "Ha messo Mi piace a “Sostituiamo l'apparecchio.”",
        "赞了“我们更换设备”",
    ],
)
def test_a_reaction(text: str) -> None:
    """As Gmail, Outlook and telephones write it."""
    assert is_reaction(text)
    assert says_nothing(Reading(subject=ANSWER, reply=text), SUBJECT) is Nothing.REACTION


@pytest.mark.parametrize(
    "text",
    [
        "I liked “We replace the inverter.” very much",
        "He reacted to your message and is angry",
        "No",
        "1",
        "👍 but when does it arrive?",
        "Liked it? No. The inverter is still dead.",
        "",
    ],
)
def test_words_are_no_reaction(text: str) -> None:
    """Whoever writes anything of their own is read."""
    assert not is_reaction(text)


def test_a_reaction_by_its_part() -> None:
    """Gmail marks it with a part of its own type, whatever the words are; such a part is no file."""
    reading = Reading(subject=ANSWER, reply="x reagoval(a) přes Gmail", attachments=(attached(GMAIL),))
    assert says_nothing(reading, SUBJECT) is Nothing.REACTION


def test_a_blank_mail() -> None:
    """No words above the quotation, and the subject of our letter."""
    assert says_nothing(Reading(subject=ANSWER, text="> quoted", quoted="> quoted"), SUBJECT) is Nothing.BLANK
    assert says_nothing(Reading(subject="", reply=" \n"), SUBJECT) is Nothing.BLANK
    assert says_nothing(Reading(subject="AW: Re: [C-2026-000001]"), SUBJECT) is Nothing.BLANK


def test_what_only_looks_blank() -> None:
    """A file, a picture in the text, words in the subject, a mail sent on, one that could not be read."""
    assert says_nothing(Reading(subject=ANSWER, attachments=(attached("image/jpeg"),)), SUBJECT) is None
    assert says_nothing(Reading(subject=ANSWER, attachments=(attached("image/png", inline=True),)), SUBJECT) is None
    assert says_nothing(Reading(subject="I do not accept this"), SUBJECT) is None
    assert says_nothing(Reading(subject=ANSWER, forwarded=True), SUBJECT) is None
    assert says_nothing(Reading(subject=ANSWER, unreadable="encrypted"), SUBJECT) is None


@pytest.mark.parametrize("text", ["", "   \n", "👍", "❤️ !!", "—"])
def test_a_blank_mail_and_a_reaction_say_nothing(text: str) -> None:
    """No letter, no figure, no question."""
    assert has_no_words(text)


@pytest.mark.parametrize("text", ["?", "ok", "7", "？", "请看"])
def test_a_sign_of_words_says_something(text: str) -> None:
    """However little it is."""
    assert not has_no_words(text)


def test_a_file_says_something_and_the_file_of_a_reaction_does_not() -> None:
    """A photo without words is a mail; Gmail marks a reaction by a file."""
    assert not has_no_words("", ["image/jpeg"])
    assert has_no_words("Anna reacted with 👍", [GMAIL])
