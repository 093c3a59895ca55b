"""Who may do what: graded rights, and reasons why a mail that bears a staff member's marks is not obeyed."""

from __future__ import annotations

from datetime import datetime

from config.policy import Policy
from config.policy_shapes.base import Right
from config.working_time.calendars import Calendar
from daemon.decide.events import StaffWrote
from daemon.decide.refusals import RefusalReason, Refused
from parsers.reading import MailKind
from parsers.sender.fingerprint import copy_digest
from storage.ledger_events import LedgerEvent
from storage.values import Case

_GRADES = tuple(Right)


def right_of(policy: Policy, team: str, address: str) -> Right:
    """What this address may do on a case of this team: what the team's own people may, else the most that any
    team lets them. A manager may do everything, unless the manager's entry says otherwise."""
    wanted = address.lower()
    found: dict[str, Right] = {}
    for name, spec in policy.teams.items():
        grades = [member.rights or spec.rights for member in spec.members if member.address.lower() == wanted]
        if spec.manager and spec.manager.address.lower() == wanted:
            grades.append(spec.manager.rights or Right.ERASE)
        if spec.address.lower() == wanted:
            grades.append(spec.rights)
        if grades:
            found[name] = max(grades, key=_GRADES.index)
    return found.get(team) or max(found.values(), key=_GRADES.index, default=Right.NOTE)


def includes_right(has: Right, needed: Right) -> bool:
    """Whether this grade includes that one."""
    return _GRADES.index(has) >= _GRADES.index(needed)


def require_right(policy: Policy, team: str, address: str, needed: Right) -> None:
    """Raises Refused where somebody may not do this."""
    if not includes_right(right_of(policy, team, address), needed):
        raise Refused(RefusalReason.NO_RIGHT, allowed=needed.value)


def why_not_obeyed(case: Case, wrote: StaffWrote, policy: Policy, calendar: Calendar, now: datetime) -> str:
    """Why a proven mail is not obeyed all the same; empty where nothing speaks against it."""
    reading = wrote.mail.reading
    if reading.kind is MailKind.LIST:
        return "rewritten"
    if case.ticket.erased_at is not None:
        return "erased"
    if case.ticket.facts.merged_into:
        return "merged"
    closed = case.ticket.closed_at
    if closed is not None and calendar.due(closed, policy.limits.answers_after_closing).at < now:
        return "expired"
    return "replayed" if _was_here(case, wrote) else ""


def _was_here(case: Case, wrote: StaffWrote) -> bool:
    reading = wrote.mail.reading
    known = copy_digest(reading)
    same_id = any(
        m.direction == "in" and m.message_id == reading.message_id and m.thread == "staff" for m in case.messages
    )
    copied = any(
        entry.event == LedgerEvent.MAIL_RECEIVED and entry.facts.get("content") == known for entry in case.history
    )
    return bool(reading.message_id and same_id) or bool(known and copied)
