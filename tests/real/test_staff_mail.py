"""Staff work by mail, line by line, through a real mail server and with real keys, as their mail programs build it."""

from __future__ import annotations

import pytest

from tests.daemon.programs import DISCLAIMER, PROGRAMS, SIGNATURE
from tests.daemon.rendered import note_address
from tests.real.branch import Opens


@pytest.mark.parametrize("program", PROGRAMS)
def test_three_ways_out(program: str, opens: Opens) -> None:
    """By every program: words go to the customer whole and alone, a note stays inside, a command changes the case."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    desk.reply(notice, "Dear Mrs Rossi,\n\nis the display dark – or “frozen”?", program=program, mark="w1")
    assert desk.news() == [("reply", desk.anna), ("transcript", desk.ada)]
    assert "Dear Mrs Rossi,\n\nis the display dark – or “frozen”?" in desk.read_by(desk.anna).replace("\r\n", "\n")
    desk.reply(notice, "He broke the seals himself.", program=program, mark="w2", to=note_address(notice))
    assert desk.news() == [("transcript", desk.ada)]
    desk.reply(notice, "decide: upheld\n\nWe send you a new one.", program=program, mark="w3")
    assert desk.news() == [("decision", desk.anna), ("transcript", desk.ada)]
    assert desk.case().ticket.facts["outcome"] == "upheld"
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
