"""Pauses: hold back a case's reminders until a day, at the customer's or staff's request. Promises keep running."""

from __future__ import annotations

from datetime import date

from daemon.decide.draft import Draft
from daemon.decide.procedure import notices, steps, unhandled_mail
from storage.ledger_events import LedgerEvent
from storage.values import TimerKind

STAND_BY = "stand_by"
"""The notice that confirms a pause to the customer; a policy that has it lets customers ask for one."""


def pause_case(draft: Draft, until: date) -> None:
    """Pause until the opening of this day: no reminders, and the step is not left for silence."""
    draft.drop_timers("step:")
    draft.set_timer("wait", TimerKind.WAIT, draft.calendar.opening(until))
    draft.log_event(LedgerEvent.WAITS, until=until.isoformat())


def end_pause(draft: Draft) -> None:
    """End a pause: silence is counted from now on. The customer is reminded at once where the case waits for them, else
    the team is told."""
    draft.log_event(LedgerEvent.WAIT_OVER)
    steps.set_step_timers(draft)
    if (
        draft.ticket.waiting_for == "customer"
        and draft.step.remind
        and not unhandled_mail.has_unhandled(draft, "customer")
    ):
        draft.timers.pop("step:remind:0", None)  # this is the first reminder
        draft.log_event(LedgerEvent.REMINDED, notice=draft.step.reminder, times=1)
        notices.write_notice(draft, draft.step.reminder, about={"times": 1, "last": False})
    else:
        notices.write_notice(draft, notices.WAITING_OVER, to="team")


def pause_for_customer(draft: Draft, until: date) -> bool:
    """Pause at the customer's request. Returns False where the policy does not allow it or the case is over."""
    if draft.step.final or STAND_BY not in draft.policy.notices:
        return False
    pause_case(draft, until)
    notices.write_notice(draft, STAND_BY, about={"until": until.isoformat()})
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return True
