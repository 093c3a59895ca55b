"""Language identification with a certainty: by script, by characteristic letters, and by word fragments.

Text in Latin letters is classified with a small table of word fragments (made by benchmarks/distil_languages.py; 5 MB
when loaded, no numpy): naive Bayes over the longest known fragment ending at each octet. The scores are scaled by the
length of the text, so that two words do not give a high certainty.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import hanzidentifier  # type: ignore[import-untyped]
from babel import Locale

from parsers.reading import Language

_LOOKED_AT = 3000  # characters; reading more never changed a result
_LONGEST_FRAGMENT = 6
_POLICY_LANGUAGE_WEIGHT = 3.0  # how much likelier a language of the policy is than any other
_SURE_OF_OTHER = 0.6  # minimum probability to accept a language that the policy does not have
_ENOUGH_FOR_OTHER = 30  # minimum number of letters to accept one
_NOISE = re.compile(
    r"https?://\S{1,500}|www\.\S{1,200}|[\w.+-]{1,64}+@[\w.-]{1,100}|[^\s\d]{0,60}+\d\S{0,60}|[^\w\s'’]+|_+",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?<!\w)[A-Z][A-Z-]{1,15}(?!\w)")
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff\uff66-\uff9f]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
_WEIGHT = {"ja": 3, "zh": 3, "ko": 2}  # one such character counts as several letters of an alphabet
_UKRAINIAN, _RUSSIAN, _BULGARIAN = (
    re.compile(r"[іїєґІЇЄҐ]|ння(?!\w)"),
    re.compile(r"[ыэёЫЭЁ]|(?:ние|ться)(?!\w)"),
    re.compile("ъ[а-я]"),
)
_SERBIAN = re.compile("[јљњћђџ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _FragmentTable:
    """Word fragments and, per fragment, one octet per language: steps below the likeliest language."""

    languages: tuple[str, ...]
    step: float
    index: dict[bytes, int]
    table: bytes


def identify_language(text: str, languages: Sequence[str] = ()) -> Language:
    """The language of a text. `languages` are the policy's, which are likelier; without any, all are equally likely."""
    words = _plain_words(text[: 2 * _LOOKED_AT])[:_LOOKED_AT]
    counts = {name: len(script.findall(words)) * _WEIGHT.get(name, 1) for name, script in _SCRIPTS.items()}
    total = sum(counts.values())
    if not total:
        return Language()
    if counts["ja"] and counts["ja"] * 8 >= counts["zh"] and counts["ja"] + counts["zh"] > counts["latin"] // 3:
        return Language("ja", 0.98)
    script = max(counts, key=lambda name: counts[name])
    if script in ("latin", "cyrillic"):
        language = _latin(words, languages) if script == "latin" else _cyrillic(words, languages)
    elif script == "zh":
        language = _chinese(words, languages)
    else:
        language = Language(script, 0.98)
    return Language(language.code, round(language.certainty * min(1.0, counts[script] / total + 0.2), 3))


def _plain_words(text: str) -> str:
    """The plain words of a text: no addresses, numbers, model names or punctuation; all capitals become lower case."""
    plain = " ".join(_NOISE.sub(" ", text).split())
    if not plain.isupper():
        plain = " ".join(_CAPITALS.sub(" ", plain).split()) or plain
    return unicodedata.normalize("NFC", plain.lower() if plain.isupper() else plain)


def _chinese(words: str, languages: Sequence[str]) -> Language:
    variants = Counter(hanzidentifier.identify(letter) for letter in set(words))
    simplified, traditional = variants[hanzidentifier.SIMPLIFIED], variants[hanzidentifier.TRADITIONAL]
    if simplified == traditional:
        policy_codes = [code for code in languages if code.startswith("zh")]
        return Language(policy_codes[0] if policy_codes else "zh-Hans", 0.8 if len(policy_codes) == 1 else 0.6)
    share = max(simplified, traditional) / (simplified + traditional)
    return Language("zh-Hans" if simplified > traditional else "zh-Hant", share * 0.98)


