"""Staff work by mail, line by line, through a real mail server and with real keys, as their mail programs build it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.daemon.programs import DISCLAIMER, PROGRAMS, SIGNATURE
from tests.daemon.rendered import note_address, text_of
from tests.daemon.signed import sign
from tests.real.branch import Opens

# With a paragraph that some programs break in plain text and some do not.
WORDS = (
    "Dear Mrs Rossi,\n\nis the display dark – or “frozen”? We have looked at your photos, and we think that water came "
    "in through the roof.\n\nPlease tell us:\n- since when\n- how often"
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_three_ways_out(program: str, opens: Opens) -> None:
    """By every program: words go to the customer whole and alone, a note stays inside, a command changes the case."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    desk.reply(notice, WORDS, program=program, mark="w1")
    assert desk.news() == [("reply", desk.anna), ("transcript", desk.ada)]
    assert WORDS in desk.read_by(desk.anna).replace("\r\n", "\n")
    desk.reply(notice, "He broke the seals himself.", program=program, mark="w2", to=note_address(notice))
    assert desk.news() == [("transcript", desk.ada)]
    desk.reply(notice, "decide: upheld\n\nWe send you a new one.", program=program, mark="w3")
    assert desk.news() == [("decision", desk.anna), ("transcript", desk.ada)]
    assert desk.case().ticket.facts.outcome == "upheld"
    read = desk.read_by(desk.anna)
    assert "We send you a new one." in read
    for inside in (SIGNATURE, "4711", DISCLAIMER[:22], "seals", "decide:", "staff only", desk.ada, "Sent from"):
        assert inside not in read, inside


COMMANDS: list[tuple[str, list[str]]] = [
    ("take:", []),
    ("kind product", ["new_case"]),
    ("detail serial: SN60A2499999", []),
    ("language it", []),
    ("language en", []),
    ("vulnerable:\n\nHer cellar is under water.", ["vulnerable"]),
    ("ask serial, solution", ["ask"]),
    ("ask:\n\nWhat does the display say?", ["ask"]),
    ("wait until 2026-03-10", []),
    ("remind 2026-03-09\n\nCall the depot.", []),
    ("third installer ivo@WORLD\n\nWhat did you see on the roof?", ["third_party_question"]),
    ("extend 2026-05-29\n\nThe part comes from abroad.", ["delay"]),
    ("note\n\nShe is a cousin of the mayor.", []),
    ("/help", []),
    ("send again", ["acknowledgement"]),
    ("split\n\nThe bill was wrong, too.", ["acknowledgement", "new_case"]),
    ("assign bob@STAFF", ["customer_wrote"]),
    ("team service", ["customer_wrote"]),
    ("team technical", ["customer_wrote", "customer_wrote"]),
    ("decide partly upheld\n\nHalf of it is ours.", ["decision"]),
    ("close:\n\nGood bye.", ["closed"]),
    ("reopen", ["customer_wrote", "reopened"]),
    ("spam", []),
]


@pytest.mark.parametrize("part", [slice(0, 12), slice(12, None)])
def test_every_command_by_every_program(part: slice, opens: Opens) -> None:
    """A mail for each command, by one program after the other; each is obeyed and reported."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    programs = [*PROGRAMS] * 3
    seen = []
    for number, (text, _) in enumerate(COMMANDS[part]):
        said = text.replace("WORLD", desk.street.world).replace("STAFF", desk.street.staff)
        desk.reply(notice, said, program=programs[number], mark=f"c{number}")
        letters = desk.news()
        assert ("transcript", desk.ada) in letters, f"{programs[number]}, {text}: {letters}"
        seen.append((text, sorted(name for name, _ in letters if name != "transcript")))
    assert seen == [(text, sorted(expected)) for text, expected in COMMANDS[part]]
    read = desk.read_by(desk.anna)
    for inside in ("cousin", "depot", "cellar", "installer", "roof", "partly upheld\n\n", SIGNATURE, DISCLAIMER[:22]):
        assert inside not in read, inside


def test_two_cases_become_one(opens: Opens) -> None:
    """The newer of a customer's cases becomes part of the older one; what she answers to either reaches the older."""
    desk = opens()
    desk.complain("It is still dark, and nobody calls me back.", subject="Still broken")
    desk.news()
    desk.reply(desk.last("new_case", desk.ada), "merge C-2026-000001", program="Outlook on iOS", mark="me")
    assert ("transcript", desk.ada) in desk.news()
    desk.complain("Any news?", subject="Re: [C-2026-000002] Still broken")
    assert "Any news?" in {message.text.strip() for message in desk.case().messages}


