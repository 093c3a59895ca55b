"""Find the header blocks above quoted mail (From, Sent, To, Subject), in any language.

Known labels are in words/reply.toml. A block with unknown labels is recognised by its shape: an address first, a date
with a time, and one more sign that a mail program wrote it rather than a person filling in a form.
"""

from __future__ import annotations

import re

from config.references import REFERENCE
from parsers.wordlists import wordlist, words_pattern

_WORDS = wordlist("reply")
_LONGEST_BLOCK = 30  # lines that a header block spans at most
_FEWEST, _MOST = 3, 8  # lines of a block with unknown labels

DATE = re.compile(
    r"(?<!\d)(?:\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)|(?:19|20)\d\d(?!\d)|\d{4} ?年|\d{1,2}月\d{1,2}日)"
)
"""A date in figures, or a year."""
DAY_AND_MONTH = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º)?[. /-]{{0,2}}(?:de |of )?{words_pattern(_WORDS['months'])}"
    rf"|(?<![a-z]){words_pattern(_WORDS['months'])}\w{{0,9}}\.? \d{{1,2}}\b",
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
_REPLY_SUBJECT = re.compile(rf"(?:\w{{1,4}}\s?[:：]\s|.{{0,40}}\[{REFERENCE}\])")  # "Re: …", or a case tag


def header_role(line: str) -> str:
    """The role of a header line in a quoted mail (from, date, to, cc, subject, other), or empty."""
    match = _HEADER.match(line)
    return _LABELS.get(_lookup_key(match[1]), "") if match else ""


def _lookup_key(label: str) -> str:
    """A label normalised for lookup: case folded, and without the blanks that align Chinese labels."""
    words = " ".join(label.split())
    return (words.replace(" ", "") if "\u2e80" <= words[0] <= "\u9fff" else words).casefold()


def header_block_end(lines: list[str], first: int) -> int | None:
    """The index of the last line of the header block that begins on line `first`, or None if there is none."""
    known = _known_labels_end(lines, first)
    return known if known is not None else _unknown_labels_end(lines, first)


def _known_labels_end(lines: list[str], first: int) -> int | None:
    """The end of a block with known labels: a date and at least two of sender, recipient and subject."""
    role = header_role(lines[first])
    if not role:
        return None
    if role == "from" and _is_one_line_block(lines[first]):
        return first
    roles, last, unlabelled, index = {role}, first, 0, first + 1
    while index < min(len(lines), first + _LONGEST_BLOCK) and index - last <= 3 and unlabelled <= 4:
        if lines[index]:
            role = header_role(lines[index])
            unlabelled += not role
            roles |= {role} - {""}
            last = index if role else last
        index += 1
    enough = len(roles & {"from", "date", "to", "subject"}) >= 3 and "date" in roles
    return last if enough else None


def _unknown_labels_end(lines: list[str], first: int) -> int | None:
    """The end of a block whose labels are in an unknown language, recognised by its shape."""
    if (first > 0 and any(character.isalnum() for character in lines[first - 1])) or not _LABELLED.match(lines[first]):
        return None
    last = first
    while last + 1 < len(lines) and last - first < _MOST and _LABELLED.match(lines[last + 1]):
        last += 1
    below = lines[last + 1] if last + 1 < len(lines) else ""
    matches = [match for line in lines[first : last + 1] if (match := _LABELLED.match(line))]
    if below or not _FEWEST <= len(matches) <= _MOST or len({match[1] for match in matches}) < len(matches):
        return None
    return last if _is_header_shape([match[2] for match in matches], lines[first : last + 1]) else None


def _is_header_shape(values: list[str], block: list[str]) -> bool:
    """Whether labelled values are a mail's header. A filled-in form has only a name, an address and perhaps a date; a
    header has more."""
    dated = [index for index, value in enumerate(values) if _is_date_with_time(value)]
    addressed = [index for index, value in enumerate(values) if ADDRESS.search(value)]
    sender = [index for index in addressed if _BRACKETED.search(values[index]) and index <= 1]
    if not dated or not sender or dated[0] > _FEWEST or dated[0] in addressed:
        return False
    known = {header_role(line) for line in block} & {"from", "to", "subject"}
    return bool(known) or len(addressed) > 1 or any(map(_REPLY_SUBJECT.match, values))


def _is_date_with_time(value: str) -> bool:
    return bool((DATE.search(value) or DAY_AND_MONTH.search(value)) and TIME.search(value))


def _is_one_line_block(line: str) -> bool:
    """Whether a whole header block stands on one line."""
    roles = [_LABELS.get(label.casefold(), "") for label in _ONE_LINE.findall(line)]
    return len({"from", "date", "to", "subject"} & set(roles)) >= 3
