"""Whether a customer is satisfied with what they were told: clearly, clearly not, or unclear.

Rules over the word lists in words/stance-*.toml: parsers/answers/stance_clauses.py finds what each clause says. Only
what the writer says for themselves, now and unconditionally, counts. A mail that contradicts itself is unclear, and a
person reads it.
"""

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
"""The languages that have stance word lists."""

_LOOKED_AT = 4000  # characters
_SURE = 0.8  # certainty of the detected language from which no other is tried
_MOST_UNKNOWN_WORDS = 2  # unknown words beside praise that still leave it consent: a name, a place
_WRAPPED_FROM = 60  # characters after which a mail program may have wrapped a line
_DISTINCTIVE = 5  # letters from which a single word of a policy counts inside a sentence
_NAME_LINES, _NAME_WORDS = 3, 4
_ENDS = (".", "!", "?", ":", ";", ",", "。", "！", "？", "，")
_CJK = re.compile("[\u3400-\u9fff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,64}@\S{1,200}")
_ABBREVIATED = re.compile(r"(?<=\d)\.(?=\d)|(?<=\bno)\.(?= \d)|(?<=\bnr)\.|(?<=\bmr)\.|(?<=\bmrs)\.|(?<=\bsig)\.")


@dataclass(frozen=True, slots=True)
class StanceReading:
    """A stance with the words that show it.

    `understood` says whether any word of that language's lists was found; `only_acknowledges` whether the mail only
    confirms that a letter was received and read.
    """

    stance: Stance
    said: str = ""
    known: bool = False
    acknowledges: bool = False


@dataclass(frozen=True, slots=True)
class PolicyAnswers:
    """A policy's own words for its answers, which count in addition to the word lists."""

    satisfied: tuple[str, ...] = ()
    dissatisfied: tuple[str, ...] = ()


def read_stance(
    text: str, languages: Sequence[str], *, subject: Subject = Subject.DECISION, own: PolicyAnswers = PolicyAnswers()
) -> StanceReading:
    """Read from the new text of a mail whether its writer is satisfied.

    `languages` are those it may be written in, the likeliest first. If the text shows its language clearly, only that
    one is read. Consent that another of these languages reads as a refusal is unclear.
    """
    plain = _normalised(text)
    words = (
        (StanceWordKind.AGREE, _policy_pattern(own.satisfied)),
        (StanceWordKind.REJECT, _policy_pattern(own.dissatisfied)),
    )
    readings = [
        _judge(found_in(plain, stance_words(code), words), plain, subject)
        for code in _languages_to_try(plain, languages)
    ]
    first = next((reading for reading in readings if reading.known), StanceReading(Stance.UNCLEAR))
    if first.stance is Stance.SATISFIED and any(reading.stance is Stance.DISSATISFIED for reading in readings):
        return StanceReading(Stance.UNCLEAR, first.said, True)
    return first


def _languages_to_try(plain: str, languages: Sequence[str]) -> list[str]:
    detected = identify(plain, LANGUAGES)
    certain = [detected.code] if detected.certainty >= _SURE else []
    return [code for code in dict.fromkeys((*certain, *languages[: 1 if certain else None])) if code in LANGUAGES]


def _judge(found: Found, plain: str, subject: Subject) -> StanceReading:
    """Return the stance that follows from what was found in the text."""
    about_work, beginning = subject is Subject.WORK, plain.split("\n", maxsplit=1)[0][:80].strip()
    if found.withdrawn:
        return StanceReading(Stance.UNCLEAR, known=True)
    agreed = [*found.agreed, *(found.works if about_work else ())]
    consent = [*agreed, *(() if about_work else found.content)]
    refused = [*found.rejects, *(found.faults if about_work or found.bare_no else ())]
    if refused:
        return _judge_refusal(found, max(refused), agreed, consent)
    if found.bare_no:
        only_no = not (_says_more(found) or found.polite)
        clear = only_no or (found.contention and not found.open)
        return StanceReading(Stance.DISSATISFIED if clear else Stance.UNCLEAR, beginning, True)
    unqualified = not (found.open or found.taken_back or found.faults or found.denied >= 0)
    if consent or found.bare_yes:
        words = consent[0][1] if consent else beginning
        return StanceReading(Stance.SATISFIED if unqualified else Stance.UNCLEAR, words, True)
    if found.praise and not about_work:
        consents = unqualified and not found.troubled and found.strange <= _MOST_UNKNOWN_WORDS
        return StanceReading(Stance.SATISFIED if consents else Stance.UNCLEAR, found.praise[0][1], True)
    says_nothing = not _says_more(found)
    return StanceReading(Stance.UNCLEAR, known=found.known or says_nothing, acknowledges=says_nothing)


def _says_more(found: Found) -> bool:
    return found.known or found.open or found.denied >= 0 or found.strange > _MOST_UNKNOWN_WORDS


def _judge_refusal(
    found: Found, last: tuple[int, str], agreed: list[tuple[int, str]], consent: list[tuple[int, str]]
) -> StanceReading:
    """Return the stance of a text that refuses something.

    Consent elsewhere in the text makes it unclear; explicit consent only after a "but" is consent.
    """
    consent_after_but = last[0] < found.turned and bool(agreed) and min(agreed)[0] > found.turned > found.denied
    if consent_after_but and not (found.open or found.faults or found.bare_no):
        return StanceReading(Stance.SATISFIED, agreed[0][1], True)
    mixed = bool(agreed) or any(at > last[0] for at, _ in consent) or found.bare_yes or found.supposed > last[0]
    return StanceReading(Stance.UNCLEAR if mixed else Stance.DISSATISFIED, last[1], True)


def _normalised(text: str) -> str:
    """Return the text prepared for searching: in lower case, without links, wrapped lines joined."""
    text = unicodedata.normalize("NFKC", text[:_LOOKED_AT]).translate(_APOSTROPHES).lower()
    text = _ABBREVIATED.sub(" ", _LINK.sub(" ", text))
    plain = ""
    for line in (" ".join(line.split()) for line in text.split("\n")):
        wrapped = len(plain) - plain.rfind("\n") > _WRAPPED_FROM and not plain.endswith(_ENDS)
        plain += line if not plain or not line else f" {line}" if wrapped else f"\n{line}"
    return _without_sign_off(without_greeting(plain.lstrip(" ¡¿\"'")).strip())


def _without_sign_off(plain: str) -> str:
    """Return the text without a name below a line that has only polite words."""
    lines = plain.split("\n")
    for index in range(1, len(lines)):
        below = lines[index + 1 :]
        polite = all(KIND.fullmatch(word) for word in re.findall(r"[^\W\d_]+", lines[index]))
        if polite and below and len(below) <= _NAME_LINES and all(len(line.split()) <= _NAME_WORDS for line in below):
            return "\n".join(lines[: index + 1])
    return plain


@cache
def _policy_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for the policy's own words for an answer, without those that can mean something else."""
    normalised = [_normalised(word) for word in words]
    parts = [
        re.escape(word) if _CJK.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)"
        for word in sorted(normalised, key=len, reverse=True)
        if not THANKING.fullmatch(word)
        and (" " in word or len(word) >= _DISTINCTIVE or (len(word) > 1 and _CJK.search(word)))
    ]
    return re.compile("|".join(parts) or "(?!)")
