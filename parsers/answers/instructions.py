"""Decide whether a line of a staff mail is an instruction to Reclamo or a sentence for the customer.

People misspell commands, or add words that the command cannot take: "extend in two weeks", "note he is rude", "take - I
will look at it". Such a line must never be sent; "Close the valve first." may. They are told apart by the form of a
sentence (a capital and a full stop), whom it addresses (*you*) and whom it speaks about (*he*, *the customer*, *the
case*), and whether the words after the command are, or nearly are, what it takes. In doubt the line is an instruction:
its writer can be asked, but a letter that has been sent cannot be recalled.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace

from parsers.answers.command_words import (
    SEPARATORS,
    CommandGrammar,
    commands_at_start,
    folded,
    is_cjk,
    to_half_width,
    words_longest_first,
)
from parsers.answers.framing import is_impersonal_greeting
from parsers.answers.person_words import EVERY_LANGUAGE, PersonWords, person_words_of
from parsers.wordlists import wordlist

_SLASH = re.compile(r"\s*/\s*(?P<command>\S.*)", re.DOTALL)
_STOPS = re.compile(r"[.!?:…。！？：][\"'”’»）)]{0,2}\s*$")
_PARTS = re.compile(r"\s*(?:[,;(/&+=，；（、—–]|-+\s|\.{2,}|…)")
_ADDRESSED = re.compile(r"@\w{2,30}[\s,:]{1,3}|[A-ZÀ-Þ]\w{1,30},\s{1,2}")  # "@Anna", "Anna,"
_NO_WORDS = re.compile(r"(?:(?![?？])[\W_])*+[?？][\W_]*+")
_TRIM = SEPARATORS + "()[]（）/&+=…—\"'“”„«»"
_NEAR = 0.8  # similarity from which a word counts as misspelt: one wrong letter in "decide"
_SHORTEST = 4  # letters of a word that may be misspelt
_NAME = 3  # letters of a name that identify a person
_LEAD_INS = 3  # lead-ins before a command: "ok, please can you close it"
_LONGEST = 600  # characters of a line that are read

# Numbers of words after the command's word that distinguish fragments from sentences:
_FEW = 2  # the least in a sentence for a customer: "Close it." is an instruction
_SHORT = 6  # a line this short that speaks of internal things or of a day is an instruction
_CLAUSE = 7  # a line with a comma and this many words is a sentence whose full stop was forgotten
_LONG = 14  # the same without a comma
_CJK_FEW, _CJK_LONG = 3, 12  # the same in characters


@dataclass(frozen=True, slots=True)
class _Line:
    """A line split at the command's word: the word, and the rest after it.

    `led` says whether a lead-in stood before the word, `sentence` whether the line has the form of a whole sentence,
    `capital` whether it begins with a capital, `known` whether the word is one of the command's own.
    """

    whole: str
    led: bool
    word: str
    rest: str
    sentence: bool
    capital: bool
    known: bool = True

    @property
    def body(self) -> str:
        return self.rest.strip(_TRIM)

    @property
    def count(self) -> int:
        """The number of words (characters in Chinese) after the command's word."""
        return len(self.body) if is_cjk(self.word) else len(self.body.split())

    def within(self, words: int) -> bool:
        """Whether the rest is at most this many words long, or twice as many characters in Chinese."""
        return self.count <= (2 * words if is_cjk(self.word) else words)


def is_instruction(line: str, grammar: CommandGrammar, *, greeted: bool = False, customer: str = "") -> bool:
    """Whether this line, which cannot be read as a command, is meant as an instruction.

    `greeted` says whether a greeting stands above it: then a sentence may begin in lower case. `customer` is the
    customer's name, if known.
    """
    text = to_half_width(" ".join(line[:_LONGEST].split()))
    if _SLASH.fullmatch(text) or _NO_WORDS.fullmatch(text):
        return True
    if is_copied_help(text, grammar):
        return True
    person_words = person_words_of(grammar.languages)
    for start in _command_starts(text, person_words):
        candidate = text[start:]
        found = list(_longest_commands(candidate, grammar))
        split_lines = [
            (name, replace(_split_line(text, start, candidate[:end], candidate[end:], greeted=greeted), known=known))
            for name, end, known in found
        ]
        if found:
            return any(
                _names_customer(split.body, customer) or _is_meant_as_command(name, split, grammar, person_words)
                for name, split in split_lines
            )
    return (
        _begins_with_name(text, grammar, person_words)
        or _ends_with_command(text, grammar, person_words)
        or _begins_misspelt(text, grammar, person_words, greeted=greeted)
    )


def is_copied_help(line: str, grammar: CommandGrammar) -> bool:
    """Whether a line is copied from what our own letters say about a command."""
    text = to_half_width(line)
    for name, end, _ in _longest_commands(text, grammar):
        rest = folded(text[end:])
        if any(folded(explanation) in rest for explanation in grammar.help_texts.get(name, ())):
            return True
    return False


