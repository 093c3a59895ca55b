"""Promises of a case: arm, warn, keep, break, extend, pause, give up.

A deadline has up to three kinds of timer: WARN tells staff before it, ACT writes the letter that keeps or extends the
promise on its last day, END marks it broken after its last instant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from config.policy import PromiseSpec
from config.policy_shapes.periods import Period, Unit
from config.working_time.calendars import HANDOVER_TIME, Due
from daemon.decide.draft import Draft
from daemon.decide.procedure.promise_terms import promise_of
from storage.ledger_events import LedgerEvent
from storage.values import Deadline, DeadlineState, TimerKind

_BY_CLOCK = (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS, Unit.HOURS_OPEN)
RECEIVED, EXTENSION = "received", "extension"


def arm_promises_from(draft: Draft, event: str, at: datetime) -> None:
    """Arm every promise counted from `event`: "received", a promise's name or a step's name."""
    for name, spec in draft.policy.promises.items():
        if spec.from_ == event and (not spec.kinds or draft.ticket.kind in spec.kinds):
            arm_promise(draft, name, at, origin=event)


def arm_promise(draft: Draft, name: str, counted_from: datetime, *, origin: str) -> None:
    """Arm one promise unless it is open already. While a case moves from another policy, the earlier date counts."""
    spec = draft.policy.promises[name]
    due = draft.calendar.due(counted_from, spec.within)
    if spec.within.unit is Unit.HOURS_OPEN:
        due = dataclasses.replace(due, at=due.at + HANDOVER_TIME)
    already_open = [row for row in _rows(draft, name) if row.state is DeadlineState.OPEN]
    if already_open:
        if draft.left_policy and due.at < already_open[-1].due_at:
            _bring_forward(draft, already_open[-1], due)
        return
    _add(draft, name, due, counted_from, origin=origin, reason="")
    if draft.ticket.waiting_for in spec.pauses:
        pause_promises(draft, draft.ticket.waiting_for)  # it is paused from the start


def _bring_forward(draft: Draft, deadline: Deadline, due: Due) -> None:
    line = f"{deadline.due_on.isoformat()}, as told before; {due.on.isoformat()} is earlier"
    sooner = (*deadline.derivation, *due.derivation, line)
    save_deadline(draft, dataclasses.replace(deadline, due_at=due.at, due_on=due.on, derivation=sooner))
    draft.drop_timers(timer_prefix(deadline) + ":")
    _set_timers(draft, draft.deadlines[(deadline.promise, deadline.occurrence)])
    old, new = deadline.due_on.isoformat(), due.on.isoformat()
    draft.log_event(LedgerEvent.PROMISE_BROUGHT_FORWARD, by="reclamo", promise=deadline.promise, old=old, new=new)


def _add(
    draft: Draft, name: str, due: Due, counted_from: datetime, *, origin: str, reason: str,
    terms: Mapping[str, Any] | None = None,
) -> Deadline:  # fmt: skip
    deadline = Deadline(
        promise=name,
        occurrence=len(_rows(draft, name)),
        armed_at=draft.now,
        counted_from=counted_from,
        due_at=due.at,
        due_on=due.on,
        origin=origin,
        reason=reason,
        automatic=origin == EXTENSION and draft.actor == "reclamo",
        derivation=due.derivation,
        terms=dict(terms or {}),
    )
    save_deadline(draft, deadline)
    _set_timers(draft, deadline)
    draft.log_event(LedgerEvent.PROMISE_ARMED, by="reclamo", promise=name, due=due.on.isoformat(), origin=origin)
    return deadline


def _set_timers(draft: Draft, deadline: Deadline) -> None:
    spec = promise_of(draft.policy, deadline)
    about = {"about": deadline.promise, "occurrence": deadline.occurrence}
    for number, period in enumerate(spec.warn):
        at = _before(draft, deadline, period)
        if at > draft.now:
            draft.set_timer(f"{timer_prefix(deadline)}:warn:{number}", TimerKind.WARN, at, **about)  # type: ignore[arg-type]
    if spec.at_due:
        due = Due(at=deadline.due_at, on=deadline.due_on, derivation=())
        acts = max(draft.calendar.acts_at(due, spec.within), draft.now)
        draft.set_timer(f"{timer_prefix(deadline)}:act", TimerKind.ACT, acts, **about)  # type: ignore[arg-type]
    end = deadline.due_at + timedelta(seconds=1)
    draft.set_timer(f"{timer_prefix(deadline)}:end", TimerKind.END, end, **about)  # type: ignore[arg-type]


def _before(draft: Draft, deadline: Deadline, period: Period) -> datetime:
    if period.unit.is_daily:
        return draft.calendar.opening_before(deadline.due_on, period)
    return draft.calendar.instant_before(deadline.due_at, period)


def timer_prefix(deadline: Deadline) -> str:
    """The prefix of the keys of a deadline's timers."""
    return f"promise:{deadline.promise}:{deadline.occurrence}"


