"""Who a text addresses and whom it speaks about, by the word lists in words/instructions.toml.

A letter to a customer says *you*; a command to Reclamo speaks of *him*, *the customer*, *the case*. Every pattern is a
plain list of words, so that matching stays linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.wordlists import wordlist

_LOOKED_AT = 4000  # characters of a text that are searched
_END = r"[\s:,;.!?，、。！；：…\-–—~]"


@dataclass(frozen=True, slots=True)
class Speech:
    """The patterns of one or more languages.

    Those whose names end in `_start` match only at the beginning of a text.
    """

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
        """Whether a text certainly addresses its reader.

        With `begun`, the text continues a sentence, so that a capital letter at its beginning is significant (German
        *Sie*).
        """
        text = text[:_LOOKED_AT]
        return bool(self.second.search(text) or self.second_capital.search(text, 0 if begun else 1))

    def perhaps_to_reader(self, text: str, *, begun: bool = False) -> bool:
        """Whether a text may address its reader: also words that can mean somebody else."""
        return self.to_reader(text, begun=begun) or bool(self.second_weak.search(text[:_LOOKED_AT]))

    def begins_with_them(self, text: str) -> bool:
        """Whether the rest of a command line goes on with a third person: "note he is rude", not "Löschen Sie es"."""
        found = self.they_start.match(text)
        return found is not None and (" " in found[0] or not self.second_capital.match(text))

    def opens_with_somebody(self, text: str) -> bool:
        """Whether a text begins with *she* and a verb: "Sie hat".

        The initial capital could as well make it *you*.
        """
        found = self.they_start.match(text)
        return found is not None and " " in found[0] and not self.to_reader(text[found.end() :], begun=True)

    def of_customer(self, text: str) -> bool:
        """Whether a text says "the customer", as nobody does who writes to one."""
        text = self.not_customer.sub(" ", text[:_LOOKED_AT])
        return any(not self._follows_possessive(text, found.start()) for found in self.customer.finditer(text))

    def _follows_possessive(self, text: str, at: int) -> bool:
        """Whether *your* stands directly before this offset: "your customer" is not ours."""
        before = text[max(0, at - 12) : at].split()[-1:]
        return bool(before) and bool(self.second.fullmatch(before[0]) or self.second_capital.fullmatch(before[0]))

    def of_somebody(self, text: str) -> bool:
        """Whether a text says *he* or *she* without having named a person before."""
        text = text[:_LOOKED_AT]
        found = self.they.search(text)
        return bool(found) and not self.people.search(text, 0, found.start() if found else 0)


EVERY_LANGUAGE = tuple(wordlist("instructions"))
"""All languages with word lists. Colleagues greet each other in any of them, whatever the language of the case."""


@cache
def speech_of(languages: tuple[str, ...]) -> Speech:
    """Compile the patterns of these languages; a language without word lists adds nothing."""
    lists = [wordlist("instructions").get(code, {}) for code in languages]

    def words(name: str) -> list[str]:
        return sorted(
            {word for language_words in lists for word in language_words.get(name, ())}, key=len, reverse=True
        )

    return Speech(
        second=_anywhere(words("second")),
        second_capital=_anywhere(words("second_capital"), flags=0),
        second_weak=_anywhere(words("second_weak")),
        customer=_anywhere(words("customer")),
        not_customer=_anywhere(words("not_customer")),
        they=_anywhere(words("they")),
        they_start=_at_start([*words("they"), *words("they_first")]),
        told_start=_at_start(words("told_first")),
        we=_anywhere(words("we")),
        people=_anywhere(words("people")),
        ours=_anywhere(words("ours")),
        days=_anywhere(words("days")),
        lead_start=_at_start(words("lead_in"), rf"{_END}{{0,3}}"),
        polite=re.compile(rf"(?:{_END}|{_either(words('polite'))})*+", re.IGNORECASE),
        greeting_start=_at_start(words("greetings")),
        collective=re.compile(rf"(?:{_END}|{_either(words('collective'))})*+", re.IGNORECASE),
        closing=re.compile(rf"(?:{_END}|{_either(words('closings'))})*+", re.IGNORECASE),
    )


def _anywhere(words: list[str], *, flags: re.RegexFlag | int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(_either(words), flags)


def _at_start(words: list[str], after: str = "") -> re.Pattern[str]:
    return re.compile(rf"\W{{0,3}}{_either(words)}{after}", re.IGNORECASE)


def _either(words: list[str]) -> str:
    """A pattern for one of the words as a whole word; Chinese needs no spaces around it."""
    if not words:
        return r"(?!)"
    cjk = [_escaped(word) for word in words if _is_cjk(word)]
    spaced = [_escaped(word) for word in words if not _is_cjk(word)]
    # One lookbehind for all words: testing it for each of hundreds would be slow.
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return "(?:" + "|".join((*parts, *cjk)) + ")"


def _escaped(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"[ \t]{1,2}").replace("'", "['’]")


def _is_cjk(word: str) -> bool:
    return "\u2e80" <= word[-1] <= "\u9fff"