def speaks_about_customer(text: str, grammar: CommandGrammar, *, customer: str = "") -> bool:
    """Whether text that would go to the customer speaks about them to somebody else, and does not address them."""
    person_words = person_words_of(grammar.languages)
    if person_words.begins_with_ambiguous_she(text):
        return True
    greetings = person_words_of(EVERY_LANGUAGE)
    greeted = greetings.greeting_start.match(text) and not is_impersonal_greeting(text, greetings)
    if (
        person_words.may_address_reader(text, begun=True)
        or greeted
        or _addresses_customer(text, customer, person_words)
    ):
        return False
    return (
        _names_customer(text, customer)
        or person_words.mentions_customer(text)
        or person_words.mentions_unnamed_person(text)
    )


def _addresses_customer(text: str, customer: str, person_words: PersonWords) -> bool:
    """Whether a text begins with the customer's name, as a letter to them does.

    The name stands alone on the first line ("Ms Doe,"), or before a comma and the company's words ("Jane, we have
    looked at it").
    """
    first, _, below = text.strip().partition("\n")
    name, comma, rest = first.partition(",")
    alone = bool(below.strip()) and not rest.strip()
    content = below if alone else rest
    if (
        not (alone or (comma and person_words.company.search(rest)))
        or person_words.mentions_customer(content)
        or person_words.mentions_unnamed_person(content)
    ):
        return False
    allowed = {*customer.casefold().split(), *wordlist("titles")["before"]}
    words = [word.strip(".:!–-").casefold() for word in name.split()]
    return any(word in customer.casefold().split() for word in words) and all(word in allowed for word in words if word)