def save_deadline(draft: Draft, deadline: Deadline) -> None:
    """Store a deadline in the draft, in place of the one of the same promise and occurrence."""
    draft.deadlines[(deadline.promise, deadline.occurrence)] = deadline


def _rows(draft: Draft, name: str) -> list[Deadline]:
    return [deadline for (promise, _), deadline in draft.deadlines.items() if promise == name]


def open_deadlines(draft: Draft) -> list[Deadline]:
    """The open deadlines in order of `due_at`."""
    rows = [row for row in draft.deadlines.values() if row.state is DeadlineState.OPEN]
    return sorted(rows, key=lambda deadline: deadline.due_at)


# ------------------------------------------------------------------------------------------------------ kept


def notices_that_keep(spec: PromiseSpec, deadline: Deadline) -> tuple[str, ...]:
    """The names of the notices whose delivery keeps this deadline."""
    return spec.again.kept_by if spec.again and deadline.origin == EXTENSION else spec.kept_by


def may_keep_promise(draft: Draft, notice: str) -> bool:
    """Whether delivery of a notice can keep a promise of the policy, or one carried over from another policy."""
    carried_over = (promise_of(draft.policy, deadline) for deadline in draft.deadlines.values() if deadline.terms)
    return any(
        notice in spec.kept_by or (spec.again is not None and notice in spec.again.kept_by)
        for spec in (*draft.policy.promises.values(), *carried_over)
    )


def _keeps(draft: Draft, deadline: Deadline, notice: str, of: str) -> bool:
    spec = promise_of(draft.policy, deadline)
    # A letter that announces a deadline does not keep that very deadline.
    return notice in notices_that_keep(spec, deadline) and of != f"{deadline.promise}:{deadline.occurrence}"


def stop_warning_until_sent(draft: Draft, notice: str, of: str) -> None:
    """Stop warnings and automatic letters for the deadlines that a letter on its way will keep."""
    for deadline in open_deadlines(draft):
        if _keeps(draft, deadline, notice, of):
            draft.drop_timers(f"{timer_prefix(deadline)}:warn")
            draft.drop_timers(f"{timer_prefix(deadline)}:act")


def mark_promises_kept(draft: Draft, notice: str, of: str, at: datetime, *, automatic: bool = False) -> list[str]:
    """Mark the promises kept, in time or late, by a letter that the relay accepted at `at`; returns their names.

    `automatic` is set where no person caused the letter.
    """
    kept: list[str] = []
    for deadline in list(draft.deadlines.values()):
        waiting = deadline.state is DeadlineState.OPEN or (
            deadline.state is DeadlineState.BROKEN and deadline.kept_at is None
        )
        if not waiting or not _keeps(draft, deadline, notice, of):
            continue
        in_time = deadline.state is DeadlineState.OPEN and at <= deadline.due_at
        state = DeadlineState.KEPT if in_time else DeadlineState.BROKEN
        save_deadline(
            draft, dataclasses.replace(deadline, state=state, kept_at=at, kept_by=notice, automatic=automatic)
        )
        draft.drop_timers(timer_prefix(deadline) + ":")
        draft.log_event(
            LedgerEvent.PROMISE_KEPT if in_time else LedgerEvent.PROMISE_KEPT_LATE,
            by="reclamo",
            promise=deadline.promise,
            due=deadline.due_on.isoformat(),
            notice=notice,
            **({"automatic": True} if automatic else {}),
        )
        kept.append(deadline.promise)
    for name in dict.fromkeys(kept) if draft.ticket.closed_at is None else ():
        spec = draft.policy.promises.get(name)
        if spec is not None:  # one carried over from another policy does not repeat
            arm_promises_from(draft, name, at)
            if spec.repeats:
                arm_promise(draft, name, at, origin=name)
    return kept


def unmark_kept(draft: Draft, notice: str) -> None:
    """Mark promises as owed again, because the letter that kept them was returned."""
    for deadline in list(draft.deadlines.values()):
        if deadline.kept_by == notice and deadline.state is DeadlineState.KEPT:
            late = draft.now > deadline.due_at
            state = DeadlineState.BROKEN if late else DeadlineState.OPEN
            extended_automatically = deadline.origin == EXTENSION and not deadline.reason
            again = dataclasses.replace(
                deadline, state=state, kept_at=None, kept_by="", automatic=extended_automatically
            )
            save_deadline(draft, again)
            draft.log_event(LedgerEvent.PROMISE_OWED_AGAIN, by="reclamo", promise=deadline.promise, notice=notice)
            if not late:
                _set_timers(draft, draft.deadlines[(deadline.promise, deadline.occurrence)])


def resume_after_failed_letter(draft: Draft, notice: str) -> None:
    """Set the timers of promises again, because the letter that was to keep them could not be sent."""
    for deadline in open_deadlines(draft):
        if _keeps(draft, deadline, notice, ""):
            _set_timers(draft, deadline)


def automatic_letters_due(draft: Draft) -> list[str]:
    """The notices that are written automatically and would keep a promise that is open now."""
    acts = [(promise_of(draft.policy, deadline).at_due, deadline) for deadline in open_deadlines(draft)]
    return [
        at_due.send
        for at_due, deadline in acts
        if at_due is not None and not at_due.extend and _keeps(draft, deadline, at_due.send, "")
    ]


