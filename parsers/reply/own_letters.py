"""Find the text of our own letters in a received mail, however mail programs have reformatted it.

Mail programs rewrap a letter, join its lines, prefix them with marks, initials or tabs, change quotation marks, dashes
and blanks, lose accents, and write the address of a link after its text. Texts are therefore compared as runs of
words: sequences of at least three words that occur in both texts, wherever the lines break. All functions take time
linear in the length of the texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_STEP = 3  # minimum number of consecutive equal words
_MOST_TRIED = 12  # occurrences of one triple of words that are compared, so that frequent words cost no more
_MOST_INDEXED = 200  # occurrences of one triple of words that are indexed
_LINK = re.compile(r"[<\[(](?:mailto|https?|tel):[^<>\[\]()]{0,3000}[>\])]|\b(?:mailto|https?):[^\s<>]{1,3000}", re.I)
_QUOTE_MARKS = re.compile(r"[\s\u200b\ufeff]*(?:[^\W\d_]{0,4}[>|\u2502\u2503][ \t]?)+")
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]|[^\W_\u2e80-\u9fff\uf900-\ufaff]+")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_CJK_WEIGHT, _NUMBER_WEIGHT = 0.5, 0.3  # weight of a CJK character and of a number; a word weighs 1


@dataclass(frozen=True, slots=True)
class Word:
    """One word, normalised for comparison, and the index of its line."""

    text: str
    line: int

    @property
    def weight(self) -> float:
        """How significant the word is: numbers and single CJK characters weigh less than a word."""
        return _NUMBER_WEIGHT if self.text.isdigit() else _CJK_WEIGHT if _CJK.match(self.text) else 1.0


@dataclass(frozen=True, slots=True)
class WordRun:
    """`length` consecutive words in both texts, from word `text_start` of the mail and `letter_start` of the letter."""

    text_start: int
    letter_start: int
    length: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, case folded, without accents, quotation marks and the addresses of links."""
    plain = _LINK.sub(lambda found: "\n" * found.group().count("\n") or " ", text)
    return tuple(Word(word, at) for at, line in enumerate(plain.split("\n")) for word in _normalised_words(line))


def _normalised_words(line: str) -> list[str]:
    marks = _QUOTE_MARKS.match(line)
    shown = unicodedata.normalize("NFKD", line[marks.end() if marks else 0 :]).casefold()
    return _WORD.findall("".join(character for character in shown if not unicodedata.combining(character)))


def triples(words: Sequence[Word]) -> Iterator[tuple[str, ...]]:
    """Every three consecutive words."""
    return (tuple(word.text for word in words[at : at + _STEP]) for at in range(len(words) - _STEP + 1))


