"""Compare two personal names: whether both can be the same person's."""

from __future__ import annotations

import re
import unicodedata

_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "sig", "sigra", "signor", "signora", "dott", "dottssa", "ing",
     "avv", "herr", "frau", "m", "mme", "mlle", "monsieur", "madame", "sr", "sra", "srta", "don", "dona", "jr")
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def same_person(name: str, other_name: str) -> bool | None:
    """Whether two names can be the same person's; None if one of them is empty or only a title.

    Word order, accents, titles and second names do not matter, and initials stand for given names (Rossi A., Anna Maria
    Rossi).
    """
    first, second = _words(name), _words(other_name)
    if not first or not second:
        return None
    if "".join(sorted(first)) == "".join(sorted(second)) or "".join(first) == "".join(second):
        return True
    few, many = sorted((first, second), key=len)
    return _all_in(few, many) and any(len(word) > 1 and word in many for word in few)


def _all_in(few: list[str], many: list[str]) -> bool:
    """Whether each word of `few`, or its initial, matches a different word of `many`. Long words are matched first."""
    remaining = list(many)
    for word in sorted(few, key=len, reverse=True):
        match = next((other for other in remaining if other == word), None) or next(
            (other for other in remaining if 1 in (len(word), len(other)) and word[0] == other[0]), None
        )
        if match is None:
            return False
        remaining.remove(match)
    return True


def _words(name: str) -> list[str]:
    """Return the words of a name without accents and titles.

    Jürgen and Juergen give the same words, and so do O'Brien and OBrien.
    """
    plain = re.sub(r"['’`´.-](?=\w)", lambda mark: " " if mark[0] in "-." else "", name.casefold())
    for written, meant in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"), ("æ", "ae"), ("ł", "l")):
        plain = plain.replace(written, meant)
    decomposed = unicodedata.normalize("NFKD", plain)
    without_marks = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = [re.sub("(?<=[aou])e", "", word) for word in _WORD.findall(without_marks)]
    return [word for word in words if word not in _TITLES or len(word) == 1]
