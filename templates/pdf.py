"""Set the tokens of a source as a PDF, with the typefaces that it uses embedded.

A text a little longer than a page is set smaller; a much longer one continues on numbered pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token
from reportlab.lib import pagesizes
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, HRFlowable, PageTemplate, Paragraph, Spacer, Table
from reportlab.platypus.tables import TableStyle

from templates.typefaces import BOLD, LATIN, as_markup, has_han, register_typefaces

SIZES = {"A4": pagesizes.A4, "A5": pagesizes.A5, "A6": pagesizes.A6}
_MARGIN = {"A4": 18 * mm, "A5": 12 * mm, "A6": 7 * mm}  # on each side
_HEAD, _FOOT = 13 * mm, 6 * mm
_SMALLER = (1.0, 0.92, 0.84, 0.76)  # the smallest is 7.6 points, which can still be read
_LABEL = (1.8, 1.5, 1.25)  # a label is read from a distance
_VALUE = re.compile(r"Z[vp](\d+)[vp]Z")
_INK, _FAINT, _LINE, _BLUE = HexColor("#1f2933"), HexColor("#52606d"), HexColor("#c5ced8"), HexColor("#1b5e8c")
_MARKS = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "hardbreak": "<br/>"}
_SIDES: dict[str, Literal[0, 1, 2]] = {"text-align:right": TA_RIGHT, "text-align:center": TA_CENTER}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its language, title, head line and size. `size` is one of SIZES, portrait."""

    language: str
    title: str
    sender: str
    reference: str
    size: str = "A4"


def to_pdf(tokens: Sequence[Token], values: Sequence[str], sheet: Sheet) -> bytes:
    """The tokens as a PDF with sender and reference at the head of each page. The same input gives the same bytes."""
    register_typefaces()
    for scale in (*_LABEL * (sheet.size == "A6"), *_SMALLER):
        paper, count = _pages(tokens, values, sheet, scale)
        if count == 1:
            return paper
        if count > 2 and scale <= 1:
            break
    return _numbered(tokens, values, sheet)


def _numbered(tokens: Sequence[Token], values: Sequence[str], sheet: Sheet) -> bytes:
    count = 0
    while True:  # page numbers take space and may need one page more
        paper, found = _pages(tokens, values, sheet, 1, count or 2)
        if found == count:
            return paper
        count = found


def _pages(
    tokens: Sequence[Token], values: Sequence[str], sheet: Sheet, scale: float, total: int = 0
) -> tuple[bytes, int]:
    """The PDF and its number of pages. `total` is the number that its pages show; 0 for none."""
    out = io.BytesIO()
    (width, height), margin = SIZES[sheet.size], _MARGIN[sheet.size]
    page = _Page(values, width - 2 * margin, scale)
    frame = Frame(margin, margin, page.width, height - 2 * margin - _HEAD, 0, _FOOT if total else 0, 0, 0)
    pages = BaseDocTemplate(
        out, pagesize=(width, height), invariant=1, pageCompression=1, lang=sheet.language, title=sheet.title,
        author=sheet.sender, creator="", producer="", initialFontName=LATIN,
    )  # fmt: skip
    drawn = PageTemplate(frames=[frame], onPage=_surround(_Page(values, page.width, min(scale, 1)), sheet, total))
    pages.addPageTemplates([drawn])
    pages.build([*page.blocks(iter(tokens)), Spacer(0, 0)])
    return out.getvalue(), pages.page


def _surround(page: _Page, sheet: Sheet, total: int) -> Callable[[Canvas, BaseDocTemplate], None]:
    def draw(canvas: Canvas, pages: BaseDocTemplate) -> None:
        (_, height), margin = SIZES[sheet.size], _MARGIN[sheet.size]
        row = [page.words(sheet.sender, _SENDER), page.words(sheet.reference, _REFERENCE)]
        table = Table([row], colWidths=[page.width * 0.6, page.width * 0.4])
        table.setStyle(
            TableStyle(
                [("LINEBELOW", (0, 0), (-1, -1), 1.5, _BLUE), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *_tight(0, 2)]
            )
        )
        _, tall = table.wrapOn(canvas, page.width, _HEAD)
        table.drawOn(canvas, margin, height - margin - min(tall, _HEAD - 3 * mm))
        if total > 1:
            canvas.setFont(LATIN, 8)
            canvas.setFillColor(_FAINT)
            canvas.drawRightString(margin + page.width, margin - 2 * mm, f"{pages.page} / {total}")

    return draw


@dataclass(frozen=True, slots=True)
class _Look:
    """The style of a paragraph. Chinese is never bold. `mark` is the bullet or number before it."""

    size: float = 10
    color: Color = _INK
    bold: bool = False
    side: Literal[0, 1, 2] = TA_LEFT
    indent: float = 0
    mark: str = ""


