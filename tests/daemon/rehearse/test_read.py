"""Reading scenario files: what they may contain, and how faults are reported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.faults import FaultsFound
from daemon.rehearse.read import parse_scenario, read_scenario
from daemon.rehearse.scenario import (
    AdvanceClock,
    ClickLink,
    ExpectCase,
    ExpectDeadline,
    ExpectLedger,
    ExpectLetter,
    Person,
    SendMail,
    SendReply,
)
from daemon.rehearse.sentences import SENTENCES
from tests.paths import ROOT

HEAD = "Scenario: a test\nPolicy: complaints\nZone: Europe/Rome\nTeam technical: Ada Bianchi <ada@firm.example> it\n"
WHEN = "At Mon 2 Mar 2026 10:00\n"
ANNA = "Mail from Anna Rossi <anna@example.it>\n"


def read(text: str) -> list[object]:
    """Return the acts after the time is set."""
    return list(parse_scenario(HEAD + WHEN + text, Path("x.scenario")).acts[1:])


def faults(text: str) -> list[str]:
    """Return all faults of a text."""
    with pytest.raises(FaultsFound) as found:
        parse_scenario(text, Path("x.scenario"))
    return [str(fault) for fault in found.value.faults]


def test_head() -> None:
    """The head gives people and time zone."""
    text = (
        "Scenario: silence\nPolicy: complaints at reclami@firm.example, calendar DE\nZone: Europe/Rome\n"
        "Company: Sole\nCountry: DE\n"
        "Team technical:\n  Ada Bianchi <Ada@firm.example> it en\n  manager Max Moro <max@firm.example>\n"
        "Person: Ivo Galli <ivo@galli.example> it\n"
    )
    scenario = parse_scenario(text, Path("x.scenario"))
    assert (scenario.title, scenario.company, scenario.country, scenario.zone.key) == (
        "silence",
        "Sole",
        "DE",
        "Europe/Rome",
    )
    assert [(room.policy, room.address, room.calendar) for room in scenario.addresses] == [
        ("complaints", "reclami@firm.example", "DE")
    ]
    assert scenario.people == (
        Person("Ada Bianchi", "ada@firm.example", ("it", "en"), "technical"),
        Person("Max Moro", "max@firm.example", (), "technical", manager=True),
        Person("Ivo Galli", "ivo@galli.example", ("it",)),
    )


def test_people_of_one_policy_alone() -> None:
    """A team or third party may belong to one of several policies; an unknown policy is a fault."""
    two = HEAD.replace("Zone", "Policy: device-support\nZone")
    scenario = parse_scenario(
        two + "Team tech of device-support: Gina <gina@firm.example>\n" + WHEN, Path("x.scenario")
    )
    assert [(person.name, person.team, person.policy) for person in scenario.people] == [
        ("Ada Bianchi", "technical", ""), ("Gina", "tech", "device-support"),
    ]  # fmt: skip
    (fault,) = faults(two + "Third depot of device-suport: Dino <dino@log.example>\n" + WHEN)
    assert "no such policy is played; found device-suport; allowed: complaints, device-support" in fault
    assert "did you mean 'device-support'?" in fault


def test_times_are_those_of_the_zone() -> None:
    """Ten o'clock in Rome is 09:00 UTC in winter and 08:00 in summer; both date formats are read."""
    acts = read("At 2026-07-01 10:00\n")
    first = parse_scenario(HEAD + WHEN, Path("x.scenario")).acts[0]
    assert isinstance(first, AdvanceClock)
    assert first.at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert isinstance(acts[0], AdvanceClock)
    assert acts[0].at == datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_mail_and_its_lines() -> None:
    """Subject, attachments, headers, another sender, text with blank lines, and a skipped comment."""
    mail = read(
        ANNA + "  Subject: Guasto\n  Attach: a.jpg, b.pdf\n  Header: X-Foo: bar\n  From: anna@office.example\n"
        "  # nobody reads this\n  | Buongiorno,\n  |\n  |   rientrato\n  | # e questo resta\n"
    )[0]
    assert isinstance(mail, SendMail)
    assert (mail.line, mail.to, mail.person.name) == (6, ("complaints@firm.example",), "Anna Rossi")
    assert mail.content.subject == "Guasto"
    assert mail.content.attach == ("a.jpg", "b.pdf")
    assert mail.content.headers == (("X-Foo", "bar"),)
    assert mail.content.sender == "anna@office.example"
    assert mail.content.text == "Buongiorno,\n\n  rientrato\n# e questo resta"


def test_replies_notes_and_clicks() -> None:
    """Replies to letters, with values filled in."""
    reply, note, click = read(
        ANNA + 'Reply from Anna to acknowledgement\n  Fill in: "Modello" = ST-6.0K\n  Without quoting\n'
        "Note from Ada Bianchi to new_case\nClick no in decision by anna@example.it\n"
    )[1:]
    assert isinstance(reply, SendReply)
    assert isinstance(note, SendReply)
    assert isinstance(click, ClickLink)
    assert (reply.content.fill_in, reply.content.quotes, reply.internal) == ((("Modello", "ST-6.0K"),), False, False)
    assert note.internal
    assert (click.link, click.notice, click.person.name) == ("no", "decision", "Anna Rossi")


