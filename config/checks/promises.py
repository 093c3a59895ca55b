"""Check promises, questions and letters: every promise can begin, every question is asked, every letter is sent."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.finding import Finding, Findings
from config.checks.step_graph import edges_from, effects_in, questions_asked, slots_in
from config.policy import Policy
from config.policy_shapes.builtin_names import BUILTIN_NOTICES, OPTIONAL_NOTICES
from config.policy_shapes.sentences import Verb


def check_promises(policy: Policy) -> Findings:
    """Faults of promises, questions and letters. All names of the policy must be defined."""
    sent = set(_sent(policy))
    for name, promise in policy.promises.items():
        kept_by = [*promise.kept_by, *(promise.again.kept_by if promise.again else ())]
        if not sent & set(promise.kept_by):
            problem = "nothing sends a notice that keeps this promise"
            yield Finding(("promises", name, "kept_by"), problem, ", ".join(kept_by), ", ".join(sorted(sent)))
    for name in policy.notices:
        if name not in sent:
            allowed = f'"send {name}" in some does, or at_due, or the notice of a question'
            yield Finding(("notices", name), "nothing sends this letter", allowed=allowed)
    yield from _begin(policy)
    yield from _answered(policy)


def _sent(policy: Policy) -> Iterator[str]:
    """The notices that the policy sends somewhere."""
    yield from (*BUILTIN_NOTICES, *OPTIONAL_NOTICES)
    yield from (effect.about for _, effect in effects_in(policy) if effect.verb is Verb.SEND)
    yield from (policy.questions[name].notice for name in questions_asked(policy))
    yield from (slots.reminder for _, slots in slots_in(policy) if slots.remind)
    yield from (step.reminder for step in policy.steps.values() if step.remind)
    yield from (invitation.notice for invitation in policy.invitations.values())
    yield from (board.notice for board in policy.boards.values())
    yield from (report.notice for report in policy.reports.values())
    yield from (form.without_consent for form in policy.forms.values())
    yield from (third.chase for third in policy.third_parties.values() if third.chase_after)
    yield from (notice for dossier in policy.dossiers.values() for notice in (dossier.notice, dossier.gaps))
    for promise in policy.promises.values():
        yield from (promise.warning for _ in promise.warn)
        yield from (promise.at_due.send for _ in (promise.at_due,) if promise.at_due)


def _begin(policy: Policy) -> Findings:
    """Promises that never begin: counted only from each other, and not from an event of the case."""
    can_begin = {effect.about for _, effect in effects_in(policy) if effect.verb is Verb.START}
    can_begin |= {
        name for name, spec in policy.promises.items() if spec.from_ == "received" or spec.from_ in policy.steps
    }
    while True:
        more = {name for name, spec in policy.promises.items() if spec.from_ in can_begin} - can_begin
        if not more:
            break
        can_begin |= more
    for name, spec in policy.promises.items():
        if name not in can_begin:
            allowed = "received, a step, or a promise that begins"
            yield Finding(("promises", name, "from"), "this promise never begins", spec.from_, allowed)


def _answered(policy: Policy) -> Findings:
    """Questions that nothing asks, and answers that cause no transition."""
    asked = questions_asked(policy)
    used = {outcome for step in policy.steps.values() for outcome in step.moves} | set(policy.always)
    for name, question in policy.questions.items():
        if name not in asked:
            yield Finding(("questions", name), "nothing asks this", allowed=f'asks = "{name}", or "ask {name}"')
        for answer in question.answers:
            if answer not in used:
                problem = "this answer leads nowhere"
                yield Finding(("questions", name, "answers", answer), problem, answer, f"moves.{answer} in a step")
    for step_name, step in policy.steps.items():
        here = {edge.by for edge in edges_from(policy, step_name)} | set(step.moves) | set(policy.always)
        for answer in policy.questions[step.asks].answers if step.asks else ():
            if answer in used and answer not in here:
                problem = "an answer to what is asked here leads nowhere"
                yield Finding(("steps", step_name, "moves"), problem, answer, f"moves.{answer}")