def _names_customer(text: str, customer: str) -> bool:
    """Whether a text contains one of the customer's names."""
    names = [re.escape(name) for name in customer.split() if len(name) >= _NAME]
    return bool(names) and bool(re.search(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", text[:_LONGEST]))


def without_polite_words(line: str, grammar: CommandGrammar) -> str:
    """Return a line without polite words before its content: "please take" becomes "take"."""
    found = person_words_of(grammar.languages).polite_words.match(to_half_width(line))
    return line[found.end() :] if found else line


def _command_starts(text: str, person_words: PersonWords) -> list[int]:
    """Return the offsets where a command's word may stand: at the beginning, and after each lead-in."""
    addressed = _ADDRESSED.match(text)
    starts = [0, addressed.end()] if addressed else [0]
    for _ in range(_LEAD_INS):
        found = person_words.lead_in_start.match(text, starts[-1])
        if not found or found.end() == starts[-1]:
            break
        starts.append(found.end())
    return starts


def _longest_commands(text: str, grammar: CommandGrammar) -> list[tuple[str, int, bool]]:
    """Return the commands with whose longest word a text begins.

    For each: its name, the end of the word, and whether the word is the command's own (not one of `near_words`).
    """
    found = [(name, end, True) for name, end in commands_at_start(text, grammar.recognised_words or grammar.words)]
    found += [(name, end, False) for name, end in commands_at_start(text, grammar.near_words)]
    most = max((end for _, end, _ in found), default=0)
    return [command for command in found if command[1] == most]


def _split_line(text: str, start: int, word: str, rest: str, *, greeted: bool) -> _Line:
    first = next((character for character in text if character.isalnum()), "")
    capital = greeted or not first.islower()
    return _Line(text, start > 0, word, rest, capital and bool(_STOPS.search(text)), capital)


def _is_meant_as_command(name: str, line: _Line, grammar: CommandGrammar, person_words: PersonWords) -> bool:
    """Test a line that begins with a command's word: certain signs first, the form of the line last."""
    if not line.body or person_words.polite_words.fullmatch(line.body):
        return not (line.led and line.rest.strip().startswith(":"))  # "Please note:"
    if person_words.mentions_customer(line.body):
        return True
    reports = line.known and name in grammar.without_argument and person_words.report_start.match(line.body)
    if (
        reports
        or (line.known and person_words.begins_with_third_person(line.body))
        or person_words.mentions_unnamed_person(line.body)
    ):
        return not (line.capital and person_words.addresses_reader(line.body, begun=True))
    takes = grammar.begins_with_argument(name, line.body)
    if person_words.addresses_reader(line.body, begun=True) or (
        line.sentence and person_words.may_address_reader(line.body)
    ):
        return takes and not line.sentence and name not in grammar.taking_day
    may_be_internal = not (line.sentence and person_words.company.search(line.body))
    if takes or (
        may_be_internal and name in grammar.taking_day and line.within(_SHORT) and _mentions_day(line, person_words)
    ):
        return not (name in grammar.taking_day and line.sentence and not line.within(_SHORT - 1))
    if (
        _PARTS.match(line.rest)
        and name in grammar.without_argument
        and not (line.sentence and name in grammar.taking_text)
    ):
        return True
    if (
        may_be_internal
        and line.within(_SHORT - 1)
        and person_words.internal_things.search(" ".join(line.body.split()[:3]))
    ):
        return True
    return not _is_sentence(line) or (not line.sentence and _has_second_command(line, grammar, person_words))


def _mentions_day(line: _Line, person_words: PersonWords) -> bool:
    return not line.led and (line.known or not line.sentence) and bool(person_words.day_words.search(line.body))


def _has_second_command(line: _Line, grammar: CommandGrammar, person_words: PersonWords) -> bool:
    """Whether a second command follows in a line: "Wait until the parts are in, then remind me"."""
    for part in re.split(r"[,;，；]", line.rest)[1:]:
        if any(_longest_commands(part.strip()[at:], grammar) for at in _command_starts(part.strip(), person_words)):
            return True
    return False


def _is_sentence(line: _Line) -> bool:
    """Whether a line has the form of a sentence for a customer."""
    if is_cjk(line.word):
        return line.count >= _CJK_FEW if _STOPS.search(line.whole) else line.count > _CJK_LONG
    if line.sentence:
        return line.count >= _FEW
    if not line.capital:
        return False
    return line.count >= _LONG or (line.count >= _CLAUSE and bool(re.search(r"[,;]", line.body)))


def _ends_with_command(text: str, grammar: CommandGrammar, person_words: PersonWords) -> bool:
    """Whether a short line ends with a command's word, as in German: "Frist bis 20. Mai verlängern"."""
    last = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    if _STOPS.search(text) or len(text.split()) > _CLAUSE or len(last) <= _SHORTEST or not last.islower():
        return False
    known = (word for words in (grammar.recognised_words, grammar.near_words) for _, word in words_longest_first(words))
    return folded(last) in known and not person_words.may_address_reader(text)


def _begins_with_name(line: str, grammar: CommandGrammar, person_words: PersonWords) -> bool:
    """Whether a line gives a decision or a kind without the command's word: "not upheld because out of warranty"."""
    folded_line = folded(line[:200]).strip(_TRIM)
    for name in map(folded, grammar.decision_and_kind_names):
        head = _first_words(folded_line, name)
        if not _is_similar(head, name):
            continue
        rest = folded_line[len(head) :].strip(_TRIM)
        if not rest:
            return True
        if is_cjk(name):
            return not _STOPS.search(line) and len(rest) <= _CJK_LONG and not person_words.may_address_reader(line)
        sentence = not line[:1].islower() and _STOPS.search(line)
        return not sentence and not person_words.may_address_reader(line) and len(rest.split()) <= _LONG
    return False


def _first_words(text: str, name: str) -> str:
    """Return as many words (characters in Chinese) of a text as a name has."""
    if is_cjk(name):
        return text[: len(name)]
    words = text.split()[: len(name.split())]
    return " ".join(words) if text.startswith(" ".join(words)) else ""


def _is_similar(head: str, name: str) -> bool:
    if head == name or len(name) < _SHORTEST or is_cjk(name):
        return head == name
    return difflib.SequenceMatcher(None, head, name).ratio() >= _NEAR


def _begins_misspelt(text: str, grammar: CommandGrammar, person_words: PersonWords, *, greeted: bool) -> bool:
    """Whether a line begins with a word one letter away from a command's."""
    head = re.split(r"[\s:,;]", folded(text[:200]), maxsplit=1)[0].strip(_TRIM)
    split_line = _split_line(text, 0, text[: len(head)], text[len(head) :], greeted=greeted)
    known = [word for _, word in words_longest_first(grammar.recognised_words or grammar.words)]
    known += [word for _, word in words_longest_first(grammar.near_words) if len(word) > _SHORTEST + 1]
    if is_cjk(head):
        return _is_misspelt_cjk(text, split_line, known, person_words)
    candidates = [word for word in known if abs(len(word) - len(head)) <= 1]  # "screen" is not "seen" misspelt
    if len(head) < _SHORTEST or not difflib.get_close_matches(head, candidates, n=1, cutoff=_NEAR):
        return False
    if person_words.may_address_reader(split_line.body, begun=True):
        return False
    if split_line.sentence:
        return person_words.mentions_customer(split_line.body) or person_words.mentions_unnamed_person(split_line.body)
    return split_line.within(_SHORT // 2 if split_line.capital else _CLAUSE)


def _is_misspelt_cjk(text: str, line: _Line, known: list[str], person_words: PersonWords) -> bool:
    """Whether a Chinese line is a command with one wrong character, before a colon or a few characters more."""
    if _STOPS.search(text) or person_words.may_address_reader(text):
        return False
    few = 20 if line.rest.startswith(":") else _SHORT
    return len(line.rest) <= 1 + few and any(_differs_by_one(folded(line.word), word) for word in known)


def _differs_by_one(head: str, word: str) -> bool:
    equal = sum(left == right for left, right in zip(head, word, strict=False))
    return len(head) == len(word) > 1 and equal == len(word) - 1
