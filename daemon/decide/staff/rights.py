"""Rights of staff, in grades, and the reasons for not obeying a mail although its writer is proven to be staff."""

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
    """The right of this address on a case of this team.

    A member of the team has the right that the team gives them; anybody else the highest that any team gives them. A
    manager may do everything unless the policy says otherwise; an address of no team may only note.
    """
    wanted = address.lower()
    rights: dict[str, Right] = {}
    for name, spec in policy.teams.items():
        grades = [member.rights or spec.rights for member in spec.members if member.address.lower() == wanted]
        if spec.manager and spec.manager.address.lower() == wanted:
            grades.append(spec.manager.rights or Right.ERASE)
        if spec.address.lower() == wanted:
            grades.append(spec.rights)
        if grades:
            rights[name] = max(grades, key=_GRADES.index)
    return rights.get(team) or max(rights.values(), key=_GRADES.index, default=Right.NOTE)


def includes_right(has: Right, needed: Right) -> bool:
    """Whether the right `has` includes `needed`."""
    return _GRADES.index(has) >= _GRADES.index(needed)


def require_right(policy: Policy, team: str, address: str, needed: Right) -> None:
    """Raise Refused where the address does not have this right."""
    if not includes_right(right_of(policy, team, address), needed):
        raise Refused(RefusalReason.NO_RIGHT, allowed=needed.value)


def why_not_obeyed(case: Case, wrote: StaffWrote, policy: Policy, calendar: Calendar, now: datetime) -> str:
    """Why a mail proven to be of staff is not obeyed: it was rewritten by a mailing list, is a replay, or the case is
    erased, merged or closed too long ago; empty where it is obeyed."""
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
    return "replayed" if _is_replay(case, wrote) else ""


def _is_replay(case: Case, wrote: StaffWrote) -> bool:
    reading = wrote.mail.reading
    digest = copy_digest(reading)
    same_id = any(
        message.direction == "in" and message.message_id == reading.message_id and message.thread == "staff"
        for message in case.messages
    )
    same_content = any(
        entry.event == LedgerEvent.MAIL_RECEIVED and entry.facts.get("content") == digest for entry in case.history
    )
    return bool(reading.message_id and same_id) or bool(digest and same_content)
