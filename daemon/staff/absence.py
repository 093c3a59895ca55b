"""Staff who cannot act: what their mail programs and mail servers tell of it.

Only an answer to a letter of ours counts, proven by the token in its address or by our Message-ID: nobody can send
somebody else away by a forged mail. Absences hold for all cases; what they mean for one is in daemon/decide/people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.policy import Member, Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide.procedure.people import stand_in
from daemon.installation import Office
from daemon.letters.operator_mail import plain_letter
from daemon.letters.reply_addresses import Desk
from storage import absences, ledger, outbox
from storage.absences import Absence, Why
from storage.values import LedgerEntry, Letter

NOTICE = "unreachable"


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody of the staff works: a policy, with the calendar of their team."""

    member: Member
    policy: Policy
    calendar: Calendar


def post_of(office: Office, address: str) -> Post | None:
    """Where the person with this address works; None for nobody's, and for a team's common address."""
    for policy in office.policies.values():
        for team in policy.teams.values():
            for member in (*team.members, *((team.manager,) if team.manager else ())):
                if member.address.lower() == address.lower():
                    return Post(member, policy, load_calendar(team.calendar or policy.calendar, policy.calendars))
    return None


def unreachable(office: Office, address: str, now: datetime) -> Absence | None:
    """The absence of somebody to whom letters cannot be delivered, until they write; None for whoever is no staff."""
    post = post_of(office, address)
    if post is None:
        return None
    moves_at = post.calendar.next_open(now)
    return Absence(address=post.member.address.lower(), why=Why.UNREACHABLE, since=now, moves_at=moves_at)


# ------------------------------------------------------------------------------------------------- what is stored


def store(conn: Any, office: Office, told: Sequence[Absence], now: datetime) -> None:
    """Note who cannot act; of whoever cannot be reached the operator is told, once until they write again."""
    known = absences.known(conn, [one.address for one in told]) if told else {}
    for one in told:
        before = known.get(one.address)
        absences.note(conn, one)
        if before is not None and before.why is one.why:
            continue
        facts = {"address": one.address, "why": one.why.value, "until": one.until.isoformat() if one.until else ""}
        ledger.append(conn, [LedgerEntry(ticket_id=None, at=now, event="staff away", facts=facts)])
        if one.why is Why.UNREACHABLE:
            outbox.add(conn, _to_operator(office, one, now))


def letter_failed(conn: Any, office: Office, address: str, reason: str, now: datetime) -> None:
    """A letter was given up. It says something of its reader only where a server refused it for good (5xx): one
    that was never asked says nothing."""
    gone = unreachable(office, address, now) if re.search(r"\b5\d\d\b", reason) else None
    if gone is not None:
        store(conn, office, [gone], now)


def back(conn: Any, address: str, now: datetime) -> None:
    """Somebody has written, or the day has come: their work is theirs again."""
    if absences.back(conn, address):
        facts = {"address": address}
        ledger.append(conn, [LedgerEntry(ticket_id=None, at=now, event="staff back", facts=facts)])


def _to_operator(office: Office, one: Absence, now: datetime) -> list[Letter]:
    """The letter to the operator; where none is named, to the manager, unless that is who cannot be reached."""
    post = post_of(office, one.address)
    if post is None:
        return []
    managers = (team.manager for team in post.policy.teams.values() if team.manager and post.member in team.members)
    to = office.operator or next((m.address for m in managers if m.address.lower() != one.address), "")
    acting = stand_in(post.policy, post.member, frozenset((one.address,)))
    return [_letter(office.desk, one, to, acting, now)] if to else []


def _letter(desk: Desk, one: Absence, to: str, acting: Member | None, now: datetime) -> Letter:
    subject = f"Reclamo: letters to {one.address} come back"
    does = f"goes to {acting.address}" if acting else "stays with the rest of the team: no substitute is named"
    text = (
        f"Letters to a member of the staff cannot be delivered.\n\nAddress: {one.address}\n"
        f"Since: {one.since.isoformat()}\n\nWhat is due from them {does}, until they write again.\n"
        f"You are told once. Who is away:   reclamo staff\n"
    )
    key = f"{NOTICE}/{one.address}/{one.since.date().isoformat()}"
    return plain_letter(desk, notice=NOTICE, key=key, to=to, subject=subject, text=text, now=now)
