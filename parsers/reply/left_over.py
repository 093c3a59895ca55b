"""Whether a mail says more than what was taken from it: what is left over has to reach a person.

What was taken are answers, chosen times, details. Greetings, thanks, closings and a name underneath are nothing left
over, nor are the few words that lead up to what was taken ("my number is …"). In doubt something is left over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from parsers.wordlists import either, wordlist

_LOOKED_AT = 8000
_BESIDE = 4  # words that may stand beside what was taken, in the same sentence
_NAME = 4  # words of a name that stands alone on its line
_WORDS = wordlist("answers")
_SMALL = re.compile(
    either(
        (
            *_WORDS["thanks"]["words"], *_WORDS["thanks"]["kind"], *_WORDS["greetings"]["words"],
            *_WORDS["polite"]["words"],
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
_SMALL_CJK = re.compile(either((*_WORDS["thanks"]["words"], *_WORDS["thanks"]["cjk_kind"], *_WORDS["polite"]["words"])))
_GREETING = re.compile(rf"\s*{either(_WORDS['greetings']['words'])}(?!\w)[^\n]{{0,60}}", re.IGNORECASE)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE = re.compile(r"(?<=[.!?。！？\n])\s*")
_TAKEN = "\x00"  # stands where something was taken
_REACTION = "text/vnd.google.email-reaction+json"


def says_nothing(text: str, file_types: Iterable[str] = ()) -> bool:
    """Whether a mail is blank: no letter and no figure, no question mark, no file. A reaction (an emoji sent with one
    click) is a mail of this sort, with or without the file that mail programs mark it by."""
    types = [kind.lower() for kind in file_types]
    if _REACTION in types:
        return True
    return not types and not any(one.isalnum() or one in "?？" for one in text)


def says_more(text: str, taken: Iterable[str] = (), *, beside: int = _BESIDE) -> bool:
    """Whether `text` has words beyond those `taken` and small talk. `beside` words may stand in a sentence with what
    was taken; where nothing was taken from a sentence, only small talk may be in it."""
    left = " ".join(unicodedata.normalize("NFKC", text[:_LOOKED_AT]).replace("\n", " \n ").split(" "))
    for piece in sorted(filter(None, (" ".join(one.split()) for one in taken)), key=len, reverse=True):
        words = r"\s+".join(map(re.escape, unicodedata.normalize("NFKC", piece).split()))
        if not _CJK.search(piece):
            words = rf"(?<!\w){words}(?!\w)"
        left = re.sub(words, f" {_TAKEN} ", left, count=1, flags=re.IGNORECASE)
    said = [one for one in _SENTENCE.split(left) if one.strip()]
    return len(text) > _LOOKED_AT or any(_is_more(one, beside, first=at == 0) for at, one in enumerate(said))


def _is_more(sentence: str, beside: int, *, first: bool) -> bool:
    """Whether one sentence says something of its own."""
    if "?" in sentence or "？" in sentence:
        return True
    if _CJK.search(sentence):
        words: list[str] = re.findall(r"\w", _SMALL_CJK.sub(" ", sentence))
        beside *= 2
    elif first and _GREETING.fullmatch(sentence.strip(" ,.!:\n")):
        return False
    else:
        words = [one for one in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", sentence) if not _SMALL.fullmatch(one)]
    if _TAKEN in sentence:
        return len(words) > beside
    return bool(words) and not _is_name(sentence, words)


def _is_name(sentence: str, words: list[str]) -> bool:
    """Whether it is nothing but a name, as people write it underneath."""
    if _CJK.search(sentence):
        return len(words) <= _NAME and len(re.findall(r"\w", sentence)) == len(words)
    plain = sentence.strip().rstrip(".,")
    return len(words) <= _NAME and "." not in plain and all(one[0].isupper() for one in words)
