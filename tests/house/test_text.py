"""No text of the project mentions a path of one machine, a package index or unfinished work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, name_of

FORBIDDEN = {
    "a path of one machine": r"(?<![\w/.])/(?:work|root|home/[a-z]+)/|file://",
    "the address of a package index": r"://[^/\s]*\b(?:pypi|py\w*hosted|npm|registry|packages|mirrors?|deb)\w*\.|--index-url|--find-links",
    "work put off": r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError",
    "a test that is not run": r"pytest\.mark\.(?:skip|xfail)\b|unittest\.mock",
}
HERE = Path(__file__).resolve()
SKIPPED = {".git", ".venv", "__pycache__", "dist"}
# Mail and data from other sources, which are stored unchanged.
UNCHANGED_SOURCES = (".eml", ".bin", ".mbox", ".tsv")


def texts(folder: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every text file of the project, by name, except those from other sources."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED or path.name.endswith(("_cache", ".egg-info")) or path.name == ".hypothesis":
            continue
        if path.is_dir():
            yield from texts(path)
        elif (
            path != Path(__file__).resolve()
            and path.suffix not in UNCHANGED_SOURCES
            and (text := _text(path)) is not None
        ):
            yield name_of(path), text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_text_has(what: str) -> None:
    """No line matches the pattern."""
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name}:{number} {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
