"""What the clauses of a text say of its writer's satisfaction, in one language: whose words, and turned which way.

In each clause the words of the lists are found, the longest first, and turned round where a negator stands before
them. What is asked, what holds only if, what was so once, and what somebody else says is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from parsers.answers.stance_words import StanceWordKind, StanceWords
from parsers.wordlists import either, wordlist

_MOST_WORDS = 60  # of the lists, in one sentence
_BEFORE, _BEHIND = 5, 4  # words in which a negator before, or behind, turns a word round
_SIGNS = 3  # the same before a word of a script without spaces
_SENTENCE = re.compile(r"[^.!?;\n。！？；…]{1,1000}(?:[.!?;…。！？；]{1,10}|\n)?")
_CLAUSE = re.compile(r"[,:，、：（()）]|\s[-–—]{1,2}\s|[\"“”«»„]")
_DIGITS = re.compile(r"\d{2,}|\d\s?%")
_AND = re.compile(r"\b(?:und|et|and|oder|ou)\b")
_THANKS = wordlist("answers")["thanks"]
THANKING = re.compile(either(_THANKS["words"]))
KIND = re.compile(either(_THANKS["words"] + _THANKS["kind"]), re.IGNORECASE)
_KIND_SIGNS = re.compile(either(_THANKS["words"] + _THANKS["cjk_kind"]))

OwnPatterns = tuple[tuple[StanceWordKind, re.Pattern[str]], ...]
"""Words of a policy that count beside the lists."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the lists in a text."""

    sort: StanceWordKind
    start: int
    end: int


@dataclass(slots=True)
class Found:
    """What a text says, sorted: places of refusals and of consent that are the writer's own, and what stands in the
    way of either."""

    rejects: list[tuple[int, str]] = field(default_factory=list)
    agreed: list[tuple[int, str]] = field(default_factory=list)  # in so many words
    content: list[tuple[int, str]] = field(default_factory=list)
    praise: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    works: list[tuple[int, str]] = field(default_factory=list)
    contention: bool = False
    open: bool = False  # something is asked, told, supposed, or said by somebody else
    troubled: bool = False
    taken_back: bool = False  # something follows consent with a "but"
    supposed: int = -1  # where consent stands last that is not the writer's own, or not now
    denied: int = -1  # where a negator stands last that no word of the lists explains
    turned: int = -1  # where the last "but" stands
    strange: int = 0  # words that no list knows
    known: bool = False  # whether the lists know any word of it
    withdrawn: bool = False  # the matter itself is withdrawn
    bare_no: bool = False  # a no stands at the beginning by itself
    bare_yes: bool = False
    polite: bool = False  # "no, thanks" declines something else


def found_in(plain: str, words: StanceWords, own: OwnPatterns) -> Found:
    """What a text says, read with the words of one language and a policy's own."""
    return _Clauses(words, own).read(plain)


