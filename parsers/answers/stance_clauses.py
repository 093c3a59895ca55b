"""Find what the clauses of a text say about its writer's satisfaction, in one language.

In each clause the listed words are found, the longest first, and reversed if a negator stands before them. Words in
questions, conditions, statements about the past and other people's words do not count as the writer's stance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from parsers.answers.stance_words import StanceWordKind, StanceWords
from parsers.wordlists import any_pattern, wordlist

_MOST_WORDS = 60  # listed words in one sentence
_BEFORE, _BEHIND = 5, 4  # words before and after in which a negator reverses a word
_CHARACTERS_BEFORE = 3  # characters before a word in a script without spaces
_SENTENCE = re.compile(r"[^.!?;\n。！？；…]{1,1000}(?:[.!?;…。！？；]{1,10}|\n)?")
_CLAUSE = re.compile(r"[,:，、：（()）]|\s[-–—]{1,2}\s|[\"“”«»„]")
_DIGITS = re.compile(r"\d{2,}|\d\s?%")
_AND = re.compile(r"\b(?:und|et|and|oder|ou)\b")
_THANKS = wordlist("answers")["thanks"]
THANKS_WORDS = re.compile(any_pattern(_THANKS["words"]))
POLITE_WORDS = re.compile(any_pattern(_THANKS["words"] + _THANKS["kind"]), re.IGNORECASE)
_KIND_CJK = re.compile(any_pattern(_THANKS["words"] + _THANKS["cjk_kind"]))

PolicyPatterns = tuple[tuple[StanceWordKind, re.Pattern[str]], ...]
"""Patterns of a policy's own words, which count in addition to the lists."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A listed word found in a text."""

    kind: StanceWordKind
    start: int
    end: int


@dataclass(slots=True)
class StanceFindings:
    """What a text says: the offsets and words of the writer's own refusals and consent, and what qualifies them."""

    refusals: list[tuple[int, str]] = field(default_factory=list)
    explicit_consent: list[tuple[int, str]] = field(default_factory=list)  # explicit consent
    consent: list[tuple[int, str]] = field(default_factory=list)
    praise: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    working: list[tuple[int, str]] = field(default_factory=list)
    objects: bool = False
    unsettled: bool = False  # something is asked, conditional, reported, or said by somebody else
    troubled: bool = False
    taken_back: bool = False  # a "but" follows consent
    qualified_consent_at: int = -1  # offset of the last consent that is not the writer's own, or not now
    negator_at: int = -1  # offset of the last negator outside the listed words
    but_at: int = -1  # offset of the last "but"
    unknown_words: int = 0  # number of words that are in no list (characters in Chinese)
    any_known_word: bool = False  # whether any listed word was found
    withdrawn: bool = False  # the complaint itself is withdrawn
    bare_no: bool = False  # a "no" stands at the beginning by itself
    bare_yes: bool = False  # the same of a "yes"
    declines_politely: bool = False  # the "no" is a "no, thanks", which declines something else


def stance_findings(plain: str, words: StanceWords, policy_patterns: PolicyPatterns) -> StanceFindings:
    """Return what a text says, read with the words of one language and a policy's own."""
    return _Clauses(words, policy_patterns).read(plain)


