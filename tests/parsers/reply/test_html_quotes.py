"""Coloured answers between the lines of a quotation."""

from __future__ import annotations

import pytest

from parsers.mail import read_mail
from parsers.reply.html_quotes import coloured_texts

RULE = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Firm &lt;c@firm.example&gt;<br>'
    "<b>Sent:</b> Monday, May 4, 2026 10:12<br><b>To:</b> anna@x.example<br><b>Subject:</b> Your complaint</p></div>"
)


def reply(above: str, answer: str) -> str:
    """The new text of a reply written in Outlook."""
    page = f"<html><body><p>{above}</p>{RULE}<p>Which model is it?</p><p>{answer}</p><p>Thank you</p></body></html>"
    head = "From: a@x.example\nTo: c@firm.example\nSubject: Re: x\nContent-Type: text/html; charset=utf-8\n\n"
    return read_mail(f"{head}{page}".encode()).reply


@pytest.mark.parametrize(
    "answer",
    [
        '<span style="color:red">ST-6.0K</span>',
        '<font color="#C00000">ST-6.0K</font>',
        '<span style="color: rgb(0, 32, 200)">ST-6.0K</span>',
    ],
)
def test_answers_in_a_colour_are_kept(answer: str) -> None:
    """The rest of the quotation is removed."""
    assert reply("See my answers below in red.", answer).split("\n")[-1] == "ST-6.0K"
    assert "Which model" not in reply("See my answers below in red.", answer)


@pytest.mark.parametrize(
    ("above", "answer"),
    [
        ("We send you a new one.", '<span style="color:red">inside only</span>'),
        ("See below.", '<span style="color:#777777">grey</span>'),
    ],
)
def test_colours_of_the_quoted_letter_are_ignored(above: str, answer: str) -> None:
    """Without text above that refers to them, or in grey, coloured lines are quoted text."""
    assert reply(above, answer) == above


def test_only_short_texts_count() -> None:
    """A page that is blue as a whole is not an answer."""
    assert coloured_texts(f'<html><body><p style="color:blue">{"long " * 200}</p></body></html>') == frozenset()
