"""Whether somebody is satisfied with what they were told: clearly, clearly not, or neither, in whatever words.

A rule over words that lie as data in words/stance-*.toml: parsers/answers/stance_clauses.py finds what each clause
says. Only what is the writer's own, now and unconditionally, counts, and where it contradicts itself, a person reads
it: the mail is unclear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from config.satisfaction import Stance, Subject
from parsers.answers.answers import without_greeting
from parsers.answers.stance_clauses import KIND, THANKING, Found, found_in
from parsers.answers.stance_words import StanceWordKind, stance_words
from parsers.language import identify

LANGUAGES = ("en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant")
"""The languages that stances are read in."""

_LOOKED_AT = 4000  # characters
_SURE = 0.8  # certainty of the language from which no other is tried
_BARE = 2  # strange words beside praise that still leave it consent: a name, a place
_WRAPPED = 60  # characters after which a program may have broken a line
_TELLING = 5  # letters from which a single word of a policy can answer inside a sentence
_NAME_LINES, _NAME_WORDS = 3, 4
_ENDS = (".", "!", "?", ":", ";", ",", "。", "！", "？", "，")
_CJK = re.compile("[\u3400-\u9fff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,64}@\S{1,200}")
_ABBREVIATED = re.compile(r"(?<=\d)\.(?=\d)|(?<=\bno)\.(?= \d)|(?<=\bnr)\.|(?<=\bmr)\.|(?<=\bmrs)\.|(?<=\bsig)\.")


@dataclass(frozen=True, slots=True)
class StanceReading:
    """A stance with the words that show it. `known` is whether anything at all was found in that language;
    `acknowledges` whether the mail says no more than that a letter was received and read."""

    stance: Stance
    said: str = ""
    known: bool = False
    acknowledges: bool = False


@dataclass(frozen=True, slots=True)
class PolicyAnswers:
    """Words of a policy for its own answers, which count beside the lists."""

    satisfied: tuple[str, ...] = ()
    dissatisfied: tuple[str, ...] = ()


def read_stance(
    text: str, languages: Sequence[str], *, subject: Subject = Subject.DECISION, own: PolicyAnswers = PolicyAnswers()
) -> StanceReading:
    """Whether the new words of a mail say that their writer is satisfied.

    `languages` are those it may be written in, the likeliest first; where the text shows its language, that one is
    read and no other. Consent that another of these languages reads as a refusal is unclear.
    """
    plain = _plain(text)
    words = ((StanceWordKind.AGREE, _own(own.satisfied)), (StanceWordKind.REJECT, _own(own.dissatisfied)))
    reads = [_judged(found_in(plain, stance_words(code), words), plain, subject) for code in _order(plain, languages)]
    first = next((read for read in reads if read.known), StanceReading(Stance.UNCLEAR))
    if first.stance is Stance.SATISFIED and any(read.stance is Stance.DISSATISFIED for read in reads):
        return StanceReading(Stance.UNCLEAR, first.said, True)
    return first


def _order(plain: str, languages: Sequence[str]) -> list[str]:
    shown = identify(plain, LANGUAGES)
    sure = [shown.code] if shown.certainty >= _SURE else []
    return [code for code in dict.fromkeys((*sure, *languages[: 1 if sure else None])) if code in LANGUAGES]


def _judged(found: Found, plain: str, subject: Subject) -> StanceReading:
    """The stance that comes of what was found."""
    work, beginning = subject is Subject.WORK, plain.split("\n", maxsplit=1)[0][:80].strip()
    if found.withdrawn:
        return StanceReading(Stance.UNCLEAR, known=True)
    agreed = [*found.agreed, *(found.works if work else ())]
    consent = [*agreed, *(() if work else found.content)]
    refused = [*found.rejects, *(found.faults if work or found.bare_no else ())]
    if refused:
        return _refused(found, max(refused), agreed, consent)
    if found.bare_no:
        bare = not (_says_more(found) or found.polite)
        clear = bare or (found.contention and not found.open)
        return StanceReading(Stance.DISSATISFIED if clear else Stance.UNCLEAR, beginning, True)
    stands = not (found.open or found.taken_back or found.faults or found.denied >= 0)
    if consent or found.bare_yes:
        said = consent[0][1] if consent else beginning
        return StanceReading(Stance.SATISFIED if stands else Stance.UNCLEAR, said, True)
    if found.praise and not work:
        kind = stands and not found.troubled and found.strange <= _BARE
        return StanceReading(Stance.SATISFIED if kind else Stance.UNCLEAR, found.praise[0][1], True)
    silent = not _says_more(found)
    return StanceReading(Stance.UNCLEAR, known=found.known or silent, acknowledges=silent)


def _says_more(found: Found) -> bool:
    return found.known or found.open or found.denied >= 0 or found.strange > _BARE


def _refused(
    found: Found, last: tuple[int, str], agreed: list[tuple[int, str]], consent: list[tuple[int, str]]
) -> StanceReading:
    """The stance where something is refused; consent beside it makes it unclear, consent after a "but" is consent."""
    turned = last[0] < found.turned and bool(agreed) and min(agreed)[0] > found.turned > found.denied
    if turned and not (found.open or found.faults or found.bare_no):
        return StanceReading(Stance.SATISFIED, agreed[0][1], True)
    mixed = bool(agreed) or any(at > last[0] for at, _ in consent) or found.bare_yes or found.supposed > last[0]
    return StanceReading(Stance.UNCLEAR if mixed else Stance.DISSATISFIED, last[1], True)


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
        kind = all(KIND.fullmatch(word) for word in re.findall(r"[^\W\d_]+", lines[at]))
        if kind and below and len(below) <= _NAME_LINES and all(len(line.split()) <= _NAME_WORDS for line in below):
            return "\n".join(lines[: at + 1])
    return plain


@cache
def _own(words: tuple[str, ...]) -> re.Pattern[str]:
    """The policy's own words for an answer, those that can only mean it."""
    telling = [_plain(word) for word in words]
    parts = [
        re.escape(word) if _CJK.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)"
        for word in sorted(telling, key=len, reverse=True)
        if not THANKING.fullmatch(word)
        and (" " in word or len(word) >= _TELLING or (len(word) > 1 and _CJK.search(word)))
    ]
    return re.compile("|".join(parts) or "(?!)")
