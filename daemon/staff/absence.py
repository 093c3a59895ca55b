"""Staff who cannot act: what their mail programs and mail servers tell of it.

Only an answer to a letter of ours counts, proven by the token in its address or by our Message-ID: nobody can send
somebody else away by a forged mail. Absences hold for all cases; what they mean for one is in daemon/decide/people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.policy import Member, Policy
from config.policy_shapes.periods import Unit
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide.procedure.people import stand_in
from daemon.installation import Office
from daemon.intake import delivery_reports
from daemon.intake.case_match import Trail, is_return_path, is_staff_token
from daemon.intake.incoming_mail import Arrival
from daemon.letters.operator_mail import plain_letter
from daemon.letters.reply_addresses import Desk
from parsers.reading import Sort
from parsers.sender.away import first_day_back
from parsers.sender.returned_mail import Meant, failure_of
from parsers.sender.tokens import recipient_nonce
from storage import absences, ledger, outbox
from storage.absences import Absence, Why
from storage.engine import Source
from storage.values import Case, LedgerEntry, Letter

NOTICE = "unreachable"
_DAILY = (Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS)


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


def told_by(
    source: Source, arrival: Arrival, known: Mapping[int, Case], office: Office, now: datetime
) -> tuple[Absence, ...]:
    """Who cannot act, as this mail tells it: only whom the letter was written to that it answers (`known` are the cases
    by ticket); and a mail program is believed as its owner is, by proof of the sender."""
    if arrival.trail is None:
        return ()
    reading = arrival.reading
    if reading.sort is Sort.BOUNCE:
        gone = unreachable(office, _came_back(source, arrival, known, office), now)
        return (gone,) if gone else ()
    if not is_staff_token(arrival.trail) and not is_return_path(arrival.trail):
        return ()
    read_by = _read_by(arrival.trail, known, office)
    away = reading.sort is Sort.AUTOMATIC and reading.calendar is None  # whose calendar answers is not away
    sender = reading.sender.address.lower()
    post = post_of(office, sender) if away and read_by in ("", sender) else None
    return (_away(post, arrival, now),) if post and office.prove(arrival.row, reading).proven else ()


def _came_back(source: Source, arrival: Arrival, known: Mapping[int, Case], office: Office) -> str:
    """To whom a report proves that a letter cannot be delivered; empty where it proves nothing of the kind."""
    trail, reading = arrival.trail, arrival.reading
    case = known.get(trail.ticket_id) if trail else None
    others = _everybody(office)
    if case is None:
        to = _reader_of_a_list(source, arrival, office)
    else:
        letter = delivery_reports.proven(reading, trail, case)
        to = letter.party.address if letter and letter.address == letter.party.address else ""
        others += [one.address for one in case.parties]
    return to if to and failure_of(reading.failed, to, others)[0] is Meant.RECIPIENT else ""


def _reader_of_a_list(source: Source, arrival: Arrival, office: Office) -> str:
    """To whom a letter about no case went that a report is about: by the envelope sender, else by its Message-ID."""
    if arrival.trail is not None and is_return_path(arrival.trail):
        return _read_by(arrival.trail, {}, office)
    letters = (outbox.by_message_id(source, one) for one in arrival.reading.original_ids)
    return next((one.recipient.lower() for one in letters if one is not None and one.ticket_id is None), "")


def _everybody(office: Office) -> list[str]:
    """The addresses of all staff."""
    teams = [team for policy in office.policies.values() for team in policy.teams.values()]
    people = [one for team in teams for one in (*team.members, *((team.manager,) if team.manager else ()))]
    return list(dict.fromkeys(one.address.lower() for one in people))


def _read_by(trail: Trail, known: Mapping[int, Case], office: Office) -> str:
    """Whom the letter was written to; empty where it is about no case and does not say."""
    case = known.get(trail.ticket_id)
    if trail.token is None or (case is None and not is_return_path(trail)):
        return ""
    if case is None:
        nonce = trail.token.nonce
        return next((one for one in _everybody(office) if recipient_nonce(0, one) == nonce), "nobody")
    return next((party.address for party in case.parties if party.number == trail.token.party), "nobody")


def _away(post: Post, arrival: Arrival, now: datetime) -> Absence:
    spec, calendar = post.policy.away, post.calendar
    moves = calendar.due(now, spec.after)
    past = timedelta(seconds=1) if spec.after.unit in _DAILY else timedelta(0)
    return Absence(
        address=post.member.address.lower(),
        why=Why.AWAY,
        since=now,
        moves_at=calendar.next_open(moves.at + past),
        until=_until(post, arrival, now),
    )


def _until(post: Post, arrival: Arrival, now: datetime) -> datetime:
    """When they are there again: at opening on the day they name, else after the policy's usual time. "Monday" is the
    one after the day on which their mail came."""
    calendar, reading = post.calendar, arrival.reading
    words = f"{reading.subject}\n{reading.reply or reading.text}"
    languages = tuple(dict.fromkeys(filter(None, (reading.language.code, *post.policy.languages))))
    day = first_day_back(words, languages=languages, today=calendar.local_date(arrival.row.mail.received_at))
    if day is not None:
        return calendar.next_open(calendar.opening(day))
    return calendar.next_open(calendar.due(now, post.policy.away.lasts).at + timedelta(seconds=1))


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