def test_expectations() -> None:
    """Expected letters with conditions, deadlines, case state and ledger entries."""
    letter, deadline, case, ledger = read(
        ANNA + "Expect letter decision to Anna and Ada in it on Tue 14 Apr 2026\n"
        '  says "a, b"\n  does not say date 1 May 2026\n'
        "Expect deadline resolve due Tue 14 Apr 2026 kept late\n"
        "Expect case step investigating, waiting for third party, closed\n"
        'Expect ledger has "promise kept" with promise resolve, by "reclamo" 2 times\n'
    )[1:]
    assert isinstance(letter, ExpectLetter)
    assert [person.name for person in letter.to] == ["Anna Rossi", "Ada Bianchi"]
    assert (letter.language, letter.on) == ("it", date(2026, 4, 14))
    assert [
        (condition.aspect, condition.value, condition.day, condition.wanted) for condition in letter.conditions
    ] == [
        ("words", "a, b", None, True),
        ("date", "", date(2026, 5, 1), False),
    ]
    assert isinstance(deadline, ExpectDeadline)
    assert (deadline.state, deadline.late) == ("broken", True)
    assert isinstance(case, ExpectCase)
    assert case.fields == (("step", "investigating"), ("waiting for", "third party"), ("closed", ""))
    assert isinstance(ledger, ExpectLedger)
    assert (ledger.event, ledger.facts, ledger.times) == (
        "promise kept", (("promise", "resolve"), ("by", "reclamo")), 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("At Tue 3 Mar 2026\n", "not a date with a time; found At Tue 3 Mar 2026; allowed: Tue 14 Apr 2026 9:30"),
        ("At Mon 3 Mar 2026 10:00\n", "3 Mar 2026 is a Tue; found At Mon 3 Mar 2026 10:00; allowed: Tue 3 Mar 2026"),
        ("At Tue 31 Jun 2026 10:00\n", "no such day"),
        ("At 3 Mrz 2026 10:00\n", "no such month; found At 3 Mrz 2026 10:00; allowed: Jan to Dec; did you mean 'Mar'?"),
        ("At Sun 1 Mar 2026 10:00\n", "time goes forward only"),
        ("At Tue 3 Mar 2026 25:00\n", "no such time of day"),
        ("Expct silence\n", "no such sentence; found Expct silence; allowed: At | Mail | Reply | "),
        ("Expct silence\n", "did you mean 'Expect'?"),
        ("Expect leter x to Ada\n", "allowed: Expect letter NOTICE to PERSON"),
        ("Reply from Adda Bianchi to warning\n", "nobody of this name stands above; found Reply from Adda Bianchi"),
        ("Reply from Adda Bianchi to warning\n", "allowed: Ada Bianchi; did you mean 'Ada Bianchi'?"),
        ("Mail from Ada to complants\n", "no such address; found Mail from Ada to complants; allowed: complaints"),
        (
            "Mail from Ada\n  Subjct: x\n",
            "x.scenario: line 7: no such line in a mail; found Subjct: x; allowed: | words",
        ),
        ("Mail from Ada\n  Subjct: x\n", "did you mean 'Subject: words'?"),
        ("Expect letter new_case to Ada\n  sais x\n", "line 7: nothing a letter can do; found sais x; allowed: says"),
        ("Expect case stap x\n", "not how a case can stand; found Expect case stap x; allowed: step"),
        ("Expect case stap x\n", "did you mean 'step'?"),
        ("Polcy: complaints\n", "did you mean 'Policy'?"),
    ],
)
def test_a_wrong_line_is_reported_with_its_number_and_what_is_allowed(text: str, fault: str) -> None:
    """A fault has the file, the line, its text, what is allowed, and the nearest word."""
    words = faults(HEAD + WHEN + text)
    assert len(words) == 1
    assert words[0].startswith("x.scenario: line ")
    assert fault in words[0]


def test_all_faults_are_reported_together() -> None:
    """Three faults in a file are reported together."""
    assert len(faults(HEAD + WHEN + "Expct\nAt 99 Mar 2026 1:00\nMail from nobody\n")) == 3


def test_what_every_scenario_needs() -> None:
    """Title, time zone and policy are required, and a time before the first act."""
    assert [words.split(": ")[1] for words in faults("Team a: A B <a@b.example>\n")] == ["Scenario", "Zone", "Policy"]
    assert "nothing can happen before a time is set" in faults(HEAD + "Expect silence\n")[0]
    assert "no such time zone" in faults(HEAD.replace("Europe/Rome", "Europe/Roma"))[0]
    assert "did you mean 'Europe/Rome'?" in faults(HEAD.replace("Europe/Rome", "Europe/Roma"))[0]
    assert "the first line is indented" in faults("  Scenario: x\n")[0]


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """An unreadable file is reported like any other fault."""
    with pytest.raises(FaultsFound, match="cannot be read: No such file"):
        read_scenario(tmp_path / "gone.scenario")
    (tmp_path / "latin.scenario").write_bytes(b"Scenario: \xe9\n")
    with pytest.raises(FaultsFound, match="not UTF-8"):
        read_scenario(tmp_path / "latin.scenario")


def test_every_sentence_is_explained() -> None:
    """docs/scenarios.md lists each sentence in the form that faults show."""
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8").replace("\\|", "|")
    dated = {"At Mon 2 Mar 2026 10:00": "At Tue 14 Apr 2026 9:30"}
    forms = [dated.get(sentence.form, sentence.form) for sentence in SENTENCES]
    assert [form for form in forms if f"| `{form}` |" not in page] == []
