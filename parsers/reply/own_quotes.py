"""A letter of ours quoted at the end of a mail, cut off by its own words, in whatever language and with whatever marks
the mail program led it in: what `parsers/reply/reply.py` tells from a program's marks is told here from what was
quoted.

Only the end is cut, and only where every line down to the last is the letter's, in the letter's order: somebody's own
words between or below stay, and so does all that stands above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from parsers.reply.own_letters import OwnLetter, Run, Word, runs, triples, words_of
from parsers.reply.quoting import clean, separator

_MOSTLY = 0.6  # of a line's words that must be the letter's
_ENOUGH = 7.0  # words that only the letter has: fewer may be chance
_LONGEST_GAP, _MOST_RUNS = 300, 200  # words between two runs, and runs, that are looked at
_COMPANY, _GAP = 4.0, 12  # a run of fewer words counts only where the next one follows this close in the letter
_LABELLED = re.compile(r"\W{0,6}[^\W\d_][^:\uff1a\n]{0,30}[:\uff1a]\s*\S")
_RULE = re.compile(r"[\W_]{3,}$|-{2,}[^-]{1,80}-{2,}$")
_GROUPS = re.compile(r"\d{1,4}")
_MOST_HEAD, _JOINED, _MOST_LEVELS = 8, 3, 12


@dataclass(frozen=True, slots=True)
class Cut:
    """A text without what it quotes of our letters. `quoted` is what was cut; `doubtful` the line above the cut that
    may be a mail program's, or empty."""

    text: str
    quoted: str = ""
    doubtful: str = ""


def cut_quoted(
    text: str, letters: Sequence[OwnLetter], *, known: Iterable[str] = (), earlier: Sequence[OwnLetter] = ()
) -> Cut:
    """Cut off what a text quotes of these letters at its end, with the header lines that a program set above it.

    A text that is `known` to others outside is no sign of a letter. `earlier` are mails that the writer may have quoted
    between two letters, as a long conversation has them.
    """
    shared = frozenset(three for one in known for three in triples(words_of(one)))
    lines, whole = text.split("\n"), text.split("\n")
    led_in = False
    for _ in range(_MOST_LEVELS):
        found = _deepest(lines, letters, shared) or (_deepest(lines, earlier, None) if led_in else None)
        if found is None:
            break
        start, letter = found
        above = _above(lines, start, letter)
        if letter in earlier and above == start:
            break
        led_in, lines = above < start, lines[:above]
    kept = "\n".join(lines).rstrip()
    if len(lines) == len(whole):
        return Cut(text)
    last = kept.rpartition("\n")[2].strip()
    doubtful = any(_names(last, one.people) or _names(last, one.marks) for one in letters)
    return Cut(kept, "\n".join(whole[len(lines) :]).strip("\n"), last if doubtful else "")


def _deepest(
    lines: Sequence[str], letters: Iterable[OwnLetter], shared: frozenset[tuple[str, ...]] | None
) -> tuple[int, OwnLetter] | None:
    """The letter that covers most of the end, and from which line on."""
    words = words_of("\n".join(lines))
    starts = [(start, letter) for letter in letters if (start := _start(words, lines, letter, shared)) is not None]
    return min(starts, key=lambda one: one[0], default=None)


def _start(
    words: Sequence[Word], lines: Sequence[str], letter: OwnLetter, shared: frozenset[tuple[str, ...]] | None
) -> int | None:
    """From which line on the text is this letter's to the end; None where it is not, or hardly."""
    kept = _in_order(words, runs(words, letter))
    theirs = {run.at + step for run in kept for step in range(run.length)} | _between(words, kept, letter)
    total, covered = [0.0] * len(lines), [0.0] * len(lines)
    for at, word in enumerate(words):
        total[word.line] += word.weight
        covered[word.line] += word.weight if at in theirs else 0.0
    start = None
    for line in range(len(lines) - 1, -1, -1):
        if total[line] and covered[line] < _MOSTLY * total[line]:
            break
        start = line if total[line] else start
    if start is None:
        return None
    tail = [run for run in kept if words[run.at].line >= start]
    return start if _weight(letter, tail, shared) >= _ENOUGH else None


def _in_order(words: Sequence[Word], found: Sequence[Run]) -> list[Run]:
    """The most that keeps the letter's order: of the last runs, the chain that weighs most, from the last one up. A run
    that says little belongs to it only in company."""
    last = found[-_MOST_RUNS:]
    weight = [sum(word.weight for word in words[run.at : run.at + run.length]) for run in last]
    best, follows = list(weight), [-1] * len(last)
    for at in range(len(last) - 1, -1, -1):
        end = last[at].of + last[at].length
        for other in range(at + 1, len(last)):
            gap = last[other].of - end
            if gap >= 0 and (weight[at] >= _COMPANY or gap <= _GAP) and weight[at] + best[other] > best[at]:
                best[at], follows[at] = weight[at] + best[other], other
    at = max(range(len(last)), key=best.__getitem__, default=-1)
    chain: list[Run] = []
    while at >= 0:
        chain.append(last[at])
        at = follows[at]
    return chain[::-1]


