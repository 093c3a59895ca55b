"""Lists of questions filled in and sent back: which label has which value, however the mail program moved them.

Read in quoted and unquoted lines alike: "Model: X200", "> *Serial number* (for example …): 123", a table row, a
value on the line under its label, a label wrapped over two lines, a full-width colon. A label with nothing behind
it, or with our own example, is not filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from parsers.wordlists import same, wordlist

_LOOKED_AT = 60_000
_MOST = 400  # labels found in one mail
_LONGEST = 4000  # characters of one value
_PREFIX = r"[ \t\u00a0>|*•·◦▪‣\-–—_#]{0,12}(?:\(?\d{1,2}[.)][ \t]{0,3})?[*_ \t]{0,3}"
_EXAMPLE = r"(?:[ \t>*_]{0,4}[(（][^()（）\n]{0,120}[)）])?"
_SEPARATOR = (
    r"[*_ \t\u00a0\u202f]{0,3}(?:[:：=＝?？][*_]{0,3}|[ \t]{0,3}\|[ \t]{0,3}|\t|[ \u00a0]{2,}"
    r"|[ \t]{1,3}[-–—][ \t]{1,3}|(?=[ \t]{0,3}$))[ \t\u00a0]{0,40}"
)
_QUOTE = re.compile(r"[ \t]{0,3}(?:[>|][ \t]?)+")
_WRAP = r"[\s>|]{1,8}"
_EMPTY = re.compile(r"[\s_.…*|<>\[\](){}:：-]*$")
_TRIM = " \t\u00a0*_|;,\r"
_UNKNOWN = frozenset(wordlist("answers")["unknown"]["words"])
_BULLET = re.compile(r"\s*(?:[-•·*–]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Filled:
    """One label with its value as written, and the value's span in the text. `quoted`: the label's line was.
    `under`: the value stood under its label. An empty value with `unknown` means "I do not know"."""

    name: str
    value: str
    start: int
    end: int
    quoted: bool = False
    under: bool = False
    unknown: bool = False
    label: str = ""  # the word it was filled in under, in small letters


@dataclass(frozen=True, slots=True)
class Label:
    """A thing asked for: its name, all the words under which it is asked, whether its value may run on over
    several lines (`prose`: to a blank line, `to_next`: to the next label), and the examples we show ourselves."""

    name: str
    words: tuple[str, ...]
    prose: bool = False
    examples: tuple[str, ...] = ()
    to_next: bool = False


def read_filled(text: str, labels: Sequence[Label]) -> tuple[Filled, ...]:
    """The filled-in values in a text, in order. A label filled in twice is there twice."""
    pattern, names = _prepared(tuple(labels))
    text = text[:_LOOKED_AT]
    matches = list(islice(pattern.finditer(text), _MOST)) if names else []
    ends = [*(match.start() for match in matches[1:]), len(text)]
    found = (_value(text, match, end, names) for match, end in zip(matches, ends, strict=False))
    return tuple(one for one in found if one is not None)


@lru_cache(maxsize=64)
def _prepared(labels: tuple[Label, ...]) -> tuple[re.Pattern[str], Mapping[str, Label]]:
    names: dict[str, Label] = {}
    for label in labels:
        for word in label.words:
            plain = _plain(word).rstrip(":：?？ ")
            if plain:
                names.setdefault(plain, label)
    return _pattern(names), names


def _plain(words: str) -> str:
    return same(re.sub(r"[>|*_]", " ", words))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    names = "|".join(_WRAP.join(re.escape(part) for part in word.split()) for word in ordered)
    begin = rf"(?:^{_PREFIX}|(?<=[,;|/\t])[ \t]{{0,3}}|(?<=[ \u00a0]{{2}}))"
    inline = rf"(?<=\s)(?=(?:{names})[*_]{{0,2}} ?[:：])"
    return re.compile(
        rf"(?:{begin}|{inline})(?P<label>{names})(?P<example>{_EXAMPLE}){_SEPARATOR}", re.IGNORECASE | re.MULTILINE
    )


def _value(text: str, match: re.Match[str], following: int, names: Mapping[str, Label]) -> Filled | None:
    label = names.get(_plain(match["label"]))
    if label is None:
        return None
    quoted = _is_quoted(text, match.start("label"))
    begin = match.end()
    end = min(_line_end(text, begin), following)
    under = _is_empty(text[begin:end], label)
    if under:
        line = _line_under(text, end, following, quoted)
        if line is None or following < line[1] or (quoted and label.prose and _is_quoted(text, line[0])):
            return None
        begin, end = line
    if label.to_next:
        end = following
    elif label.prose:
        end = _runs_on(text, end, following)
    found = _filled(text, label, (begin, min(end, begin + _LONGEST)), quoted, under)
    return replace(found, label=_plain(match["label"])) if found else None


def _filled(text: str, label: Label, span: tuple[int, int], quoted: bool, under: bool) -> Filled | None:
    begin, end = span
    while begin < end and text[begin] in _TRIM + "\n":
        begin += 1
    while end > begin and text[end - 1] in _TRIM + "\n":
        end -= 1
    value = text[begin:end]
    if _is_empty(value, label):
        return None
    joint = "\n" if label.to_next else " "
    shown = joint.join(_QUOTE.sub("", line).strip() for line in value.split("\n")).strip(_TRIM)
    unknown = shown.casefold().rstrip(".!") in _UNKNOWN or shown.casefold() in _UNKNOWN
    return Filled(label.name, "" if unknown else shown, begin, end, quoted, under, unknown)


def _is_empty(value: str, label: Label) -> bool:
    plain = value.strip(_TRIM)
    if _EMPTY.match(plain) and plain not in _UNKNOWN:
        return True
    return plain.casefold() in {one.casefold() for one in label.examples}


def _is_quoted(text: str, at: int) -> bool:
    return bool(_QUOTE.match(text, text.rfind("\n", 0, at) + 1))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _line_under(text: str, at: int, following: int, quoted: bool) -> tuple[int, int] | None:
    """The line that answers under its label: the next filled one, at most two blank ones on, in the label's
    own quotation or outside every quotation."""
    for _ in range(3):
        if at >= min(following, len(text)):
            return None
        begin, end = at + 1, _line_end(text, at + 1)
        mark = _QUOTE.match(text, begin, end)
        content = mark.end() if mark else begin
        if text[content:end].strip():
            return (content, end) if quoted or not mark else None
        at = end
    return None


def _runs_on(text: str, at: int, following: int) -> int:
    """Where a value of free words ends: at a blank line, the next label, or where quoting begins or ends."""
    first_quoted = _is_quoted(text, at)
    while at < following:
        begin, end = at + 1, _line_end(text, at + 1)
        mark = _QUOTE.match(text, begin, end)
        content = text[mark.end() if mark else begin : end]
        if end > following or not content.strip() or bool(mark) != first_quoted or (mark and _BULLET.match(content)):
            break
        at = end
    return at
