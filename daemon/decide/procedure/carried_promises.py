"""Carry promises over when a case moves to another policy.

Their dates stay as the customer was told. What may change is the letter that keeps one: a letter of the same name
where the new policy has it, else the built-in letter about a promise or, for a promise that only a final letter can
keep, the letter with which staff decide or close the case.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from config.checks.step_graph import closing_letters
from config.policy import Again, AtDue, Policy, PromiseSpec
from config.policy_shapes.builtin_names import RECIPIENTS
from config.policy_shapes.sentences import Effect, Verb
from daemon.decide.draft import Draft
from daemon.decide.procedure import notices, promises
from daemon.decide.procedure.promise_terms import promise_of, written_down
from storage.values import DeadlineState

PROMISED = "promised"


def carry_promises(draft: Draft, policy: Policy) -> None:
    """Store with every deadline the terms that apply to it under the new policy."""
    for deadline in list(draft.deadlines.values()):
        if deadline.state is not DeadlineState.MOOT:
            spec = spec_under_policy(promise_of(draft.policy, deadline), deadline.promise, policy)
            promises.save_deadline(draft, dataclasses.replace(deadline, terms=written_down(spec)))


def spec_under_policy(spec: PromiseSpec, name: str, policy: Policy) -> PromiseSpec:
    """The terms of promise `name` under another policy.

    Where that policy has a promise of the same name the two are combined: a letter that keeps either keeps it, and it
    is paused only where both would be.
    """
    own = policy.promises.get(name)
    return _combined(spec, own) if own else _adapted(spec, policy)


def _combined(spec: PromiseSpec, own: PromiseSpec) -> PromiseSpec:
    again = own.again or spec.again
    extended = (*(own.again or own).kept_by, *(spec.again or spec).kept_by)
    return own.model_copy(
        update={
            "kept_by": _unique(*own.kept_by, *spec.kept_by),
            "again": Again(kept_by=_unique(*extended)) if again else None,
            "pauses": tuple(whom for whom in own.pauses if whom in spec.pauses),
        }
    )


def _adapted(spec: PromiseSpec, policy: Policy) -> PromiseSpec:
    has_own_letter = any(notice in policy.notices for notice in spec.kept_by)
    is_news = spec.at_due is not None and spec.at_due.send in spec.kept_by  # any news at all keeps it
    at_due = _at_due(spec.at_due, policy) if spec.at_due else None
    more: tuple[str, ...] = ()
    if is_news and at_due and at_due.send == PROMISED:
        more = (PROMISED, notices.REPLY)
    elif not has_own_letter:
        more = closing_letters(policy)
    explained = (at_due.send,) if at_due and at_due.extend else ()
    return spec.model_copy(
        update={
            "kept_by": _unique(*spec.kept_by, *more),
            "again": Again(kept_by=_unique(*spec.again.kept_by, *more, *explained)) if spec.again else None,
            "at_due": at_due,
            "warning": spec.warning if spec.warning in policy.notices else notices.WARNING,
            "repeats": False,
        }
    )


def _at_due(at_due: AtDue, policy: Policy) -> AtDue:
    send = at_due.send if at_due.send in policy.notices else PROMISED
    does = tuple(effect for effect in at_due.does if _can_be_sent(effect, policy))
    return AtDue(send=send, extend=at_due.extend, does=does)


def _can_be_sent(effect: Effect, policy: Policy) -> bool:
    known = effect.to in ("", *RECIPIENTS) or effect.to in policy.teams
    return effect.verb is Verb.SEND and effect.about in policy.notices and known


def _unique(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def keep_by_another_letter(draft: Draft, unsaid: Iterable[str], notice: str) -> None:
    """Let `notice` keep the promises that the letters in `unsaid`, which were not written, would have kept."""
    unwritten = set(unsaid)
    for deadline in promises.open_deadlines(draft):
        spec = promise_of(draft.policy, deadline)
        if not unwritten.isdisjoint(promises.notices_that_keep(spec, deadline)):
            also = spec.model_copy(update={"kept_by": _unique(*spec.kept_by, notice)})
            promises.save_deadline(draft, dataclasses.replace(deadline, terms=written_down(also)))
