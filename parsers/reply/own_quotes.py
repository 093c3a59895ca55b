"""Cut off a letter of ours that is quoted at the end of a mail, recognised by its own words.

This works in any language and with any quotation marks, where parsers/reply/reply.py depends on the marks of mail
programs. Only the end of a text is cut, and only if every line down to the last is the letter's, in the letter's order:
the sender's words between, below or above the quotation are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from parsers.reply.own_letters import OwnLetter, Word, WordRun, matching_runs, triples, words_of
from parsers.reply.quoting import clean_quoted_line, find_separator

_LINE_SHARE = 0.6  # share of a line's weight that must be the letter's
_QUOTE_WEIGHT = 7.0  # minimum weight of words that only the letter has; less may be chance
_LONGEST_GAP, _MOST_RUNS = 300, 200  # limits on the words between two runs, and on the number of runs compared
_RUN_WEIGHT, _NEAR = 4.0, 12  # a lighter run counts only if the next one follows within so many words of the letter
_LABELLED = re.compile(r"\W{0,6}[^\W\d_][^:\uff1a\n]{0,30}[:\uff1a]\s*\S")
_RULE = re.compile(r"[\W_]{3,}$|-{2,}[^-]{1,80}-{2,}$")
_NUMBER = re.compile(r"\d{1,4}")
_MOST_HEADER_LINES, _ATTRIBUTION_LINES, _MOST_LEVELS = 8, 3, 12


@dataclass(frozen=True, slots=True)
class QuotationCut:
    """A text without the letters quoted at its end. `quoted` is what was cut off; `doubtful_line` is the last remaining
    line if it may belong to the quotation, else empty."""

    text: str
    quoted: str = ""
    doubtful_line: str = ""


def cut_quoted_letters(
    text: str, letters: Sequence[OwnLetter], *, known: Iterable[str] = (), earlier: Sequence[OwnLetter] = ()
) -> QuotationCut:
    """Cut off the letters quoted at the end of a text, with the header lines that a mail program put above them.

    Words that also occur in one of the `known` texts do not count as the letter's. `earlier` are other mails of the
    conversation, which may be quoted between two letters.
    """
    shared = frozenset(triple for known_text in known for triple in triples(words_of(known_text)))
    lines, all_lines = text.split("\n"), text.split("\n")
    has_lead_in = False
    for _ in range(_MOST_LEVELS):
        quotation = _longest_quotation(lines, letters, shared) or (
            _longest_quotation(lines, earlier, None) if has_lead_in else None
        )
        if quotation is None:
            break
        start, letter = quotation
        above = _lead_in_start(lines, start, letter)
        if letter in earlier and above == start:
            break
        has_lead_in, lines = above < start, lines[:above]
    remaining = "\n".join(lines).rstrip()
    if len(lines) == len(all_lines):
        return QuotationCut(text)
    last = remaining.rpartition("\n")[2].strip()
    doubtful = any(
        _contains_name(last, letter.people) or _contains_name(last, letter.subject_marks) for letter in letters
    )
    return QuotationCut(remaining, "\n".join(all_lines[len(lines) :]).strip("\n"), last if doubtful else "")


def _longest_quotation(
    lines: Sequence[str], letters: Iterable[OwnLetter], shared: frozenset[tuple[str, ...]] | None
) -> tuple[int, OwnLetter] | None:
    """The first line of the longest quotation at the end, and the letter that it quotes; None if there is none."""
    words = words_of("\n".join(lines))
    starts = [
        (start, letter) for letter in letters if (start := _quotation_start(words, lines, letter, shared)) is not None
    ]
    return min(starts, key=lambda start_and_letter: start_and_letter[0], default=None)


def _quotation_start(
    words: Sequence[Word], lines: Sequence[str], letter: OwnLetter, shared: frozenset[tuple[str, ...]] | None
) -> int | None:
    """The line from which on the text quotes this letter to its end; None if it does not, or too little of it."""
    ordered = _ordered_runs(words, matching_runs(words, letter))
    from_letter = {run.text_start + step for run in ordered for step in range(run.length)} | _words_between(
        words, ordered, letter
    )
    total, covered = [0.0] * len(lines), [0.0] * len(lines)
    for at, word in enumerate(words):
        total[word.line] += word.weight
        covered[word.line] += word.weight if at in from_letter else 0.0
    start = None
    for line in range(len(lines) - 1, -1, -1):
        if total[line] and covered[line] < _LINE_SHARE * total[line]:
            break
        start = line if total[line] else start
    if start is None:
        return None
    tail = [run for run in ordered if words[run.text_start].line >= start]
    return start if _own_weight(letter, tail, shared) >= _QUOTE_WEIGHT else None


def _ordered_runs(words: Sequence[Word], all_runs: Sequence[WordRun]) -> list[WordRun]:
    """The heaviest subsequence of the last runs that is in the letter's order, last run first. A light run is part of
    it only if the next run is near."""
    recent = all_runs[-_MOST_RUNS:]
    weight = [sum(word.weight for word in words[run.text_start : run.text_start + run.length]) for run in recent]
    best, successor = list(weight), [-1] * len(recent)
    for at in range(len(recent) - 1, -1, -1):
        end = recent[at].letter_start + recent[at].length
        for other in range(at + 1, len(recent)):
            gap = recent[other].letter_start - end
            if gap >= 0 and (weight[at] >= _RUN_WEIGHT or gap <= _NEAR) and weight[at] + best[other] > best[at]:
                best[at], successor[at] = weight[at] + best[other], other
    at = max(range(len(recent)), key=best.__getitem__, default=-1)
    chain: list[WordRun] = []
    while at >= 0:
        chain.append(recent[at])
        at = successor[at]
    return chain[::-1]


def _words_between(words: Sequence[Word], ordered: Sequence[WordRun], letter: OwnLetter) -> set[int]:
    """The words of lines that are too short to be a run, but stand between two runs as in the letter."""
    found: set[int] = set()
    for later, earlier in pairwise(ordered):
        gap = " ".join(
            word.text
            for word in letter.words[earlier.letter_start + earlier.length : later.letter_start][:_LONGEST_GAP]
        )
        left = range(earlier.text_start + earlier.length, later.text_start)
        for _, line in groupby(left, key=lambda at: words[at].line):
            at = list(line)
            if f" {' '.join(words[index].text for index in at)} " in f" {gap} ":
                found.update(at)
    return found


def _own_weight(letter: OwnLetter, tail: Iterable[WordRun], shared: frozenset[tuple[str, ...]] | None) -> float:
    """The weight of the words in these runs that only the letter has."""
    own_positions = {run.letter_start + step for run in tail for step in range(run.length)}
    for at, triple in enumerate(triples(letter.words)):
        if shared and triple in shared:
            own_positions -= {at, at + 1, at + 2}
    return sum(letter.words[of].weight for of in own_positions)


# ------------------------------------------------------------------------------------- lines above a quotation


class _HeaderContent(StrEnum):
    """What a header line above a quotation contains."""

    PERSON = "person"
    SUBJECT = "subject"
    DATE = "date"


def _lead_in_start(lines: Sequence[str], start: int, letter: OwnLetter) -> int:
    """The first line of what a mail program put above the quotation that begins on line `start`."""
    first = _rules_start(lines, _names_start(lines, start, letter))
    headed = _headers_start(lines, first, letter)
    if headed == first:
        headed = _attribution_start(lines, first, letter)
    return _rules_start(lines, headed)


def _nonblank_above(lines: Sequence[str], at: int) -> int:
    """The last non-blank line above line `at`; -1 if there is none."""
    at -= 1
    while at >= 0 and not clean_quoted_line(lines[at]):
        at -= 1
    return at


def _rules_start(lines: Sequence[str], at: int) -> int:
    """The first of the rules and separators directly above line `at`, or `at` if there are none."""
    while (above := _nonblank_above(lines, at)) >= 0:
        shown = clean_quoted_line(lines[above])
        if not _RULE.match(shown) and find_separator([shown], 0) is None:
            break
        at = above
    return at


def _names_start(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """The first of the lines above `at` that have only the names of the sender or the case: our letter's page head."""
    names = {word.text for name in (*letter.people[:1], *letter.subject_marks) for word in words_of(name)}
    while (above := _nonblank_above(lines, at)) >= 0:
        line_words = [word.text for word in words_of(lines[above])]
        if not line_words or not set(line_words) <= names:
            break
        at = above
    return at


