"""Signatures that mail programs put into an element of their own, carried over to the end of the plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LARGEST = 1_000_000  # characters of HTML looked at
_MOST_NODES = 20_000
_MOST_LETTERS = 1_500  # of a signature: more is a letter that somebody typed into it
_NAMES = frozenset((
    "signature", "gmail_signature", "ms-outlook-mobile-signature", "moz-signature", "applemailsignature",
    "zimbra-signature", "yahoo-signature", "ymail_android_signature", "protonmail_signature_block",
    "tutanota-signature", "sig", "_mcntyk_signature", "mobile-signature",
))  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")


def without_signature(reply: str, html: str) -> tuple[str, str]:
    """The new words and the signature below them, where the HTML has it in an element of its own. Words that would
    all go are no signature."""
    for letters in _signatures(html):
        lines = reply.split("\n")
        at = _begins(lines, letters)
        if at and any(sign.isalnum() for line in lines[:at] for sign in line):
            return "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip()
    return reply, ""


def _begins(lines: list[str], letters: str) -> int:
    """From which line on the last lines have these letters and no others; 0 where they have not."""
    seen = ""
    for index in range(len(lines) - 1, 0, -1):
        seen = _squashed(lines[index]) + seen
        if seen == letters:
            return index
        if not letters.endswith(seen):
            break
    return 0


def _signatures(html: str) -> Iterator[str]:
    body = LexborHTMLParser(html[:_LARGEST]).body if html else None
    if body is None:
        return
    for count, node in enumerate(body.traverse()):
        if count > _MOST_NODES:
            return
        if _is_signature(node):
            letters = _squashed(node.text(deep=True)[: 2 * _MOST_LETTERS])
            if 0 < len(letters) <= _MOST_LETTERS:
                yield letters


def _is_signature(node: LexborNode) -> bool:
    marks = node.attributes
    named = [marks.get("id") or "", *(marks.get("class") or "").split(), marks.get("data-smartmail") or ""]
    return any(name.lower().removeprefix("x_") in _NAMES for name in named)


def _squashed(text: str) -> str:
    return _NOT_WORD.sub("", text).lower()
