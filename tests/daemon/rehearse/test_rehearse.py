"""How a rehearsal reports expectations that are not met."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.faults import FaultsFound
from config.settings import Settings
from daemon.rehearse import rehearse
from tests.daemon.rehearse.playing import HEAD, LINES_BEFORE, MAIL, failures_of, play
from tests.paths import ROOT

FIRST = LINES_BEFORE + 1


def test_a_good_scenario_passes(tmp_path: Path) -> None:
    """Nothing is reported if everything is as expected."""
    played = play(
        tmp_path, "Expect letter acknowledgement to Anna Rossi in it\nExpect letter new_case to Ada Bianchi\n"
    )
    assert played.passed
    assert played.failures == ()
    assert played.checks == 2


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Expect letter acknowledgement to Anna in de", "it is in it, not in de"),
        ("Expect letter acknowledgement to Anna on Tue 3 Mar 2026", "it went out on Mon 2 Mar 2026 10:00"),
        ("Expect letter acknowledgement to Anna on Mon 2 Mar 2026 11:00", "it went out on Mon 2 Mar 2026 10:00"),
        ("Expect letter progress to Anna", "no such letter; letters not yet expected:"),
        ("Expect silence to Anna", "acknowledgement to anna@example.it in it: Re: [C-2026-000001]"),
        ("Expect case step decided", "C-2026-000001: step is investigating, not decided"),
        ("Expect case closed", "closed is open, not so"),
        ("Expect case assigned to Ada Bianchi", "assigned to is nobody, not Ada Bianchi"),
        ("Expect detail serial SN1", "details found: {"),
        ("Expect detail serial missing", "serial is 'SN60A2412345'"),
        ("Expect deadline resolve due Wed 15 Apr 2026 open", "resolve due Tue 14 Apr 2026 open"),
        ("Expect deadline acknowledge due Wed 11 Mar 2026 open", "kept Mon 2 Mar 2026 10:00 by acknowledgement"),
        ("Expect deadline decide_review due Wed 11 Mar 2026 open", "none of this name; there are: acknowledge due"),
        ("Expect no open deadline progress", "progress due Fri 20 Mar 2026 open"),
        ('Expect ledger has "decided"', "no such entry; the ledger has: opened, "),
        (
            'Expect ledger has "promise kept" with promise resolve',
            "promise kept by reclamo (automatic True, due 2026-03-11",
        ),
        ('Expect ledger has "opened" 2 times', "Mon 2 Mar 2026 10:00 opened by customer"),
        ('Expect ledger does not have "opened"', "Mon 2 Mar 2026 10:00 opened by customer"),
        ("Expect 2 cases", "C-2026-000001"),
        ("Expect 1 mail in quarantine", "no mail in quarantine"),
        ("In case C-2026-000009", "no such case; there are C-2026-000001"),
        ("Click no in acknowledgement by Anna", "no such link in the letter; its links: "),
        ("Reply from Anna to decision", "Anna Rossi has no letter decision; has acknowledgement"),
        ("Bounce of acknowledgement to Max", "Max Moro has no letter acknowledgement; has no letter at all"),
        ("Mail file gone.eml from Anna", "there is no file"),
    ],
)
def test_a_wrong_expectation_fails_and_says_what_was_seen(tmp_path: Path, line: str, seen: str) -> None:
    """A failure has file, line, the expectation as written, and what was there instead."""
    words = failures_of(tmp_path, line)
    assert words.startswith(f"test.scenario:{FIRST}: {line}\n    seen: ")
    assert seen in words


def test_what_a_letter_does_not_say_is_reported_with_the_letter(tmp_path: Path) -> None:
    """Each condition that is not met is listed, with the whole of the nearest letter."""
    story = (
        "Expect letter acknowledgement to Anna in it\n"
        '  says "Gentile Anna Rossi"\n'
        '  says "Buon Natale"\n'
        "  says date Wed 15 Apr 2026\n"
        '  does not say "C-2026-000001"\n'
        '  subject "Rechnung"\n'
        "  attaches foto.jpg\n"
    )
    words = failures_of(tmp_path, story)
    assert f'line {FIRST + 2}: says "Buon Natale": it does not' in words
    assert f"line {FIRST + 3}: says date Wed 15 Apr 2026: it does not" in words
    assert f'line {FIRST + 4}: does not say "C-2026-000001": it does' in words
    assert f'line {FIRST + 5}: subject "Rechnung": it does not' in words
    assert f"line {FIRST + 6}: attaches foto.jpg: it does not" in words
    assert 'Gentile Anna Rossi": it' not in words
    assert "      | Gentile Anna Rossi," in words


def test_unexpected_letters_fail_the_scenario(tmp_path: Path) -> None:
    """At the end every letter must have been expected or ignored."""
    played = play(tmp_path, "Let pass letters to staff\n")
    assert not played.passed
    assert len(played.failures) == 1
    assert "acknowledgement to anna@example.it" in played.failures[0].seen
    assert "new_case" not in played.failures[0].seen


def test_a_label_that_the_letter_does_not_ask_for_cannot_be_filled_in(tmp_path: Path) -> None:
    """The nearest label is suggested."""
    head = HEAD + MAIL.replace("Inverter ST-6.0K", "Inverter").replace("inverter ST-6.0K", "inverter")
    story = "Reply from Anna to acknowledgement\n  Fill in: Modello dell'inverte = ST-6.0K\n"
    words = failures_of(tmp_path, story, head=head)
    assert 'no line "Modello dell\'inverte" to fill in; did you mean' in words
    assert "Modello dell'inverter" in words


def test_unknown_names_are_reported_before_anything_is_played(tmp_path: Path) -> None:
    """Unknown notices, promises, steps, details and languages are reported together, each with the nearest name."""
    story = (
        "Expect letter acknowledgment to Anna in it\n"
        "Expect deadline solve due Tue 14 Apr 2026 open\n"
        "Expect case step investigate, kind produkt\n"
        "Expect detail modell X\n"
        "Expect letter progress to Anna in fr\n"
    )
    with pytest.raises(FaultsFound) as found:
        play(tmp_path, story)
    faults = [(fault.key, fault.problem, fault.value, fault.nearest) for fault in found.value.faults]
    assert faults == [
        (f"line {FIRST}", "no such notice", "acknowledgment", "acknowledgement"),
        (f"line {FIRST + 1}", "no such promise", "solve", "resolve"),
        (f"line {FIRST + 2}", "no such step", "investigate", "investigating"),
        (f"line {FIRST + 2}", "no such kind", "produkt", "product"),
        (f"line {FIRST + 3}", "no such detail", "modell", "model"),
        (f"line {FIRST + 4}", "no such language", "fr", ""),
    ]


def test_an_unknown_policy_is_a_fault(tmp_path: Path) -> None:
    """An unknown policy is reported with the policies there are."""
    with pytest.raises(FaultsFound) as found:
        play(tmp_path, "", head=HEAD.replace("Policy: complaints", "Policy: complaint"))
    assert found.value.faults[0].nearest == "complaints"


def test_an_installation_rehearses_its_own_promises(tmp_path: Path) -> None:
    """With an installation's settings its own policy is played, here with a shorter promise and its own name."""
    own = tmp_path / "policies" / "complaints"
    own.mkdir(parents=True)
    (own / "policy.toml").write_text('[promises.resolve]\nwithin = "29 working days"\n', encoding="utf-8")
    table = {
        "company": {"name": "Sole e Vento", "country": "IT", "zone": "Europe/Rome"},
        "addresses": [{"address": "reclami@firm.example", "policy": "complaints"}],
        "relay": {}, "keys": {},
    }  # fmt: skip
    settings = Settings.model_validate({"folder": tmp_path, **table}, context={"folder": tmp_path})
    file = tmp_path / "own.scenario"
    story = 'Expect letter acknowledgement to Anna\n  says date Mon 13 Apr 2026\n  says "Sole e Vento"\n'
    file.write_text(f"{HEAD}{MAIL}{story}Let pass letters\n", encoding="utf-8")
    assert rehearse(file, settings=settings).failures == ()


def test_the_example_of_the_manual_passes(tmp_path: Path) -> None:
    """The scenario at the beginning of docs/scenarios.md passes."""
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    file = tmp_path / "example.scenario"
    file.write_text(page.partition("```\n")[2].partition("```")[0], encoding="utf-8")
    assert rehearse(file).failures == ()


def test_a_mail_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """The bytes of a mail file are received with the envelope that the sentence gives."""
    raw = (
        "From: Anna Rossi <anna@example.it>\r\nTo: complaints@firm.example\r\nSubject: Guasto\r\n"
        "Message-ID: <1@example.it>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Il mio inverter ST-6.0K con numero SN60A2412345 non si accende.\r\n"
    )
    (tmp_path / "letter.eml").write_bytes(raw.encode())
    story = "Mail file letter.eml from Anna Rossi <anna@example.it>\nExpect detail serial SN60A2412345\n"
    assert play(tmp_path, f"{story}Let pass all letters\n", head=HEAD).failures == ()