def test_replying_to_all_leaks_nothing(opens: Opens) -> None:
    """A note that also goes to the customer's address and ours stays inside as far as we write; nothing is doubled."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    everybody = f"{note_address(notice)}, {desk.street.support}, {desk.bob}"
    for number, program in enumerate(PROGRAMS):
        raw = PROGRAMS[program](notice, f"He broke {number} seals.", sender=desk.ada, mark=f"a{number}", to=everybody)
        to = [note_address(notice), desk.street.support]
        desk.street.hand_in(sign(raw, desk.street.staff), sender=desk.ada, to=to)
        desk.wait()
        assert desk.news() == [("transcript", desk.ada)], program
    assert "seals" not in desk.read_by(desk.anna)
    assert desk.set_aside() == []


WRONG = {
    "an unknown word first": ("deceide: upheld\n\nWe send you a new one.", "decide"),
    "an unknown word after a known one": ("take:\n/refund 200\n\nYou get your money back.", ""),
    "a word that needs words": ("extend 2026-05-29", ""),
    "a value that is none": ("take:\nkind: banana", ""),
    "a day that is past": ("wait until 2020-05-29", ""),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_all_or_nothing(wrong: str, opens: Opens) -> None:
    """One line that cannot be obeyed, and nothing of the mail is; the answer names the nearest word and all words."""
    desk = opens()
    text, near = WRONG[wrong]
    desk.reply(desk.last("new_case", desk.ada), text, program="Outlook", mark="n1")
    assert desk.news() == [("refused", desk.ada)]
    assert not desk.case().ticket.assignee
    answer = desk.read_by(desk.ada)
    assert near in answer
    for word in ("take", "decide", "extend", "help"):
        assert word in answer


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("prendo\ndecidi: accolto\n\nLe mandiamo un apparecchio nuovo.", "upheld"),
        ("nehme ich\nentscheiden: nicht stattgegeben\n\nDie Siegel sind gebrochen.", "not_upheld"),
        ("/decide partly upheld\n\nHalf of it is ours.", "partly_upheld"),
    ],
)
@pytest.mark.parametrize("program", ["Gmail on Android", "Outlook on the web", "iPhone Mail"])
def test_in_every_language_of_the_policy(text: str, outcome: str, program: str, opens: Opens) -> None:
    """The same words in English, Italian, German, several lines in one mail."""
    desk = opens()
    desk.reply(desk.last("new_case", desk.ada), text, program=program, mark="l1")
    assert desk.news() == [("decision", desk.anna), ("transcript", desk.ada)]
    assert (desk.case().ticket.facts.outcome, desk.case().ticket.assignee) in {
        (outcome, desk.ada),
        (outcome, ""),
    }


@pytest.mark.parametrize("program", ["Gmail", "Outlook on iOS", "Thunderbird"])
def test_the_transcript_shows_the_letter_and_cancel_stops_it(program: str, opens: Opens) -> None:
    """What was done, line by line, with the letter as the customer sees it; within the hold one word calls it back."""
    desk = opens(hold=2)
    notice = desk.last("new_case", desk.ada)
    desk.reply(notice, "decide: upheld\n\nWe send you a new one.", program=program, mark="h1")
    assert desk.news() == [("transcript", desk.ada)]
    transcript = desk.last("transcript", desk.ada)
    said = text_of(transcript)
    assert "decide: upheld" in said
    assert "> We send you a new one." in said
    assert "Anna Rossi" in said
    desk.reply(transcript, "cancel", program=program, mark="h2")
    assert desk.news() == [("transcript", desk.ada)]
    desk.until(desk.stepper.now + timedelta(hours=1))
    assert desk.news() == []
    assert desk.case().ticket.facts.outcome == ""
    desk.reply(notice, "decide: upheld\n\nWe send you a newer one.", program=program, mark="h3")
    desk.until(desk.stepper.now + timedelta(minutes=5))
    assert desk.news() == [("transcript", desk.ada), ("decision", desk.anna)]
    read = desk.read_by(desk.anna)
    assert "newer one" in read
    assert "send you a new one" not in read
