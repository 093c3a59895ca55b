"""Check that every step can be reached and left, and that no case can wait for ever.

The check explores every state that a case can be in: its step, and the promises that are certainly open there. In each
state something must happen without a person: a period of the step's `after`, or a promise with `at_due`. Everything
that people may do is explored as well. A state in which nothing would happen is reported with the path to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from config.checks.finding import Finding, Findings
from config.checks.step_graph import Edge, edges_from, first_steps, step_gone_to
from config.policy import Policy, StepSpec
from config.policy_shapes.sentences import Effect, Verb

_MOST_STATES = 50_000
_MOST_STEPS_AT_ONCE = 20  # the limit of daemon/decide: more moves in one decision are a circle


@dataclass(frozen=True, slots=True)
class CaseState:
    """The state of a case of one kind: its step, the promises certainly open in it, the things with a booked slot."""

    kind: str
    step: str
    open: frozenset[str] = frozenset()
    booked: frozenset[str] = frozenset()


class Circle(Exception):
    """Steps that lead into each other immediately, without anybody doing anything."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__(" → ".join(steps))
        self.steps = steps


def check_reachability(policy: Policy) -> Findings:
    """Steps that cannot be reached or left, and states without an end. All names of the policy must be defined."""
    try:
        ways = _explore(policy)
    except Circle as circle:
        key = ("steps", circle.steps[0], "does")
        yield Finding(key, "these steps lead into each other without end", str(circle), "a step that stays")
        return
    yield from _unreachable(policy, {state.step for state in ways})
    yield from _never_left(policy, ways)
    yield from _waits_for_ever(policy, ways)


def _unreachable(policy: Policy, stayed_in: set[str]) -> Findings:
    into = _leading_to(policy)
    reached = _reached(policy, stayed_in, into)
    for name in policy.steps:
        if name not in reached:
            why = _why_unreached(sorted(into[name] - {name}), reached)
            allowed = f"a move to it, as in steps.{policy.first}.moves, or kinds.….first"
            yield Finding(("steps", name), f"no case can reach this step: {why}", allowed=allowed)


def _leading_to(policy: Policy) -> dict[str, set[str]]:
    """For each step, the steps that lead to it by a move or by "go to"."""
    edges = [(edge.start, edge.end) for step in policy.steps for edge in edges_from(policy, step)]
    edges += [(name, step_gone_to(step.does)) for name, step in policy.steps.items()]
    return {name: {start for start, end in edges if end == name} for name in policy.steps}


def _reached(policy: Policy, stayed_in: set[str], into: dict[str, set[str]]) -> set[str]:
    """The steps in which cases stay, and those they only pass through."""
    reached, starts = set(stayed_in), set(first_steps(policy))
    passing = [name for name, step in policy.steps.items() if step_gone_to(step.does)]
    for _ in passing:  # one may lead to the next
        reached |= {name for name in passing if name in starts or into[name] & reached}
    return reached


def _why_unreached(before: list[str], reached: set[str]) -> str:
    if not before:
        return "no step leads here"
    if reached.isdisjoint(before):
        return f"only {', '.join(before)} leads here, which no case reaches"
    return f"the kinds of case that reach {', '.join(before)} are not led here"


def _never_left(policy: Policy, states: Iterable[CaseState]) -> Findings:
    stays = {state.step for state in states if not policy.steps[state.step].final}
    left = {state.step for state in states if any(after.step != state.step for after, _ in _next(policy, state))}
    for name in sorted(stays - left):
        yield Finding(("steps", name), "nothing leaves this step", allowed="moves, after, or final = true")


def _waits_for_ever(policy: Policy, ways: dict[CaseState, tuple[CaseState, str] | None]) -> Findings:
    reported: set[str] = set()
    for state in ways:
        step = policy.steps[state.step]
        if state.step in reported or step.final or _happens_by_itself(policy, state):
            continue
        reported.add(state.step)
        resting = sorted(state.open)
        why = f"{', '.join(resting)} rests while it waits for {step.waits_for}" if resting else "no promise is open"
        problem = f"a case can wait here for ever ({step.waits_for} is silent, {why})"
        allowed = "after, or a promise with at_due that is open here"
        yield Finding(("steps", state.step), problem, " → ".join(_path(ways, state)), allowed)


def _happens_by_itself(policy: Policy, state: CaseState) -> bool:
    """Whether something happens in this state without a person."""
    step = policy.steps[state.step]
    waits: dict[str, list[str]] = {}
    for edge in edges_from(policy, state.step):
        if edge.by.startswith("after ") and may_hold(policy, edge.when, state.kind):
            waits.setdefault(edge.by, []).append(edge.end)
    moved = any(all(ends) for ends in waits.values())
    asked = (effect.about for effect in step.does if effect.verb is Verb.ASK)
    if any(policy.questions[name].in_turn for name in asked) and _has_moves(policy, step, "no_answer", "nobody_left"):
        return True
    acts = any(step.waits_for not in policy.promises[name].pauses for name in state.open)
    return moved or acts or bool(state.booked)


def _has_moves(policy: Policy, step: StepSpec, *outcomes: str) -> bool:
    """Whether a step has a move for each of these outcomes."""
    return all(outcome in step.moves or outcome in policy.always for outcome in outcomes)


def _path(ways: dict[CaseState, tuple[CaseState, str] | None], state: CaseState) -> list[str]:
    """The shortest path to a state, for people to read: sorting, (decided) decided, …"""
    words: list[str] = []
    at: CaseState | None = state
    while at is not None:
        before = ways[at]
        words.append(f"({before[1]}) {at.step}" if before else at.step)
        at = before[0] if before else None
    return words[::-1]


# ------------------------------------------------------------------------------------------------- following cases


