"""Whether somebody is satisfied with what they were told: clearly, clearly not, or neither, in whatever words.

A rule over words that lie as data in words/stance-*.toml. A mail is cut into sentences and clauses; in each clause
words of consent and of dissatisfaction are found, the longest first, and turned round where a negator stands before
them. What is asked, what holds only if, what was so once, and what somebody else says is not the writer's own stance.
Only what is left counts, and where it contradicts itself, a person reads it: the mail is unclear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from config.satisfaction import Stance, Subject
from parsers.answers import without_greeting
from parsers.language import identify
from parsers.wordlists import either, wordlist

LANGUAGES = ("en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant")
"""The languages that stances are read in."""

_LOOKED_AT = 4000  # characters
_BEFORE, _BEHIND = 5, 4  # words in which a negator before, or behind, turns a word round
_SIGNS = 3  # the same before a word of a script without spaces
_SURE = 0.8  # certainty of the language from which no other is tried
_BARE = 2  # strange words beside praise that still leave it consent: a name, a place
_GAP = r"(?:\S{1,30} ){0,5}"
_CJK_GAP = r".{0,8}"
_CJK = re.compile("[\u3400-\u9fff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,64}@\S{1,200}")
_SENTENCE = re.compile(r"[^.!?;\n。！？；…]{1,1000}(?:[.!?;…。！？；]{1,10}|\n|$)")
_ABBREVIATED = re.compile(r"(?<=\d)\.(?=\d)|(?<=\bno)\.(?= \d)|(?<=\bnr)\.|(?<=\bmr)\.|(?<=\bmrs)\.|(?<=\bsig)\.")
_CLAUSE = re.compile(r"[,:，、：（()）]|\s[-–—]{1,2}\s|[\"“”«»„]")
_DIGITS = re.compile(r"\d{2,}|\d\s?%")
_WRAPPED = 60  # characters after which a program may have broken a line
_ENDS = (".", "!", "?", ":", ";", ",", "。", "！", "？", "，")
_TELLING = 5  # letters from which a single word can answer inside a sentence
_NAME_LINES, _NAME_WORDS = 3, 4
_THANKS = wordlist("answers")["thanks"]
_THANKING = re.compile(either(_THANKS["words"]))
_KIND = re.compile(either(_THANKS["words"] + _THANKS["kind"]), re.IGNORECASE)
_KIND_SIGNS = re.compile(either(_THANKS["words"] + _THANKS["cjk_kind"]))


class Sort(StrEnum):
    """What a word in the lists is, in the order in which words of one length count."""

    NEUTRAL = "neutral"
    SETTLED = "settled"
    REJECT = "reject"
    ESCALATE = "escalate"
    AGREE = "agree"
    FAULT = "fault"
    WORKS = "works"
    CONSENT = "consent"
    PRAISE = "praise"
    CONTENTION = "contention"


@dataclass(frozen=True, slots=True)
class Read:
    """A stance with the words that show it. `known` is whether anything at all was found in that language;
    `acknowledges` whether the mail says no more than that a letter was received and read."""

    stance: Stance
    said: str = ""
    known: bool = False
    acknowledges: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """Words of a policy for its own answers, which count beside the lists."""

    satisfied: tuple[str, ...] = ()
    dissatisfied: tuple[str, ...] = ()


def read_stance(
    text: str, languages: Sequence[str], *, subject: Subject = Subject.DECISION, own: Own = Own()
) -> Read:
    """Whether the new words of a mail say that their writer is satisfied.

    `languages` are those it may be written in, the likeliest first; where the text shows its language, that one is
    read and no other. Consent that another of these languages reads as a refusal is unclear.
    """
    plain = _plain(text)
    reads = [_Reading(plain, _words(code), subject, own).result() for code in _order(plain, languages)]
    first = next((read for read in reads if read.known), Read(Stance.UNCLEAR))
    if first.stance is Stance.SATISFIED and any(read.stance is Stance.DISSATISFIED for read in reads):
        return Read(Stance.UNCLEAR, first.said, True)
    return first


def _order(plain: str, languages: Sequence[str]) -> list[str]:
    shown = identify(plain, LANGUAGES)
    sure = [shown.code] if shown.certainty >= _SURE else []
    return [code for code in dict.fromkeys((*sure, *languages[: 1 if sure else None])) if code in LANGUAGES]


# ------------------------------------------------------------------------------------------------------ the words


@dataclass(frozen=True, slots=True)
class _Words:
    """The word lists of one language, as patterns."""

    signs: bool  # written without spaces
    sorts: dict[Sort, re.Pattern[str]]
    lists: dict[str, re.Pattern[str]]
    leading: dict[str, re.Pattern[str]]


@cache
def _words(code: str) -> _Words:
    table = wordlist(f"stance-{code}")
    signs = code.startswith("zh")
    lists = {name: _pattern(words, signs) for name, words in table.items()}
    for name in ("negators_after", "joined", "doubts"):
        lists.setdefault(name, re.compile("(?!)"))
    leading = {name: _leading(table[name]) for name in ("yes", "no")}
    return _Words(signs, {sort: lists[sort.value] for sort in Sort}, lists, leading)


def _pattern(words: Iterable[str], signs: bool) -> re.Pattern[str]:
    return re.compile("|".join(_one(word, signs) for word in words) or "(?!)")


def _one(word: str, signs: bool) -> str:
    body = _accents(word.replace("~ ", _CJK_GAP if signs else _GAP))
    picture = not word[0].isalnum() and word[0] not in "(\\"
    return body if signs or picture else rf"(?<!\w)(?:{body})(?!\w)"


def _leading(words: Iterable[str]) -> re.Pattern[str]:
    """A word that begins a mail and is said by itself: "No.", "no, …"."""
    end = r"(?=\s?(?:$|[\n,.!;:…，。！；、]))"
    return re.compile(rf"(?:{'|'.join(map(_accents, words))}){end}")


def _accents(pattern: str) -> str:
    """A pattern that takes a letter without its accent too, as people type on telephones; ä as ae as well."""
    return "".join(_letter(letter) for letter in pattern)


@cache
def _letter(letter: str) -> str:
    if letter == "ß":
        return "(?:ß|ss)"
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare == letter or not bare.isascii() or letter in "ìí":  # sì and si are two words
        return letter
    return f"(?:{letter}|{bare}e)" if letter in "äöü" else f"[{letter}{bare}]"


def _plain(text: str) -> str:
    """The text as it is looked through: in small letters, lines that a mail program broke joined again."""
    text = unicodedata.normalize("NFKC", text[:_LOOKED_AT]).translate(_APOSTROPHES).lower()
    text = _ABBREVIATED.sub(" ", _LINK.sub(" ", text))
    plain = ""
    for line in (" ".join(line.split()) for line in text.split("\n")):
        wrapped = len(plain) - plain.rfind("\n") > _WRAPPED and not plain.endswith(_ENDS)
        plain += line if not plain or not line else f" {line}" if wrapped else f"\n{line}"
    return _without_sign_off(without_greeting(plain.lstrip(" ¡¿\"'")).strip())


def _without_sign_off(plain: str) -> str:
    """The text without a name under a line of kind words."""
    lines = plain.split("\n")
    for at in range(1, len(lines)):
        below = lines[at + 1 :]
        kind = all(_KIND.fullmatch(word) for word in re.findall(r"[^\W\d_]+", lines[at]))
        if kind and below and len(below) <= _NAME_LINES and all(len(line.split()) <= _NAME_WORDS for line in below):
            return "\n".join(lines[: at + 1])
    return plain


# ---------------------------------------------------------------------------------------------------- one language


@dataclass(frozen=True, slots=True)
class _Item:
    """A word of the lists in a text."""

    sort: Sort
    start: int
    end: int


@dataclass(slots=True)
class _Found:
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


class _Reading:
    """One text, read in one language."""

    def __init__(self, plain: str, words: _Words, subject: Subject, own: Own) -> None:
        self.words, self.subject, self.own = words, subject, own
        self.plain = plain
        self.found = _Found()
        self.bare_no = self.bare_yes = self.polite = False

    def result(self) -> Read:
        """The stance in this language."""
        rest = self._without_leading()
        for start, sentence in _pieces(_SENTENCE, rest):
            self._sentence(start, sentence)
        if self._says("withdrawal", rest):
            return Read(Stance.UNCLEAR, known=True)
        return self._judged()

    def _without_leading(self) -> str:
        """The text after a yes or no that stands at its beginning by itself."""
        for name in ("no", "yes"):
            match = self.words.leading[name].match(self.plain)
            if match:
                self.bare_no, self.bare_yes = name == "no", name == "yes"
                rest = self.plain[match.end() :]
                self.polite = bool(_THANKING.search(rest.split("\n")[0]))  # "no, thanks" declines something else
                return rest
        return self.plain

    def _judged(self) -> Read:
        found, work = self.found, self.subject is Subject.WORK
        refused = [*found.rejects, *(found.faults if work or self.bare_no else ())]
        agreed = [*found.agreed, *(found.works if work else ())]
        consent = [*agreed, *(() if work else found.content)]
        if refused:
            last = max(refused)
            if self._turned(last[0], agreed):
                return Read(Stance.SATISFIED, agreed[0][1], True)
            mixed = bool(agreed) or any(at > last[0] for at, _ in consent) or self.bare_yes or found.supposed > last[0]
            return Read(Stance.UNCLEAR if mixed else Stance.DISSATISFIED, last[1], True)
        if self.bare_no:
            bare = not (found.known or found.open or found.denied >= 0 or found.strange > _BARE) and not self.polite
            clear = bare or (found.contention and not found.open)
            return Read(Stance.DISSATISFIED if clear else Stance.UNCLEAR, self._first_words(), True)
        stands = not (found.open or found.taken_back or found.faults or found.denied >= 0)
        if consent or self.bare_yes:
            said = consent[0][1] if consent else self._first_words()
            return Read(Stance.SATISFIED if stands else Stance.UNCLEAR, said, True)
        if found.praise and not work:
            kind = stands and not found.troubled and found.strange <= _BARE
            return Read(Stance.SATISFIED if kind else Stance.UNCLEAR, found.praise[0][1], True)
        silent = not (found.known or found.open or found.denied >= 0) and found.strange <= _BARE
        return Read(Stance.UNCLEAR, known=found.known or silent, acknowledges=silent)

    def _turned(self, refused: int, agreed: list[tuple[int, str]]) -> bool:
        """Whether consent in so many words follows a refusal with a "but", and nothing takes it back."""
        found = self.found
        return (
            refused < found.turned
            and bool(agreed)
            and min(agreed)[0] > found.turned > found.denied
            and not (found.open or found.faults or self.bare_no)
        )

    def _first_words(self) -> str:
        return self.plain.split("\n")[0][:80].strip()

    # -------------------------------------------------------------------------------------------- a sentence

    def _sentence(self, start: int, sentence: str) -> None:
        sentence = self.words.lists["joined"].sub(" ", sentence)
        items = self._items(sentence)
        bare = self.words.lists["neutral"].sub(lambda match: " " * len(match[0]), sentence)
        masked = _blanked(bare, items)
        asks = sentence.rstrip().endswith(("?", "？"))
        found = self.found
        found.open |= asks or any(self._says(name, masked) for name in ("asks", "conditional")) or bool(_DIGITS.search(masked))
        found.troubled |= self._says("trouble", bare)
        found.denied = max(found.denied, *(start + one.start() for one in self._all("negators", masked)), -1)
        found.turned = max(found.turned, *(start + one.start() for one in self._all("but", bare)), -1)
        found.strange += self._strange(self.words.lists["acknowledged"].sub(" ", masked))
        clauses = list(_clauses(bare, self.words.lists["but"]))
        for item in items:
            if item.sort is not Sort.NEUTRAL:
                found.known |= item.sort is not Sort.CONTENTION
                clause = next(one for one in clauses if one[0] <= item.start < one[1])
                self._place(start, sentence, bare, masked, item, clause, asks and clause is clauses[-1])
        found.taken_back |= self._behind_but(masked, items)

    def _behind_but(self, masked: str, items: list[_Item]) -> bool:
        """Whether consent is taken back by what follows it."""
        consent = [item.start for item in items if item.sort in _CONSENTING]
        first = min(consent, default=None) if consent else None
        match = self.words.lists["but"].search(masked, first) if first is not None else None
        return match is not None or bool(self.bare_yes and self.words.lists["but"].search(masked))

    def _place(
        self, start: int, sentence: str, bare: str, masked: str, item: _Item, clause: tuple[int, int], asked: bool
    ) -> None:
        """Put one word where it belongs, or nowhere where it is not the writer's own stance now."""
        found, here = self.found, (start + item.start, sentence[clause[0] : clause[1]].strip(" ,;:.!-–—，。！"))
        sort = item.sort
        if sort is Sort.CONTENTION:
            found.contention = True
            return
        negated = self._negated(masked, item, clause) and not self._says("negators", sentence[item.start : item.end])
        refuses = sort in (Sort.REJECT, Sort.ESCALATE) or (negated and sort in _CONSENTING)
        if refuses and self._says("past", masked[clause[0] : clause[1]]):
            return
        if self._not_own(masked, item, clause, refuses=refuses):
            found.open = True
            if sort is Sort.AGREE and not refuses:
                found.supposed = max(found.supposed, here[0])
        elif asked and not (sort is Sort.ESCALATE and self._says("request", bare)):
            found.open = True
        elif sort is Sort.FAULT or (negated and sort is Sort.WORKS):
            found.faults.append(here)
        elif negated and sort is Sort.PRAISE:
            found.troubled = found.open = True
        elif refuses:
            if not (negated and sort not in _CONSENTING):
                found.rejects.append(here)
        else:
            _list_of(found, sort).append(here)

    def _negated(self, masked: str, item: _Item, clause: tuple[int, int]) -> bool:
        before = masked[clause[0] : item.start]
        if self._says("doubts", before):
            return True
        if self.words.signs:
            return bool(self._says("negators", before[-_SIGNS:]))
        if self._says("negators", " ".join(before.split()[-_BEFORE:])):
            return True
        behind = re.split(r"\b(?:und|et|and|oder|ou)\b", masked[item.end : clause[1]])[0]
        return item.sort in _CONSENTING and self._says("negators_after", " ".join(behind.split()[:_BEHIND]))

    def _not_own(self, masked: str, item: _Item, clause: tuple[int, int], *, refuses: bool) -> bool:
        """Whether a word is supposed, was so once, or is somebody else's."""
        here, before = masked[clause[0] : clause[1]], masked[: item.start]
        if self._says("others", before) or self._says("others", here) or self._says("reported", before):
            return True
        if self._says("conditional", before) or self._says("past", here):
            return True
        once = item.sort is not Sort.PRAISE and self._says("was", here)
        return once and not (refuses and self._says("ours", here))

    def _items(self, sentence: str) -> list[_Item]:
        found = [
            _Item(sort, match.start(), match.end())
            for sort, pattern in self._patterns()
            for match in pattern.finditer(sentence)
        ]
        found.sort(key=lambda item: (item.start - item.end, _RANK[item.sort]))
        kept: list[_Item] = []
        for item in found:
            if not any(item.start < other.end and other.start < item.end for other in kept):
                kept.append(item)
        return sorted(kept, key=lambda item: item.start)

    def _patterns(self) -> Iterator[tuple[Sort, re.Pattern[str]]]:
        yield from self.words.sorts.items()
        yield Sort.AGREE, _own(self.own.satisfied)
        yield Sort.REJECT, _own(self.own.dissatisfied)

    def _strange(self, masked: str) -> int:
        if self.words.signs:
            return len(_KIND_SIGNS.sub("", re.sub(r"\W+", "", masked)))
        return sum(1 for word in re.findall(r"[^\W\d_]{2,}", masked) if not _KIND.fullmatch(word))

    def _all(self, name: str, text: str) -> Iterator[re.Match[str]]:
        return self.words.lists[name].finditer(text)

    def _says(self, name: str, text: str) -> bool:
        return bool(self.words.lists[name].search(text))


