"""Writing a policy of one's own on the command line: created, checked, rehearsed, refused."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from daemon.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run the command line in this process; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["reclamo", *words])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without any installation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECLAMO_SETTINGS", raising=False)
    return tmp_path


def test_from_nothing_to_a_rehearsal(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command creates a policy; the commands that it prints work as printed."""
    assert run(monkeypatch, "policy", "new", "lost-books") == 0
    printed = capsys.readouterr().out
    typed = [line.split() for line in printed.splitlines() if line.startswith("  reclamo ")]
    assert [words[1:3] for words in typed] == [
        ["policy", "check"],
        ["rehearse", "./scenarios/lost-books/first.scenario"],
        ["policy", "show"],
    ]
    for words in typed:
        assert run(monkeypatch, *words[1:]) == 0, capsys.readouterr().err
    assert "passed" in capsys.readouterr().out
    assert (here / "reclamo.toml").is_file()
    assert run(monkeypatch, "rehearse", "scenarios/lost-books/first.scenario") == 0  # the working directory is found


def test_it_goes_into_the_installation_in_use(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy and letters are put where the settings say; existing files stay as they are."""
    installation = here / "office"
    assert run(monkeypatch, "init", str(installation)) == 0
    settings = installation / "reclamo.toml"
    own = settings.read_text(encoding="utf-8").replace('#policies = "policies"', 'policies = "procedures"')
    settings.write_text(own, encoding="utf-8")
    (installation / "procedures").mkdir()
    monkeypatch.setenv("RECLAMO_SETTINGS", str(settings))
    assert run(monkeypatch, "policy", "new", "shop") == 0
    assert (installation / "procedures" / "shop" / "policy.toml").is_file()
    assert (installation / "templates" / "shop" / "en" / "answer.md.j2").is_file()
    assert settings.read_text(encoding="utf-8") == own
    assert not (here / "policies").exists()


def test_a_second_time_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes that the author has made are not overwritten."""
    assert run(monkeypatch, "policy", "new", "shop", "--in", "office") == 0
    mine = here / "office" / "policies" / "shop" / "policy.toml"
    mine.write_text("# mine", encoding="utf-8")
    assert run(monkeypatch, "policy", "new", "shop", "--in", "office") == 1
    assert "you have a policy of this name" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "# mine"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("{{ costumer.name }}", "shop/en/ask.md.j2: costumer: no letter has a value of this name"),
        ("{% if %}", "shop/en/ask.md.j2: line "),
    ],
)
def test_a_letter_that_could_not_be_written_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, expected: str
) -> None:
    """Both checks find an unknown variable and a syntax error in a letter."""
    assert run(monkeypatch, "policy", "new", "shop") == 0
    letter = here / "templates" / "shop" / "en" / "ask.md.j2"
    letter.write_text(letter.read_text(encoding="utf-8") + words, encoding="utf-8")
    settings = here / "reclamo.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('policy = "complaints"', 'policy = "shop"'), encoding="utf-8"
    )
    capsys.readouterr()
    for verb in (("policy", "check", "shop"), ("check",)):
        assert run(monkeypatch, *verb) == 1
        assert expected in capsys.readouterr().err


def test_a_missing_letter_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the path where it is looked for."""
    assert run(monkeypatch, "policy", "new", "shop") == 0
    shutil.rmtree(here / "templates")
    capsys.readouterr()
    assert run(monkeypatch, "policy", "check", "shop") == 1
    assert "allowed: templates/shop/en/acknowledgement.md.j2" in capsys.readouterr().err


def test_a_pattern_that_a_mail_could_keep_searching_is_refused_before_it_is_used(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slow pattern is refused with a text that shows it; an installation that has one already is warned and runs."""
    assert run(monkeypatch, "policy", "new", "shop") == 0
    policy, settings = here / "policies" / "shop" / "policy.toml", here / "reclamo.toml"
    for path, old, new in (
        (policy, "pattern = '\\b\\d{6}\\b'", "pattern = '\\d+-?\\d{4}\\b'"),
        (settings, 'policy = "complaints"', 'policy = "shop"'),
    ):
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    capsys.readouterr()
    assert run(monkeypatch, "policy", "check", "shop") == 1
    expected = "details.order.pattern: takes ever longer for each sign more"
    assert expected in (refused := capsys.readouterr().err)
    assert "'', then many times '0'" in refused
    assert run(monkeypatch, "check") == 0
    assert expected in capsys.readouterr().out
