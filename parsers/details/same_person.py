"""Whether two names are one person's, as far as names can tell."""

from __future__ import annotations

import re
import unicodedata

_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "sig", "sigra", "signor", "signora", "dott", "dottssa", "ing",
     "avv", "herr", "frau", "m", "mme", "mlle", "monsieur", "madame", "sr", "sra", "srta", "don", "dona", "jr")
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def same_person(one: str, other: str) -> bool | None:
    """Whether the names go together: in whatever order, with or without accents, titles and second names, with
    initials for given names (Rossi A., Anna Maria Rossi). None where one of them says nothing."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return None
    if "".join(sorted(first)) == "".join(sorted(second)) or "".join(first) == "".join(second):
        return True
    few, many = sorted((first, second), key=len)
    return _all_in(few, many) and any(len(word) > 1 and word in many for word in few)


def _all_in(few: list[str], many: list[str]) -> bool:
    """Whether each word, or the initial of one, has a word of its own among the others; the long ones are placed
    first."""
    left = list(many)
    for word in sorted(few, key=len, reverse=True):
        fitting = next((other for other in left if other == word), None) or next(
            (other for other in left if 1 in (len(word), len(other)) and word[0] == other[0]), None
        )
        if fitting is None:
            return False
        left.remove(fitting)
    return True


def _words(name: str) -> list[str]:
    """The words of a name without accents and titles: Jürgen and Juergen are one, and so are O'Brien and OBrien."""
    plain = re.sub(r"['’`´.-](?=\w)", lambda mark: " " if mark[0] in "-." else "", name.casefold())
    for written, meant in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"), ("æ", "ae"), ("ł", "l")):
        plain = plain.replace(written, meant)
    marks = unicodedata.normalize("NFKD", plain)
    bare = "".join(letter for letter in marks if not unicodedata.combining(letter))
    words = [re.sub("(?<=[aou])e", "", word) for word in _WORD.findall(bare)]
    return [word for word in words if word not in _TITLES or len(word) == 1]
