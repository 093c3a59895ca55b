"""PDF pages: text in any script, embedded fonts, one page or numbered pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from templates.markdown import parse
from templates.pdf import Sheet, to_pdf

SOURCE = """# 派工单 Zv0vZ

**工程师** Zv1vZ

| | |
|---|---:|
| 地址 | Zv2vZ |
| Fault | 洗衣机不脱水 |

- first
- second *thing*

Zp3pZ
"""
VALUES = ("DO-2026-000001", "李工 <li@example.cn>", "上海市浦东新区 12 号", "first line\nsecond & last")
NAMES = (
    "Łukasz Żółć, Gdańsk",
    "Ђорђе Николаевић Їжак",
    "Γιώργος Παπαδόπουλος",
    "Jürgen Groß, Müßiggang 3",
    "perché così è più città",
    "œuvre à Besançon, año ¿qué?",
    "陳大文，臺灣、裡面、為什麼、麵",
    "王晓明，请尽快上门维修「急」",
    "50 € – „gut“ × 2 → fertig №5 ₽",
)


def sheet(**changed: Any) -> Sheet:
    """Return what surrounds the content: language, title, sender and reference."""
    return Sheet(**{"language": "zh-Hans", "title": "t", "sender": "Haier", "reference": "F-2026-000001", **changed})


def page(source: str = SOURCE, values: tuple[str, ...] = VALUES, **changed: Any) -> PdfReader:
    """Return the PDF as a reader opens it."""
    return PdfReader(io.BytesIO(to_pdf(parse(source), values, sheet(**changed))))


def words(paper: PdfReader) -> str:
    """Return all readable text."""
    return "\n".join(sheet_page.extract_text() for sheet_page in paper.pages)


def typefaces(paper: PdfReader) -> dict[str, bool]:
    """Return the fonts of the pages, and whether each is embedded."""
    found: dict[str, bool] = {}
    for sheet_page in paper.pages:
        for font in sheet_page["/Resources"]["/Font"].values():  # type: ignore[index]
            said = font.get_object()
            found[str(said["/BaseFont"])] = "/FontFile2" in said.get("/FontDescriptor", {})
    return found


def test_words_of_any_script_are_on_the_page() -> None:
    """Chinese and Latin text can be extracted, and customers' text is not markup."""
    text = words(page())
    for said in (
        "派工单",
        "DO-2026-000001",
        "李工",
        "<li@example.cn>",
        "上海市浦东新区",
        "洗衣机不脱水",
        "second & last",
    ):
        assert said in text


@pytest.mark.parametrize("name", NAMES)
def test_a_name_keeps_every_letter(name: str) -> None:
    """Accents, Cyrillic, Greek, simplified and traditional Chinese."""
    assert name in words(page("Zv0vZ\n", (name,))).replace("\n", "")


def test_a_letter_that_nobody_has_is_a_square() -> None:
    """A character missing from all fonts is shown as a box; the text around it stays."""
    assert "a □ b" in words(page("Zv0vZ\n", ("a \U0001f600 b",)))


def test_every_typeface_is_inside() -> None:
    """All fonts are embedded."""
    used = typefaces(page())
    assert len(used) >= 3
    assert all(used.values()), used


def test_a_little_too_much_is_set_smaller() -> None:
    """It still fits on one page."""
    rows = "\n".join(f"| row {number} | words |" for number in range(36))
    assert len(page(f"| | |\n|---|---|\n{rows}\n").pages) == 1


def test_far_too_much_goes_on() -> None:
    """It continues on numbered pages with headings, even where one row is longer than a page."""
    paper = page("| | |\n|---|---|\n| Fault | Zv0vZ |\n", ("words and words " * 900 + "the end",))
    last = len(paper.pages)
    assert last > 2
    assert all("Haier" in sheet_page.extract_text() for sheet_page in paper.pages)
    assert f"2 / {last}" in paper.pages[1].extract_text()
    assert "the end" in paper.pages[-1].extract_text()


def test_a_label_is_small_paper() -> None:
    """The policy sets its size."""
    box = page("# 陳大文\n", (), size="A6").pages[0].mediabox
    assert (round(box.width), round(box.height)) == (298, 420)


def test_the_same_words_are_the_same_bytes() -> None:
    """The PDF has no time stamp and no random id."""
    made = [to_pdf(parse(SOURCE), VALUES, sheet()) for _ in range(2)]
    assert made[0] == made[1]
