"""A page of paper: the tokens of a source as a PDF of one A4 page, Chinese, Japanese and Korean included.

Those scripts are set in the typefaces that every PDF reader brings or replaces (Adobe's Asian font packs), so that
none has to be shipped; Latin letters in Helvetica. Words that do not fit the page are set smaller until they do.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from xml.sax.saxutils import escape

from markdown_it.token import Token
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, HRFlowable, KeepInFrame, Paragraph, Spacer, Table, TableStyle

_FAMILY, _MARGIN, _HEAD = "Helvetica", 18 * mm, 16 * mm
_TYPEFACES = {"zh-Hant": "MSung-Light", "ja": "HeiseiMin-W3", "ko": "HYSMyeongJo-Medium"}
_USUAL = "STSong-Light"
_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+"
)
_VALUE = re.compile(r"Z[vp](\d+)[vp]Z")
_INK, _FAINT, _LINE, _BLUE = HexColor("#1f2933"), HexColor("#52606d"), HexColor("#c5ced8"), HexColor("#1b5e8c")
_WITHOUT_STROKE = {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Ħ": "H", "ħ": "h"}
_MARKS = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "hardbreak": "<br/>"}


def to_pdf(
    tokens: Sequence[Token], values: Sequence[str], *, language: str, title: str, sender: str, reference: str
) -> bytes:
    """The tokens on one page, `sender` and `reference` at its head. The same words give the same bytes."""
    page = _Page(values, _typeface(language))
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=1, pageCompression=1, lang=language)
    canvas.setTitle(title)
    canvas.setAuthor(sender)
    width, height = A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN - _HEAD
    _head(canvas, page, sender, reference)
    story: list[Flowable] = [KeepInFrame(width, height, list(page.blocks(iter(tokens))), mode="shrink")]
    frame = Frame(_MARGIN, _MARGIN, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    frame.addFromList(story, canvas)
    canvas.showPage()
    canvas.save()
    return paper.getvalue()


def _head(canvas: Canvas, page: _Page, sender: str, reference: str) -> None:
    width = A4[0] - 2 * _MARGIN
    row = [page.words(escape(sender), bold=True), page.words(escape(reference), color=_FAINT, right=True)]
    table = Table([row], colWidths=[width * 0.6, width * 0.4])
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 1.5, _BLUE), *_tight(0, 3)]))
    table.wrapOn(canvas, width, _HEAD)
    table.drawOn(canvas, _MARGIN, A4[1] - _MARGIN - _HEAD / 2)


@cache
def _typeface(language: str) -> str:
    name = next((face for code, face in _TYPEFACES.items() if language.startswith(code)), _USUAL)
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return name


class _Page:
    """Makes flowables of tokens, with the values in their places."""

    def __init__(self, values: Sequence[str], typeface: str) -> None:
        self._values = values
        self._typeface = typeface

    def blocks(self, tokens: Iterator[Token], until: str = "", size: float = 10) -> Iterator[Flowable]:
        """The blocks up to the token that closes their container."""
        for token in tokens:
            if token.type == until:
                return
            if token.type == "heading_open":
                yield Spacer(0, 6)
                yield self._said(next(tokens), size=15 if token.tag == "h1" else 11.5, color=_BLUE, bold=True)
            elif token.type == "inline":
                yield self._said(token, size=size)
            elif token.type == "hr":
                yield HRFlowable(width="100%", color=_LINE, spaceBefore=4, spaceAfter=6)
            elif token.type == "table_open":
                yield self._table(tokens)
            elif token.type == "list_item_open":
                mark = token.info + "." if token.info else "•"
                yield from self._bulleted(mark, list(self.blocks(tokens, "list_item_close", size)))

    def _bulleted(self, mark: str, inner: list[Flowable]) -> Iterator[Flowable]:
        table = Table([[self.words(mark), inner]], colWidths=[5 * mm, A4[0] - 2 * _MARGIN - 5 * mm])
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(0, 1)]))
        yield table

    def _table(self, tokens: Iterator[Token]) -> Flowable:
        rows: list[list[Flowable]] = []
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                first = not rows[-1]
                rows[-1].append(self._said(token, color=_FAINT if first else _INK))
        count = max(map(len, rows), default=1)
        width = A4[0] - 2 * _MARGIN
        widths = [width * 0.32, *([width * 0.68 / (count - 1)] * (count - 1))] if count > 1 else [width]
        table = Table([row + [self.words("")] * (count - len(row)) for row in rows], colWidths=widths)
        lines = ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE)
        table.setStyle(TableStyle([lines, ("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(0, 3)]))
        return table

    def _said(self, token: Token, *, size: float = 10, color: Color = _INK, bold: bool = False) -> Paragraph:
        marked = "".join(self._marked(child) for child in token.children or [])
        return self.words(marked, size=size, color=color, bold=bold)

    def _marked(self, token: Token) -> str:
        if token.type == "softbreak":
            return " "
        return _MARKS.get(token.type) or _VALUE.sub(self._value, escape(token.content))

    def _value(self, match: re.Match[str]) -> str:
        return "<br/>".join(escape(line) for line in self._values[int(match[1])].strip().split("\n"))

    def words(
        self, marked: str, *, size: float = 10, color: Color = _INK, bold: bool = False, right: bool = False
    ) -> Paragraph:
        """A paragraph of words that are marked already."""
        text = _ASIAN.sub(lambda match: f'<font name="{self._typeface}">{match[0]}</font>', _printable(marked))
        style = ParagraphStyle(
            "words", fontName=f"{_FAMILY}-Bold" if bold else _FAMILY, fontSize=size, leading=size * 1.4,
            textColor=color, alignment=TA_RIGHT if right else TA_LEFT, spaceAfter=3,
            wordWrap="CJK" if _ASIAN.search(marked) else None,
        )  # fmt: skip
        return Paragraph(text, style)


def _tight(side: float, above: float) -> list[tuple[str, tuple[int, int], tuple[int, int], float]]:
    every = ((0, 0), (-1, -1))
    sides = [(f"{one}PADDING", *every, side) for one in ("LEFT", "RIGHT")]
    return [*sides, *((f"{one}PADDING", *every, above) for one in ("TOP", "BOTTOM"))]


def _printable(text: str) -> str:
    """The text in letters that the typefaces have: what Helvetica lacks (WinAnsi) loses its accents."""
    return "".join(map(_letter, text))


@cache
def _letter(letter: str) -> str:
    if _ASIAN.match(letter):
        return letter
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        letter = _WITHOUT_STROKE.get(letter, letter)
        plain = unicodedata.normalize("NFKD", letter).encode("cp1252", "ignore").decode("cp1252")
        return plain or "?"
    return letter