def _cyrillic(words: str, languages: Sequence[str]) -> Language:
    letters_of = {
        "uk": len(_UKRAINIAN.findall(words)),
        "ru": len(_RUSSIAN.findall(words)),
        "bg": len(_BULGARIAN.findall(words)),
        "sr": 3 * len(_SERBIAN.findall(words)),
    }
    best = max(letters_of, key=lambda code: letters_of[code])
    if letters_of[best]:
        return Language(best, 0.6 + 0.38 * letters_of[best] / sum(letters_of.values()))
    candidates = [code for code in ("ru", "uk", "bg", "sr") if code in languages] or ["ru"]
    return Language(candidates[0], min(0.9, 0.55 + len(words) / 100))


def _latin(words: str, languages: Sequence[str]) -> Language:
    probabilities = _probabilities(words)
    if not probabilities:
        return Language()
    policy_codes = [code for code in languages if code in probabilities]
    weighted = {
        code: chance * (_POLICY_LANGUAGE_WEIGHT if code in policy_codes else 1.0)
        for code, chance in probabilities.items()
    }
    total = sum(weighted.values())
    best = max(probabilities, key=lambda code: probabilities[code])
    outside_accepted = not policy_codes or (probabilities[best] >= _SURE_OF_OTHER and len(words) >= _ENOUGH_FOR_OTHER)
    if outside_accepted and not (policy_codes and weighted[best] < max(weighted[code] for code in policy_codes)):
        return Language(best, weighted[best] / total)
    best = max(policy_codes or probabilities, key=lambda code: weighted[code])
    return Language(best, weighted[best] / total)


def _probabilities(words: str) -> Mapping[str, float]:
    """The probability of each language in Latin letters; empty when the text has no known fragment."""
    table = _fragment_table()
    octets = words.encode("utf-8", "replace")
    seen = Counter(_fragments_in(octets, table.index))
    if not seen:
        return {}
    width = len(table.languages)
    scores = [0.0] * width
    for fragment, count in seen.items():
        weight = math.log1p(count)
        for column, steps in enumerate(table.table[fragment * width : (fragment + 1) * width]):
            scores[column] -= weight * steps
    temperature = table.step / math.sqrt(len(octets))
    best = max(scores)
    likelihoods = [math.exp((score - best) * temperature) for score in scores]
    return {code: value / sum(likelihoods) for code, value in zip(table.languages, likelihoods, strict=True)}


def _fragments_in(octets: bytes, index: dict[bytes, int]) -> list[int]:
    found = []
    for end in range(2, len(octets) + 1):
        for begin in range(max(0, end - _LONGEST_FRAGMENT), end - 1):
            fragment = index.get(octets[begin:end])
            if fragment is not None:
                found.append(fragment)
                break
    return found


@cache
def _fragment_table() -> _FragmentTable:
    raw = files("parsers").joinpath("words", "latin.bin").read_bytes()
    size = int.from_bytes(raw[:4], "big")
    head = json.loads(raw[4 : 4 + size])
    body = zlib.decompress(raw[4 + size :])
    index: dict[bytes, int] = {}
    at = 0
    for number in range(head["features"]):
        length = body[at]
        index[body[at + 1 : at + 1 + length]] = number
        at += 1 + length
    return _FragmentTable(tuple(head["languages"]), head["step"], index, body[at:])


def language_code_of(written: str, languages: Sequence[str]) -> str:
    """The code of the language that is named by its code, or by its name in one of `languages` or in English; empty if
    none of `languages` matches."""
    wanted = written.strip().casefold()
    names = [Locale.parse(code.replace("-", "_")).languages for code in dict.fromkeys((*languages, "en"))]
    for code in languages:
        names_of_code = (known.get(code.replace("-", "_"), code) for known in names)
        if wanted in {code.casefold(), *(name.casefold() for name in names_of_code)}:
            return code
    return ""