def _headers_start(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """The first of two or more header lines `Label: value` directly above `at`, or `at` if there are none.

    Each must contain the sender or recipient, the subject, or a date. Subject and date may occur once each, so that a
    command with a date above the header lines is not taken for one of them.
    """
    contents: list[_HeaderContent] = []
    line = _nonblank_above(lines, at)
    first = at
    while line >= 0 and len(contents) < _MOST_HEADER_LINES and (shown := clean_quoted_line(lines[line])):
        content = _header_content(shown, letter)
        labelled = _LABELLED.match(shown)
        if content is None or (content is not _HeaderContent.PERSON and content in contents):
            break
        if labelled:
            contents.append(content)
            first = line
        elif line == 0 or not _LABELLED.match(clean_quoted_line(lines[line - 1])):
            break  # otherwise this line continues the one above it
        line -= 1
    return first if len(contents) > 1 and _HeaderContent.PERSON in contents else at


def _header_content(line: str, letter: OwnLetter) -> _HeaderContent | None:
    if _contains_name(line, letter.people):
        return _HeaderContent.PERSON
    if _contains_name(line, letter.subject_marks):
        return _HeaderContent.SUBJECT
    return _HeaderContent.DATE if _has_date(line) else None


def _attribution_start(lines: Sequence[str], at: int, letter: OwnLetter) -> int:
    """The first line of an attribution above `at`: a sentence of up to three lines that names the sender and ends in a
    colon. `at` if there is none."""
    last = _nonblank_above(lines, at)
    if last < 0 or not clean_quoted_line(lines[last]).endswith((":", "\uff1a")):
        return at
    for first in range(last, max(-1, last - _ATTRIBUTION_LINES), -1):
        if not clean_quoted_line(lines[first]):
            break
        sentence = " ".join(clean_quoted_line(line) for line in lines[first : last + 1])
        if _contains_name(sentence, letter.people) and (_has_date(sentence) or "@" in sentence):
            return _first_attribution_line(lines, first, max(0, last + 1 - _ATTRIBUTION_LINES), letter)
    return at


def _first_attribution_line(lines: Sequence[str], first: int, lowest: int, letter: OwnLetter) -> int:
    while first > lowest and _may_begin_attribution(clean_quoted_line(lines[first - 1]), letter):
        first -= 1
    return first


def _may_begin_attribution(line: str, letter: OwnLetter) -> bool:
    """Whether an attribution may begin on this line."""
    return bool(line) and (_has_date(line) or _contains_name(line, letter.people))


def _has_date(line: str) -> bool:
    return len(_NUMBER.findall(line)) > 1


def _contains_name(line: str, names: Iterable[str]) -> bool:
    folded = line.casefold()
    return any(name and name.casefold() in folded for name in names)
