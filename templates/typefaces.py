"""The typefaces of PDF pages, and which of them each character is set in.

Latin, Greek and Cyrillic are set in Source Sans Pro; Chinese, Japanese and Korean in WenQuanYi Micro Hei, which has
simplified and traditional characters. Both are installed as packages, so that every machine makes the same page.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import font_source_sans_pro
import paperang_p2_fonts_cjk
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

LATIN, BOLD, HAN = "SourceSansPro", "SourceSansPro-Bold", "WenQuanYiMicroHei"
_CUTS = {LATIN: "Regular", BOLD: "Bold", "SourceSansPro-It": "It", "SourceSansPro-BoldIt": "BoldIt"}
_LATIN_FOLDER = Path(os.fspath(font_source_sans_pro.font_directory))
_HAN_FILE = Path(str(paperang_p2_fonts_cjk.__file__)).parent / "fonts" / "wqy-microhei.ttc"
_SHARED = frozenset("“”‘’…—·")  # in both scripts: after a Chinese character they are Chinese
NO_LETTER = "□"


@cache
def register_typefaces() -> None:
    """Register the typefaces with reportlab, once."""
    for name, cut in _CUTS.items():
        pdfmetrics.registerFont(TTFont(name, str(_LATIN_FOLDER / f"SourceSansPro-{cut}.ttf")))
    pdfmetrics.registerFontFamily(LATIN, **dict(zip(("normal", "bold", "italic", "boldItalic"), _CUTS, strict=True)))
    pdfmetrics.registerFont(TTFont(HAN, str(_HAN_FILE), subfontIndex=0))
    pdfmetrics.registerFontFamily(HAN, normal=HAN, bold=HAN, italic=HAN, boldItalic=HAN)


def has_han(text: str) -> bool:
    """Whether any character is set in the Chinese typeface, so that a line may break after each character."""
    return any(face == HAN for face, _ in _runs(text))


def as_markup(text: str) -> str:
    """The text as reportlab markup, each run of characters in its typeface. A character that no typeface has loses its
    accents, or becomes an empty square."""
    return "".join(
        f'<font name="{face}">{escape(run)}</font>' if face == HAN else escape(run) for face, run in _runs(text)
    )


def _runs(text: str) -> Iterator[tuple[str, str]]:
    faced = [pair for letter in unicodedata.normalize("NFC", text) for pair in _faced(letter)]
    for at, (_, letter) in enumerate(faced):
        if letter in _SHARED and at and faced[at - 1][0] == HAN:
            faced[at] = HAN, letter
    for face, group in groupby(faced, lambda pair: pair[0]):
        yield face, "".join(letter for _, letter in group)


@cache
def _faced(letter: str) -> tuple[tuple[str, str], ...]:
    """The character, or those that replace it, as pairs of typeface and character."""
    if letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf"):
        return ((LATIN, " " if letter.isspace() else ""),)
    face = _face(letter)
    if face:
        return ((face, letter),)
    parts = unicodedata.normalize("NFKD", letter)
    plain = [part for part in parts if _face(part) and not unicodedata.combining(part)]
    return tuple((_face(part), part) for part in plain) or ((_face(NO_LETTER), NO_LETTER),)


@cache
def _face(letter: str) -> str:
    register_typefaces()
    return next((name for name in (LATIN, HAN) if ord(letter) in _letters(name)), "")


@cache
def _letters(name: str) -> frozenset[int]:
    font = pdfmetrics.getFont(name)
    assert isinstance(font, TTFont), "register() has registered each as a TTFont"
    return frozenset(font.face.charToGlyph)
