"""Steps: enter a step, move on by an outcome, and do what the policy says on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from config.policy import Branch, in_language
from config.policy_shapes.builtin_names import OUTCOMES_AFTER_CLOSING
from config.policy_shapes.periods import Period, Unit, read_period
from config.policy_shapes.sentences import THE_ANSWER, Effect, Verb
from daemon.decide.draft import Draft
from daemon.decide.procedure import (
    appointments,
    asking_in_turn,
    company_records,
    notices,
    preferred_times,
    promises,
    things,
)
from daemon.decide.procedure.conditions import condition_holds
from daemon.decide.procedure.details import details_to_ask
from daemon.decide.procedure.people import give_to_owner, give_to_team
from daemon.decide.procedure.third_party_reminders import set_chase_timer
from daemon.decide.refusals import RefusalReason, Refused
from storage.ledger_events import LedgerEvent
from storage.values import TimerKind

ANYBODY_INSIDE = 0
"""The party number of a question that any staff member who gets its notice may answer."""

_ENDED_BY_CLOSING = frozenset(TimerKind) - {TimerKind.HOLD, TimerKind.NEWCOMER, TimerKind.UNHANDLED}
"""The kinds of timer that go when a case closes. The others wait for mail to be dealt with; a kind that only a newer
version knows stays, too."""

_MOST_MOVES = 20  # a policy whose steps lead in a circle must not hang the daemon


def enter_step(draft: Draft, name: str) -> None:
    """Enter a step: drop the old step's question and timers, set the owner, arm promises, do what the step says."""
    was_closed = draft.ticket.closed_at is not None
    _leave(draft)
    spec = draft.policy.steps[name]
    draft.change_ticket(step=name, step_since=draft.now, waiting_for=spec.waits_for)
    draft.log_event(LedgerEvent.STEP_ENTERED, by="reclamo", step=name)
    if spec.owner:
        give_to_owner(draft, spec.owner)
    if spec.final:
        _close(draft)
    elif was_closed:
        draft.change_ticket(closed_at=None)
        draft.log_event(LedgerEvent.REOPENED, step=name)
    promises.pause_promises(draft, spec.waits_for)
    promises.arm_promises_from(draft, name, draft.owed_since or draft.now)
    if spec.asks:
        put_question(draft, spec.asks, say_it=False)
    set_step_timers(draft)
    do_effects(draft, spec.does)


def _leave(draft: Draft) -> None:
    draft.drop_timers("step:")
    draft.timers.pop("wait", None)  # a pause ends with its step
    asked = draft.step.asks if draft.ticket.step in draft.policy.steps else ""
    if asked:
        draft.close_question(asked)


def _close(draft: Draft) -> None:
    draft.change_ticket(closed_at=draft.now, questions=())
    draft.log_event(LedgerEvent.CLOSED, outcome=draft.facts.outcome)
    promises.give_up_promises(draft, spare={notice.notice for notice in draft.notices} | _own_letters(draft))
    release_slots(draft)
    draft.timers = {key: timer for key, timer in draft.timers.items() if timer.kind not in _ENDED_BY_CLOSING}


def _own_letters(draft: Draft) -> set[str]:
    """The letters that the step itself sends when it is entered."""
    sent = {effect.about for effect in draft.step.does if effect.verb is Verb.SEND and not effect.to}
    return {notice for notice in sent if notices.reaches_anybody(draft, notice)}


def release_slots(draft: Draft) -> None:
    """Give back every booked slot that is still to come, since the case is closed."""
    for name, spec in draft.policy.things.items():
        start = draft.thing(name).get("start") if spec.slots else None
        if start and datetime.fromisoformat(start) > draft.now:
            appointments.release(draft, name)


def set_step_timers(draft: Draft, only: Collection[str] | None = None) -> None:
    """Set the timers of the step's reminders and silences, counted from now; with `only`, those of these keys."""
    spec = draft.step
    for number, period in enumerate(spec.remind):
        if only is None or f"step:remind:{number}" in only:
            at = _reminds_at(draft, period)
            draft.set_timer(f"step:remind:{number}", TimerKind.REMIND, at, about=spec.reminder, occurrence=number)
    for text in spec.after:
        if only is not None and f"step:after:{text}" not in only:
            continue
        after = draft.calendar.due(draft.now, read_period(text))
        past = timedelta(seconds=1) if read_period(text).unit.is_daily else timedelta(0)
        draft.set_timer(f"step:after:{text}", TimerKind.AFTER, after.at + past, about=text)


