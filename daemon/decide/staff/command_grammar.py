"""The grammar of staff commands under a policy: the commands' words in its languages, and the names they take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from config.policy import Policy, Text, all_words
from config.policy_shapes.commands import command_words, staff_commands
from daemon.decide.arguments import LISTED, end_of_day_at_start, name_meant
from daemon.decide.refusals import Refused
from daemon.decide.staff.command_arguments import (
    ADDRESS,
    AddressArgument,
    Argument,
    ArgumentContext,
    DetailsArgument,
    ReferencesArgument,
    read_argument,
)
from parsers.answers.command_words import Command, CommandGrammar, is_cjk

BEFORE_WORDS = "reply"  # after this command everything is text
_CHINESE = ("zh-Hans", "zh-Hant")
_ONE_WORD = re.compile(r"[\w-]+")
_MOST_WORDS = 4  # of a name
_MOST_CHARACTERS = 8  # of a name, in a script without spaces
_LONGEST = 200  # characters of a name
_FEWEST_CHARACTERS = 5  # fewest characters of words that are compared
_LEAST_SIMILARITY = 0.85  # similarity of a name with one letter wrong, missing or doubled
_EDGES = " :：,，.。;；、!！-–—"
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_END_OF_ARGUMENT = re.compile(r"\{[a-z]+\}|(?<=\d)[:：,，]|[:：,，]")
_ENDS = re.compile(r"[:.,;!。，；、！]|$")


def grammar_of(policy: Policy, languages: tuple[str, ...] = ()) -> CommandGrammar:
    """Return the grammar of a policy, which is cached.

    `languages` are the writer's and the case's: in these and in English, lines that were meant as commands and are not
    are recognised. Without them, the policy's languages are used.
    """
    wanted = ("en", *(languages or policy.languages))
    chinese = _CHINESE if any(code in _CHINESE for code in wanted) else ()  # people write in either script
    return _build_grammar(_PolicyKey(policy), tuple(dict.fromkeys((*wanted, *chinese))))


class _PolicyKey:
    """A policy as a cache key, by identity: a policy never changes, and is not hashable."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _PolicyKey) and other.policy is self.policy


@lru_cache(maxsize=64)
def _build_grammar(key: _PolicyKey, languages: tuple[str, ...]) -> CommandGrammar:
    policy = key.policy
    single: dict[str, Command] = {}
    for name, spec in policy.kinds.items():
        for word in (name, *spec.title.values()):
            single[word.casefold()] = Command("kind", name)
    commands = staff_commands()
    accepts = _acceptance_test(policy)
    return CommandGrammar(
        words=command_words(tuple(dict.fromkeys((*policy.languages, "en")))),
        accepts=_accepts_decision_too(policy, accepts),
        argument_length=_argument_length_finder(policy, accepts),
        without_argument={name for name, spec in commands.items() if spec.takes == "nothing"},
        whole_lines=single,
        text_marker=BEFORE_WORDS,
        languages=languages,
        recognised_words=command_words(languages),
        near_words={
            name: tuple(w for code in languages for w in all_words(spec.tried, code)) for name, spec in commands.items()
        },
        begins_with_argument=_argument_start_test(policy),
        taking_day={name for name, spec in commands.items() if spec.takes == "date"},
        decision_and_kind_names=_decision_and_kind_names(policy),
        help_texts={name: tuple(_explanations(spec.help, languages)) for name, spec in commands.items()},
        for_customer={name for name, spec in commands.items() if spec.words_for == "customer"},
        taking_text={name for name, spec in commands.items() if spec.text != "none"},
    )


def _decision_and_kind_names(policy: Policy) -> tuple[str, ...]:
    """The titles and words of a policy's decisions, and the titles of its kinds."""
    titles = [word for spec in policy.decisions.values() for word in (*spec.title.values(), *all_words(spec.words))]
    titles += [word for kind in policy.kinds.values() for word in kind.title.values()]
    return tuple(dict.fromkeys(word for word in titles if word))


def _explanations(help_texts: Text, languages: tuple[str, ...]) -> Iterator[str]:
    """What help says about a command after its word and its argument, in the languages given."""
    for code in languages:
        _, _, behind = _END_OF_ARGUMENT.sub("\n", help_texts.get(code, ""), count=1).partition("\n")
        parts = (part.strip(_EDGES) for part in _PLACEHOLDER.split(behind))
        yield from (part for part in parts if len(part) >= _FEWEST_CHARACTERS)


def _argument_start_test(policy: Policy) -> Callable[[str, str], bool]:
    """Return the test whether text begins with something that a command takes, perhaps misspelt."""
    specs = staff_commands()
    known: dict[str, Any] = {
        "kind": policy.kinds, "team": policy.teams, "decision": policy.decisions, "details": policy.details,
        "detail": policy.details, "dossier": policy.dossiers, "third party": policy.third_parties,
    }  # fmt: skip

    people = (member for team in policy.teams.values() for member in team.members)
    members = {word.casefold() for member in people for word in member.name.split()}

    read = _reader(policy)

    def begins(name: str, rest: str) -> bool:
        takes = specs[name].takes
        if takes == "nothing":
            return False
        if takes in ("member", "address"):
            return "@" in rest.split(maxsplit=1)[0] or (takes == "member" and _first_word(rest) in members)
        if takes in ("reference", "own reference"):
            return _names_case(read(takes, rest))
        if takes == "date":
            return end_of_day_at_start(rest[:_LONGEST], policy.languages) > 0
        if takes == "language":
            return read(takes, _first_word(rest)) is not None
        group = known.get(takes, {})
        return any(_is_near_name(head, group) for head in _first_words(rest))

    return begins


