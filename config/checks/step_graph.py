"""The steps of a policy as a graph, for the checks and the diagrams: which step leads to which, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.policy import Branch, Policy
from config.policy_shapes.builtin_names import OUTCOMES_AFTER_CLOSING
from config.policy_shapes.sentences import Effect, Verb
from config.policy_shapes.things import SlotsSpec


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition from a step: `by` the outcome or period that causes it, `when` its condition, `does` its effects.
    `end` is empty when the case stays in its step; `always` is true for a transition of every step. `place` is its key
    in the policy."""

    start: str
    end: str
    by: str
    when: str = ""
    does: tuple[Effect, ...] = ()
    always: bool = False
    place: tuple[str | int, ...] = ()


def first_steps(policy: Policy) -> dict[str, tuple[str | int, ...]]:
    """The steps in which a case can begin, each with the key that names it."""
    starts: dict[str, tuple[str | int, ...]] = {policy.first: ("first",)}
    for name, kind in policy.kinds.items():
        if kind.first:
            starts.setdefault(kind.first, ("kinds", name, "first"))
    for name, invitation in policy.invitations.items():
        starts.setdefault(invitation.first, ("invitations", name, "first"))
    return starts


def edges_from(policy: Policy, step: str) -> Iterator[Edge]:
    """Every transition from a step: its own moves, those of `always` that it does not override, its periods, and those
    of appointments."""
    spec = policy.steps[step]
    for outcome, branches in spec.moves.items():
        yield from _edges(step, outcome, branches, ("steps", step, "moves", outcome))
    for outcome, branches in policy.always.items():
        if outcome not in spec.moves and (not spec.final or outcome in OUTCOMES_AFTER_CLOSING):
            yield from _edges(step, outcome, branches, ("always", outcome), always=True)
    for period, branches in spec.after.items():
        yield from _edges(step, f"after {period}", branches, ("steps", step, "after", period))
    if not spec.final:
        for thing, slots in slots_in(policy):
            place = ("things", thing, "slots")
            for period, branches in slots.before.items():
                yield from _edges(step, f"{period} before {thing}", branches, (*place, "before", period), always=True)
            yield from _edges(step, f"{thing} starts", slots.at_start, (*place, "at_start"), always=True)
            yield from _edges(step, f"{thing} ends", slots.at_end, (*place, "at_end"), always=True)


def slots_in(policy: Policy) -> Iterator[tuple[str, SlotsSpec]]:
    """The things that have slots, with their slots."""
    yield from ((name, thing.slots) for name, thing in policy.things.items() if thing.slots)


def _edges(
    step: str, by: str, branches: tuple[Branch, ...], place: tuple[str | int, ...], *, always: bool = False
) -> Iterator[Edge]:
    for number, branch in enumerate(branches):
        if not branch.refuse:
            here = (*place, number) if len(branches) > 1 else place
            yield Edge(step, branch.to or step_gone_to(branch.does), by, branch.when, branch.does, always, here)


def step_gone_to(effects: tuple[Effect, ...]) -> str:
    """The step of the last "go to" among these effects; empty when there is none."""
    return next((effect.about for effect in reversed(effects) if effect.verb is Verb.GO), "")


def effects_in(policy: Policy) -> Iterator[tuple[tuple[str | int, ...], Effect]]:
    """Every effect in the policy, with its key."""
    for name, step in policy.steps.items():
        yield from _placed(("steps", name, "does"), step.does)
        for outcome, branches in step.moves.items():
            yield from _in_branches(("steps", name, "moves", outcome), branches)
        for period, branches in step.after.items():
            yield from _in_branches(("steps", name, "after", period), branches)
    for outcome, branches in policy.always.items():
        yield from _in_branches(("always", outcome), branches)
    for name, slots in slots_in(policy):
        for period, branches in slots.before.items():
            yield from _in_branches(("things", name, "slots", "before", period), branches)
        yield from _in_branches(("things", name, "slots", "at_start"), slots.at_start)
        yield from _in_branches(("things", name, "slots", "at_end"), slots.at_end)
    for name, promise in policy.promises.items():
        if promise.at_due:
            yield from _placed(("promises", name, "at_due", "does"), promise.at_due.does)


def branches_in(policy: Policy) -> Iterator[tuple[tuple[str | int, ...], tuple[Branch, ...]]]:
    """Every list of branches in the policy, with its key."""
    for name, step in policy.steps.items():
        for outcome, branches in step.moves.items():
            yield ("steps", name, "moves", outcome), branches
        for period, branches in step.after.items():
            yield ("steps", name, "after", period), branches
    for outcome, branches in policy.always.items():
        yield ("always", outcome), branches
    for name, slots in slots_in(policy):
        yield from ((("things", name, "slots", key), getattr(slots, key)) for key in ("at_start", "at_end"))
        yield from ((("things", name, "slots", "before", key), branches) for key, branches in slots.before.items())


def closing_letters(policy: Policy) -> tuple[str, ...]:
    """The letters to the customer that are sent when staff decide or close a case."""
    edges = [edge for step in policy.steps for edge in edges_from(policy, step) if edge.by in ("decided", "closed")]
    done = [effect for edge in edges for effect in (*edge.does, *(policy.steps[edge.end].does if edge.end else ()))]
    sent = [effect for effect in done if effect.verb is Verb.SEND]
    to_customer = [effect.about for effect in sent if (effect.to or policy.notices[effect.about].to) == "customer"]
    return tuple(dict.fromkeys(to_customer))


def questions_asked(policy: Policy) -> set[str]:
    """The questions that the policy asks somewhere."""
    effects = [effect for _, effect in effects_in(policy)]
    offered = {effect.about for effect in effects if effect.verb is Verb.OFFER}
    return {
        *(step.asks for step in policy.steps.values() if step.asks),
        *(effect.about for effect in effects if effect.verb is Verb.ASK),
        *(slots.question for name, slots in slots_in(policy) if name in offered),
    }


def _in_branches(
    key: tuple[str | int, ...], branches: tuple[Branch, ...]
) -> Iterator[tuple[tuple[str | int, ...], Effect]]:
    for number, branch in enumerate(branches):
        yield from _placed((*key, number, "does"), branch.does)


def _placed(key: tuple[str | int, ...], effects: tuple[Effect, ...]) -> Iterator[tuple[tuple[str | int, ...], Effect]]:
    for number, effect in enumerate(effects):
        yield (*key, number), effect