def _reminds_at(draft: Draft, period: Period) -> datetime:
    """When a reminder is sent: after working days at the next opening, after days at the opening of the last of them,
    so that it arrives before a longer silence is over."""
    if period.unit is Unit.DAYS:
        today = draft.now.astimezone(draft.calendar.zone).date()
        return draft.calendar.opening(today + timedelta(days=period.count))
    due = draft.calendar.due(draft.now, period)
    return draft.calendar.next_open(due.at + timedelta(seconds=1)) if period.unit.is_daily else due.at


def put_question(draft: Draft, name: str, *, say_it: bool, to: str = "", options: tuple[str, ...] = ()) -> None:
    """Open a question to its party, and send its notice where it has one and `say_it` is set."""
    spec = draft.policy.questions[name]
    if not condition_holds(draft, spec.when):
        return
    if spec.in_turn:
        if not asking_in_turn.ask_next_member(draft, name):
            apply_outcome(draft, "nobody_left")
        return
    if name in draft.facts.answers:  # asked again, an earlier answer no longer counts
        answers = draft.facts.answers
        draft.facts = replace(draft.facts, answers={other: given for other, given in answers.items() if other != name})
    whom = to or spec.to
    if whom == "staff" or whom in draft.policy.teams:
        draft.put_question(name, ANYBODY_INSIDE, options)
    else:
        outside = whom in draft.policy.third_parties
        # Where the third party cannot be reached, staff answer for it.
        numbers = [party.number for party in notices.recipients(draft, whom)] or [ANYBODY_INSIDE] * outside
        for number in numbers:
            draft.put_question(name, number, options)
    if say_it and spec.notice:
        notices.write_notice(draft, spec.notice, to=to or spec.to, about={"question": name})


def apply_outcome(draft: Draft, outcome: str) -> bool:
    """Move as the step, else the policy for every step, says for an outcome. Returns False where neither does.

    Raises Refused where the branch refuses it.
    """
    if not can_apply(draft, outcome):
        return False
    try:
        follow_branch(draft, draft.step.moves.get(outcome, draft.policy.always.get(outcome, ())))
    except SlotGone:
        apply_outcome(draft, "slot_gone")
    return True


def can_apply(draft: Draft, outcome: str) -> bool:
    """Whether the step, or the policy for every step, says where this outcome leads."""
    always = outcome in draft.policy.always and (not draft.step.final or outcome in OUTCOMES_AFTER_CLOSING)
    return outcome in draft.step.moves or always


def follow_branch(draft: Draft, branches: Iterable[Branch]) -> None:
    """Follow the first branch whose condition holds, if any."""
    for branch in branches:
        if not condition_holds(draft, branch.when):
            continue
        if branch.refuse:
            raise Refused(
                RefusalReason.POLICY_REFUSES,
                said=in_language(dict(branch.refuse), str(draft.letter_values.get("writer_language", ""))),
            )
        _count_move(draft)
        do_effects(draft, branch.does)
        if branch.to:
            enter_step(draft, branch.to)
        return


def _count_move(draft: Draft) -> None:
    draft.moves += 1
    if draft.moves > _MOST_MOVES:
        raise RecursionError(f"policy {draft.policy.name}: step {draft.ticket.step} moves without end")


def do_effects(draft: Draft, effects: Iterable[Effect]) -> None:
    """Do what a policy's sentences say, in their order."""
    for effect in effects:
        _do(draft, effect)


def _do(draft: Draft, effect: Effect) -> None:
    _MEANINGS[effect.verb](draft, effect)


def _send(draft: Draft, effect: Effect) -> None:
    if draft.unsent_opening_letters is not None and (effect.to or draft.policy.notices[effect.about].to) == "customer":
        draft.unsent_opening_letters.append(effect.about)
        return
    if notices.write_notice(draft, effect.about, to=effect.to):
        _expect_answer(draft, effect.to or draft.policy.notices[effect.about].to)


