"""Whom a text speaks to and of whom: the words of words/instructions.toml as patterns, for the languages asked for.

A letter to a customer says *you*; a line to the desk speaks of *him*, *the customer*, *the case*. Every pattern is a
list of words and nothing else, so that reading stays linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.wordlists import wordlist

_LOOKED_AT = 4000  # characters of a text in which words are looked for
_END = r"[\s:,;.!?，、。！；：…\-–—~]"


@dataclass(frozen=True, slots=True)
class Speech:
    """The patterns of some languages. Those that end in `_start` match at the beginning of a text only."""

    second: re.Pattern[str]
    second_capital: re.Pattern[str]
    second_weak: re.Pattern[str]
    customer: re.Pattern[str]
    not_customer: re.Pattern[str]
    they: re.Pattern[str]
    they_start: re.Pattern[str]
    told_start: re.Pattern[str]
    we: re.Pattern[str]
    people: re.Pattern[str]
    ours: re.Pattern[str]
    days: re.Pattern[str]
    lead_start: re.Pattern[str]
    polite: re.Pattern[str]
    greeting_start: re.Pattern[str]
    collective: re.Pattern[str]
    closing: re.Pattern[str]

    def to_reader(self, text: str, *, begun: bool = False) -> bool:
        """Whether a text speaks to its reader, beyond doubt. Of a sentence that has `begun` before it, a capital at
        its beginning tells something."""
        text = text[:_LOOKED_AT]
        return bool(self.second.search(text) or self.second_capital.search(text, 0 if begun else 1))

    def perhaps_to_reader(self, text: str, *, begun: bool = False) -> bool:
        """Whether it may."""
        return self.to_reader(text, begun=begun) or bool(self.second_weak.search(text[:_LOOKED_AT]))

    def begins_with_them(self, text: str) -> bool:
        """Whether what stands behind a word goes on with somebody: "note he is rude", not "Löschen Sie es"."""
        found = self.they_start.match(text)
        return found is not None and (" " in found[0] or not self.second_capital.match(text))

    def opens_with_somebody(self, text: str) -> bool:
        """Whether a text begins with *she* where the capital of a beginning could as well make it *you*: "Sie hat"."""
        found = self.they_start.match(text)
        return found is not None and " " in found[0] and not self.to_reader(text[found.end() :], begun=True)

    def of_customer(self, text: str) -> bool:
        """Whether a text speaks of the customer by that word, as nobody does who writes to one."""
        text = self.not_customer.sub(" ", text[:_LOOKED_AT])
        return any(not self._owned(text, found.start()) for found in self.customer.finditer(text))

    def _owned(self, text: str, at: int) -> bool:
        """*Your customer* is not ours."""
        before = text[max(0, at - 12) : at].split()[-1:]
        return bool(before) and bool(self.second.fullmatch(before[0]) or self.second_capital.fullmatch(before[0]))

    def of_somebody(self, text: str) -> bool:
        """Whether a text says *he* or *she* of nobody it has named before."""
        text = text[:_LOOKED_AT]
        found = self.they.search(text)
        return bool(found) and not self.people.search(text, 0, found.start() if found else 0)


EVERY_LANGUAGE = tuple(wordlist("instructions"))
"""The languages that have words here. Colleagues greet each other in any of them, whatever the case is in."""


@cache
def speech_of(languages: tuple[str, ...]) -> Speech:
    """The patterns of these languages; of those that have no words, none."""
    lists = [wordlist("instructions").get(code, {}) for code in languages]

    def words(name: str) -> list[str]:
        return sorted({word for one in lists for word in one.get(name, ())}, key=len, reverse=True)

    return Speech(
        second=_within(words("second")),
        second_capital=_within(words("second_capital"), flags=0),
        second_weak=_within(words("second_weak")),
        customer=_within(words("customer")),
        not_customer=_within(words("not_customer")),
        they=_within(words("they")),
        they_start=_start([*words("they"), *words("they_first")]),
        told_start=_start(words("told_first")),
        we=_within(words("we")),
        people=_within(words("people")),
        ours=_within(words("ours")),
        days=_within(words("days")),
        lead_start=_start(words("lead_in"), rf"{_END}{{0,3}}"),
        polite=re.compile(rf"(?:{_END}|{_either(words('polite'))})*+", re.IGNORECASE),
        greeting_start=_start(words("greetings")),
        collective=re.compile(rf"(?:{_END}|{_either(words('collective'))})*+", re.IGNORECASE),
        closing=re.compile(rf"(?:{_END}|{_either(words('closings'))})*+", re.IGNORECASE),
    )


def _within(words: list[str], *, flags: re.RegexFlag | int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(_either(words), flags)


def _start(words: list[str], after: str = "") -> re.Pattern[str]:
    return re.compile(rf"\W{{0,3}}{_either(words)}{after}", re.IGNORECASE)


def _either(words: list[str]) -> str:
    """One of the words as a whole; Chinese needs no spaces around it."""
    if not words:
        return r"(?!)"
    signs = [_shown(word) for word in words if _is_sign(word)]
    whole = [_shown(word) for word in words if not _is_sign(word)]
    # Whether a word can begin here is asked once, and not for each of hundreds.
    together = [rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)"] if whole else []
    return "(?:" + "|".join((*together, *signs)) + ")"


def _shown(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"[ \t]{1,2}").replace("'", "['’]")


def _is_sign(word: str) -> bool:
    return "\u2e80" <= word[-1] <= "\u9fff"