@dataclass(frozen=True)
class OwnLetter:
    """A letter of ours, and what the lines that a mail program puts above its quotation may name: `people` are the
    names and addresses of sender and recipient, `subject_marks` the subject and the case number."""

    text: str
    people: tuple[str, ...] = ()
    subject_marks: tuple[str, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the letter."""
        return words_of(self.text)

    @cached_property
    def triple_positions(self) -> dict[tuple[str, ...], list[int]]:
        """The positions of every three consecutive words, at most 200 each."""
        positions_by_triple: dict[tuple[str, ...], list[int]] = {}
        for at, triple in enumerate(triples(self.words)):
            positions = positions_by_triple.setdefault(triple, [])
            if len(positions) < _MOST_INDEXED:
                positions.append(at)
        return positions_by_triple

    @cached_property
    def line_spans(self) -> dict[int, tuple[int, int]]:
        """Start and end of each line, as indexes into `words`, by line number."""
        spans: dict[int, tuple[int, int]] = {}
        for at, word in enumerate(self.words):
            spans[word.line] = (spans.get(word.line, (at, at))[0], at + 1)
        return spans

    @cached_property
    def written_lines(self) -> tuple[str, ...]:
        """The lines of the letter as they were written."""
        return tuple(self.text.split("\n"))


def matching_runs(words: Sequence[Word], letter: OwnLetter) -> list[WordRun]:
    """The runs of words that a text shares with the letter, in the order of the text and not overlapping in it.

    Of several positions in the letter the one with the longest run is taken; of equally long ones, the first after the
    previous run.
    """
    found: list[WordRun] = []
    at, last = 0, 0
    while at <= len(words) - _STEP:
        triple = tuple(word.text for word in words[at : at + _STEP])
        places = letter.triple_positions.get(triple, ())
        later = [place for place in places if place >= last][:_MOST_TRIED]
        tried = dict.fromkeys((*later, *places[:_MOST_TRIED]))
        best = max(
            (WordRun(at, of, _run_length(words, at, letter.words, of)) for of in tried), key=_length, default=None
        )
        if best is None:
            at += 1
            continue
        found.append(best)
        at, last = at + best.length, best.letter_start + best.length
    return found


def _length(run: WordRun) -> int:
    return run.length


def _run_length(words: Sequence[Word], at: int, other: Sequence[Word], of: int) -> int:
    """The number of equal words from `words[at]` and `other[of]` on, at least three."""
    length = _STEP
    while at + length < len(words) and of + length < len(other) and words[at + length].text == other[of + length].text:
        length += 1
    return length


# ---------------------------------------------------------------------------------------------------- lines of a letter

_LINE_WEIGHT = 4.0  # weight of whole lines by which they are recognised
_OWN_WEIGHT = 2.0  # part of that weight that must come from words only the letter has
_RUN_WEIGHT = 7.0  # weight of a run by which it is recognised wherever it stands
_WHOLE_LINE = 0.8  # share of a line's words from which on the line counts as whole


@dataclass(frozen=True, slots=True)
class RepeatedLine:
    """A line of a letter that occurs in a text: as written in the text, and as written in the letter."""

    in_text: str
    in_letter: str


def repeated_lines(text: str, letters: Iterable[OwnLetter], known: Iterable[str] = ()) -> tuple[RepeatedLine, ...]:
    """The lines of `letters` that occur in a text, in the order of the text.

    Words that also occur in one of the `known` texts do not count: what the readers wrote themselves or have received.
    """
    words = words_of(text)
    shared = frozenset(triple for known_text in known for triple in triples(words_of(known_text)))
    lines = text.split("\n")
    found: dict[int, RepeatedLine] = {}
    for letter in letters:
        own = _own_words(letter, shared)
        for run in matching_runs(words, letter):
            if _is_significant(words, run, letter, own):
                first = next(
                    (of for of in range(run.letter_start, run.letter_start + run.length) if own[of]), run.letter_start
                )
                at = words[run.text_start + first - run.letter_start].line
                found.setdefault(
                    at, RepeatedLine(lines[at].strip(), letter.written_lines[letter.words[first].line].strip())
                )
    return tuple(found[at] for at in sorted(found))


def _own_words(letter: OwnLetter, shared: frozenset[tuple[str, ...]]) -> list[bool]:
    """For each word of the letter, whether it occurs only in the letter."""
    own = [True] * len(letter.words)
    for at, triple in enumerate(triples(letter.words)):
        if triple in shared:
            own[at : at + _STEP] = [False] * _STEP
    return own


def _is_significant(words: Sequence[Word], run: WordRun, letter: OwnLetter, own: Sequence[bool]) -> bool:
    """Whether this run shows a line of the letter rather than a common phrase."""
    span = range(run.letter_start, run.letter_start + run.length)
    weight = sum(letter.words[of].weight for of in span if own[of])
    if weight >= _RUN_WEIGHT:
        return True
    touched = [letter.line_spans[line] for line in dict.fromkeys(letter.words[of].line for of in span)]
    whole = [line_span for line_span in touched if _covered_share(line_span, run) >= _WHOLE_LINE]
    if len(whole) > 1:
        return weight >= _LINE_WEIGHT
    # A single whole line may have some words that occur elsewhere, too; the line as a whole is still the letter's.
    total = sum(letter.words[of].weight for of in span)
    enough = weight >= _OWN_WEIGHT and total >= _LINE_WEIGHT
    return bool(whole) and enough and _fills_lines(words, _within(run, whole[0]))


def _covered_share(line: tuple[int, int], run: WordRun) -> float:
    """The share of a line's words that the run covers."""
    shared = min(line[1], run.letter_start + run.length) - max(line[0], run.letter_start)
    return shared / (line[1] - line[0])


def _within(run: WordRun, line: tuple[int, int]) -> WordRun:
    """The part of a run inside a line: the first words of the next line may follow in both texts by chance."""
    first, end = max(run.letter_start, line[0]), min(run.letter_start + run.length, line[1])
    return WordRun(run.text_start + first - run.letter_start, first, end - first)


def _fills_lines(words: Sequence[Word], run: WordRun) -> bool:
    """Whether the run covers whole lines of the text."""
    end = run.text_start + run.length
    starts_line = run.text_start == 0 or words[run.text_start - 1].line != words[run.text_start].line
    return starts_line and (end == len(words) or words[end].line != words[end - 1].line)
