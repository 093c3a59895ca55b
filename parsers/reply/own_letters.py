"""Our own letters, found again in somebody's mail, whatever a mail program has made of them.

A mail program wraps a letter at some width, joins its lines, sets marks, initials or tabs before them, changes
quotation marks, dashes and blanks, loses accents, and writes the address of a link behind its words. So texts are
compared as runs of words: a run is what stands in both, one word after the other, wherever the lines break. Everything
here takes time that grows with the length of the texts and no faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_STEP = 3  # words that must follow each other in both texts before anything is called the same
_PLACES, _KEPT = (
    12,
    200,
)  # places of one such triple that are tried, and known: a word said a thousand times costs no more
_LINK = re.compile(r"[<\[(](?:mailto|https?|tel):[^<>\[\]()]{0,3000}[>\])]|\b(?:mailto|https?):[^\s<>]{1,3000}", re.I)
_MARKS = re.compile(r"[\s\u200b\ufeff]*(?:[^\W\d_]{0,4}[>|\u2502\u2503][ \t]?)+")
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]|[^\W_\u2e80-\u9fff\uf900-\ufaff]+")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_SIGN, _FIGURES = 0.5, 0.3  # what a sign of Chinese, and a number, weigh beside a word


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is compared, and the line it stands on."""

    text: str
    line: int

    @property
    def weight(self) -> float:
        """How much the word says: figures and single signs say less than a word."""
        return _FIGURES if self.text.isdigit() else _SIGN if _WIDE.match(self.text) else 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """`length` words that stand in both texts: from word `at` of the mail, from word `of` of the letter."""

    at: int
    of: int
    length: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text without case, accents, marks of quotation, and addresses behind links."""
    plain = _LINK.sub(lambda found: "\n" * found.group().count("\n") or " ", text)
    return tuple(Word(word, at) for at, line in enumerate(plain.split("\n")) for word in _compared(line))


def _compared(line: str) -> list[str]:
    marks = _MARKS.match(line)
    shown = unicodedata.normalize("NFKD", line[marks.end() if marks else 0 :]).casefold()
    return _WORD.findall("".join(sign for sign in shown if not unicodedata.combining(sign)))


def triples(words: Sequence[Word]) -> Iterator[tuple[str, ...]]:
    """Every three words that follow each other."""
    return (tuple(one.text for one in words[at : at + _STEP]) for at in range(len(words) - _STEP + 1))


@dataclass(frozen=True)
class OwnLetter:
    """A letter of ours: its `text`, and what a mail program's lines above it name: `people` are the names and addresses
    of sender and reader, `marks` the subject and the number of the case."""

    text: str
    people: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words."""
        return words_of(self.text)

    @cached_property
    def places(self) -> dict[tuple[str, ...], list[int]]:
        """Where every three words stand."""
        found: dict[tuple[str, ...], list[int]] = {}
        for at, three in enumerate(triples(self.words)):
            places = found.setdefault(three, [])
            if len(places) < _KEPT:
                places.append(at)
        return found

    @cached_property
    def lines(self) -> dict[int, tuple[int, int]]:
        """The first word of each line, and the one behind its last."""
        spans: dict[int, tuple[int, int]] = {}
        for at, word in enumerate(self.words):
            spans[word.line] = (spans.get(word.line, (at, at))[0], at + 1)
        return spans

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Its lines as they were written."""
        return tuple(self.text.split("\n"))


def runs(words: Sequence[Word], letter: OwnLetter) -> list[Run]:
    """What the text has of the letter, in the order of the text; no word twice. Of several places, the one where most
    follows; of equals, the one that comes after the last run."""
    found: list[Run] = []
    at, last = 0, 0
    while at <= len(words) - _STEP:
        three = tuple(one.text for one in words[at : at + _STEP])
        places = letter.places.get(three, ())
        tried = dict.fromkeys((*[one for one in places if one >= last][:_PLACES], *places[:_PLACES]))
        best = max((Run(at, of, _same(words, at, letter.words, of)) for of in tried), key=_length, default=None)
        if best is None:
            at += 1
            continue
        found.append(best)
        at, last = at + best.length, best.of + best.length
    return found


def _length(run: Run) -> int:
    return run.length


def _same(words: Sequence[Word], at: int, other: Sequence[Word], of: int) -> int:
    length = _STEP
    while at + length < len(words) and of + length < len(other) and words[at + length].text == other[of + length].text:
        length += 1
    return length


# ---------------------------------------------------------------------------------------------------- lines of a letter

_ENOUGH, _SOME = 4.0, 2.0  # words of a whole line by which it is known again; those that the letter alone must have
_MANY = 7.0  # words that follow each other as in the letter, wherever they stand
_WHOLE = 0.8  # of a line


@dataclass(frozen=True, slots=True)
class Echo:
    """A line of a letter that stands in a text: as the text has it, and as the letter has it."""

    line: str
    original: str


def echoes(text: str, letters: Iterable[OwnLetter], known: Iterable[str] = ()) -> tuple[Echo, ...]:
    """The lines of `letters` that stand in a text. What also stands in one of the texts that are `known` to its readers
    says nothing about the letters: words they wrote themselves, letters they have."""
    words = words_of(text)
    shared = frozenset(three for one in known for three in triples(words_of(one)))
    lines = text.split("\n")
    found: dict[int, Echo] = {}
    for letter in letters:
        own = _own(letter, shared)
        for run in runs(words, letter):
            if _says(words, run, letter, own):
                first = next((of for of in range(run.of, run.of + run.length) if own[of]), run.of)
                at = words[run.at + first - run.of].line
                found.setdefault(at, Echo(lines[at].strip(), letter.shown[letter.words[first].line].strip()))
    return tuple(found[at] for at in sorted(found))


def _own(letter: OwnLetter, shared: frozenset[tuple[str, ...]]) -> list[bool]:
    """Which words of the letter stand in it alone."""
    own = [True] * len(letter.words)
    for at, three in enumerate(triples(letter.words)):
        if three in shared:
            own[at : at + _STEP] = [False] * _STEP
    return own


def _says(words: Sequence[Word], run: Run, letter: OwnLetter, own: Sequence[bool]) -> bool:
    """Whether this run is a line of the letter, and no turn of speech that both happen to have."""
    span = range(run.of, run.of + run.length)
    weight = sum(letter.words[of].weight for of in span if own[of])
    if weight >= _MANY:
        return True
    touched = [letter.lines[line] for line in dict.fromkeys(letter.words[of].line for of in span)]
    whole = [one for one in touched if _part(one, run) >= _WHOLE]
    if len(whole) > 1:
        return weight >= _ENOUGH
    # A whole line alone: that some of its words stand elsewhere, too, does not make the line one that others have.
    total = sum(letter.words[of].weight for of in span)
    return bool(whole) and weight >= _SOME and total >= _ENOUGH and _alone(words, _within(run, whole[0]))


def _part(line: tuple[int, int], run: Run) -> float:
    shared = min(line[1], run.of + run.length) - max(line[0], run.of)
    return shared / (line[1] - line[0])


def _within(run: Run, line: tuple[int, int]) -> Run:
    """What of a run is that line: a word of the next may happen to follow in both."""
    first, end = max(run.of, line[0]), min(run.of + run.length, line[1])
    return Run(run.at + first - run.of, first, end - first)


def _alone(words: Sequence[Word], run: Run) -> bool:
    """Whether the run fills the lines of the text that it stands on."""
    end = run.at + run.length
    begins = run.at == 0 or words[run.at - 1].line != words[run.at].line
    return begins and (end == len(words) or words[end].line != words[end - 1].line)
