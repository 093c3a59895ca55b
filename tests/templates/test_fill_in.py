"""The list of details to fill in: one to a line, in every language, however many are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from templates.render import Templates
from templates.sources import SHIPPED
from tests.templates.test_render import source

LANGUAGES = sorted(path.parent.name for path in SHIPPED.glob("_parts/*/fill_in.md.j2"))
COLONS = (":", "：")
BEHIND = "\u00a0\u202f:："


def row(number: int, **more: Any) -> dict[str, Any]:
    """Return one detail that is asked for."""
    nothing = {"given": "", "wrong": "", "question": "", "example": "", "sort": "pattern"}
    return {"name": f"d{number}", "label": f"Label{number:02}", **nothing, **more}


KINDS: list[dict[str, Any]] = [
    {}, {"example": "AB 12"}, {"question": "What happened?"}, {"given": "7"}, {"given": "7", "wrong": "too short"},
]  # fmt: skip


def rows(first: int, count: int) -> list[dict[str, Any]]:
    """Return this many details of all types, plain ones first."""
    return [row(first + at, **KINDS[at % len(KINDS)]) for at in range(count)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("missing", "optional"), [(1, 0), (2, 0), (5, 0), (0, 2), (2, 2), (10, 5)])
@pytest.mark.parametrize("own_blank", [False, True])
def test_every_label_stands_alone(tmp_path: Path, language: str, missing: int, optional: int, own_blank: bool) -> None:
    """Each label is on its own line in text and in its own paragraph in HTML, also when a company has worded the blank
    itself."""
    name = f"p/{language}/n.md.j2"
    body = f'Above:\n\n{{% include "_parts/{language}/fill_in.md.j2" %}}\n\nBelow.\n'
    if own_blank:
        source(tmp_path, "**{{ row.label }}:**\n", f"_parts/{language}/blank.md.j2")
    letters: Templates = source(tmp_path, f'---\nsubject: "x"\n---\n{body}', name)
    asked, more = rows(0, missing), rows(missing, optional)
    context = {
        "missing": asked, "optional": more, "language": language, "zone": ZoneInfo("UTC"),
        "reference": "", "sender_name": "",
    }  # fmt: skip
    written = letters.render("p", language, "n", context)
    labels = [detail["label"] for detail in (*asked, *more)]
    blanks = [
        line.rstrip(BEHIND) for line in written.text.split("\n") if line.endswith(COLONS) and line.startswith("Label")
    ]
    assert blanks == labels
    paragraphs = [paragraph.text() for paragraph in LexborHTMLParser(written.html).css("p")]
    assert [sum(label in text for label in labels) for text in paragraphs if "Label" in text] == [1] * len(labels)
