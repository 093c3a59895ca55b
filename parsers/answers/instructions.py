"""Whether a line of a staff mail is an instruction to the desk or a sentence for the customer.

People who mean a command write it with a slip, or with words behind it that it cannot take: "extend in two weeks",
"note he is rude", "take - I will look at it". Such a line may never go out. "Close the valve first." may. What tells
them apart is the form of a sentence (a capital and a full stop), whom it speaks to (*you*) and of whom (*he*, *the
customer*, *the case*), and whether what stands behind the word is, or nearly is, what the command takes. In doubt it is
an instruction: its writer is asked, where a letter gone out cannot be called back.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace

from parsers.answers.command_words import MARKS, Grammar, beginnings, folded, is_cjk, longest_first, narrow
from parsers.answers.framing import greets_nobody
from parsers.answers.speech import EVERY_LANGUAGE, Speech, speech_of
from parsers.wordlists import wordlist

_SLASH = re.compile(r"\s*/\s*(?P<said>\S.*)", re.DOTALL)
_STOPS = re.compile(r"[.!?:…。！？：][\"'”’»）)]{0,2}\s*$")
_PARTS = re.compile(r"\s*(?:[,;(/&+=，；（、—–]|-+\s|\.{2,}|…)")
_CALLED = re.compile(r"@\w{2,30}[\s,:]{1,3}|[A-ZÀ-Þ]\w{1,30},\s{1,2}")  # "@Anna", "Anna,"
_NO_WORDS = re.compile(r"(?:(?![?？])[\W_])*+[?？][\W_]*+")
_TRIM = MARKS + "()[]（）/&+=…—\"'“”„«»"
_NEAR = 0.8  # one letter wrong, missing or doubled in "decide" still counts as meant
_SHORTEST = 4  # letters of a word in which a slip is looked for
_NAME = 3  # letters of a name by which somebody is known
_LEAD_INS = 3  # before a command: "ok, please can you close it"
_LONGEST = 600  # characters of a line that are looked at

# Words behind the command's word, in a line that is no whole sentence or hardly one:
_FEW = 2  # a sentence for a customer has more: "Close it."
_SHORT = 6  # a line this short that speaks of the desk's own things, or of a day
_CLAUSE = 7  # a line with a comma and so many words is one whose full stop was forgotten
_LONG = 14  # … or with so many and no comma
_CJK_FEW, _CJK_LONG = 3, 12  # the same in signs


@dataclass(frozen=True, slots=True)
class _Line:
    """A line taken apart: what stood before the command's word, that word, what stands behind it; `known` is whether
    the word is a command's own."""

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
        """How many words, or signs, stand behind the command's word."""
        return len(self.body) if is_cjk(self.word) else len(self.body.split())

    def within(self, words: int) -> bool:
        """Whether it is at most so many words long, or twice as many signs."""
        return self.count <= (2 * words if is_cjk(self.word) else words)


def is_instruction(line: str, grammar: Grammar, *, greeted: bool = False, customer: str = "") -> bool:
    """Whether this line, which is no command that can be read, is meant for the desk.

    `greeted` is whether a greeting stands above it: then it may begin with a small letter and be a sentence.
    `customer` is the customer's name, where it is known.
    """
    said = narrow(" ".join(line[:_LONGEST].split()))
    if _SLASH.fullmatch(said) or _NO_WORDS.fullmatch(said):
        return True
    if is_help_copy(said, grammar):
        return True
    speech = speech_of(grammar.languages)
    for start in _starts(said, speech):
        text = said[start:]
        found = list(_longest(text, grammar))
        lines = [
            (name, replace(_taken_apart(said, start, text[:end], text[end:], greeted=greeted), known=known))
            for name, end, known in found
        ]
        if found:
            return any(_names_them(one.body, customer) or _instructs(name, one, grammar, speech) for name, one in lines)
    return (
        _names_alone(said, grammar, speech)
        or _ends_with_a_word(said, grammar, speech)
        or _with_a_slip(said, grammar, speech, greeted=greeted)
    )


def is_help_copy(line: str, grammar: Grammar) -> bool:
    """Whether a line is copied from what our own letters say of a command."""
    said = narrow(line)
    for name, end, _ in _longest(said, grammar):
        rest = folded(said[end:])
        if any(folded(told) in rest for told in grammar.explained.get(name, ())):
            return True
    return False


