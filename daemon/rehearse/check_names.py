"""Check that the names used in a scenario exist in its policies, before anything is played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from config.faults import Fault, nearest
from config.policy import Policy
from daemon.letters import operator_mail
from daemon.rehearse.scenario import (
    Act,
    ClickLink,
    ExpectCase,
    ExpectDeadline,
    ExpectDetail,
    ExpectLetter,
    ExpectNoDeadline,
    IgnoreLetters,
    ReportDelivery,
    Scenario,
    SendAutomaticReply,
    SendReply,
)
from daemon.staff import absence, set_aside_list

# Notices that are not defined in a policy:
_OPERATOR_NOTICES = (absence.NOTICE, set_aside_list.NOTICE, operator_mail.QUARANTINED)
_POLICY_TABLES = {"step": "steps", "kind": "kinds", "team": "teams", "outcome": "decisions"}


def unknown_names(scenario: Scenario, policies: Mapping[str, Policy]) -> list[Fault]:
    """Return a fault for each name that no policy of the scenario has."""
    faults = []
    for act in scenario.acts:
        for kind, name in _names_used(act):
            known = _names_in(policies.values(), kind)
            if name and name not in known:
                where, near = f"line {act.line}", nearest(name, known)
                faults.append(Fault(str(scenario.file), where, f"no such {kind}", name, ", ".join(known), near))
    return faults


def _names_in(policies: Iterable[Policy], kind: str) -> list[str]:
    field = {"notice": "notices", "promise": "promises", "detail": "details", **_POLICY_TABLES}.get(kind, "languages")
    built_in = _OPERATOR_NOTICES if kind == "notice" else ()
    return list(dict.fromkeys((*(name for policy in policies for name in getattr(policy, field)), *built_in)))


def _names_used(act: Act) -> Iterator[tuple[str, str]]:
    match act:
        case SendReply() | ClickLink() | ReportDelivery() | SendAutomaticReply() | IgnoreLetters():
            yield "notice", act.notice
        case ExpectLetter():
            yield "notice", act.notice
            yield "language", act.language
        case ExpectDeadline() | ExpectNoDeadline():
            yield "promise", act.promise
        case ExpectDetail():
            yield "detail", act.detail
        case ExpectCase():
            for name, value in act.fields:
                if name in _POLICY_TABLES and not (name == "outcome" and value == "none"):
                    yield name, value
                elif name == "language":
                    yield "language", value
