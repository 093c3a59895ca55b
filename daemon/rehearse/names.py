"""Whether the names in a scenario are names of its policies: told before anything is played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from config.faults import Fault, nearest
from config.policy import Policy
from daemon.letters import operator_mail
from daemon.rehearse.script import (
    Act,
    Away,
    Click,
    ExpectCase,
    ExpectDeadline,
    ExpectDetail,
    ExpectLetter,
    ExpectNoDeadline,
    LetPass,
    Reply,
    Report,
    Script,
)
from daemon.staff import absence, set_aside_list

_TO_OPERATORS = (absence.NOTICE, set_aside_list.NOTICE, operator_mail.QUARANTINED)  # letters that no policy words
_LISTS = {"step": "steps", "kind": "kinds", "team": "teams", "outcome": "decisions"}


def wrong_names(script: Script, policies: Mapping[str, Policy]) -> list[Fault]:
    """A fault for each name that no policy of the scenario has."""
    faults = []
    for act in script.acts:
        for sort, name in _names(act):
            known = _known(policies.values(), sort)
            if name and name not in known:
                where, near = f"line {act.line}", nearest(name, known)
                faults.append(Fault(str(script.file), where, f"no such {sort}", name, ", ".join(known), near))
    return faults


def _known(policies: Iterable[Policy], sort: str) -> list[str]:
    field = {"notice": "notices", "promise": "promises", "detail": "details", **_LISTS}.get(sort, "languages")
    own = _TO_OPERATORS if sort == "notice" else ()
    return list(dict.fromkeys((*(name for policy in policies for name in getattr(policy, field)), *own)))


def _names(act: Act) -> Iterator[tuple[str, str]]:
    match act:
        case Reply() | Click() | Report() | Away() | LetPass():
            yield "notice", act.notice
        case ExpectLetter():
            yield "notice", act.notice
            yield "language", act.language
        case ExpectDeadline() | ExpectNoDeadline():
            yield "promise", act.promise
        case ExpectDetail():
            yield "detail", act.detail
        case ExpectCase():
            for name, value in act.stands:
                if name in _LISTS and not (name == "outcome" and value == "none"):
                    yield name, value
                elif name == "language":
                    yield "language", value