_PLAIN, _SENDER, _REFERENCE = _Look(), _Look(bold=True), _Look(color=_FAINT, side=TA_RIGHT)
_TITLE, _HEADING = _Look(size=15, color=_BLUE, bold=True), _Look(size=11.5, color=_BLUE, bold=True)


class _Page:
    """Turns tokens into flowables, with the values in place of their tokens."""

    def __init__(self, values: Sequence[str], width: float, scale: float) -> None:
        self.width = width
        self._values = values
        self._scale = scale

    def blocks(self, tokens: Iterator[Token], until: str = "", indent: float = 0, mark: str = "") -> Iterator[Flowable]:
        """The blocks up to the token that closes their container. The first block of a list item has its mark."""
        for token in tokens:
            if token.type == until:
                return
            if token.type == "heading_open":
                yield Spacer(0, 6 * self._scale)
                yield self._inline(next(tokens), _TITLE if token.tag == "h1" else _HEADING)
            elif token.type == "inline":
                yield self._inline(token, _Look(indent=indent, mark=mark))
                mark = ""
            elif token.type == "hr":
                yield HRFlowable(width="100%", color=_LINE, spaceBefore=4, spaceAfter=6)
            elif token.type == "table_open":
                yield self._table(tokens)
            elif token.type == "list_item_open":
                bullet = f"{token.info}." if token.info else "•"
                yield from self.blocks(tokens, "list_item_close", indent + 5 * mm, bullet)

    def _table(self, tokens: Iterator[Token]) -> Flowable:
        rows: list[list[Flowable]] = []
        side: Literal[0, 1, 2] = TA_LEFT
        heads = 0
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                side = _SIDES.get(str(token.attrGet("style") or "").replace(" ", ""), TA_LEFT)
                heads = heads if token.type == "td_open" else 1
            elif token.type == "inline":
                color = _FAINT if not rows[-1] or (heads and len(rows) == 1) else _INK
                rows[-1].append(self._inline(token, _Look(color=color, side=side)))
        count = max(map(len, rows), default=1)
        filled = [row + [self.words("")] * (count - len(row)) for row in rows] or [[self.words("")]]
        table = Table(filled, colWidths=self._columns(count), repeatRows=heads, splitInRow=1, spaceAfter=5)
        lines = ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE)
        table.setStyle(TableStyle([lines, ("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(0, 3 * self._scale)]))
        return table

    def _columns(self, count: int) -> list[float]:
        if count == 2:
            return [self.width * 0.32, self.width * 0.68]
        column = self.width / (count + 1)  # the first column is twice as wide as the others
        return [2 * column, *([column] * (count - 1))] if count > 1 else [self.width]

    def _inline(self, token: Token, look: _Look = _PLAIN) -> Paragraph:
        marked = "".join(self._marked(child) for child in token.children or [])
        values = "".join(self._values[int(number)] for number in _VALUE.findall(token.content))
        return self._paragraph(marked, look, chinese=has_han(token.content + values))

    def _marked(self, token: Token) -> str:
        if token.type == "softbreak":
            return " "
        if token.type in _MARKS:
            return _MARKS[token.type]
        parts = _VALUE.split(token.content)
        return "".join(self._value(int(part)) if at % 2 else as_markup(part) for at, part in enumerate(parts))

    def _value(self, number: int) -> str:
        return "<br/>".join(as_markup(line) for line in self._values[number].strip().split("\n"))

    def words(self, text: str, look: _Look = _PLAIN) -> Paragraph:
        """A paragraph of plain text."""
        return self._paragraph(as_markup(text), look, chinese=has_han(text))

    def _paragraph(self, marked: str, look: _Look, *, chinese: bool) -> Paragraph:
        size = look.size * self._scale
        style = ParagraphStyle(
            "words", fontName=BOLD if look.bold and not chinese else LATIN, fontSize=size, leading=size * 1.4,
            textColor=look.color, alignment=look.side, spaceAfter=3 * self._scale, leftIndent=look.indent,
            bulletIndent=max(look.indent - 4 * mm, 0), bulletFontName=LATIN, bulletFontSize=size,
            wordWrap="CJK" if chinese else None, splitLongWords=1,
        )  # fmt: skip
        return Paragraph(marked, style, bulletText=look.mark or None)


def _tight(side: float, above: float) -> list[tuple[str, tuple[int, int], tuple[int, int], float | str]]:
    """A table's padding; and its typeface, since reportlab would otherwise embed the name of its default one."""
    every = ((0, 0), (-1, -1))
    padding = {"LEFT": side, "RIGHT": side, "TOP": above, "BOTTOM": above}
    return [("FONTNAME", *every, LATIN), *((f"{edge}PADDING", *every, width) for edge, width in padding.items())]