def _between(words: Sequence[Word], kept: Sequence[Run], letter: OwnLetter) -> set[int]:
    """The words of lines too short to be a run that stand between two runs as they do in the letter."""
    found: set[int] = set()
    for below, above in pairwise(kept):
        gap = " ".join(word.text for word in letter.words[above.of + above.length : below.of][:_LONGEST_GAP])
        left = range(above.at + above.length, below.at)
        for _, line in groupby(left, key=lambda at: words[at].line):
            at = list(line)
            if f" {' '.join(words[one].text for one in at)} " in f" {gap} ":
                found.update(at)
    return found


def _weight(letter: OwnLetter, tail: Iterable[Run], shared: frozenset[tuple[str, ...]] | None) -> float:
    """How many words of the tail only the letter has."""
    theirs = {run.of + step for run in tail for step in range(run.length)}
    for at, three in enumerate(triples(letter.words)):
        if shared and three in shared:
            theirs -= {at, at + 1, at + 2}
    return sum(letter.words[of].weight for of in theirs)


# -------------------------------------------------------------------------------------------- what leads a quotation in


class _Kind(StrEnum):
    """What a header line above a quotation names."""

    PERSON = "person"
    SUBJECT = "subject"
    DATE = "date"


def _above(lines: Sequence[str], start: int, letter: OwnLetter) -> int:
    """The first line of what a mail program set above the quotation that begins at `start`."""
    first = _past_rules(lines, _past_names(lines, start, letter))
    headed = _past_headers(lines, first, letter)
    if headed == first:
        headed = _past_attribution(lines, first, letter)
    return _past_rules(lines, headed)


def _filled_above(lines: Sequence[str], at: int) -> int:
    """The last line with anything on it above line `at`; -1 where there is none."""
    at -= 1
    while at >= 0 and not clean(lines[at]):
        at -= 1
    return at


def _past_rules(lines: Sequence[str], at: int) -> int:
    while (above := _filled_above(lines, at)) >= 0:
        shown = clean(lines[above])
        if not _RULE.match(shown) and separator([shown], 0) is None:
            break
        at = above
    return at


def _past_names(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """Lines that name the sender or the case and say nothing else: the head of our page."""
    names = {word.text for one in (*letter.people[:1], *letter.marks) for word in words_of(one)}
    while (above := _filled_above(lines, at)) >= 0:
        said = [word.text for word in words_of(lines[above])]
        if not said or not set(said) <= names:
            break
        at = above
    return at


def _past_headers(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """Two or more lines `Label: value` without a blank one between them: each names the sender or the reader, the
    subject or the date; of the last two there is one each, so that a command with a date above them is none."""
    seen: list[_Kind] = []
    line = _filled_above(lines, at)
    first = at
    while line >= 0 and len(seen) < _MOST_HEAD and (shown := clean(lines[line])):
        kind = _kind(shown, letter)
        labelled = _LABELLED.match(shown)
        if kind is None or (kind is not _Kind.PERSON and kind in seen):
            break
        if labelled:
            seen.append(kind)
            first = line
        elif line == 0 or not _LABELLED.match(clean(lines[line - 1])):
            break  # else it goes on with the line above it
        line -= 1
    return first if len(seen) > 1 and _Kind.PERSON in seen else at


def _kind(line: str, letter: OwnLetter) -> _Kind | None:
    if _names(line, letter.people):
        return _Kind.PERSON
    if _names(line, letter.marks):
        return _Kind.SUBJECT
    return _Kind.DATE if _dated(line) else None


def _past_attribution(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """One sentence that ends in a colon, on up to three lines, and names the sender of the letter."""
    last = _filled_above(lines, at)
    if last < 0 or not clean(lines[last]).endswith((":", "\uff1a")):
        return at
    for first in range(last, max(-1, last - _JOINED), -1):
        if not clean(lines[first]):
            break
        said = " ".join(clean(line) for line in lines[first : last + 1])
        if _names(said, letter.people) and (_dated(said) or "@" in said):
            return _first_of(lines, first, max(0, last + 1 - _JOINED), letter)
    return at


def _first_of(lines: Sequence[str], first: int, lowest: int, letter: OwnLetter) -> int:
    while first > lowest and _begins(clean(lines[first - 1]), letter):
        first -= 1
    return first


def _begins(line: str, letter: OwnLetter) -> bool:
    """Whether an attribution may have begun on this line."""
    return bool(line) and (_dated(line) or _names(line, letter.people))


def _dated(line: str) -> bool:
    return len(_GROUPS.findall(line)) > 1


def _names(line: str, names: Iterable[str]) -> bool:
    said = line.casefold()
    return any(name and name.casefold() in said for name in names)