_CONSENTING = (Sort.SETTLED, Sort.AGREE, Sort.CONSENT)
_RANK = {sort: rank for rank, sort in enumerate(Sort)}


def _list_of(found: _Found, sort: Sort) -> list[tuple[int, str]]:
    return {
        Sort.SETTLED: found.agreed, Sort.AGREE: found.agreed, Sort.CONSENT: found.content, Sort.PRAISE: found.praise,
        Sort.WORKS: found.works,
    }[sort]  # fmt: skip


@cache
def _own(words: tuple[str, ...]) -> re.Pattern[str]:
    """The policy's own words for an answer, those that can only mean it."""
    telling = [_plain(word) for word in words]
    parts = [
        re.escape(word) if _CJK.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)"
        for word in sorted(telling, key=len, reverse=True)
        if not _THANKING.fullmatch(word)
        and (" " in word or len(word) >= _TELLING or (len(word) > 1 and _CJK.search(word)))
    ]
    return re.compile("|".join(parts) or "(?!)")


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    yield from ((match.start(), match[0]) for match in pattern.finditer(text))


def _clauses(text: str, but: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the clauses of a sentence begin and end."""
    cuts = sorted({0, *(match.end() for match in _CLAUSE.finditer(text)), *(match.start() for match in but.finditer(text))})
    yield from zip(cuts, [*cuts[1:], len(text) + 1], strict=True)


def _blanked(text: str, items: Iterable[_Item]) -> str:
    """The text with these words taken out; no place in it moves."""
    for item in items:
        text = f"{text[: item.start]}{' ' * (item.end - item.start)}{text[item.end :]}"
    return text
