"""Filled-in forms: match the labels we asked for with the values written after them.

Read in quoted and unquoted lines alike, however the mail program moved them: "Model: X200", "> *Serial number* (for
example …): 123", a table row, a value on the line under its label, a label wrapped over two lines, a full-width colon.
A label with nothing after it, or with our own example, is not filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from parsers.wordlists import lookup_key, wordlist

_LOOKED_AT = 60_000  # characters of the text
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
class FilledField:
    """One label with the value written for it, and the value's span in the text.

    `quoted` says whether the label's line was quoted; `below_label` whether the value stood on a line below its label.
    An empty value with `unknown` means that the writer does not know.
    """

    name: str
    value: str
    start: int
    end: int
    quoted: bool = False
    below_label: bool = False
    unknown: bool = False
    label: str = ""  # the label as written, in lower case


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """A field of a form: its name, all its labels, and the examples we print ourselves.

    A value ends with its line. With `until_blank_line` it may run to the next blank line, with `until_next_label` to
    the next label.
    """

    name: str
    words: tuple[str, ...]
    until_blank_line: bool = False
    examples: tuple[str, ...] = ()
    until_next_label: bool = False


def read_filled_fields(text: str, labels: Sequence[FieldLabel]) -> tuple[FilledField, ...]:
    """Return the filled-in values of a text, in order. A label filled in twice appears twice."""
    pattern, labels_by_word = _compile_labels(tuple(labels))
    text = text[:_LOOKED_AT]
    matches = list(islice(pattern.finditer(text), _MOST)) if labels_by_word else []
    ends = [*(match.start() for match in matches[1:]), len(text)]
    found = (_read_field(text, match, end, labels_by_word) for match, end in zip(matches, ends, strict=False))
    return tuple(field for field in found if field is not None)


@lru_cache(maxsize=64)
def _compile_labels(labels: tuple[FieldLabel, ...]) -> tuple[re.Pattern[str], Mapping[str, FieldLabel]]:
    names: dict[str, FieldLabel] = {}
    for label in labels:
        for word in label.words:
            plain = _normal(word).rstrip(":：?？ ")
            if plain:
                names.setdefault(plain, label)
    return _pattern(names), names


def _normal(words: str) -> str:
    return lookup_key(re.sub(r"[>|*_]", " ", words))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    names = "|".join(_WRAP.join(re.escape(part) for part in word.split()) for word in ordered)
    begin = rf"(?:^{_PREFIX}|(?<=[,;|/\t])[ \t]{{0,3}}|(?<=[ \u00a0]{{2}}))"
    inline = rf"(?<=\s)(?=(?:{names})[*_]{{0,2}} ?[:：])"
    return re.compile(
        rf"(?:{begin}|{inline})(?P<label>{names})(?P<example>{_EXAMPLE}){_SEPARATOR}", re.IGNORECASE | re.MULTILINE
    )


def _read_field(text: str, match: re.Match[str], following: int, names: Mapping[str, FieldLabel]) -> FilledField | None:
    label = names.get(_normal(match["label"]))
    if label is None:
        return None
    quoted = _is_quoted(text, match.start("label"))
    begin = match.end()
    end = min(_line_end(text, begin), following)
    under = _is_empty(text[begin:end], label)
    if under:
        line = _answer_line_below(text, end, following, quoted)
        if line is None or following < line[1] or (quoted and label.until_blank_line and _is_quoted(text, line[0])):
            return None
        begin, end = line
    if label.until_next_label:
        end = following
    elif label.until_blank_line:
        end = _end_of_prose(text, end, following)
    found = _make_field(text, label, (begin, min(end, begin + _LONGEST)), quoted, under)
    return replace(found, label=_normal(match["label"])) if found else None


def _make_field(text: str, label: FieldLabel, span: tuple[int, int], quoted: bool, under: bool) -> FilledField | None:
    begin, end = span
    while begin < end and text[begin] in _TRIM + "\n":
        begin += 1
    while end > begin and text[end - 1] in _TRIM + "\n":
        end -= 1
    value = text[begin:end]
    if _is_empty(value, label):
        return None
    separator = "\n" if label.until_next_label else " "
    shown = separator.join(_QUOTE.sub("", line).strip() for line in value.split("\n")).strip(_TRIM)
    unknown = shown.casefold().rstrip(".!") in _UNKNOWN or shown.casefold() in _UNKNOWN
    return FilledField(label.name, "" if unknown else shown, begin, end, quoted, under, unknown)


def _is_empty(value: str, label: FieldLabel) -> bool:
    plain = value.strip(_TRIM)
    if _EMPTY.match(plain) and plain not in _UNKNOWN:
        return True
    return plain.casefold() in {example.casefold() for example in label.examples}


def _is_quoted(text: str, at: int) -> bool:
    return bool(_QUOTE.match(text, text.rfind("\n", 0, at) + 1))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _answer_line_below(text: str, at: int, following: int, quoted: bool) -> tuple[int, int] | None:
    """Return the span of the line that answers the label above it; None if there is none.

    That is the next line with content, after at most two blank ones, in the label's own quotation or outside every
    quotation.
    """
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


def _end_of_prose(text: str, at: int, following: int) -> int:
    """Return where free text ends: at a blank line, the next label, or where quoting begins or ends."""
    first_quoted = _is_quoted(text, at)
    while at < following:
        begin, end = at + 1, _line_end(text, at + 1)
        mark = _QUOTE.match(text, begin, end)
        content = text[mark.end() if mark else begin : end]
        if end > following or not content.strip() or bool(mark) != first_quoted or (mark and _BULLET.match(content)):
            break
        at = end
    return at