def _first_word(rest: str) -> str:
    return rest.split(maxsplit=1)[0].strip(_EDGES).casefold()


def _first_words(rest: str) -> Iterator[str]:
    """The beginnings of a text that may be a name."""
    words = rest[:_LONGEST].split()[:_MOST_WORDS]
    yield from (" ".join(words[:count]).strip(_EDGES) for count in range(1, len(words) + 1))
    if words and is_cjk(words[0][0]):
        yield from (words[0][:count] for count in range(2, _MOST_CHARACTERS))


def _is_near_name(head: str, known: Any) -> bool:
    """Whether words are one of these names, or one typing mistake away from one."""
    try:
        return bool(name_meant(head, known))
    except Refused as refused:
        near = refused.near.casefold()
        similarity = difflib.SequenceMatcher(None, head.casefold(), near).ratio()
        return len(head) >= _FEWEST_CHARACTERS and similarity >= _LEAST_SIMILARITY


def _acceptance_test(policy: Policy) -> Callable[[str, str], bool]:
    """Return the test whether text without a colon before it is what a command takes.

    It is kept for a policy, so it knows neither the day nor what policies there are: a day is accepted even if it is
    impossible or past, a policy if it is one word, and both are refused when the command is obeyed.
    """
    specs = staff_commands()
    read = _reader(policy)

    def accepts(name: str, rest: str) -> bool:
        takes, named = specs[name].takes, rest.strip(" :")
        match takes:
            case "kind" | "team" | "decision" | "dossier":
                return bool(named) and read(takes, named) is not None
            case "third party":
                return read(takes, ADDRESS.sub("", named)) is not None
            case "details":
                return all(_asks(read(takes, part.strip(" :"))) for part in LISTED.split(rest))
            case "detail":
                return ":" in rest and read(takes, rest) is not None
            case "language":
                return read(takes, rest) is not None
            case "member" | "address":
                return _is_address(read(takes, rest))
            case "reference":
                return len(rest.split()) == 1 and _names_case(read(takes, rest))
            case "own reference":
                return _names_case(read(takes, rest.split(maxsplit=1)[0]))
            case "date":
                end = end_of_day_at_start(rest[:_LONGEST], policy.languages)
                return end > 0 and (specs[name].text != "none" or not rest[end:].strip(" ."))
            case "policy":  # one that is not known is refused when it is obeyed, so that it never goes out as words
                return _ONE_WORD.fullmatch(rest) is not None
            case _:
                return not rest

    return accepts


def _reader(policy: Policy) -> Callable[[str, str], Argument | None]:
    """Return a reader of arguments for which None means that obeying the command would be refused."""
    context = ArgumentContext(policy)

    def read(takes: str, rest: str) -> Argument | None:
        try:
            return read_argument(takes, rest, context)
        except Refused:
            return None

    return read


def _asks(argument: Argument | None) -> bool:
    return isinstance(argument, DetailsArgument) and bool(argument.names)


def _is_address(argument: Argument | None) -> bool:
    return isinstance(argument, AddressArgument) and argument.is_alone


def _names_case(argument: Argument | None) -> bool:
    return isinstance(argument, ReferencesArgument) and bool(argument.references)


def _accepts_decision_too(policy: Policy, accepts: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """Return `accepts`, but also for a decision with more words behind it: it is a command that is refused when it is
    obeyed, and never goes out as words."""
    specs = staff_commands()
    read = _reader(policy)

    def or_decides(name: str, rest: str) -> bool:
        takes = specs[name].takes
        words = rest.split()[:_MOST_WORDS] if takes == "decision" else []
        beginnings = (" ".join(words[:count]).strip(" :") for count in range(1, len(words) + 1))
        return accepts(name, rest) or any(read(takes, beginning) is not None for beginning in beginnings)

    return or_decides


def _argument_length_finder(policy: Policy, accepts: Callable[[str, str], bool]) -> Callable[[str, str], int]:
    """Return the function that says how many characters of a text are a command's argument.

    For a command that takes words, the rest is its words. Otherwise all of it is the argument, and is refused if it
    cannot be read.
    """
    specs = staff_commands()

    def reach(name: str, rest: str) -> int:
        takes = specs[name].takes
        if specs[name].text == "none":
            return len(rest)
        if takes == "nothing":
            return 0
        if takes == "date":
            return end_of_day_at_start(rest[:_LONGEST], policy.languages) or len(rest)
        if takes == "details" and rest.endswith(("?", "？")):
            return 0  # a question in the writer's own words
        named = (end for end in _ends(rest) if accepts(name, rest[:end].strip()))
        return next(named, 0 if takes == "quote" else len(rest))

    return reach


def _ends(rest: str) -> Iterator[int]:
    """Where an argument may end, the longest first: at the end of the text, or before punctuation."""
    ends = [match.start() for match in _ENDS.finditer(rest[:_LONGEST])]
    return (end for end in dict.fromkeys((len(rest), *reversed(ends))) if rest[:end].strip())
