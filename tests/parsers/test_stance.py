"""Whether somebody is satisfied, in whatever words: replies as people write them, in every language.

`stances/tuned` is what the word lists were written with; `stances/held_out` was written before them and never used to
write them; `stances/fresh` was written to break them, and then mended by. A line is marked + (consent, thanks,
praise), - (clear dissatisfaction) or ? (a question, a condition, information, somebody else's words, mockery).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from config.satisfaction import Stance, Subject
from parsers.stance import LANGUAGES, Own, read_stance

FOLDER = Path(__file__).parent / "stances"
FILES = sorted(FOLDER.glob("*/*.txt"))
NAMES = [f"{file.parent.name}-{file.stem}" for file in FILES]


def replies(file: Path, mark: str) -> list[str]:
    """The replies of a file with this mark."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line[2:].replace("\\n", "\n") for line in lines if line[:2] == f"{mark} "]


def stances(file: Path, mark: str) -> Counter[Stance]:
    """How often each stance is read of these replies."""
    return Counter(read_stance(text, (file.stem,)).stance for text in replies(file, mark))


def wrong(file: Path, mark: str, stance: Stance) -> list[str]:
    """The replies with this mark that are read as this stance."""
    return [text for text in replies(file, mark) if read_stance(text, (file.stem,)).stance is stance]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_nothing_friendly_is_taken_for_dissatisfaction(file: Path) -> None:
    """Consent, thanks and praise, however they are said; and most of it is not left to people."""
    assert wrong(file, "+", Stance.DISSATISFIED) == []
    assert stances(file, "+")[Stance.SATISFIED] > 0.5 * len(replies(file, "+"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_clear_dissatisfaction_is_recognised(file: Path) -> None:
    """Nine of ten; what is not goes to a person, and none is taken for consent."""
    assert wrong(file, "-", Stance.SATISFIED) == []
    assert stances(file, "-")[Stance.DISSATISFIED] >= 0.9 * len(replies(file, "-"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_what_is_unclear_is_neither(file: Path) -> None:
    """It starts nothing and counts as no consent."""
    assert wrong(file, "?", Stance.DISSATISFIED) == []
    assert wrong(file, "?", Stance.SATISFIED) == []


def test_there_are_enough_of_each() -> None:
    """Every language has as many replies as the figures need, half of them held out."""
    for code in LANGUAGES:
        least = (60, 60, 30) if code in ("en", "it", "de") else (40, 40, 20)
        for mark, count in zip("+-?", least, strict=True):
            halves = [len(replies(FOLDER / half / f"{code}.txt", mark)) for half in ("tuned", "held_out")]
            assert sum(halves) >= count
            assert halves[0] == halves[1]
