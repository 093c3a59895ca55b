"""Limit mail: what exceeds a limit is stored on its case without effect, and staff are told once a day."""

from __future__ import annotations

from datetime import timedelta

from daemon.decide.draft import Draft
from daemon.decide.events import CustomerWrote
from daemon.decide.procedure import notices
from storage.ledger_events import LedgerEvent

_DAY = timedelta(days=1)


def exceeds_limits(draft: Draft, wrote: CustomerWrote) -> bool:
    """Whether a mail exceeds a limit: of mails on the case, of mails from its sender, or of reopenings by customers.

    If so, logs it and tells staff.
    """
    why = _limit_exceeded(draft, wrote)
    if why:
        address = wrote.mail.reading.sender.address.lower()
        draft.log_event(LedgerEvent.MAIL_DAMPED, why=why, address=address)
        # A limit of the case is told once whoever writes, one of a sender once for each address.
        notices.tell_limit_once(draft, why, address if wrote.over_limits else "")
    return bool(why)


def _limit_exceeded(draft: Draft, wrote: CustomerWrote) -> str:
    limits, case = draft.policy.limits, draft.case
    since = draft.now - _DAY
    if wrote.over_limits:
        return "mails from one sender"
    if sum(1 for m in case.messages if m.direction == "in" and m.thread != "staff" and m.at > since) >= (
        limits.mails_per_case_per_day
    ):
        return "mails on one case"
    reopened = sum(1 for entry in case.history if entry.event == LedgerEvent.REOPENED and entry.by == "customer")
    if draft.step.final and not wrote.bare_thanks and reopened >= limits.reopens_per_case:
        return "reopened too often"
    return ""
