"""Whether a policy fits together. All faults at once; a file per theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from config.checks.dossiers import dossiers
from config.checks.finding import Finding
from config.checks.names import names
from config.checks.people import people
from config.checks.promises import promises
from config.checks.reachability import course
from config.checks.records import records
from config.checks.satisfaction import words
from config.checks.slow_patterns import slow_patterns
from config.checks.values import circles, figures
from config.checks.wording import HasNotice, wording
from config.faults import Fault, FaultsFound
from config.files.load_policy import load_policy, places, what_stands_of
from config.files.toml_layers import Key, Table, dotted
from config.policy import Policy

Where = Callable[[Key], tuple[str, str]]
__all__ = [
    "HasNotice",
    "Where",
    "check_policy",
    "checked_policy",
    "friendly_words_escalate",
    "patterns_slow",
    "people_missing",
]


def check_policy(policy: Policy, *, notices: HasNotice, where: Where | None = None) -> list[Fault]:
    """All that does not fit together in a policy, each fault once.

    `notices(notice, language)` says whether a letter is written in a language. `where` tells the file a key came
    from, and how it is written there (see `config.load.places`). The course of cases is followed only when every
    name is defined: before that it would tell the same faults again, worse.
    """
    broken = _named(policy)
    found = [*broken, *figures(policy), *wording(policy, notices)]
    if not broken:
        found += [*promises(policy), *course(policy)]
    return _as_faults(policy, found, where)


def checked_policy(
    name: str | Path, *, notices: HasNotice, overlay: Path | None = None, extra: Table | None = None
) -> Policy:
    """The policy of this name, as `config.files.load_policy` has it, with all checks passed. Raises FaultsFound with
    every fault.

    Where a part of its files is not even well formed, the rest is checked without that part: names and figures, but
    not the course of cases, and nothing that the part left out might have said.
    """
    try:
        policy = load_policy(name, overlay=overlay, extra=extra)
    except FaultsFound as found:
        raise FaultsFound([*found.faults, *_beside(name, notices, overlay, extra)]) from None
    faults = check_policy(policy, notices=notices, where=places(name, overlay=overlay, extra=extra))
    if faults:
        raise FaultsFound(faults)
    return policy


def _beside(name: str | Path, notices: HasNotice, overlay: Path | None, extra: Table | None) -> list[Fault]:
    """The faults of what stands beside the parts that are not well formed."""
    try:
        standing = what_stands_of(name, overlay=overlay, extra=extra)
    except FaultsFound:
        return []
    if standing is None:
        return []
    found = [*_named(standing.value), *figures(standing.value), *wording(standing.value, notices)]
    sure = [finding for finding in found if standing.is_sure(finding.key, finding.value)]
    return _as_faults(standing.value, sure, places(name, overlay=overlay, extra=extra))


def _named(policy: Policy) -> list[Finding]:
    return [*names(policy), *records(policy), *dossiers(policy), *circles(policy)]


def people_missing(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """What an installation still has to say: who works on its teams. Warnings; the daemon runs without."""
    return _as_faults(policy, people(policy), where)


def friendly_words_escalate(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """Steps that would take whatever the customer writes for dissatisfaction. Warnings: the daemon reads such a policy
    so that only clear words are, and sends the rest to the team."""
    return _as_faults(policy, words(policy), where)


def patterns_slow(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """Patterns that some mail could keep searching. Errors where a policy is checked before it is used; an
    installation that has them runs on, and such a pattern sees less of a mail (parsers.details.company_patterns)."""
    return _as_faults(policy, slow_patterns(policy), where)


def _as_faults(policy: Policy, found: Iterable[Finding], where: Where | None) -> list[Fault]:
    def fault(finding: Finding) -> Fault:
        file, key = where(finding.key) if where else (f"policy {policy.name}", dotted(finding.key))
        return Fault(file, key, finding.problem, finding.value, finding.allowed, finding.nearest)

    return list(dict.fromkeys(fault(finding) for finding in found))
