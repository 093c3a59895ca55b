"""What is done when a timer is due, by its kind."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import assert_never

from config.policy import Branch
from config.policy_shapes.periods import Period, read_period
from daemon.decide import outside
from daemon.decide.customer import newcomers
from daemon.decide.draft import Draft
from daemon.decide.procedure import (
    asking_in_turn,
    notices,
    open_offers,
    pauses,
    promises,
    steps,
    unclaimed,
    unhandled_mail,
)
from daemon.decide.procedure.promise_terms import promise_of
from daemon.decide.staff import casework
from storage.ledger_events import LedgerEvent
from storage.values import Deadline, DeadlineState, Timer, TimerKind

_UNKNOWN_WAITS = timedelta(days=1)


def work_timer(draft: Draft, timer: Timer) -> str:
    """Do what the timer was set for; returns the verdict. Nothing is done for a timer that the case no longer has."""
    if draft.timers.get(timer.key) != timer:
        return f"{draft.ticket.reference}: {timer.key} is no longer set"
    del draft.timers[timer.key]
    if unhandled_mail.hold_back_timer(draft, timer):
        return f"{draft.ticket.reference}: {timer.key}, somebody has written"
    if not isinstance(timer.kind, TimerKind):
        return _put_off_unknown(draft, timer)
    _act_on(draft, timer, timer.kind)
    return f"{draft.ticket.reference}: {timer.key}"


def _put_off_unknown(draft: Draft, timer: Timer) -> str:
    """Keep a timer whose kind only a newer version knows: it is due again in a day. The ledger says so once."""
    draft.timers[timer.key] = dataclasses.replace(timer, at=draft.now + _UNKNOWN_WAITS)
    facts = {"timer": timer.key, "kind": timer.kind, "about": timer.about}
    if not any(entry.event == LedgerEvent.TIMER_UNKNOWN and entry.facts == facts for entry in draft.case.history):
        draft.log_event(LedgerEvent.TIMER_UNKNOWN, **facts)
    return f"{draft.ticket.reference}: {timer.key} waits, its kind {timer.kind!r} is not known to this version"


def _act_on(draft: Draft, timer: Timer, kind: TimerKind) -> None:
    match kind:
        case TimerKind.WARN:
            _warn(draft, timer)
        case TimerKind.ACT:
            _act(draft, timer)
        case TimerKind.END:
            _end(draft, timer)
        case TimerKind.REMIND:
            _remind(draft, timer)
        case TimerKind.AFTER:
            draft.log_event(LedgerEvent.WAITED, period=str(read_period(timer.about)), step=draft.ticket.step)
            _after(draft, draft.step.after[timer.about])
        case TimerKind.TURN:
            asking_in_turn.record_no_answer(draft, timer.about)
            steps.apply_outcome(draft, "no_answer")
        case TimerKind.CHASE:
            outside.chase_third_party(draft, timer)
        case TimerKind.APPOINTMENT | TimerKind.BEFORE | TimerKind.STARTS | TimerKind.ENDS:
            _appointment(draft, timer)
        case TimerKind.AWAITED:
            draft.log_event(LedgerEvent.ARRIVED, what=timer.about)
            steps.apply_outcome(draft, "arrived")
        case TimerKind.HOLD:
            _as_new_case(draft, int(timer.about))
        case TimerKind.NEWCOMER:
            newcomers.count_newcomer(draft, int(timer.about))
        case TimerKind.UNCLAIMED:
            unclaimed.give_to_next(draft)
        case TimerKind.SELF:
            casework.send_own_reminder(draft, timer.about)
        case TimerKind.UNHANDLED:
            unhandled_mail.tell_manager_of_unhandled(draft)
        case TimerKind.WAIT:
            pauses.end_pause(draft)
        case _:
            assert_never(kind)


def _remind(draft: Draft, timer: Timer) -> None:
    """Write a reminder; where it would be of offered times that have passed, offer others instead."""
    times = timer.occurrence + 1
    draft.log_event(LedgerEvent.REMINDED, notice=timer.about, times=times)
    if not open_offers.renew_offers(draft):
        notices.write_notice(draft, timer.about, about={"times": times, "last": times == len(draft.step.remind)})


def _as_new_case(draft: Draft, inbox_id: int) -> None:
    """Staff have not said whether a held mail belongs to the case: make it a case of its own."""
    draft.log_event(LedgerEvent.HELD_MAIL_IS_NEW_CASE, inbox_id=inbox_id)
    draft.replays.append(inbox_id)
    unhandled_mail.drop_unhandled(draft, lambda mail: mail.inbox_id == inbox_id)


def _after(draft: Draft, branches: tuple[Branch, ...]) -> None:
    """Leave the step after a silence. Where that would close the case while a promise of an earlier policy is still
    owed, tell staff instead."""
    ends = any(branch.to and draft.policy.steps[branch.to].final for branch in branches)
    owed = [row.promise for row in promises.open_deadlines(draft) if row.terms]
    if not ends or not owed:
        steps.follow_branch(draft, branches)
        return
    draft.change_ticket(waiting_for="staff")
    draft.log_event(LedgerEvent.NOT_CLOSED, owed=owed)
    notices.write_notice(draft, notices.WAITING_OVER, to="team")


def _appointment(draft: Draft, timer: Timer) -> None:
    """Remind of a booked appointment, or follow what the policy says before it, at its start or at its end."""
    name, _, text = timer.about.partition(":")
    slots = draft.policy.things[name].slots
    if slots is None:
        return
    if timer.kind == TimerKind.APPOINTMENT:
        notices.write_notice(draft, slots.reminder, about={"thing": name, "times": timer.occurrence + 1})
        return
    draft.letter_values["thing"] = name
    if timer.kind == TimerKind.BEFORE:
        steps.follow_branch(draft, slots.before.get(text, ()))
    else:
        steps.follow_branch(draft, slots.at_start if timer.kind == TimerKind.STARTS else slots.at_end)


def _warn(draft: Draft, timer: Timer) -> None:
    deadline = draft.deadlines[(timer.about, timer.occurrence)]
    if deadline.state is not DeadlineState.OPEN:
        return
    spec = promise_of(draft.policy, deadline)
    zone = draft.calendar.zone
    left = draft.calendar.working_days_between(draft.now.astimezone(zone).date(), deadline.due_on)
    about = {"promise": timer.about, "due": deadline.due_on.isoformat(), "working_days_left": left}
    draft.log_event(
        LedgerEvent.STAFF_WARNED, promise=timer.about, due=deadline.due_on.isoformat(), working_days_left=left
    )
    notices.write_notice(draft, spec.warning, to="team", about=about, of=f"{timer.about}:{timer.occurrence}")


def _act(draft: Draft, timer: Timer) -> None:
    """Write the letter that keeps or extends a promise on its last day, because nobody has acted.

    Where it could not be written in time the promise is broken already; the letter is then sent late.
    """
    deadline = draft.deadlines[(timer.about, timer.occurrence)]
    at_due = promise_of(draft.policy, deadline).at_due
    owed = deadline.state in (DeadlineState.OPEN, DeadlineState.BROKEN) and deadline.kept_at is None
    if not owed or at_due is None:
        return
    told = notices.reaches_anybody(draft, at_due.send)
    of = ""
    if told:
        draft.log_event(
            LedgerEvent.ACTED_BY_ITSELF, promise=timer.about, due=deadline.due_on.isoformat(), notice=at_due.send
        )
    draft.letter_values.update(
        promise=timer.about, due=deadline.due_on.isoformat(), automatic=True, sent_notice=at_due.send
    )
    if at_due.extend:
        of = _extend(draft, deadline, at_due.extend, told=told)
    notices.write_notice(draft, at_due.send, of=of)
    if told:
        steps.do_effects(draft, at_due.does)  # only where a letter was written


def _extend(draft: Draft, deadline: Deadline, by: Period, *, told: bool) -> str:
    """Extend a promise; returns the new deadline as letters name it, "promise:occurrence".

    Where the customer cannot be told, only staff know of the date, so that they are warned again.
    """
    new = promises.extend_promise(draft, deadline, to=by, reason="")
    old_date, new_date = deadline.due_on.isoformat(), new.due_on.isoformat()
    draft.letter_values.update(old_date=old_date, new_date=new_date, reason="")
    event = LedgerEvent.EXTENDED if told else LedgerEvent.EXTENDED_UNTOLD
    draft.log_event(event, promise=deadline.promise, old=old_date, new=new_date, automatic=True)
    return f"{new.promise}:{new.occurrence}"


def _end(draft: Draft, timer: Timer) -> None:
    deadline = draft.deadlines[(timer.about, timer.occurrence)]
    if deadline.state is DeadlineState.OPEN and deadline.paused_at is None:
        act = draft.timers.get(f"{promises.timer_prefix(deadline)}:act")
        promises.mark_broken(draft, deadline)
        if act is not None and act.at < draft.now:  # its letter could not be written yet; it is tried again
            draft.timers[act.key] = act