class _Clauses:
    """One text, looked through clause by clause."""

    def __init__(self, words: StanceWords, own: OwnPatterns) -> None:
        self.words, self.own = words, own
        self.found = Found()

    def read(self, plain: str) -> Found:
        """What the text says."""
        rest = self._without_leading(plain)
        for start, sentence in _pieces(_SENTENCE, rest):
            self._sentence(start, sentence)
        self.found.withdrawn = self._says("withdrawing", rest)
        return self.found

    def _without_leading(self, plain: str) -> str:
        """The text after a yes or no that stands at its beginning by itself."""
        for name in ("no", "yes"):
            match = self.words.leading[name].match(plain)
            if match:
                self.found.bare_no, self.found.bare_yes = name == "no", name == "yes"
                rest = plain[match.end() :]
                self.found.polite = bool(THANKING.search(rest.split("\n")[0]))  # "no, thanks" declines something else
                return rest
        return plain

    def _sentence(self, start: int, sentence: str) -> None:
        sentence = self.words.lists["joined"].sub(" ", sentence)
        items = self._words_in(sentence)
        bare = self.words.lists["neutral"].sub(lambda match: " " * len(match[0]), sentence)
        masked = _blanked(bare, items)
        asks = sentence.rstrip().endswith(("?", "？"))
        found = self.found
        found.open |= (
            asks or any(self._says(name, masked) for name in ("asks", "conditional")) or bool(_DIGITS.search(masked))
        )
        found.troubled |= self._says("troubling", bare)
        found.denied = max(found.denied, *(start + one.start() for one in self._all("negators", masked)), -1)
        found.turned = max(found.turned, *(start + one.start() for one in self._all("but", bare)), -1)
        found.strange += self._strange(self.words.lists["acknowledged"].sub(" ", masked))
        clauses = list(_clauses(bare, self.words.lists["but"]))
        for item in items:
            if item.sort is not StanceWordKind.NEUTRAL:
                found.known |= item.sort is not StanceWordKind.CONTENTION
                clause = next(one for one in clauses if one[0] <= item.start < one[1])
                self._place(start, sentence, bare, masked, item, clause, asks and clause is clauses[-1])
        found.taken_back |= self._behind_but(masked, items)

    def _behind_but(self, masked: str, items: list[_Word]) -> bool:
        """Whether consent is taken back by what follows it."""
        consent = [item.start for item in items if item.sort in _CONSENTING]
        first = min(consent, default=None) if consent else None
        match = self.words.lists["but"].search(masked, first) if first is not None else None
        return match is not None or bool(self.found.bare_yes and self.words.lists["but"].search(masked))

    def _place(
        self, start: int, sentence: str, bare: str, masked: str, item: _Word, clause: tuple[int, int], asked: bool
    ) -> None:
        """Put one word where it belongs, or nowhere where it is not the writer's own stance now."""
        found, here = self.found, (start + item.start, sentence[clause[0] : clause[1]].strip(" ,;:.!-–—，。！"))
        sort = item.sort
        if sort is StanceWordKind.CONTENTION:
            found.contention = True
            return
        negated = self._negated(masked, item, clause) and not self._says("negators", sentence[item.start : item.end])
        refuses = sort in (StanceWordKind.REJECT, StanceWordKind.ESCALATE) or (negated and sort in _CONSENTING)
        if refuses and self._says("once", masked[clause[0] : clause[1]]):
            return
        if self._not_own(masked, item, clause, refuses=refuses):
            found.open = True
            if sort is StanceWordKind.AGREE and not refuses:
                found.supposed = max(found.supposed, here[0])
        elif asked and not (sort is StanceWordKind.ESCALATE and self._says("requesting", bare)):
            found.open = True
        elif sort is StanceWordKind.FAULT or (negated and sort is StanceWordKind.WORKS):
            found.faults.append(here)
        elif negated and sort is StanceWordKind.PRAISE:
            found.troubled = found.open = True
        elif refuses:
            if not (negated and sort not in _CONSENTING):
                found.rejects.append(here)
        else:
            _list_of(found, sort).append(here)

    def _negated(self, masked: str, item: _Word, clause: tuple[int, int]) -> bool:
        before = masked[clause[0] : item.start]
        if self._says("doubts", before):
            return True
        if self.words.signs:
            return bool(self._says("negators", before[-_SIGNS:]))
        if self._says("negators", " ".join(before.split()[-_BEFORE:])):
            return True
        behind = _AND.split(masked[item.end : clause[1]])[0]
        return item.sort in _CONSENTING and self._says("negators_after", " ".join(behind.split()[:_BEHIND]))

    def _not_own(self, masked: str, item: _Word, clause: tuple[int, int], *, refuses: bool) -> bool:
        """Whether a word is supposed, was so once, or is somebody else's."""
        here, before = masked[clause[0] : clause[1]], masked[: item.start]
        if self._says("others", before) or self._says("others", here) or self._says("reported", before):
            return True
        if self._says("conditional", before) or self._says("once", here):
            return True
        once = item.sort is not StanceWordKind.PRAISE and self._says("was", here)
        return once and not (refuses and self._says("our_words", here))

    def _words_in(self, sentence: str) -> list[_Word]:
        found = [
            _Word(sort, match.start(), match.end())
            for sort, pattern in self._patterns()
            for match in pattern.finditer(sentence)
        ]
        if len(found) > _MOST_WORDS:  # nobody writes so
            self.found.open, found = True, sorted(found, key=lambda item: item.start)[:_MOST_WORDS]
        found.sort(key=lambda item: (item.start - item.end, _RANK[item.sort]))
        kept: list[_Word] = []
        for item in found:
            if not any(item.start < other.end and other.start < item.end for other in kept):
                kept.append(item)
        return sorted(kept, key=lambda item: item.start)

    def _patterns(self) -> Iterator[tuple[StanceWordKind, re.Pattern[str]]]:
        yield from self.words.sorts.items()
        yield from self.own

    def _strange(self, masked: str) -> int:
        if self.words.signs:
            return len(_KIND_SIGNS.sub("", re.sub(r"\W+", "", masked)))
        return sum(1 for word in re.findall(r"[^\W\d_]{2,}", masked) if not KIND.fullmatch(word))

    def _all(self, name: str, text: str) -> Iterator[re.Match[str]]:
        return self.words.lists[name].finditer(text)

    def _says(self, name: str, text: str) -> bool:
        return bool(self.words.lists[name].search(text))


_CONSENTING = (StanceWordKind.SETTLED, StanceWordKind.AGREE, StanceWordKind.CONSENT)
_RANK = {sort: rank for rank, sort in enumerate(StanceWordKind)}


def _list_of(found: Found, sort: StanceWordKind) -> list[tuple[int, str]]:
    return {
        StanceWordKind.SETTLED: found.agreed,
        StanceWordKind.AGREE: found.agreed,
        StanceWordKind.CONSENT: found.content,
        StanceWordKind.PRAISE: found.praise,
        StanceWordKind.WORKS: found.works,
    }[sort]


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    yield from ((match.start(), match[0]) for match in pattern.finditer(text))


def _clauses(text: str, but: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the clauses of a sentence begin and end."""
    cuts = sorted(
        {0, *(match.end() for match in _CLAUSE.finditer(text)), *(match.start() for match in but.finditer(text))}
    )
    yield from zip(cuts, [*cuts[1:], len(text) + 1], strict=True)


def _blanked(text: str, items: Iterable[_Word]) -> str:
    """The text with these words taken out; no place in it moves."""
    for item in items:
        text = f"{text[: item.start]}{' ' * (item.end - item.start)}{text[item.end :]}"
    return text
