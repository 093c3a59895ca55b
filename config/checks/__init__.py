"""Check that the parts of a policy are consistent. Each module here checks one subject; all faults are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from config.checks.dossiers import check_dossiers
from config.checks.finding import Finding
from config.checks.names import check_names
from config.checks.people import check_people
from config.checks.promises import check_promises
from config.checks.reachability import check_reachability
from config.checks.records import check_records
from config.checks.satisfaction import check_satisfaction_moves
from config.checks.slow_patterns import check_slow_patterns
from config.checks.values import check_condition_circles, check_values
from config.checks.wording import HasNotice, check_wording
from config.faults import Fault, FaultsFound
from config.files.load_policy import key_locator, load_policy, load_valid_part
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
    """All inconsistencies of a policy, each once.

    `notices(notice, language)` says whether a letter exists in a language. `where` gives the file of a key, and the key
    as written there (see config.files.load_policy.key_locator). Reachability is checked only when every name is
    defined: otherwise it would report the same faults again, less clearly.
    """
    broken = _undefined(policy)
    found = [*broken, *check_values(policy), *check_wording(policy, notices)]
    if not broken:
        found += [*check_promises(policy), *check_reachability(policy)]
    return _as_faults(policy, found, where)


def checked_policy(
    name: str | Path, *, notices: HasNotice, overlay: Path | None = None, extra: Table | None = None
) -> Policy:
    """Load the policy of this name (see config.files.load_policy) and check it. Raises FaultsFound with every fault.

    When a part of its files is malformed, the rest is checked without it: names and values, but not reachability, and
    nothing that depends on the part left out.
    """
    try:
        policy = load_policy(name, overlay=overlay, extra=extra)
    except FaultsFound as found:
        raise FaultsFound([*found.faults, *_faults_elsewhere(name, notices, overlay, extra)]) from None
    faults = check_policy(policy, notices=notices, where=key_locator(name, overlay=overlay, extra=extra))
    if faults:
        raise FaultsFound(faults)
    return policy


def _faults_elsewhere(name: str | Path, notices: HasNotice, overlay: Path | None, extra: Table | None) -> list[Fault]:
    """The faults outside the malformed parts."""
    try:
        valid = load_valid_part(name, overlay=overlay, extra=extra)
    except FaultsFound:
        return []
    if valid is None:
        return []
    found = [*_undefined(valid.value), *check_values(valid.value), *check_wording(valid.value, notices)]
    sure = [finding for finding in found if valid.is_certain(finding.key, finding.value)]
    return _as_faults(valid.value, sure, key_locator(name, overlay=overlay, extra=extra))


def _undefined(policy: Policy) -> list[Finding]:
    return [*check_names(policy), *check_records(policy), *check_dossiers(policy), *check_condition_circles(policy)]


def missing_people(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """The people an installation has yet to name. Warnings: the daemon runs without them."""
    return _as_faults(policy, check_people(policy), where)


def satisfaction_warnings(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """Steps in which any mail of the customer counts as dissatisfaction. Warnings: the daemon takes only clear words
    for it and sends the rest to the team."""
    return _as_faults(policy, check_satisfaction_moves(policy), where)


def slow_pattern_faults(policy: Policy, *, where: Where | None = None) -> list[Fault]:
    """Patterns whose search takes too long on some text. Errors when a policy is checked before use. An installation
    with such a pattern still runs, and applies it to less of a mail (parsers.details.company_patterns)."""
    return _as_faults(policy, check_slow_patterns(policy), where)


def _as_faults(policy: Policy, found: Iterable[Finding], where: Where | None) -> list[Fault]:
    def fault(finding: Finding) -> Fault:
        file, key = where(finding.key) if where else (f"policy {policy.name}", dotted(finding.key))
        return Fault(file, key, finding.problem, finding.value, finding.allowed, finding.nearest)

    return list(dict.fromkeys(fault(finding) for finding in found))
