"""Reading a mail twice as long takes at most twice the work.

Work is the number of executed lines of the project, so the result does not depend on the machine. The cost of regular
expressions is measured in tests/patterns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.policy import all_words
from config.policy_shapes.commands import staff_commands
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.answers import is_only_thanks, read_answer
from parsers.answers.commands import read_commands
from parsers.answers.wait_requests import read_wait_request
from parsers.details.brands import detect_brand
from parsers.details.classify import detect_kind
from parsers.details.details import find_details
from parsers.mail import read_mail
from parsers.sender.authentication import prove_sender
from parsers.sender.own_identity import OwnIdentity
from tests.house.source import ROOT
from tests.work import lines_run

SIGNS = 1_700
GROWS = 2.6
SMALL = 9_000  # executed lines allowed for any mail
POLICY = load_policy("device-support")
HOUSE = OwnIdentity(prefixes=("D",), authserv_ids=("mx.firm.example",), message_id_domain="firm.example")
TODAY = date(2026, 5, 4)
HEAD = "From: a@kunde.example\r\nTo: s@firm.example\r\nSubject: s\r\n"
WORDS = (
    "1.2.26 ", "3 May ", "tomorrow ", "Monday ", "I'm in ", "I live in ", "no ", "yes\n", "not satisfied. ", "ok, ",
    "thanks ", "+39 333 1234567 ", "12345678901234567 ", "EUR 5 ", "a@b.example ", "https://a.example ",
    "Serial number: ", "Model: x\n", "IMEI: 1\n", "close\n", "/wait until 3 May\n", "ask: model\n", "decide: x\n",
    "> ", "-- \n", "On 1 May 2026 x wrote:\n", "From: x\n", "From: a@b.example\nSent: 1 May\nTo: x\nSubject: y\n\n",
    "-----Original Message-----\n", "Best regards\n", "Sent from my phone\n", "begin 644 a\n", "D-2026-000001 ", "\n",
    " ", "a", "世", "phone ", "battery ",
)  # fmt: skip
TAGS = (
    "<p>x", "<b>", "<x>", "<a href=y>z", "<table><tr><td>x", "<blockquote type=cite>x", "<!--", "<style", "&amp",
    "<br>", "<div class=gmail_quote>x", '<div style="border-top:solid windowtext">', "<li>x", "<font size=1><p>",
)  # fmt: skip
FIELDS = ("a@b.example, ", "<a@b>, ", "(", ":", '"', "=?utf-8?q?a?= ", "; a=b", "<a@b> ", "; a*0=b", "dkim=pass d=x; ")
PLACES: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
    "text": (WORDS, lambda pumped: f"{HEAD}\r\n{pumped}"),
    "html": (TAGS, lambda pumped: f"{HEAD}Content-Type: text/html\r\n\r\n<html><body>{pumped}"),
    "from": (FIELDS, lambda pumped: f"From: {pumped}\r\n\r\nhi"),
    "to": (FIELDS, lambda pumped: f"{HEAD}To: {pumped}\r\n\r\nhi"),
    "references": (FIELDS, lambda pumped: f"{HEAD}References: {pumped}\r\n\r\nhi"),
    "type": (FIELDS, lambda pumped: f"{HEAD}Content-Type: text/plain; {pumped}\r\n\r\nhi"),
    "results": (FIELDS, lambda pumped: f"Authentication-Results: mx.firm.example; {pumped}\r\n{HEAD}\r\nhi"),
    "parts": (
        ("--x\n", "--x\n\nx\n"),
        lambda pumped: f"{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n{pumped}",
    ),
}
CASES = [(place, pump) for place, (pumps, _) in PLACES.items() for pump in pumps]


def take_in(raw: bytes) -> None:
    """Read a mail and interpret it in every way that mail from outside or from staff is interpreted."""
    reading = read_mail(raw, ours=HOUSE, languages=POLICY.languages)
    languages, words = ("en", *POLICY.languages), reading.reply or reading.text
    find_details(reading, POLICY.details, languages=languages, today=TODAY, country="IT")
    detect_kind(words, POLICY.kinds, "en", reading.subject)
    detect_brand(POLICY.brands, text=words)
    for question in POLICY.questions.values():
        read_answer(reading.reply, reading.subject, question.answers, languages=languages)
    read_wait_request(reading.reply, all_words(staff_commands()["wait"].customer), languages=languages, today=TODAY)
    is_only_thanks(reading.reply, languages)
    read_commands(reading.reply, grammar_of(POLICY))
    prove_sender(raw, reading.sender.address, HOUSE)


@pytest.fixture(scope="module", autouse=True)
def everything_loaded() -> None:
    """Load word lists, grammars and patterns first, so that they are not counted."""
    for place, (pumps, made) in PLACES.items():
        take_in(made(pumps[0] * 3).encode())
        assert place


@pytest.mark.parametrize(("place", "pump"), CASES)
def test_twice_the_mail_is_twice_the_work(place: str, pump: str) -> None:
    """Whatever part of the mail is repeated."""
    _, made = PLACES[place]
    take_in(made(pump * (SIGNS // len(pump))).encode())
    one, two = (lines_run(partial(take_in, made(pump * (times * SIGNS // len(pump))).encode())) for times in (1, 2))
    assert two <= max(GROWS * one, SMALL)


def test_a_comparison_of_all_with_all_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measurement detects a nested loop over a mail's parts."""
    source = compile("def f(text, languages):\n    n = 0\n    for a in text.split():\n        for b in text.split():\n"
                     "            n += 1\n    return n\n", f"{ROOT}/parsers/answers/answers.py", "exec")  # fmt: skip
    names: dict[str, Any] = {}
    exec(source, names)
    monkeypatch.setattr(sys.modules[__name__], "is_only_thanks", names["f"])
    one, two = (lines_run(partial(take_in, PLACES["text"][1]("ab " * (times * 200)).encode())) for times in (1, 2))
    assert two > max(GROWS * one, SMALL)
