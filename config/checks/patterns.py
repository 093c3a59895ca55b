"""Find regular expressions with an unbounded repetition inside another, which some texts make very slow."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"[*+]|\{(\d*)(?:,(\d*))?\}")
_ENDLESS = 20  # a group repeated more often than this counts as repeated without end


def why_slow(pattern: str) -> str:
    """Why a pattern is slow; an empty string when it is not.

    `(a+)+` tries every way to divide the letters, which takes twice as long per letter. Only a repetition of a group
    can do that, so groups are examined with the repetitions inside them.
    """
    inside = [False]  # for each group that is open: whether something in it repeats without end
    for token, start, end in _tokens(pattern):
        if token == "(":
            inside.append(False)
        elif token == ")" and len(inside) > 1:
            repeats = inside.pop()
            if repeats and _repeats(pattern, end):
                return f"a repetition inside another one, up to {pattern[: end + 1]!r}"
            inside[-1] = inside[-1] or repeats or _repeats(pattern, end)
        elif token == "x":
            inside[-1] = inside[-1] or _repeats(pattern, end)
        del start
    return ""


def _tokens(pattern: str) -> Iterator[tuple[str, int, int]]:
    """Group ends as themselves, everything else that can be repeated as x; each with where it begins and ends."""
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        match = _CLASS.match(pattern, at)
        end = match.end() if match else at + (2 if sign == "\\" else 1)
        yield sign if sign in "()" else "x", at, end
        at = end


def _repeats(pattern: str, at: int) -> bool:
    """Whether what ends at this place is repeated without end."""
    match = _REPEAT.match(pattern, at)
    if match is None:
        return False
    if match[0] in "*+":
        return True
    most = match[2] if "," in match[0] else match[1]
    return not most or int(most) > _ENDLESS
