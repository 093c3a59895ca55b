"""Absences of staff, as reported by their mail programs and mail servers.

Only an answer to a letter of ours counts, proven by the token in its address or by our Message-ID, so a forged mail
cannot mark anybody absent. An absence applies to all cases; its effect on one is in decide/procedure/people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.policy import Member, Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide.procedure.people import stand_in
from daemon.installation import Installation
from daemon.letters.operator_mail import plain_letter
from daemon.letters.reply_addresses import SenderIdentity
from storage import absences, ledger, outbox
from storage.absences import Absence, AbsenceReason
from storage.ledger_events import LedgerEvent
from storage.values import LedgerEntry, Letter

NOTICE = "unreachable"


@dataclass(frozen=True, slots=True)
class StaffPosition:
    """A member of the staff, with their policy and the calendar of their team."""

    member: Member
    policy: Policy
    calendar: Calendar


def position_of(installation: Installation, address: str) -> StaffPosition | None:
    """Return the position of the person with this address; None if it is nobody's, or a team's common address."""
    for policy in installation.policies.values():
        for team in policy.teams.values():
            for member in (*team.members, *((team.manager,) if team.manager else ())):
                if member.address.lower() == address.lower():
                    return StaffPosition(
                        member, policy, load_calendar(team.calendar or policy.calendar, policy.calendars)
                    )
    return None


def absence_of_unreachable(installation: Installation, address: str, now: datetime) -> Absence | None:
    """Return the absence of a staff member to whom letters cannot be delivered, until they write; None for others."""
    position = position_of(installation, address)
    if position is None:
        return None
    moves_at = position.calendar.next_open(now)
    return Absence(address=position.member.address.lower(), why=AbsenceReason.UNREACHABLE, since=now, moves_at=moves_at)


# ------------------------------------------------------------------------------------------------- store absences


def save_absences(conn: Any, installation: Installation, reported: Sequence[Absence], now: datetime) -> None:
    """Save absences. Tell the operator once of each person who cannot be reached, until they write again."""
    known = absences.by_address(conn, [absence.address for absence in reported]) if reported else {}
    for absence in reported:
        before = known.get(absence.address)
        absences.note(conn, absence)
        if before is not None and before.why is absence.why:
            continue
        facts = {
            "address": absence.address,
            "why": absence.why.value,
            "until": absence.until.isoformat() if absence.until else "",
        }
        ledger.append(conn, [LedgerEntry(ticket_id=None, at=now, event=LedgerEvent.STAFF_AWAY, facts=facts)])
        if absence.why is AbsenceReason.UNREACHABLE:
            outbox.add(conn, _to_operator(installation, absence, now))


def note_unreachable(conn: Any, installation: Installation, address: str, now: datetime) -> None:
    """Record that a mail server permanently refused a letter to this address, if it is a staff member's."""
    unreachable = absence_of_unreachable(installation, address, now)
    if unreachable is not None:
        save_absences(conn, installation, [unreachable], now)


def end_absence(conn: Any, address: str, now: datetime) -> None:
    """End an absence: the person has written, or its last day is over."""
    if absences.mark_back(conn, address):
        facts = {"address": address}
        ledger.append(conn, [LedgerEntry(ticket_id=None, at=now, event=LedgerEvent.STAFF_BACK, facts=facts)])


def _to_operator(installation: Installation, absence: Absence, now: datetime) -> list[Letter]:
    """The letter to the operator or, if none is named, to the manager, unless it is the manager who is unreachable."""
    position = position_of(installation, absence.address)
    if position is None:
        return []
    managers = (
        team.manager for team in position.policy.teams.values() if team.manager and position.member in team.members
    )
    to = installation.operator or next((m.address for m in managers if m.address.lower() != absence.address), "")
    acting = stand_in(position.policy, position.member, frozenset((absence.address,)))
    return [_letter(installation.sender_identity, absence, to, acting, now)] if to else []


def _letter(sender_identity: SenderIdentity, absence: Absence, to: str, acting: Member | None, now: datetime) -> Letter:
    subject = f"Reclamo: letters to {absence.address} come back"
    does = f"goes to {acting.address}" if acting else "stays with the rest of the team: no substitute is named"
    text = (
        f"Letters to a member of the staff cannot be delivered.\n\nAddress: {absence.address}\n"
        f"Since: {absence.since.isoformat()}\n\nWhat is due from them {does}, until they write again.\n"
        f"You are told once. Who is away:   reclamo staff\n"
    )
    key = f"{NOTICE}/{absence.address}/{absence.since.date().isoformat()}"
    return plain_letter(sender_identity, notice=NOTICE, key=key, to=to, subject=subject, text=text, now=now)