def mark_broken(draft: Draft, deadline: Deadline) -> None:
    """Mark a deadline broken, because its last instant has passed and no letter has kept it."""
    save_deadline(draft, dataclasses.replace(deadline, state=DeadlineState.BROKEN))
    draft.drop_timers(timer_prefix(deadline) + ":")
    draft.log_event(LedgerEvent.PROMISE_BROKEN, by="reclamo", promise=deadline.promise, due=deadline.due_on.isoformat())


def give_up_promises(draft: Draft, *names: str, spare: Collection[str] = ()) -> None:
    """Mark promises as no longer owed: those named, or all; those that a notice in `spare` will keep are left."""
    for deadline in open_deadlines(draft):
        if not set(spare).isdisjoint(notices_that_keep(promise_of(draft.policy, deadline), deadline)):
            continue
        if not names or deadline.promise in names:
            save_deadline(draft, dataclasses.replace(deadline, state=DeadlineState.MOOT))
            draft.drop_timers(timer_prefix(deadline) + ":")
            draft.log_event(
                LedgerEvent.PROMISE_MOOT, by="reclamo", promise=deadline.promise, due=deadline.due_on.isoformat()
            )


# -------------------------------------------------------------------------------------------------- extended


def extendable_deadline(draft: Draft) -> Deadline | None:
    """The deadline that an extension would move: the farthest open one whose promise can be extended."""
    for deadline in reversed(open_deadlines(draft)):
        at_due = promise_of(draft.policy, deadline).at_due
        if at_due and at_due.extend:
            return deadline
    return None


def extend_promise(draft: Draft, deadline: Deadline, *, to: date | Period, reason: str) -> Deadline:
    """Set a new date for a promise; returns the new deadline. Drops the old one's warnings and automatic letter."""
    if isinstance(to, Period):
        # Counted from the old date, so that writing early on the last day does not cost the customer a day.
        due = draft.calendar.due(max(deadline.due_at, draft.now), to)
    else:
        end = datetime.combine(to, time(23, 59, 59), draft.calendar.zone).astimezone(UTC)
        due = Due(at=end, on=to, derivation=(f"{to.isoformat()}: the date named in the explanation",))
    draft.drop_timers(f"{timer_prefix(deadline)}:warn")
    draft.drop_timers(f"{timer_prefix(deadline)}:act")
    return _add(draft, deadline.promise, due, draft.now, origin=EXTENSION, reason=reason, terms=deadline.terms)


# ---------------------------------------------------------------------------------------------------- paused


def pause_promises(draft: Draft, waiting_for: str) -> None:
    """Pause the promises that the policy pauses while the case waits for `waiting_for`, and resume the others."""
    for deadline in open_deadlines(draft):
        spec = promise_of(draft.policy, deadline)
        is_paused = waiting_for in spec.pauses
        if is_paused and deadline.paused_at is None:
            save_deadline(draft, dataclasses.replace(deadline, paused_at=draft.now))
            draft.drop_timers(timer_prefix(deadline) + ":")
            draft.log_event(LedgerEvent.PROMISE_PAUSED, by="reclamo", promise=deadline.promise, waiting_for=waiting_for)
        elif not is_paused and deadline.paused_at is not None:
            _resume(draft, deadline, deadline.paused_at)


def _resume(draft: Draft, deadline: Deadline, paused_at: datetime) -> None:
    """Resume a paused promise with at least the time that was left when it was paused, and at least one day.

    While a case moves from another policy, a date that has not passed stays as it is.
    """
    if draft.left_policy and deadline.due_at > draft.now:
        _save_resumed(draft, dataclasses.replace(deadline, paused_at=None))
        return
    zone = draft.calendar.zone
    if promise_of(draft.policy, deadline).within.unit in _BY_CLOCK:
        at = deadline.due_at + (draft.now - paused_at)
        due = Due(at=at, on=at.astimezone(zone).date(), derivation=())
    else:
        left = draft.calendar.working_days_between(paused_at.astimezone(zone).date(), deadline.due_on)
        due = draft.calendar.due(draft.now, Period(max(left, 1), Unit.WORKING_DAYS))
    line = f"paused {paused_at.date().isoformat()} to {draft.now.date().isoformat()}: due {due.on.isoformat()}"
    resumed = dataclasses.replace(
        deadline,
        paused_at=None,
        due_at=max(due.at, deadline.due_at),
        due_on=max(due.on, deadline.due_on),
        derivation=(*deadline.derivation, *due.derivation, line),
    )
    _save_resumed(draft, resumed)


def _save_resumed(draft: Draft, deadline: Deadline) -> None:
    save_deadline(draft, deadline)
    _set_timers(draft, deadline)
    draft.log_event(
        LedgerEvent.PROMISE_RESUMED, by="reclamo", promise=deadline.promise, due=deadline.due_on.isoformat()
    )
