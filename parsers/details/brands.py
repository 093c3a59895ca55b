"""Recognise the brand of a case: from the form, otherwise from the text, otherwise from the maker of the VIN."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from config.policy import BrandSpec

_LOOKED_AT = 12_000  # characters of the text


def detect_brand(brands: Mapping[str, BrandSpec], *, form: str = "", text: str = "", vins: Iterable[str] = ()) -> str:
    """Return the name of the brand, or empty if none is named or the text names several.

    `form` is what a form's brand field says; `vins` are vehicle identification numbers in normal form, whose first
    three characters are the maker's (ISO 3780).
    """
    return (
        _only_brand_named(brands, form) or _only_brand_named(brands, text[:_LOOKED_AT]) or _brand_of_vin(brands, vins)
    )


def _only_brand_named(brands: Mapping[str, BrandSpec], text: str) -> str:
    """The brand that a text names, if it names only one."""
    found = [name for name, brand in brands.items() if _pattern((brand.title, *brand.words)).search(text)]
    return found[0] if len(found) == 1 else ""


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for whole words in any letter case; for words of two letters only as written ("ds" means much else)."""
    shapes = [re.escape(word) if len(word) < 3 else f"(?i:{re.escape(word)})" for word in words if word.strip()]
    return re.compile(rf"(?<![\w@.-])(?:{'|'.join(shapes) or '(?!)'})(?![\w@]|[.-]\w)")


def _brand_of_vin(brands: Mapping[str, BrandSpec], vins: Iterable[str]) -> str:
    for vin in vins:
        for name, brand in brands.items():
            if vin[:3].upper() in brand.vin_codes:
                return name
    return ""
