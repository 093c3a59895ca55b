"""Pages of paper: the words are on them, in any script, and on one page."""

from __future__ import annotations

import io

from pypdf import PdfReader

from templates.paper import to_pdf
from templates.parse import parse

SOURCE = """# 派工单 Zv0vZ

**工程师** Zv1vZ

| | |
|---|---|
| 地址 | Zv2vZ |
| Fault | 洗衣机不脱水 |

- first
- second *thing*

Zp3pZ
"""
VALUES = ("DO-2026-000001", "李工 <li@example.cn>", "上海市浦东新区 12 号", "first line\nsecond & last")


def page(source: str = SOURCE, values: tuple[str, ...] = VALUES) -> PdfReader:
    """The page as a reader opens it."""
    made = to_pdf(parse(source), values, language="zh-Hans", title="t", sender="Haier", reference="F-2026-000001")
    return PdfReader(io.BytesIO(made))


def test_words_of_any_script_are_on_the_page() -> None:
    """Chinese and Latin letters can be read, and what people wrote is no markup."""
    text = page().pages[0].extract_text()
    for words in (
        "派工单",
        "DO-2026-000001",
        "李工",
        "<li@example.cn>",
        "上海市浦东新区",
        "洗衣机不脱水",
        "second & last",
    ):
        assert words in text


def test_much_is_still_one_page() -> None:
    """What does not fit is set smaller."""
    rows = "\n".join(f"| row {number} | {'long words ' * 12} |" for number in range(60))
    assert len(page(f"| | |\n|---|---|\n{rows}\n").pages) == 1


def test_the_same_words_are_the_same_bytes() -> None:
    """No clock and no chance in a page."""
    made = [to_pdf(parse(SOURCE), VALUES, language="en", title="t", sender="s", reference="r") for _ in range(2)]
    assert made[0] == made[1]


def test_letters_that_no_typeface_has_lose_their_accents() -> None:
    """A Polish name can still be read."""
    assert "Lódz Gdansk" in page("Zv0vZ\n", ("Łódź Gdańsk",)).pages[0].extract_text()
