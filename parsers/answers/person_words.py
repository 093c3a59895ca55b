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
class PersonWords:
    """The patterns of one or more languages.

    Those whose names end in `_start` match only at the beginning of a text.
    """

    reader: re.Pattern[str]
    reader_capital: re.Pattern[str]
    reader_or_other: re.Pattern[str]
    customer: re.Pattern[str]
    customer_compounds: re.Pattern[str]
    third_person: re.Pattern[str]
    third_person_start: re.Pattern[str]
    report_start: re.Pattern[str]
    company: re.Pattern[str]
    person_nouns: re.Pattern[str]
    internal_things: re.Pattern[str]
    day_words: re.Pattern[str]
    lead_in_start: re.Pattern[str]
    polite_words: re.Pattern[str]
    greeting_start: re.Pattern[str]
    impersonal_address: re.Pattern[str]
    closing: re.Pattern[str]

    def addresses_reader(self, text: str, *, begun: bool = False) -> bool:
        """Whether a text certainly addresses its reader.

        With `begun`, the text continues a sentence, so that a capital letter at its beginning is significant (German
        *Sie*).
        """
        text = text[:_LOOKED_AT]
        return bool(self.reader.search(text) or self.reader_capital.search(text, 0 if begun else 1))

    def may_address_reader(self, text: str, *, begun: bool = False) -> bool:
        """Whether a text may address its reader: also words that can mean somebody else."""
        return self.addresses_reader(text, begun=begun) or bool(self.reader_or_other.search(text[:_LOOKED_AT]))

    def begins_with_third_person(self, text: str) -> bool:
        """Whether the rest of a command line goes on with a third person: "note he is rude", not "Löschen Sie es"."""
        found = self.third_person_start.match(text)
        return found is not None and (" " in found[0] or not self.reader_capital.match(text))

    def begins_with_ambiguous_she(self, text: str) -> bool:
        """Whether a text begins with *she* and a verb: "Sie hat".

        The initial capital could as well make it *you*.
        """
        found = self.third_person_start.match(text)
        return found is not None and " " in found[0] and not self.addresses_reader(text[found.end() :], begun=True)

    def mentions_customer(self, text: str) -> bool:
        """Whether a text says "the customer", which a letter to a customer does not."""
        text = self.customer_compounds.sub(" ", text[:_LOOKED_AT])
        return any(not self._follows_possessive(text, found.start()) for found in self.customer.finditer(text))

    def _follows_possessive(self, text: str, at: int) -> bool:
        """Whether *your* stands directly before this offset: "your customer" is not ours."""
        before = text[max(0, at - 12) : at].split()[-1:]
        return bool(before) and bool(self.reader.fullmatch(before[0]) or self.reader_capital.fullmatch(before[0]))

    def mentions_unnamed_person(self, text: str) -> bool:
        """Whether a text says *he* or *she* without having named a person before."""
        text = text[:_LOOKED_AT]
        found = self.third_person.search(text)
        return bool(found) and not self.person_nouns.search(text, 0, found.start() if found else 0)


EVERY_LANGUAGE = tuple(wordlist("instructions"))
"""All languages with word lists. Colleagues greet each other in any of them, whatever the language of the case."""


@cache
def person_words_of(languages: tuple[str, ...]) -> PersonWords:
    """Compile the patterns of these languages; a language without word lists adds nothing."""
    lists = [wordlist("instructions").get(code, {}) for code in languages]

    def words(name: str) -> list[str]:
        return sorted(
            {word for language_words in lists for word in language_words.get(name, ())}, key=len, reverse=True
        )

    return PersonWords(
        reader=_anywhere(words("second")),
        reader_capital=_anywhere(words("second_capital"), flags=0),
        reader_or_other=_anywhere(words("second_weak")),
        customer=_anywhere(words("customer")),
        customer_compounds=_anywhere(words("not_customer")),
        third_person=_anywhere(words("they")),
        third_person_start=_at_start([*words("they"), *words("they_first")]),
        report_start=_at_start(words("told_first")),
        company=_anywhere(words("we")),
        person_nouns=_anywhere(words("people")),
        internal_things=_anywhere(words("ours")),
        day_words=_anywhere(words("days")),
        lead_in_start=_at_start(words("lead_in"), rf"{_END}{{0,3}}"),
        polite_words=re.compile(rf"(?:{_END}|{_either(words('polite'))})*+", re.IGNORECASE),
        greeting_start=_at_start(words("greetings")),
        impersonal_address=re.compile(rf"(?:{_END}|{_either(words('collective'))})*+", re.IGNORECASE),
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
