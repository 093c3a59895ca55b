"""Read what follows a staff command's word, by what the command takes (`takes` in config/commands.toml).

`read_argument` is the only reader. The grammar (command_grammar) uses it to tell a command from a sentence, intake to
look up the cases and the policy that a command names, and commands.obey_command to obey it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from config.policy import Policy
from config.policy_shapes.commands import staff_commands
from config.references import Reference, references_in
from daemon.decide.arguments import LISTED, name_meant, read_day
from daemon.decide.refusals import RefusalReason, Refused
from parsers.answers.command_words import Command
from parsers.language import language_code_of

ADDRESS = re.compile(r"(?:<|(?<![^\s<>,;，；、。：]))[^\s<>,;，；、。：@]++@[^\s<>,;，；、。：]+>?")


@dataclass(frozen=True, slots=True)
class NameArgument:
    """The policy's name of a kind, team, decision, dossier or quote; a policy's name; or a language's code."""

    name: str


@dataclass(frozen=True, slots=True)
class DetailsArgument:
    """The names of details that the customer is asked for; may be none."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetailArgument:
    """The name of a detail and the value as written; the value may be empty."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ThirdPartyArgument:
    """The policy's name of a third party; `address` is empty if none was given."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class AddressArgument:
    """An e-mail address, empty if none was given; `written` is the whole text, which may be something else."""

    address: str
    written: str

    @property
    def is_alone(self) -> bool:
        """Whether nothing but an address was given, perhaps in angle brackets."""
        return self.address != "" and self.written.strip("<>.") == self.address


@dataclass(frozen=True, slots=True)
class DayArgument:
    """A day after today, at most a year ahead."""

    day: date


@dataclass(frozen=True, slots=True)
class ReferencesArgument:
    """References of cases, may be none; `words` is what stands behind the first word, such as a reason."""

    references: tuple[Reference, ...]
    words: str
    written: str


Argument: TypeAlias = (
    NameArgument
    | DetailsArgument
    | DetailArgument
    | ThirdPartyArgument
    | AddressArgument
    | DayArgument
    | ReferencesArgument
)
"""What a command takes; a command that takes nothing has none."""


@dataclass(frozen=True, slots=True)
class ArgumentContext:
    """What an argument is read with. `policies` are those that a case can move to. `language` is the writer's: refusals
    list names in it, and days and languages are read in it besides the policy's own. `today` is needed to read a day.
    """

    policy: Policy
    policies: Mapping[str, Policy] = field(default_factory=dict)
    language: str = ""
    today: date | None = None


def read_argument(takes: str, rest: str, context: ArgumentContext) -> Argument:
    """Read what a command takes from `rest`. Raises Refused if it cannot be read.

    Whether a person, a case or a value of a detail fits the case is for the command to say.
    """
    policy, language = context.policy, context.language
    match takes:
        case "kind":
            return NameArgument(name_meant(rest, policy.kinds, language))
        case "team":
            return NameArgument(name_meant(rest, policy.teams, language))
        case "decision":
            return NameArgument(name_meant(rest, policy.decisions, language))
        case "policy":
            return NameArgument(name_meant(rest, dict(context.policies), language))
        case "language":
            return NameArgument(_language(rest, policy))
        case "quote":
            return NameArgument(_quote(rest.strip(), policy, language))
        case "dossier":
            return NameArgument(_dossier(rest, policy))
        case "details":
            parts = (part.strip() for part in LISTED.split(rest))
            return DetailsArgument(tuple(name_meant(part, policy.details, language) for part in parts if part))
        case "detail":
            return _detail(rest, policy, language)
        case "third party":
            return _third_party(rest, policy, language)
        case "member" | "address":
            return AddressArgument(_address(rest), rest)
        case "date":
            assert context.today is not None, "a day is read by the day of the case"
            return DayArgument(read_day(rest, context.today, policy.speaking(language or policy.languages[0])))
        case "reference" | "own reference":
            behind = rest.replace(":", " ", 1).split(maxsplit=1)[1:]
            return ReferencesArgument(references_in(rest), "".join(behind), rest)
        case _:
            raise ValueError(f"no command takes {takes!r}")


def named_references(command: Command, policy: Policy) -> tuple[Reference, ...]:
    """The references of other cases that a command names."""
    takes = staff_commands()[command.name].takes
    if takes != "reference":
        return ()
    argument = read_argument(takes, command.rest, ArgumentContext(policy))
    return argument.references if isinstance(argument, ReferencesArgument) else ()


def named_policy(command: Command, context: ArgumentContext) -> str:
    """The name of the policy that a command names; empty if it names none that is known."""
    takes = staff_commands()[command.name].takes
    if takes != "policy":
        return ""
    try:
        argument = read_argument(takes, command.rest, context)
    except Refused:
        return ""
    return argument.name if isinstance(argument, NameArgument) else ""


def _language(rest: str, policy: Policy) -> str:
    code = language_code_of(rest, policy.languages)
    if not code:
        raise Refused(
            RefusalReason.UNKNOWN_LANGUAGE if rest else RefusalReason.NOTHING_NAMED,
            said=rest,
            allowed=", ".join(policy.languages),
        )
    return code


def _quote(rest: str, policy: Policy, language: str) -> str:
    """The policy's only quote if none is named."""
    quotes = {name: spec for name, spec in policy.things.items() if spec.lines}
    if not quotes:
        raise Refused(RefusalReason.NOTHING_TO_QUOTE)
    return next(iter(quotes)) if not rest and len(quotes) == 1 else name_meant(rest, quotes, language)


def _dossier(rest: str, policy: Policy) -> str:
    """The policy's first dossier if none is named."""
    if not policy.dossiers:
        raise Refused(RefusalReason.NO_DOSSIER)
    return name_meant(rest, policy.dossiers) if rest else next(iter(policy.dossiers))


def _detail(rest: str, policy: Policy, language: str) -> DetailArgument:
    rest = rest.replace("：", ":", 1)
    name, _, value = rest.partition(":") if ":" in rest else rest.partition(" ")
    return DetailArgument(name_meant(name.strip(), policy.details, language), value.strip())


def _third_party(rest: str, policy: Policy, language: str) -> ThirdPartyArgument:
    found = ADDRESS.search(rest)
    name = rest.replace(found.group(), "").strip(" :<>，；、。") if found else rest.strip()
    return ThirdPartyArgument(name_meant(name, policy.third_parties, language), _address(rest))


def _address(rest: str) -> str:
    found = ADDRESS.search(rest)
    return found.group().strip("<>.") if found else ""
