"""Amounts of money as people write them. Normal form: the number with a decimal point, a space, the ISO 4217 code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.details.identifiers import FoundValue
from parsers.wordlists import lookup_key, wordlist

_CODES = {lookup_key(name): code for code, names in wordlist("money")["names"].items() for name in names}
_CURRENCY_WORDS = [name for names in wordlist("money")["names"].values() for name in names]
_KRONE_BY_LANGUAGE = wordlist("money")["krona"]
_CURRENCY = "|".join(re.escape(name) for name in sorted(_CURRENCY_WORDS, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?![\d]|[.,]\d)"
_MONEY = re.compile(
    rf"(?<![\w.,-])(?:(?P<before>{_CURRENCY})\s?(?P<a>{_NUMBER})(?:,-|\.-)?|(?P<b>{_NUMBER})(?:,-|,--|\.-)?\s?(?P<after>{_CURRENCY})(?!\w))",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"(?<![\w.,-])(?:{_NUMBER})(?!\w)")


def find_money(text: str, language: str = "") -> Iterator[FoundValue]:
    """Yield the amounts with a currency in a text. `language` tells the currencies apart that share a name."""
    for match in _MONEY.finditer(text[:20_000]):
        name = lookup_key(match["before"] or match["after"])
        code = _KRONE_BY_LANGUAGE.get(language, _CODES.get(name, "")) if name.startswith("kr") else _CODES.get(name, "")
        code = "JPY" if code == "CNY" and language == "ja" else code
        yield FoundValue(match.start(), match.end(), f"{normalise_number(match['a'] or match['b'])} {code}")


def find_numbers(text: str) -> Iterator[FoundValue]:
    """Yield the numbers in a text, with a decimal point."""
    for match in _PLAIN.finditer(text[:20_000]):
        yield FoundValue(match.start(), match.end(), normalise_number(match[0]))


def normalise_number(written: str) -> str:
    """Remove thousands separators and use a decimal point: 1.234,50 and 1,234.50 both give 1234.50."""
    bare = re.sub(r"['’\u00a0\u202f ]", "", written)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return bare
    whole, decimals = re.sub(r"[.,]", "", bare[:last]), bare[last + 1 :]
    return whole + decimals if len(decimals) == 3 else f"{whole}.{decimals}"
