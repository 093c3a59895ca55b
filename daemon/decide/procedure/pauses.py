"""Pauses: hold back a case's reminders until a day, at the customer's or staff's request. Promises keep running."""

from __future__ import annotations

from datetime import date

from daemon.decide.draft import Draft
from daemon.decide.procedure import notices, steps, unhandled_mail
from storage.ledger_events import LedgerEvent
from storage.values import TimerKind

STAND_BY = "stand_by"
"""The notice that confirms a pause to the customer; a policy that has it lets customers ask for one."""


def stand_by(draft: Draft, until: date) -> None:
    """Pause until the opening of this day: no reminders, and the step is not left for silence."""
    draft.drop_timers("step:")
    draft.set_timer("wait", TimerKind.WAIT, draft.calendar.opening(until))
    draft.log_event(LedgerEvent.WAITS, until=until.isoformat())


def over(draft: Draft) -> None:
    """End a pause: silence is counted from now on. The customer is reminded at once where the case waits for them, else
    the team is told."""
    draft.log_event(LedgerEvent.WAIT_OVER)
    steps.set_timers(draft)
    if draft.ticket.waiting_for == "customer" and draft.step.remind and not unhandled_mail.is_open(draft, "customer"):
        draft.timers.pop("step:remind:0", None)  # this is the first reminder
        draft.log_event(LedgerEvent.REMINDED, notice=draft.step.reminder, times=1)
        notices.write(draft, draft.step.reminder, about={"times": 1, "last": False})
    else:
        notices.write(draft, notices.WAITING_OVER, to="team")


def asked_for(draft: Draft, until: date) -> bool:
    """Pause at the customer's request. Returns False where the policy does not allow it or the case is over."""
    if draft.step.final or STAND_BY not in draft.policy.notices:
        return False
    stand_by(draft, until)
    notices.write(draft, STAND_BY, about={"until": until.isoformat()})
    notices.write(draft, notices.CUSTOMER_WROTE, to="team")
    return True
