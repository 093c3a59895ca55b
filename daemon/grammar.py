"""What staff may say under a policy: the standing commands in every language, and the policy's own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from config.commands import command_words, standing_commands
from config.policy import Policy
from daemon.decide.casework import references
from daemon.decide.draft import Refused
from daemon.decide.naming import named
from parsers.commands import Command, Grammar

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
_ADDRESS = re.compile(r"<?[^\s<>,;]+@[^\s<>,;]+>?")


def grammar_of(policy: Policy) -> Grammar:
    """The grammar of a policy; made once for each."""
    return _made(_Key(policy))


class _Key:
    """A policy as a cache key: a policy is never changed, so the object itself is enough."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.policy is self.policy


@lru_cache(maxsize=64)
def _made(key: _Key) -> Grammar:
    policy = key.policy
    single: dict[str, Command] = {}
    for name, spec in policy.kinds.items():
        for word in (name, *spec.title.values()):
            single[word.casefold()] = Command("kind", name)
    return Grammar(words=command_words(), accepts=_acceptor(policy), single=single)


def _acceptor(policy: Policy) -> Callable[[str, str], bool]:
    takes = {name: spec.takes for name, spec in standing_commands().items()}

    def accepts(name: str, rest: str) -> bool:
        match takes[name]:
            case "kind":
                return _names(rest, policy.kinds)
            case "team":
                return _names(rest, policy.teams)
            case "decision":
                return _names(rest, policy.decisions)
            case "details":
                return _all_name(rest.replace(";", ",").split(","), policy.details)
            case "detail":
                return ":" in rest and _names(rest.partition(":")[0], policy.details)
            case "dossier":
                return _names(rest, policy.dossiers)
            case "third party":
                return _names(_ADDRESS.sub("", rest), policy.third_parties)
            case "reference":
                return bool(references(rest)) and len(rest.split()) == 1
            case "own reference":
                return bool(references(rest.split(maxsplit=1)[0]))
            case "member" | "address":
                return _ADDRESS.fullmatch(rest) is not None
            case "date":
                return _DATE.fullmatch(rest.strip(" .")) is not None
            case "language":
                return rest.casefold() in (code.casefold() for code in policy.languages)
            case _:
                return not rest

    return accepts


def _all_name(parts: Iterable[str], known: Any) -> bool:
    return all(_names(part, known) for part in parts)


def _names(rest: str, known: Any) -> bool:
    try:
        return bool(named(rest.strip(" :"), known))
    except Refused:
        return False
