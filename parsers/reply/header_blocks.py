"""Blocks of headers above a quoted mail: From, Sent, To, Subject, in whatever language a program writes them.

The labels we know are in words/reply.toml. A block of labels that nobody has told us is known by its shape: an address
first, a day with an hour, and one sign more that a program wrote it and not a person filling in a form.
"""

from __future__ import annotations

import re

from parsers.wordlists import any_of, wordlist

_WORDS = wordlist("reply")
_BLOCK = 30  # lines that a block of headers spans at most
_FEWEST, _MOST = 3, 8  # lines of a block with labels that we do not know

DATE = re.compile(
    r"(?<!\d)(?:\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)|(?:19|20)\d\d(?!\d)|\d{4} ?年|\d{1,2}月\d{1,2}日)"
)
"""A date in figures, or a year."""
DAY_AND_MONTH = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º)?[. /-]{{0,2}}(?:de |of )?{any_of(_WORDS['months'])}"
    rf"|(?<![a-z]){any_of(_WORDS['months'])}\w{{0,9}}\.? \d{{1,2}}\b",
    re.IGNORECASE,
)
"""A day with the name of its month."""
TIME = re.compile(r"(?<!\d)\d{1,2} ?[:.h：時时点] ?\d{2}(?!\d)|\d{1,2} ?[AaPp]\.?[Mm]\b")
ADDRESS = re.compile(r"[\w.+'=*-]{1,64}@[\w.-]{1,80}|<mailto:|\[mailto:")
_LABELS = {label.casefold(): role for role, labels in _WORDS["header_labels"].items() for label in labels}
_HEADER = re.compile(r"[|*_\s>]{0,6}([^\W\d_][\w'’ /-]{0,24}?)[*_\s]{0,4}(?:[:：|]|\s{2,8}|\t)[*_\s|]{0,4}(.*)$")
_ONE_LINE = re.compile(r"(?:^|\s)\*?([^\W\d_][\w'’-]{1,14}) ?[:：]\*?\s")
_LABELLED = re.compile(r"[|*_\s>]{0,6}([^\W\d_][^:：\n<>@\d]{0,30}?)[*_\s]{0,4}[:：][*_\s|]{0,4}(\S.*)$")
_BRACKETED = re.compile(r"[<\[(]\s?(?:mailto:)?[\w.+'=*-]{1,64}@[\w.-]{1,80}")
_ANSWERS = re.compile(r"(?:\w{1,4}\s?[:：]\s|.{0,40}\[[A-Z]{1,6}-\d{4}-\d{3,9}\])")  # "Re: …", or a ticket's tag


def header_role(line: str) -> str:
    """The role (from, date, to, cc, subject, other) of a header line of a quoted mail, or empty."""
    match = _HEADER.match(line)
    return _LABELS.get(_plain(match[1]), "") if match else ""


def _plain(label: str) -> str:
    """A label as it is looked up: Chinese ones are spaced out to one width."""
    words = " ".join(label.split())
    return (words.replace(" ", "") if "\u2e80" <= words[0] <= "\u9fff" else words).casefold()


def headers_end(lines: list[str], first: int) -> int | None:
    """The last line of the block of headers that begins on the line `first`; None where none does."""
    known = _known_end(lines, first)
    return known if known is not None else _strange_end(lines, first)


def _known_end(lines: list[str], first: int) -> int | None:
    """By its labels: who, and at least two of when, to whom, about what."""
    role = header_role(lines[first])
    if not role:
        return None
    if role == "from" and _one_line_headers(lines[first]):
        return first
    roles, last, strange, index = {role}, first, 0, first + 1
    while index < min(len(lines), first + _BLOCK) and index - last <= 3 and strange <= 4:
        if lines[index]:
            role = header_role(lines[index])
            strange += not role
            roles |= {role} - {""}
            last = index if role else last
        index += 1
    enough = len(roles & {"from", "date", "to", "subject"}) >= 3 and "date" in roles
    return last if enough else None


def _strange_end(lines: list[str], first: int) -> int | None:
    """By its shape, where its labels are in a language that we do not know."""
    if (first > 0 and any(sign.isalnum() for sign in lines[first - 1])) or not _LABELLED.match(lines[first]):
        return None
    last = first
    while last + 1 < len(lines) and last - first < _MOST and _LABELLED.match(lines[last + 1]):
        last += 1
    below = lines[last + 1] if last + 1 < len(lines) else ""
    found = [match for line in lines[first : last + 1] if (match := _LABELLED.match(line))]
    if below or not _FEWEST <= len(found) <= _MOST or len({match[1] for match in found}) < len(found):
        return None
    return last if _like_headers([match[2] for match in found], lines[first : last + 1]) else None


def _like_headers(values: list[str], block: list[str]) -> bool:
    """A form that somebody fills in has a name, an address and perhaps a day; headers have more than that."""
    dated = [index for index, value in enumerate(values) if _is_moment(value)]
    addressed = [index for index, value in enumerate(values) if ADDRESS.search(value)]
    sender = [index for index in addressed if _BRACKETED.search(values[index]) and index <= 1]
    if not dated or not sender or dated[0] > _FEWEST or dated[0] in addressed:
        return False
    known = {header_role(line) for line in block} & {"from", "to", "subject"}
    return bool(known) or len(addressed) > 1 or any(map(_ANSWERS.match, values))


def _is_moment(value: str) -> bool:
    return bool((DATE.search(value) or DAY_AND_MONTH.search(value)) and TIME.search(value))


def _one_line_headers(line: str) -> bool:
    roles = [_LABELS.get(label.casefold(), "") for label in _ONE_LINE.findall(line)]
    return len({"from", "date", "to", "subject"} & set(roles)) >= 3
