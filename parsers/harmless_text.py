"""Make a stranger's text safe to show in a letter to staff: one short line without clickable links."""

from __future__ import annotations

import re

from parsers.mime.charsets import clean_line

_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")  # as in a domain name, which mail programs turn into a link
_ELLIPSIS = "…"


def harmless_line(text: str, most: int) -> str:
    """The text on one line of at most `most` characters. Anything a mail program would turn into a link is defanged:
    evil[.]example, http[:]//."""
    line = " ".join(_HIDDEN.sub("", clean_line(text[: 4 * most])).split())
    line = " ".join(word if _is_address(word) else _defanged(word) for word in line.split(" "))
    return line if len(line) <= most else line[: most - 1].rstrip() + _ELLIPSIS


def _is_address(word: str) -> bool:
    return "@" in word and "://" not in word and "www." not in word.lower() and "/" not in word


def _defanged(word: str) -> str:
    return _DOT.sub("[.]", word.replace("://", "[:]//"))
