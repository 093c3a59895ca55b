"""Commands, replies and notes by staff in the formats of common mail programs, signed, through a real mail server."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.daemon.programs import DISCLAIMER, PROGRAMS, SIGNATURE
from tests.daemon.rendered import note_address, text_of
from tests.daemon.signed import sign
from tests.real.behind_postfix import MakeReclamo

# Its first paragraph is wrapped by some mail programs and not by others.
WORDS = (
    "Dear Mrs Rossi,\n\nis the display dark – or “frozen”? We have looked at your photos, and we think that water came "
    "in through the roof.\n\nPlease tell us:\n- since when\n- how often"
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_reply_note_and_command(program: str, make_reclamo: MakeReclamo) -> None:
    """With every program a reply goes to the customer without signature or quotation, a note stays inside, and a
    command changes the case."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    reclamo.reply(notice, WORDS, program=program, mark="w1")
    assert reclamo.news() == [("reply", reclamo.anna), ("transcript", reclamo.ada)]
    assert WORDS in reclamo.read_by(reclamo.anna).replace("\r\n", "\n")
    reclamo.reply(notice, "He broke the seals himself.", program=program, mark="w2", to=note_address(notice))
    assert reclamo.news() == [("transcript", reclamo.ada)]
    reclamo.reply(notice, "decide: upheld\n\nWe send you a new one.", program=program, mark="w3")
    assert reclamo.news() == [("decision", reclamo.anna), ("transcript", reclamo.ada)]
    assert reclamo.case().ticket.facts.outcome == "upheld"
    read = reclamo.read_by(reclamo.anna)
    assert "We send you a new one." in read
    for inside in (SIGNATURE, "4711", DISCLAIMER[:22], "seals", "decide:", "staff only", reclamo.ada, "Sent from"):
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
def test_every_command_by_every_program(part: slice, make_reclamo: MakeReclamo) -> None:
    """Each command is sent by one of the programs in turn; it is obeyed and reported."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    programs = [*PROGRAMS] * 3
    seen = []
    for number, (text, _) in enumerate(COMMANDS[part]):
        command = text.replace("WORLD", reclamo.servers.world).replace("STAFF", reclamo.servers.staff)
        reclamo.reply(notice, command, program=programs[number], mark=f"c{number}")
        letters = reclamo.news()
        assert ("transcript", reclamo.ada) in letters, f"{programs[number]}, {text}: {letters}"
        seen.append((text, sorted(name for name, _ in letters if name != "transcript")))
    assert seen == [(text, sorted(expected)) for text, expected in COMMANDS[part]]
    read = reclamo.read_by(reclamo.anna)
    for inside in ("cousin", "depot", "cellar", "installer", "roof", "partly upheld\n\n", SIGNATURE, DISCLAIMER[:22]):
        assert inside not in read, inside


def test_merged_cases(make_reclamo: MakeReclamo) -> None:
    """After the newer case is merged into the older one, replies to either are on the older one."""
    reclamo = make_reclamo()
    reclamo.complain("It is still dark, and nobody calls me back.", subject="Still broken")
    reclamo.news()
    reclamo.reply(reclamo.last("new_case", reclamo.ada), "merge C-2026-000001", program="Outlook on iOS", mark="me")
    assert ("transcript", reclamo.ada) in reclamo.news()
    reclamo.complain("Any news?", subject="Re: [C-2026-000002] Still broken")
    assert "Any news?" in {message.text.strip() for message in reclamo.case().messages}


def test_replying_to_all_leaks_nothing(make_reclamo: MakeReclamo) -> None:
    """A note sent to its address, the support address and a colleague is taken once, and not sent to the customer."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    everybody = f"{note_address(notice)}, {reclamo.servers.support}, {reclamo.bob}"
    for number, program in enumerate(PROGRAMS):
        raw = PROGRAMS[program](
            notice, f"He broke {number} seals.", sender=reclamo.ada, mark=f"a{number}", to=everybody
        )
        to = [note_address(notice), reclamo.servers.support]
        reclamo.servers.hand_in(sign(raw, reclamo.servers.staff), sender=reclamo.ada, to=to)
        reclamo.wait()
        assert reclamo.news() == [("transcript", reclamo.ada)], program
    assert "seals" not in reclamo.read_by(reclamo.anna)
    assert reclamo.set_aside() == []


WRONG = {
    "an unknown word first": ("deceide: upheld\n\nWe send you a new one.", "decide"),
    "an unknown word after a known one": ("take:\n/refund 200\n\nYou get your money back.", ""),
    "a word that needs words": ("extend 2026-05-29", ""),
    "a value that is none": ("take:\nkind: banana", ""),
    "a day that is past": ("wait until 2020-05-29", ""),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_one_wrong_line_refuses_the_whole_mail(wrong: str, make_reclamo: MakeReclamo) -> None:
    """Nothing of the mail is obeyed; the answer names the nearest command and lists all commands."""
    reclamo = make_reclamo()
    text, near = WRONG[wrong]
    reclamo.reply(reclamo.last("new_case", reclamo.ada), text, program="Outlook", mark="n1")
    assert reclamo.news() == [("refused", reclamo.ada)]
    assert not reclamo.case().ticket.assignee
    answer = reclamo.read_by(reclamo.ada)
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
def test_in_every_language_of_the_policy(text: str, outcome: str, program: str, make_reclamo: MakeReclamo) -> None:
    """Commands in English, Italian and German, several in one mail."""
    reclamo = make_reclamo()
    reclamo.reply(reclamo.last("new_case", reclamo.ada), text, program=program, mark="l1")
    assert reclamo.news() == [("decision", reclamo.anna), ("transcript", reclamo.ada)]
    assert (reclamo.case().ticket.facts.outcome, reclamo.case().ticket.assignee) in {
        (outcome, reclamo.ada),
        (outcome, ""),
    }


@pytest.mark.parametrize("program", ["Gmail", "Outlook on iOS", "Thunderbird"])
def test_the_transcript_shows_the_letter_and_cancel_stops_it(program: str, make_reclamo: MakeReclamo) -> None:
    """The transcript has each command and the letter as the customer will see it; "cancel" stops it within the hold."""
    reclamo = make_reclamo(hold=2)
    notice = reclamo.last("new_case", reclamo.ada)
    reclamo.reply(notice, "decide: upheld\n\nWe send you a new one.", program=program, mark="h1")
    assert reclamo.news() == [("transcript", reclamo.ada)]
    transcript = reclamo.last("transcript", reclamo.ada)
    text = text_of(transcript)
    assert "decide: upheld" in text
    assert "> We send you a new one." in text
    assert "Anna Rossi" in text
    reclamo.reply(transcript, "cancel", program=program, mark="h2")
    assert reclamo.news() == [("transcript", reclamo.ada)]
    reclamo.until(reclamo.stepper.now + timedelta(hours=1))
    assert reclamo.news() == []
    assert reclamo.case().ticket.facts.outcome == ""
    reclamo.reply(notice, "decide: upheld\n\nWe send you a newer one.", program=program, mark="h3")
    reclamo.until(reclamo.stepper.now + timedelta(minutes=5))
    assert reclamo.news() == [("transcript", reclamo.ada), ("decision", reclamo.anna)]
    read = reclamo.read_by(reclamo.anna)
    assert "newer one" in read
    assert "send you a new one" not in read
