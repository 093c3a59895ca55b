"""Replace plain blanks in a source by those that its language's typography asks for.

Only our own text is changed; what people wrote is put in later, as it is.
"""

from __future__ import annotations

import re

_THIN, _FIRM = "\u202f", "\u00a0"
_END = r"(?=[\s*_)\]\"”»|]|$)"
_FRENCH = (  # Lexique des règles typographiques en usage à l'Imprimerie nationale, "Ponctuation"
    (re.compile(rf"(?<=\S) (?=[;!?]+{_END})", re.MULTILINE), _THIN),
    (re.compile(rf"(?<=\S) (?=:{_END})", re.MULTILINE), _FIRM),
    (re.compile("« "), f"«{_FIRM}"),
    (re.compile(" »"), f"{_FIRM}»"),
)


def set_blanks(source: str, language: str) -> str:
    """A source, or a text of a policy, with the blanks of its language; only French has its own."""
    if language.partition("-")[0] == "fr":
        for pattern, blank in _FRENCH:
            source = pattern.sub(blank, source)
    return source
