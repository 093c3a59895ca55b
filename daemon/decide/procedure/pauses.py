"""Standing by: the customer, or staff, ask that a case rests until a day. Reminders stop till then; promises go on."""

from __future__ import annotations

from datetime import date

from daemon.decide.draft import Draft
from daemon.decide.procedure import notices, steps, unhandled_mail
from storage.ledger_events import LedgerEvent
from storage.values import TimerKind

STAND_BY = "stand_by"
"""The notice that confirms it to the customer; a policy that has it lets customers ask for it."""


def stand_by(draft: Draft, until: date) -> None:
    """Rest until the opening of this day: no reminders, and the step is not left for silence."""
    draft.drop_timers("step:")
    draft.set_timer("wait", TimerKind.WAIT, draft.calendar.opening(until))
    draft.log_event(LedgerEvent.WAITS, until=until.isoformat())


def over(draft: Draft) -> None:
    """The day has come. The silence is counted from now on; whoever the case waits for is reminded at once."""
    draft.log_event(LedgerEvent.WAIT_OVER)
    steps.set_timers(draft)
    if draft.ticket.waiting_for == "customer" and draft.step.remind and not unhandled_mail.is_open(draft, "customer"):
        draft.timers.pop("step:remind:0", None)  # this is the first reminder
        draft.log_event(LedgerEvent.REMINDED, notice=draft.step.reminder, times=1)
        notices.write(draft, draft.step.reminder, about={"times": 1, "last": False})
    else:
        notices.write(draft, notices.WAITING_OVER, to="team")


def asked_for(draft: Draft, until: date) -> bool:
    """The customer asks to wait; False where the policy lets nobody ask, or nothing is open that could wait."""
    if draft.step.final or STAND_BY not in draft.policy.notices:
        return False
    stand_by(draft, until)
    notices.write(draft, STAND_BY, about={"until": until.isoformat()})
    notices.write(draft, notices.CUSTOMER_WROTE, to="team")
    return True