def speaks_of_customer(text: str, grammar: Grammar, *, customer: str = "") -> bool:
    """Whether words that would go to the customer speak of them to somebody else, and of nobody to them."""
    speech = speech_of(grammar.languages)
    if speech.opens_with_somebody(text):
        return True
    greetings = speech_of(EVERY_LANGUAGE)
    greeted = greetings.greeting_start.match(text) and not greets_nobody(text, greetings)
    if speech.perhaps_to_reader(text, begun=True) or greeted or _addresses_them(text, customer, speech):
        return False
    return _names_them(text, customer) or speech.of_customer(text) or speech.of_somebody(text)


def _addresses_them(text: str, customer: str, speech: Speech) -> bool:
    """Whether words begin with the customer's name as a letter to them does: alone on the first line ("Ms Doe,"), or
    before a comma and words of the company's ("Jane, we have looked at it")."""
    first, _, below = text.strip().partition("\n")
    name, comma, rest = first.partition(",")
    alone = bool(below.strip()) and not rest.strip()
    said = below if alone else rest
    if not (alone or (comma and speech.we.search(rest))) or speech.of_customer(said) or speech.of_somebody(said):
        return False
    known = {*customer.casefold().split(), *wordlist("titles")["before"]}
    words = [word.strip(".:!–-").casefold() for word in name.split()]
    return any(word in customer.casefold().split() for word in words) and all(word in known for word in words if word)


