"""Mail without content: blank or only a reaction; and mail that only looks like it."""

from __future__ import annotations

import pytest

from parsers.reading import Attachment, Reading
from parsers.reply.empty_mail import GMAIL_REACTION_TYPE, EmptyMail, empty_mail_kind, has_no_words, is_reaction

SUBJECT = "Inverter ST-6.0K is dead"
ANSWER = "Re: [C-2026-000001] Inverter ST-6.0K is dead"


def attached(declared: str, *, inline: bool = False) -> Attachment:
    """An attachment of a declared type."""
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
    """As Gmail, Outlook and phones write it."""
    assert is_reaction(text)
    assert empty_mail_kind(Reading(subject=ANSWER, reply=text), SUBJECT) is EmptyMail.REACTION


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
    """Any words of the sender's own are content."""
    assert not is_reaction(text)


def test_a_reaction_by_its_part() -> None:
    """Gmail marks a reaction with a part of a special type, whatever the text is; it is not counted as a file."""
    reading = Reading(subject=ANSWER, reply="x reagoval(a) přes Gmail", attachments=(attached(GMAIL_REACTION_TYPE),))
    assert empty_mail_kind(reading, SUBJECT) is EmptyMail.REACTION


def test_a_blank_mail() -> None:
    """No text above the quotation, and the subject of the case."""
    assert empty_mail_kind(Reading(subject=ANSWER, text="> quoted", quoted="> quoted"), SUBJECT) is EmptyMail.BLANK
    assert empty_mail_kind(Reading(subject="", reply=" \n"), SUBJECT) is EmptyMail.BLANK
    assert empty_mail_kind(Reading(subject="AW: Re: [C-2026-000001]"), SUBJECT) is EmptyMail.BLANK


def test_what_only_looks_blank() -> None:
    """A file, an inline picture, a new subject, a forwarded mail, an unreadable mail."""
    assert empty_mail_kind(Reading(subject=ANSWER, attachments=(attached("image/jpeg"),)), SUBJECT) is None
    assert empty_mail_kind(Reading(subject=ANSWER, attachments=(attached("image/png", inline=True),)), SUBJECT) is None
    assert empty_mail_kind(Reading(subject="I do not accept this"), SUBJECT) is None
    assert empty_mail_kind(Reading(subject=ANSWER, forwarded=True), SUBJECT) is None
    assert empty_mail_kind(Reading(subject=ANSWER, unreadable="encrypted"), SUBJECT) is None


@pytest.mark.parametrize("text", ["", "   \n", "👍", "❤️ !!", "—"])
def test_punctuation_and_emoji_are_no_words(text: str) -> None:
    """No letter, digit or question mark."""
    assert has_no_words(text)


@pytest.mark.parametrize("text", ["?", "ok", "7", "？", "请看"])
def test_any_letter_digit_or_question_mark_counts(text: str) -> None:
    """Even a single one."""
    assert not has_no_words(text)


def test_a_file_counts_but_not_that_of_a_reaction() -> None:
    """A photograph without text is content; the part by which Gmail marks a reaction is not."""
    assert not has_no_words("", ["image/jpeg"])
    assert has_no_words("Anna reacted with 👍", [GMAIL_REACTION_TYPE])