def _remember(draft: Draft, effect: Effect) -> None:
    value = draft.letter_values.get("answer_value") if effect.to == THE_ANSWER else effect.to or True
    draft.facts = draft.facts.with_value(effect.about, value).with_value(f"{effect.about}_by", draft.actor)


def _expect_answer(draft: Draft, whom: str) -> None:
    """Set the reminder of a third party that was written to, where the policy has one."""
    if whom in draft.policy.third_parties:
        set_chase_timer(draft, whom)


def ask_details(draft: Draft) -> None:
    """Ask the customer for missing details, in a letter of this decision that asks anyway, else in one of its own."""
    names = details_to_ask(draft)
    if not names:
        return
    draft.change_ticket(asked=tuple(dict.fromkeys((*draft.ticket.asked, *names))))
    draft.log_event(LedgerEvent.DETAILS_ASKED, by="reclamo", details=list(names))
    if draft.unsent_opening_letters is None and not notices.asks_details_anyway(draft):
        notices.write_notice(draft, notices.ASK)


def offer_slots(draft: Draft, name: str) -> None:
    """Offer free slots to the party of the thing's question. Where none is free the outcome is "nothing_free"."""
    spec = draft.policy.things[name].slots
    start = preferred_times.granted(draft, name, spec, list(appointments.free(draft, name))) if spec else None
    if start and can_apply(draft, "chosen"):
        draft.letter_values["chosen"] = start.isoformat()
        apply_outcome(draft, "chosen")
        return
    options = appointments.offer(draft, name)
    if spec is None or not options:
        apply_outcome(draft, "nothing_free")
        return
    put_question(draft, spec.question, say_it=False, options=options)
    notice = draft.policy.questions[spec.question].notice
    if notice:
        notices.write_notice(draft, notice, to=draft.policy.questions[spec.question].to, about={"thing": name})


def book_slot(draft: Draft, name: str) -> None:
    """Book the slot that was chosen. Raises SlotGone where it is no longer free."""
    chosen = str(draft.letter_values.get("chosen", ""))
    if not chosen or not appointments.book(draft, name, datetime.fromisoformat(chosen)):
        raise SlotGone(name)


class SlotGone(Exception):
    """The chosen slot is no longer free."""


_MEANINGS: dict[Verb, Callable[[Draft, Effect], object]] = {
    Verb.SEND: _send,
    Verb.ASK: lambda draft, effect: put_question(draft, effect.about, say_it=True, to=effect.to),
    Verb.ASK_DETAILS: lambda draft, _: ask_details(draft),
    Verb.GO: lambda draft, effect: enter_step(draft, effect.about),
    Verb.GIVE: lambda draft, effect: give_to_team(draft, effect.about),
    Verb.START: lambda draft, effect: promises.arm_promise(draft, effect.about, draft.now, origin=draft.ticket.step),
    Verb.DROP: lambda draft, effect: promises.give_up_promises(draft, effect.about),
    Verb.OPEN: lambda draft, effect: things.open_thing(draft, effect.about),
    Verb.BECOMES: lambda draft, effect: things.set_thing_state(draft, effect.about, effect.to),
    Verb.OFFER: lambda draft, effect: offer_slots(draft, effect.about),
    Verb.BOOK: lambda draft, effect: book_slot(draft, effect.about),
    Verb.FREE: lambda draft, effect: appointments.release(draft, effect.about),
    Verb.ASSIGN: lambda draft, effect: asking_in_turn.assign_by_answer(draft, effect.about),
    Verb.MARK: lambda draft, effect: company_records.store_today(draft, effect.about),
    Verb.AWAIT: lambda draft, effect: company_records.await_detail(draft, effect.about),
    Verb.ANNOUNCE: lambda draft, effect: company_records.announce_detail(draft, effect.about),
    Verb.STOP: lambda draft, _: company_records.stop_invitations(draft),
    Verb.DECLINE: lambda draft, _: company_records.decline_invitation(draft),
    Verb.REMEMBER: _remember,
}
"""What each verb of a policy's sentences does; a test checks that none is missing."""
