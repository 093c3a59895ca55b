"""Under which of a policy's brands a case runs: as a form says, else as the text says, else by the maker of the VIN."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from config.policy import BrandSpec

_LOOKED_AT = 12_000


def recognise_brand(
    brands: Mapping[str, BrandSpec], *, form: str = "", text: str = "", vins: Iterable[str] = ()
) -> str:
    """The name of the brand, or empty where nothing names one or the text names several alike.

    `form` is what a form's brand field says; `vins` are identification numbers in normal form (ISO 3780: the first
    three characters are the maker's).
    """
    return _named(brands, form) or _named(brands, text[:_LOOKED_AT]) or _made(brands, vins)


def _named(brands: Mapping[str, BrandSpec], text: str) -> str:
    """The brand that a text names, and it alone."""
    found = [name for name, brand in brands.items() if _pattern((brand.title, *brand.words)).search(text)]
    return found[0] if len(found) == 1 else ""


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words, in capitals or not; a word of two letters only as it is written: "ds" is too much else."""
    shapes = [re.escape(word) if len(word) < 3 else f"(?i:{re.escape(word)})" for word in words if word.strip()]
    return re.compile(rf"(?<![\w@.-])(?:{'|'.join(shapes) or '(?!)'})(?![\w@]|[.-]\w)")


def _made(brands: Mapping[str, BrandSpec], vins: Iterable[str]) -> str:
    for vin in vins:
        for name, brand in brands.items():
            if vin[:3].upper() in brand.vin_codes:
                return name
    return ""