def _names_them(text: str, customer: str) -> bool:
    """Whether words speak of somebody by their name."""
    names = [re.escape(name) for name in customer.split() if len(name) >= _NAME]
    return bool(names) and bool(re.search(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", text[:_LONGEST]))


def without_lead_in(line: str, grammar: Grammar) -> str:
    """A line without the words of politeness before it, where there are any: "please take" is "take"."""
    found = speech_of(grammar.languages).polite.match(narrow(line))
    return line[found.end() :] if found else line


def _starts(said: str, speech: Speech) -> list[int]:
    """Where the command's word may stand: at the beginning, and behind each word that only leads up to it."""
    called = _CALLED.match(said)
    starts = [0, called.end()] if called else [0]
    for _ in range(_LEAD_INS):
        found = speech.lead_start.match(said, starts[-1])
        if not found or found.end() == starts[-1]:
            break
        starts.append(found.end())
    return starts


def _longest(text: str, grammar: Grammar) -> list[tuple[str, int, bool]]:
    """The commands by whose longest word a text begins, where it ends, and whether it is their own word."""
    found = [(name, end, True) for name, end in beginnings(text, grammar.meant or grammar.words)]
    found += [(name, end, False) for name, end in beginnings(text, grammar.tried)]
    most = max((end for _, end, _ in found), default=0)
    return [one for one in found if one[1] == most]


def _taken_apart(said: str, start: int, word: str, rest: str, *, greeted: bool) -> _Line:
    first = next((sign for sign in said if sign.isalnum()), "")
    capital = greeted or not first.islower()
    return _Line(said, start > 0, word, rest, capital and bool(_STOPS.search(said)), capital)


def _instructs(name: str, line: _Line, grammar: Grammar, speech: Speech) -> bool:
    """The tests in their order: what is beyond doubt first, the form of the line last."""
    if not line.body or speech.polite.fullmatch(line.body):
        return not (line.led and line.rest.strip().startswith(":"))  # "Please note:"
    if speech.of_customer(line.body):
        return True
    told = line.known and name in grammar.alone and speech.told_start.match(line.body)
    if told or (line.known and speech.begins_with_them(line.body)) or speech.of_somebody(line.body):
        return not (line.capital and speech.to_reader(line.body, begun=True))
    takes = grammar.begins(name, line.body)
    if speech.to_reader(line.body, begun=True) or (line.sentence and speech.perhaps_to_reader(line.body)):
        return takes and not line.sentence and name not in grammar.dated
    ours = not (line.sentence and speech.we.search(line.body))
    if takes or (ours and name in grammar.dated and line.within(_SHORT) and _speaks_of_days(line, speech)):
        return not (name in grammar.dated and line.sentence and not line.within(_SHORT - 1))
    if _PARTS.match(line.rest) and name in grammar.alone and not (line.sentence and name in grammar.own_words):
        return True
    if ours and line.within(_SHORT - 1) and speech.ours.search(" ".join(line.body.split()[:3])):
        return True
    return not _is_sentence(line) or (not line.sentence and _goes_on(line, grammar, speech))


def _speaks_of_days(line: _Line, speech: Speech) -> bool:
    return not line.led and (line.known or not line.sentence) and bool(speech.days.search(line.body))


def _goes_on(line: _Line, grammar: Grammar, speech: Speech) -> bool:
    """Whether a second command follows in a line without a full stop: "Wait until the parts are in, then remind me"."""
    for part in re.split(r"[,;，；]", line.rest)[1:]:
        if any(_longest(part.strip()[at:], grammar) for at in _starts(part.strip(), speech)):
            return True
    return False


def _is_sentence(line: _Line) -> bool:
    """Whether the form of a line is that of a sentence for a customer."""
    if is_cjk(line.word):
        return line.count >= _CJK_FEW if _STOPS.search(line.whole) else line.count > _CJK_LONG
    if line.sentence:
        return line.count >= _FEW
    if not line.capital:
        return False
    return line.count >= _LONG or (line.count >= _CLAUSE and bool(re.search(r"[,;]", line.body)))


def _ends_with_a_word(said: str, grammar: Grammar, speech: Speech) -> bool:
    """A short line that ends with a command's word, as German does: "Frist bis 20. Mai verlängern"."""
    last = said.rsplit(maxsplit=1)[-1] if said.split() else ""
    if _STOPS.search(said) or len(said.split()) > _CLAUSE or len(last) <= _SHORTEST or not last.islower():
        return False
    known = (word for words in (grammar.meant, grammar.tried) for _, word in longest_first(words))
    return folded(last) in known and not speech.perhaps_to_reader(said)


def _names_alone(said: str, grammar: Grammar, speech: Speech) -> bool:
    """A decision or a kind by its name without the command's word: "not upheld because out of warranty"."""
    text = folded(said[:200]).strip(_TRIM)
    for name in map(folded, grammar.names):
        head = _head(text, name)
        if not _alike(head, name):
            continue
        rest = text[len(head) :].strip(_TRIM)
        if not rest:
            return True
        if is_cjk(name):
            return not _STOPS.search(said) and len(rest) <= _CJK_LONG and not speech.perhaps_to_reader(said)
        sentence = not said[:1].islower() and _STOPS.search(said)
        return not sentence and not speech.perhaps_to_reader(said) and len(rest.split()) <= _LONG
    return False


def _head(text: str, name: str) -> str:
    """The beginning of a text that has as many words, or signs, as a name."""
    if is_cjk(name):
        return text[: len(name)]
    words = text.split()[: len(name.split())]
    return " ".join(words) if text.startswith(" ".join(words)) else ""


def _alike(head: str, name: str) -> bool:
    if head == name or len(name) < _SHORTEST or is_cjk(name):
        return head == name
    return difflib.SequenceMatcher(None, head, name).ratio() >= _NEAR


def _with_a_slip(said: str, grammar: Grammar, speech: Speech, *, greeted: bool) -> bool:
    """A line that begins with a word one slip away from a command's."""
    head = re.split(r"[\s:,;]", folded(said[:200]), maxsplit=1)[0].strip(_TRIM)
    line = _taken_apart(said, 0, said[: len(head)], said[len(head) :], greeted=greeted)
    known = [word for _, word in longest_first(grammar.meant or grammar.words)]
    known += [word for _, word in longest_first(grammar.tried) if len(word) > _SHORTEST + 1]
    if is_cjk(head):
        return _cjk_slip(said, line, known, speech)
    near = [word for word in known if abs(len(word) - len(head)) <= 1]  # "screen" is no slip of "seen"
    if len(head) < _SHORTEST or not difflib.get_close_matches(head, near, n=1, cutoff=_NEAR):
        return False
    if speech.perhaps_to_reader(line.body, begun=True):
        return False
    if line.sentence:
        return speech.of_customer(line.body) or speech.of_somebody(line.body)
    return line.within(_SHORT // 2 if line.capital else _CLAUSE)


def _cjk_slip(said: str, line: _Line, known: list[str], speech: Speech) -> bool:
    """Two signs of which one is wrong, before a colon or a few signs more."""
    if _STOPS.search(said) or speech.perhaps_to_reader(said):
        return False
    few = 20 if line.rest.startswith(":") else _SHORT
    return len(line.rest) <= 1 + few and any(_one_sign_off(folded(line.word), word) for word in known)


def _one_sign_off(head: str, word: str) -> bool:
    same = sum(one == other for one, other in zip(head, word, strict=False))
    return len(head) == len(word) > 1 and same == len(word) - 1
