"""Check a policy's own patterns for searches that take too long on some text."""

from __future__ import annotations

import re

from config.checks.finding import Finding, Findings
from config.files.toml_layers import Key
from config.policy import Policy
from config.regex_cost.pumping import Growth, known_growth

_CURE = "a repetition with an end, such as {1,20}, and signs around it that cannot be part of it"
_SEEN = {
    Growth.STEEP: "takes ever longer for each sign more; it sees only the beginning of each line; a mail could be",
    Growth.ENDLESS: "takes beyond all measure on a long text; it is not used; a mail could be",
}


def check_slow_patterns(policy: Policy) -> Findings:
    """Every pattern of the policy that is slow on some text, with that text."""
    for name, detail in policy.details.items():
        yield from _slow(("details", name, "pattern"), detail.pattern)
    for name, third in policy.third_parties.items():
        yield from _slow(("third_parties", name, "number"), third.number)


def _slow(key: Key, pattern: str) -> Findings:
    try:
        fast, text = known_growth(pattern) if pattern else (Growth.LINEAR, "")
    except re.error:  # reported by config/checks/values.py
        return
    if fast is not Growth.LINEAR:
        yield Finding(key, f"{_SEEN[fast]} {text}", pattern, _CURE)
