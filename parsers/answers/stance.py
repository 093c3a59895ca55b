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

from config.policy_shapes.stance import Stance, Subject
from parsers.answers.answers import without_greeting
from parsers.answers.stance_clauses import POLITE_WORDS, THANKS_WORDS, StanceFindings, stance_findings
from parsers.answers.stance_words import StanceWordKind, stance_words
from parsers.language import identify_language

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
    words: str = ""
    understood: bool = False
    only_acknowledges: bool = False


@dataclass(frozen=True, slots=True)
class PolicyAnswers:
    """A policy's own words for its answers, which count in addition to the word lists."""

    satisfied: tuple[str, ...] = ()
    dissatisfied: tuple[str, ...] = ()


def read_stance(
    text: str,
    languages: Sequence[str],
    *,
    subject: Subject = Subject.DECISION,
    policy_answers: PolicyAnswers = PolicyAnswers(),
) -> StanceReading:
    """Read from the new text of a mail whether its writer is satisfied.

    `languages` are those it may be written in, the likeliest first. If the text shows its language clearly, only that
    one is read. Consent that another of these languages reads as a refusal is unclear.
    """
    plain = _normalised(text)
    words = (
        (StanceWordKind.AGREE, _policy_pattern(policy_answers.satisfied)),
        (StanceWordKind.REJECT, _policy_pattern(policy_answers.dissatisfied)),
    )
    readings = [
        _judge(stance_findings(plain, stance_words(code), words), plain, subject)
        for code in _languages_to_try(plain, languages)
    ]
    first = next((reading for reading in readings if reading.understood), StanceReading(Stance.UNCLEAR))
    if first.stance is Stance.SATISFIED and any(reading.stance is Stance.DISSATISFIED for reading in readings):
        return StanceReading(Stance.UNCLEAR, first.words, True)
    return first


def _languages_to_try(plain: str, languages: Sequence[str]) -> list[str]:
    detected = identify_language(plain, LANGUAGES)
    certain = [detected.code] if detected.certainty >= _SURE else []
    return [code for code in dict.fromkeys((*certain, *languages[: 1 if certain else None])) if code in LANGUAGES]


def _judge(findings: StanceFindings, plain: str, subject: Subject) -> StanceReading:
    """Return the stance that follows from what was found in the text."""
    about_work, beginning = subject is Subject.WORK, plain.split("\n", maxsplit=1)[0][:80].strip()
    if findings.withdrawn:
        return StanceReading(Stance.UNCLEAR, understood=True)
    agreed = [*findings.explicit_consent, *(findings.working if about_work else ())]
    consent = [*agreed, *(() if about_work else findings.consent)]
    refused = [*findings.refusals, *(findings.faults if about_work or findings.bare_no else ())]
    if refused:
        return _judge_refusal(findings, max(refused), agreed, consent)
    if findings.bare_no:
        only_no = not (_says_more(findings) or findings.declines_politely)
        clear = only_no or (findings.objects and not findings.unsettled)
        return StanceReading(Stance.DISSATISFIED if clear else Stance.UNCLEAR, beginning, True)
    unqualified = not (findings.unsettled or findings.taken_back or findings.faults or findings.negator_at >= 0)
    if consent or findings.bare_yes:
        words = consent[0][1] if consent else beginning
        return StanceReading(Stance.SATISFIED if unqualified else Stance.UNCLEAR, words, True)
    if findings.praise and not about_work:
        consents = unqualified and not findings.troubled and findings.unknown_words <= _MOST_UNKNOWN_WORDS
        return StanceReading(Stance.SATISFIED if consents else Stance.UNCLEAR, findings.praise[0][1], True)
    says_nothing = not _says_more(findings)
    return StanceReading(
        Stance.UNCLEAR, understood=findings.any_known_word or says_nothing, only_acknowledges=says_nothing
    )


def _says_more(findings: StanceFindings) -> bool:
    return (
        findings.any_known_word
        or findings.unsettled
        or findings.negator_at >= 0
        or findings.unknown_words > _MOST_UNKNOWN_WORDS
    )


def _judge_refusal(
    findings: StanceFindings, last: tuple[int, str], agreed: list[tuple[int, str]], consent: list[tuple[int, str]]
) -> StanceReading:
    """Return the stance of a text that refuses something.

    Consent elsewhere in the text makes it unclear; explicit consent only after a "but" is consent.
    """
    consent_after_but = (
        last[0] < findings.but_at and bool(agreed) and min(agreed)[0] > findings.but_at > findings.negator_at
    )
    if consent_after_but and not (findings.unsettled or findings.faults or findings.bare_no):
        return StanceReading(Stance.SATISFIED, agreed[0][1], True)
    mixed = (
        bool(agreed)
        or any(at > last[0] for at, _ in consent)
        or findings.bare_yes
        or findings.qualified_consent_at > last[0]
    )
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
        polite = all(POLITE_WORDS.fullmatch(word) for word in re.findall(r"[^\W\d_]+", lines[index]))
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
        if not THANKS_WORDS.fullmatch(word)
        and (" " in word or len(word) >= _DISTINCTIVE or (len(word) > 1 and _CJK.search(word)))
    ]
    return re.compile("|".join(parts) or "(?!)")
