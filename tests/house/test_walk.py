"""The tutorial "Half an hour" in docs/policies.md works as printed: its commands, edits, files and expected output."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.cli import main
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "policies.md"
BLOCK = re.compile(r"^```(?P<sort>\w+)(?: (?P<of>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """The code blocks of the tutorial, in order: language, argument (such as a file name), text."""
    walk = PAGE.read_text(encoding="utf-8").partition("## Half an hour\n")[2].partition("\n## ")[0]
    yield from ((found["sort"], found["of"] or "", found["text"]) for found in BLOCK.finditer(walk))


def changed(text: str, changes: str) -> str:
    """Apply a diff without line numbers: replace each group of removed lines, which must occur once."""
    for group in re.findall(r"(?:^-.*\n)+(?:^\+.*\n)+", changes, flags=re.MULTILINE):
        removed = "".join(line[1:] + "\n" for line in group.splitlines() if line.startswith("-"))
        added = "".join(line[1:] + "\n" for line in group.splitlines() if line.startswith("+"))
        text = f"\n{text}"
        assert text.count(f"\n{removed}") == 1, f"not there once: {removed}"
        text = text.replace(f"\n{removed}", f"\n{added}")[1:]
    return text


class Author:
    """The reader of the tutorial, who types its commands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys, self.output = monkeypatch, capsys, ""

    def run(self, commands: str, status: int) -> None:
        """Run these command lines, each with this exit status; keep the output of the last."""
        for line in commands.splitlines():
            program, *words = line.split()
            if program == "cd":
                self.monkeypatch.chdir(words[0])
                continue
            self.monkeypatch.setattr(sys, "argv", [program, *words])
            try:
                main()
                ended = 0
            except SystemExit as end:
                ended = int(end.code or 0)
            printed = self.capsys.readouterr()
            self.output = printed.out + printed.err
            assert ended == status, f"{line}\n{self.output}"

    def check_output(self, expected: str) -> None:
        """Check that each expected line was printed."""
        for line in expected.splitlines():
            assert line in self.output, f"{line}\nwas not printed:\n{self.output}"


def test_the_tutorial_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From an empty folder to a new policy that is checked, rehearsed and ready to go live."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECLAMO_SETTINGS", raising=False)
    author = Author(monkeypatch, capsys)
    for sort, of, text in blocks():
        file = Path(of)
        match sort, of:
            case "sh", _:
                author.run(text, 1 if of else 0)
            case "text", "":
                author.check_output(text)
            case "diff", _:
                file.write_text(changed(file.read_text(encoding="utf-8"), text), encoding="utf-8")
            case "toml", _:
                file.write_text(file.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
            case _:
                assert not file.exists()
                file.write_text(text, encoding="utf-8")
    assert "searching" in author.output
