"""Decide whether a mail says more than what was read from it; if so, a person has to read it.

Answers, chosen times and details are read from a mail. Greetings, thanks, closings and a name at the end do not count
as more, nor do the few words that introduce what was read ("my number is …"). In doubt the mail says more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from parsers.wordlists import any_pattern, wordlist

_LOOKED_AT = 8000  # characters; a longer mail always says more
_BESIDE = 4  # words allowed in a sentence besides what was read from it
_NAME = 4  # words of a name on a line by itself
_WORDS = wordlist("answers")
_SMALL_TALK = re.compile(
    any_pattern(
        (
            *_WORDS["thanks"]["words"], *_WORDS["thanks"]["kind"], *_WORDS["greetings"]["words"],
            *_WORDS["polite"]["words"],
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
_SMALL_TALK_CJK = re.compile(
    any_pattern((*_WORDS["thanks"]["words"], *_WORDS["thanks"]["cjk_kind"], *_WORDS["polite"]["words"]))
)
_GREETING = re.compile(rf"\s*{any_pattern(_WORDS['greetings']['words'])}(?!\w)[^\n]{{0,60}}", re.IGNORECASE)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])\s*")
_TAKEN = "\x00"  # placeholder for text that was read


def says_more(text: str, taken: Iterable[str] = (), *, beside: int = _BESIDE) -> bool:
    """Whether `text` has words besides those `taken` and small talk.

    A sentence from which something was taken may have `beside` other words; any other sentence only small talk.
    """
    left = " ".join(unicodedata.normalize("NFKC", text[:_LOOKED_AT]).replace("\n", " \n ").split(" "))
    for piece in sorted(filter(None, (" ".join(part.split()) for part in taken)), key=len, reverse=True):
        words = r"\s+".join(map(re.escape, unicodedata.normalize("NFKC", piece).split()))
        if not _CJK.search(piece):
            words = rf"(?<!\w){words}(?!\w)"
        left = re.sub(words, f" {_TAKEN} ", left, count=1, flags=re.IGNORECASE)
    sentences = [sentence for sentence in _SENTENCE_END.split(left) if sentence.strip()]
    return len(text) > _LOOKED_AT or any(
        _says_more(sentence, beside, first=index == 0) for index, sentence in enumerate(sentences)
    )


def _says_more(sentence: str, beside: int, *, first: bool) -> bool:
    """Whether one sentence has a question or words besides small talk and what was taken from it."""
    if "?" in sentence or "？" in sentence:
        return True
    if _CJK.search(sentence):
        words: list[str] = re.findall(r"\w", _SMALL_TALK_CJK.sub(" ", sentence))
        beside *= 2
    elif first and _GREETING.fullmatch(sentence.strip(" ,.!:\n")):
        return False
    else:
        words = [word for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", sentence) if not _SMALL_TALK.fullmatch(word)]
    if _TAKEN in sentence:
        return len(words) > beside
    return bool(words) and not _is_name(sentence, words)


def _is_name(sentence: str, words: list[str]) -> bool:
    """Whether a sentence is only a name, as people write it at the end of a mail."""
    if _CJK.search(sentence):
        return len(words) <= _NAME and len(re.findall(r"\w", sentence)) == len(words)
    plain = sentence.strip().rstrip(".,")
    return len(words) <= _NAME and "." not in plain and all(word[0].isupper() for word in words)
