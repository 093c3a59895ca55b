"""What holds for a deadline: its policy's promise, or the terms it brought along from the policy it was made under.

A promise told to a customer outlives its policy. Whoever looks at a deadline asks here, not in the policy's table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from config.policy import Policy, PromiseSpec
from storage.values import Deadline


def promise_of(policy: Policy, deadline: Deadline) -> PromiseSpec:
    """The promise that this deadline is for. One that the policy has dropped is kept by nothing, and is still owed."""
    return terms_of(policy, deadline.promise, deadline.terms)


def terms_of(policy: Policy, name: str, terms: Mapping[str, Any]) -> PromiseSpec:
    """The same by the promise's name and the deadline's terms."""
    if terms:
        return PromiseSpec.model_validate(dict(terms))
    return policy.promises.get(name) or _dropped(name)


def promise_named(policy: Policy, deadlines: Iterable[Deadline], name: str) -> PromiseSpec | None:
    """The promise of this name as the case's newest deadline has it, else as the policy; None where neither does."""
    rows = [deadline for deadline in deadlines if deadline.promise == name]
    newest = max(rows, key=lambda deadline: deadline.occurrence, default=None)
    return promise_of(policy, newest) if newest else policy.promises.get(name)


def written_down(spec: PromiseSpec) -> dict[str, Any]:
    """A promise as a deadline's terms: JSON values that read back as the same promise."""
    return spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _dropped(name: str) -> PromiseSpec:
    title = name.replace("_", " ")
    return PromiseSpec.model_validate({"title": title, "within": "1 working day", "from": "", "kept_by": ()})
