"""The half hour of docs/policies.md, typed as it is printed: commands, changes, files, and what the check says."""

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
    """What is printed, in order: the sort of block, what it is of, its text."""
    walk = PAGE.read_text(encoding="utf-8").partition("## Half an hour\n")[2].partition("\n## ")[0]
    yield from ((found["sort"], found["of"] or "", found["text"]) for found in BLOCK.finditer(walk))


def changed(text: str, changes: str) -> str:
    """A file once each group of lines that goes has become the lines that come."""
    for group in re.findall(r"(?:^-.*\n)+(?:^\+.*\n)+", changes, flags=re.MULTILINE):
        gone = "".join(line[1:] + "\n" for line in group.splitlines() if line.startswith("-"))
        come = "".join(line[1:] + "\n" for line in group.splitlines() if line.startswith("+"))
        text = f"\n{text}"
        assert text.count(f"\n{gone}") == 1, f"not there once: {gone}"
        text = text.replace(f"\n{gone}", f"\n{come}")[1:]
    return text


class Author:
    """Somebody who types what is printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys, self.said = monkeypatch, capsys, ""

    def types(self, commands: str, status: int) -> None:
        """Type these lines; what the last of them says is kept."""
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
            self.said = printed.out + printed.err
            assert ended == status, f"{line}\n{self.said}"

    def reads(self, told: str) -> None:
        """What is printed as said was said."""
        for line in told.splitlines():
            assert line in self.said, f"{line}\nwas not said:\n{self.said}"


def test_the_half_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing to a policy of one's own that is checked, rehearsed and ready to go live."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECLAMO_SETTINGS", raising=False)
    author = Author(monkeypatch, capsys)
    for sort, of, text in blocks():
        file = Path(of)
        match sort, of:
            case "sh", _:
                author.types(text, 1 if of else 0)
            case "text", "":
                author.reads(text)
            case "diff", _:
                file.write_text(changed(file.read_text(encoding="utf-8"), text), encoding="utf-8")
            case "toml", _:
                file.write_text(file.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
            case _:
                assert not file.exists()
                file.write_text(text, encoding="utf-8")
    assert "searching" in author.said