def _explore(policy: Policy) -> dict[CaseState, tuple[CaseState, str] | None]:
    """Every state a case can be in, each with the state before it and the event between. Breadth first, so that paths
    are shortest."""
    ways: dict[CaseState, tuple[CaseState, str] | None] = {}
    for kind, spec in policy.kinds.items():
        received = _after_event(policy, CaseState(kind, spec.first or policy.first), "received")
        ways.setdefault(_enter(policy, received, []), None)
    for invitation in policy.invitations.values():
        written = _after_notice(policy, CaseState(invitation.kind, invitation.first), invitation.notice)
        ways.setdefault(_enter(policy, written, []), None)
    waiting = deque(ways)
    while waiting and len(ways) < _MOST_STATES:
        state = waiting.popleft()
        for after, by in _next(policy, state):
            if after not in ways:
                ways[after] = (state, by)
                waiting.append(after)
    return ways


def _next(policy: Policy, state: CaseState) -> Iterator[tuple[CaseState, str]]:
    for edge in edges_from(policy, state.step):
        if may_hold(policy, edge.when, state.kind) and _can_be_after_edge(edge, state):
            yield _after_edge(policy, state, edge), edge.by
    for name in sorted(state.booked):
        slots = policy.things[name].slots
        if slots and not (slots.at_start or slots.at_end):
            yield replace(state, booked=state.booked - {name}), f"{name} is over"
    step = policy.steps[state.step]
    for name in sorted(state.open):
        if not step.final and step.waits_for not in policy.promises[name].pauses:
            yield _after_due(policy, state, name), f"{name} is due"


def _can_be_after_edge(edge: Edge, state: CaseState) -> bool:
    """Whether this edge can be taken: one of an appointment only when it is booked."""
    return edge.place[0] != "things" or edge.place[1] in state.booked


def may_hold(policy: Policy, condition: str, kind: str) -> bool:
    """Whether a condition can hold for some case of this kind."""
    if not condition:
        return True
    spec = policy.conditions[condition]
    if spec.kind and kind not in spec.kind:
        return False
    if spec.any_of and not any(may_hold(policy, name, kind) for name in spec.any_of):
        return False
    return all(may_hold(policy, name, kind) for name in spec.all_of)


def _after_edge(policy: Policy, state: CaseState, edge: Edge) -> CaseState:
    state = _kept_appointment(policy, state, edge)
    after = _after_effects(policy, state, edge.does, [])
    went = step_gone_to(edge.does)
    return _enter(policy, replace(after, step=edge.end), []) if edge.end and edge.end != went else after


def _kept_appointment(policy: Policy, state: CaseState, edge: Edge) -> CaseState:
    """The state without the appointment that is over when this edge is taken."""
    if edge.place[0] != "things":
        return state
    name = str(edge.place[1])
    slots = policy.things[name].slots
    goes_on = "before" in edge.place or (slots is not None and slots.at_end and "at_start" in edge.place)
    return state if goes_on else replace(state, booked=state.booked - {name})


def _enter(policy: Policy, state: CaseState, entered: list[str]) -> CaseState:
    """The state after its step is entered and its effects are applied."""
    if len(entered) > _MOST_STEPS_AT_ONCE:
        raise Circle([*dict.fromkeys(entered[entered.index(state.step) :]), state.step])
    step = policy.steps[state.step]
    state = CaseState(state.kind, state.step) if step.final else _after_event(policy, state, state.step)
    return _after_effects(policy, state, step.does, [*entered, state.step])


def _after_effects(policy: Policy, state: CaseState, effects: Iterable[Effect], entered: list[str]) -> CaseState:
    for effect in effects:
        if effect.verb is Verb.GO:
            state = _enter(policy, replace(state, step=effect.about), entered)
        else:
            state = _after_effect(policy, state, effect)
    return state


def _after_effect(policy: Policy, state: CaseState, effect: Effect) -> CaseState:
    """The state after an effect that does not move the case."""
    about = effect.about
    match effect.verb:
        case Verb.SEND:
            return _after_notice(policy, state, about)
        case Verb.ASK:
            return _after_notice(policy, state, policy.questions[about].notice)
        case Verb.OFFER:
            slots = policy.things[about].slots
            return _after_notice(policy, state, policy.questions[slots.question].notice) if slots else state
        case Verb.START:
            return replace(state, open=state.open | {about})
        case Verb.DROP:
            return replace(state, open=state.open - {about})
        case Verb.BOOK:
            return replace(state, booked=state.booked | {about})
        case Verb.FREE:
            return replace(state, booked=state.booked - {about})
        case _:
            return state


def _after_due(policy: Policy, state: CaseState, name: str) -> CaseState:
    """The state after a promise is due and nobody has acted."""
    spec = policy.promises[name]
    if spec.at_due is None:
        return replace(state, open=state.open - {name})
    after = _after_notice(policy, state, spec.at_due.send)
    if spec.at_due.extend:
        after = replace(after, open=after.open | {name})
    elif spec.at_due.send not in spec.kept_by:
        after = replace(after, open=after.open - {name})
    return _after_effects(policy, after, spec.at_due.does, [])


def _after_notice(policy: Policy, state: CaseState, notice: str) -> CaseState:
    """The state after a notice was delivered to the relay."""
    kept = {name for name in state.open if notice in policy.promises[name].kept_by}
    left = replace(state, open=state.open - {name for name in kept if not policy.promises[name].repeats})
    for name in sorted(kept):
        left = _after_event(policy, left, name)
    return left


def _after_event(policy: Policy, state: CaseState, event: str) -> CaseState:
    """The state after an event, with the promises that are counted from it open."""
    promises = policy.promises.items()
    begun = {name for name, spec in promises if spec.from_ == event and state.kind in (spec.kinds or (state.kind,))}
    return replace(state, open=state.open | begun)