class _Clauses:
    """Reads one text clause by clause."""

    def __init__(self, words: StanceWords, own: PolicyPatterns) -> None:
        self.words, self.own = words, own
        self.findings = StanceFindings()

    def read(self, plain: str) -> StanceFindings:
        """Return what the text says."""
        rest = self._without_leading(plain)
        for start, sentence in _pieces(_SENTENCE, rest):
            self._read_sentence(start, sentence)
        self.findings.withdrawn = self._matches_list("withdrawing", rest)
        return self.findings

    def _without_leading(self, plain: str) -> str:
        """Return the text after a yes or no that stands at its beginning by itself."""
        for name in ("no", "yes"):
            match = self.words.at_beginning[name].match(plain)
            if match:
                self.findings.bare_no, self.findings.bare_yes = name == "no", name == "yes"
                rest = plain[match.end() :]
                self.findings.declines_politely = bool(THANKS_WORDS.search(rest.split("\n")[0]))
                return rest
        return plain

    def _read_sentence(self, start: int, sentence: str) -> None:
        """Add what one sentence says to the findings."""
        sentence = self.words.lists["joined"].sub(" ", sentence)
        items = self._find_words(sentence)
        bare = self.words.lists["neutral"].sub(lambda match: " " * len(match[0]), sentence)
        masked = _without_words(bare, items)
        asks = sentence.rstrip().endswith(("?", "？"))
        findings = self.findings
        findings.unsettled |= (
            asks
            or any(self._matches_list(name, masked) for name in ("asks", "conditional"))
            or bool(_DIGITS.search(masked))
        )
        findings.troubled |= self._matches_list("troubling", bare)
        findings.negator_at = max(
            findings.negator_at, *(start + match.start() for match in self._matches("negators", masked)), -1
        )
        findings.but_at = max(findings.but_at, *(start + match.start() for match in self._matches("but", bare)), -1)
        findings.unknown_words += self._count_unknown(self.words.lists["acknowledged"].sub(" ", masked))
        clauses = list(_clauses(bare, self.words.lists["but"]))
        for item in items:
            if item.kind is not StanceWordKind.NEUTRAL:
                findings.any_known_word |= item.kind is not StanceWordKind.OBJECTION
                clause = next(span for span in clauses if span[0] <= item.start < span[1])
                self._classify(start, sentence, bare, masked, item, clause, asks and clause is clauses[-1])
        findings.taken_back |= self._is_taken_back(masked, items)

    def _is_taken_back(self, masked: str, items: list[_Word]) -> bool:
        """Whether a "but" follows consent."""
        consent = [item.start for item in items if item.kind in _CONSENTING]
        first = min(consent, default=None) if consent else None
        match = self.words.lists["but"].search(masked, first) if first is not None else None
        return match is not None or bool(self.findings.bare_yes and self.words.lists["but"].search(masked))

    def _classify(
        self, start: int, sentence: str, bare: str, masked: str, item: _Word, clause: tuple[int, int], asked: bool
    ) -> None:
        """Add one word to the findings it belongs to, or mark the text as open if it is not the writer's stance now."""
        findings, here = self.findings, (start + item.start, sentence[clause[0] : clause[1]].strip(" ,;:.!-–—，。！"))
        kind = item.kind
        if kind is StanceWordKind.OBJECTION:
            findings.objects = True
            return
        negated = self._negated(masked, item, clause) and not self._matches_list(
            "negators", sentence[item.start : item.end]
        )
        refuses = kind in (StanceWordKind.REJECT, StanceWordKind.ESCALATE) or (negated and kind in _CONSENTING)
        if refuses and self._matches_list("once", masked[clause[0] : clause[1]]):
            return
        if self._is_qualified(masked, item, clause, refuses=refuses):
            findings.unsettled = True
            if kind is StanceWordKind.AGREE and not refuses:
                findings.qualified_consent_at = max(findings.qualified_consent_at, here[0])
        elif asked and not (kind is StanceWordKind.ESCALATE and self._matches_list("requesting", bare)):
            findings.unsettled = True
        elif kind is StanceWordKind.FAULT or (negated and kind is StanceWordKind.WORKS):
            findings.faults.append(here)
        elif negated and kind is StanceWordKind.PRAISE:
            findings.troubled = findings.unsettled = True
        elif refuses:
            if not (negated and kind not in _CONSENTING):
                findings.refusals.append(here)
        else:
            _findings_of(findings, kind).append(here)

    def _negated(self, masked: str, item: _Word, clause: tuple[int, int]) -> bool:
        """Whether a negator or an expression of doubt stands close to a word in its clause."""
        before = masked[clause[0] : item.start]
        if self._matches_list("doubts", before):
            return True
        if self.words.no_spaces:
            return bool(self._matches_list("negators", before[-_CHARACTERS_BEFORE:]))
        if self._matches_list("negators", " ".join(before.split()[-_BEFORE:])):
            return True
        behind = _AND.split(masked[item.end : clause[1]])[0]
        return item.kind in _CONSENTING and self._matches_list("negators_after", " ".join(behind.split()[:_BEHIND]))

    def _is_qualified(self, masked: str, item: _Word, clause: tuple[int, int], *, refuses: bool) -> bool:
        """Whether a word is conditional, about the past, or somebody else's."""
        here, before = masked[clause[0] : clause[1]], masked[: item.start]
        if (
            self._matches_list("others", before)
            or self._matches_list("others", here)
            or self._matches_list("reported", before)
        ):
            return True
        if self._matches_list("conditional", before) or self._matches_list("once", here):
            return True
        once = item.kind is not StanceWordKind.PRAISE and self._matches_list("was", here)
        return once and not (refuses and self._matches_list("our_words", here))

    def _find_words(self, sentence: str) -> list[_Word]:
        found = [
            _Word(kind, match.start(), match.end())
            for kind, pattern in self._patterns()
            for match in pattern.finditer(sentence)
        ]
        if len(found) > _MOST_WORDS:  # implausibly many
            self.findings.unsettled, found = True, sorted(found, key=lambda item: item.start)[:_MOST_WORDS]
        found.sort(key=lambda item: (item.start - item.end, _RANK[item.kind]))
        kept: list[_Word] = []
        for item in found:
            if not any(item.start < other.end and other.start < item.end for other in kept):
                kept.append(item)
        return sorted(kept, key=lambda item: item.start)

    def _patterns(self) -> Iterator[tuple[StanceWordKind, re.Pattern[str]]]:
        yield from self.words.by_kind.items()
        yield from self.own

    def _count_unknown(self, masked: str) -> int:
        if self.words.no_spaces:
            return len(_KIND_CJK.sub("", re.sub(r"\W+", "", masked)))
        return sum(1 for word in re.findall(r"[^\W\d_]{2,}", masked) if not POLITE_WORDS.fullmatch(word))

    def _matches(self, name: str, text: str) -> Iterator[re.Match[str]]:
        return self.words.lists[name].finditer(text)

    def _matches_list(self, name: str, text: str) -> bool:
        return bool(self.words.lists[name].search(text))


_CONSENTING = (StanceWordKind.SETTLED, StanceWordKind.AGREE, StanceWordKind.CONSENT)
_RANK = {kind: rank for rank, kind in enumerate(StanceWordKind)}


def _findings_of(findings: StanceFindings, kind: StanceWordKind) -> list[tuple[int, str]]:
    return {
        StanceWordKind.SETTLED: findings.explicit_consent,
        StanceWordKind.AGREE: findings.explicit_consent,
        StanceWordKind.CONSENT: findings.consent,
        StanceWordKind.PRAISE: findings.praise,
        StanceWordKind.WORKS: findings.working,
    }[kind]


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    yield from ((match.start(), match[0]) for match in pattern.finditer(text))


def _clauses(text: str, but: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each clause of a sentence."""
    cuts = sorted(
        {0, *(match.end() for match in _CLAUSE.finditer(text)), *(match.start() for match in but.finditer(text))}
    )
    yield from zip(cuts, [*cuts[1:], len(text) + 1], strict=True)


def _without_words(text: str, items: Iterable[_Word]) -> str:
    """Return the text with these words blanked out, all offsets unchanged."""
    for item in items:
        text = f"{text[: item.start]}{' ' * (item.end - item.start)}{text[item.end :]}"
    return text
