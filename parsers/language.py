"""Which language words are written in, with honest doubt: by script, by characters, and by pieces of words.

Latin letters are judged by a small table of word pieces (benchmarks/distil_languages.py makes it; 5 MB once
loaded, no numpy): a naive Bayes over the longest known piece that ends at each octet, tempered by the length of the
text so that two words do not look like certainty.
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

_LOOKED_AT = 3000  # characters: more never changed a verdict
_LONGEST_PIECE = 6
_OURS = 3.0  # how much likelier a customer writes a language that the policy speaks
_SURE_OF_OTHER = 0.6  # from here on a language that the policy does not speak is believed
_ENOUGH_FOR_OTHER = 30  # letters needed for that
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
_WEIGHT = {"ja": 3, "zh": 3, "ko": 2}  # such a letter says as much as several of an alphabet
_UKRAINIAN, _RUSSIAN, _BULGARIAN = (
    re.compile(r"[іїєґІЇЄҐ]|ння(?!\w)"),
    re.compile(r"[ыэёЫЭЁ]|(?:ние|ться)(?!\w)"),
    re.compile("ъ[а-я]"),
)
_SERBIAN = re.compile("[јљњћђџ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Word pieces and, per piece, one octet per language: steps below the likeliest language."""

    languages: tuple[str, ...]
    step: float
    index: dict[bytes, int]
    table: bytes


def identify(text: str, languages: Sequence[str] = ()) -> Language:
    """The language of these words. `languages` are those the policy speaks, likelier than others; none = all alike."""
    words = _words(text[: 2 * _LOOKED_AT])[:_LOOKED_AT]
    counts = {name: len(script.findall(words)) * _WEIGHT.get(name, 1) for name, script in _SCRIPTS.items()}
    total = sum(counts.values())
    if not total:
        return Language()
    if counts["ja"] and counts["ja"] * 8 >= counts["zh"] and counts["ja"] + counts["zh"] > counts["latin"] // 3:
        return Language("ja", 0.98)
    script = max(counts, key=lambda name: counts[name])
    if script in ("latin", "cyrillic"):
        found = _latin(words, languages) if script == "latin" else _cyrillic(words, languages)
    elif script == "zh":
        found = _chinese(words, languages)
    else:
        found = Language(script, 0.98)
    return Language(found.code, round(found.certainty * min(1.0, counts[script] / total + 0.2), 3))


def _words(text: str) -> str:
    """The words alone: no addresses, numbers, model names or marks."""
    plain = " ".join(_NOISE.sub(" ", text).split())
    if not plain.isupper():
        plain = " ".join(_CAPITALS.sub(" ", plain).split()) or plain
    return unicodedata.normalize("NFC", plain.lower() if plain.isupper() else plain)


def _chinese(words: str, languages: Sequence[str]) -> Language:
    seen = Counter(hanzidentifier.identify(letter) for letter in set(words))
    simple, traditional = seen[hanzidentifier.SIMPLIFIED], seen[hanzidentifier.TRADITIONAL]
    if simple == traditional:
        spoken = [code for code in languages if code.startswith("zh")]
        return Language(spoken[0] if spoken else "zh-Hans", 0.8 if len(spoken) == 1 else 0.6)
    share = max(simple, traditional) / (simple + traditional)
    return Language("zh-Hans" if simple > traditional else "zh-Hant", share * 0.98)


def _cyrillic(words: str, languages: Sequence[str]) -> Language:
    marks = {
        "uk": len(_UKRAINIAN.findall(words)),
        "ru": len(_RUSSIAN.findall(words)),
        "bg": len(_BULGARIAN.findall(words)),
        "sr": 3 * len(_SERBIAN.findall(words)),
    }
    best = max(marks, key=lambda code: marks[code])
    if marks[best]:
        return Language(best, 0.6 + 0.38 * marks[best] / sum(marks.values()))
    spoken = [code for code in ("ru", "uk", "bg", "sr") if code in languages] or ["ru"]
    return Language(spoken[0], min(0.9, 0.55 + len(words) / 100))


def _latin(words: str, languages: Sequence[str]) -> Language:
    chances = _chances(words)
    if not chances:
        return Language()
    ours = [code for code in languages if code in chances]
    weighed = {code: chance * (_OURS if code in ours else 1.0) for code, chance in chances.items()}
    total = sum(weighed.values())
    best = max(chances, key=lambda code: chances[code])
    believed = not ours or (chances[best] >= _SURE_OF_OTHER and len(words) >= _ENOUGH_FOR_OTHER)
    if believed and not (ours and weighed[best] < max(weighed[code] for code in ours)):
        return Language(best, weighed[best] / total)
    best = max(ours or chances, key=lambda code: weighed[code])
    return Language(best, weighed[best] / total)


def _chances(words: str) -> Mapping[str, float]:
    """How likely each language in Latin letters is; empty when the text has no known piece."""
    pieces = _load()
    octets = words.encode("utf-8", "replace")
    seen = Counter(_pieces_of(octets, pieces.index))
    if not seen:
        return {}
    width = len(pieces.languages)
    scores = [0.0] * width
    for at, count in seen.items():
        weight = math.log1p(count)
        for column, steps in enumerate(pieces.table[at * width : (at + 1) * width]):
            scores[column] -= weight * steps
    cool = pieces.step / math.sqrt(len(octets))
    best = max(scores)
    raised = [math.exp((score - best) * cool) for score in scores]
    return {code: value / sum(raised) for code, value in zip(pieces.languages, raised, strict=True)}


def _pieces_of(octets: bytes, index: dict[bytes, int]) -> list[int]:
    found = []
    for end in range(2, len(octets) + 1):
        for begin in range(max(0, end - _LONGEST_PIECE), end - 1):
            at = index.get(octets[begin:end])
            if at is not None:
                found.append(at)
                break
    return found


@cache
def _load() -> _Pieces:
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
    return _Pieces(tuple(head["languages"]), head["step"], index, body[at:])


def language_named(said: str, languages: Sequence[str]) -> str:
    """Which of these languages is meant by its code, or by its name in any of them or in English; empty for none."""
    wanted = said.strip().casefold()
    names = [Locale.parse(one.replace("-", "_")).languages for one in dict.fromkeys((*languages, "en"))]
    for code in languages:
        spoken = (known.get(code.replace("-", "_"), code) for known in names)
        if wanted in {code.casefold(), *(name.casefold() for name in spoken)}:
            return code
    return ""
