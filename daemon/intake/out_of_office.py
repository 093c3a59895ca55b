"""Absence of staff as their mail programs and mail servers tell it: an out-of-office answer, or a delivery report.

Only an answer to one of our letters counts, proven by the token in its address or by our Message-ID, so that nobody can
mark somebody else absent with a forged mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from daemon.installation import Installation
from daemon.intake import delivery_reports
from daemon.intake.case_match import CaseMatch, is_return_path, is_staff_token
from daemon.intake.incoming_mail import IncomingMail
from daemon.staff.absence import StaffPosition, absence_of_unreachable, position_of
from parsers.reading import MailKind
from parsers.sender.away import first_day_back
from parsers.sender.envelope_sender_mail import FailedParty, permanent_failure
from parsers.sender.tokens import recipient_nonce
from storage import outbox
from storage.absences import Absence, AbsenceReason
from storage.engine import Source
from storage.values import Case


def absences_in(
    source: Source, incoming: IncomingMail, known: Mapping[int, Case], installation: Installation, now: datetime
) -> tuple[Absence, ...]:
    """The absences that a mail tells of: only of the person to whom the letter was written that it answers. `known` are
    the cases by ticket id. An out-of-office answer needs proof of its sender, as any mail of staff does."""
    if incoming.match is None:
        return ()
    reading = incoming.reading
    if reading.kind is MailKind.BOUNCE:
        gone = absence_of_unreachable(installation, _undeliverable_to(source, incoming, known, installation), now)
        return (gone,) if gone else ()
    if not is_staff_token(incoming.match) and not is_return_path(incoming.match):
        return ()
    read_by = _reader_of(incoming.match, known, installation)
    away = (
        reading.kind is MailKind.AUTOMATIC and reading.calendar_reply is None
    )  # a calendar program's answer is no absence
    sender = reading.sender.address.lower()
    position = position_of(installation, sender) if away and read_by in ("", sender) else None
    return (
        (_absence(position, incoming, now),)
        if position and installation.prove_sender(incoming.row, reading).proven
        else ()
    )


def _undeliverable_to(
    source: Source, incoming: IncomingMail, known: Mapping[int, Case], installation: Installation
) -> str:
    """The address to which a report proves that a letter cannot be delivered; empty if it proves none."""
    match, reading = incoming.match, incoming.reading
    case = known.get(match.ticket_id) if match else None
    others = _staff_addresses(installation)
    if case is None:
        to = _reader_of_caseless_letter(source, incoming, installation)
    else:
        letter = delivery_reports.proven_return(reading, match, case)
        to = letter.party.address if letter and letter.address == letter.party.address else ""
        others += [party.address for party in case.parties]
    return to if to and permanent_failure(reading.failed_recipients, to, others)[0] is FailedParty.RECIPIENT else ""


def _reader_of_caseless_letter(source: Source, incoming: IncomingMail, installation: Installation) -> str:
    """The reader of a letter about no case that a report returns: by our envelope sender, else by its Message-ID."""
    if incoming.match is not None and is_return_path(incoming.match):
        return _reader_of(incoming.match, {}, installation)
    letters = (outbox.by_message_id(source, message_id) for message_id in incoming.reading.original_message_ids)
    return next((letter.recipient.lower() for letter in letters if letter is not None and letter.ticket_id is None), "")


def _staff_addresses(installation: Installation) -> list[str]:
    """The addresses of all staff."""
    teams = [team for policy in installation.policies.values() for team in policy.teams.values()]
    people = [member for team in teams for member in (*team.members, *((team.manager,) if team.manager else ()))]
    return list(dict.fromkeys(member.address.lower() for member in people))


def _reader_of(match: CaseMatch, known: Mapping[int, Case], installation: Installation) -> str:
    """Whose letter the mail answers; empty if the letter was about no case and does not tell."""
    case = known.get(match.ticket_id)
    if match.token is None or (case is None and not is_return_path(match)):
        return ""
    if case is None:
        nonce = match.token.nonce
        return next((to for to in _staff_addresses(installation) if recipient_nonce(0, to) == nonce), "nobody")
    return next((party.address for party in case.parties if party.number == match.token.party), "nobody")


def _absence(position: StaffPosition, incoming: IncomingMail, now: datetime) -> Absence:
    spec, calendar = position.policy.away, position.calendar
    moves = calendar.due(now, spec.after)
    past = timedelta(seconds=1) if spec.after.unit.is_daily else timedelta(0)
    return Absence(
        address=position.member.address.lower(),
        why=AbsenceReason.AWAY,
        since=now,
        moves_at=calendar.next_open(moves.at + past),
        until=_back_at(position, incoming, now),
    )


def _back_at(position: StaffPosition, incoming: IncomingMail, now: datetime) -> datetime:
    """When they are back: at opening on the day they name, else after the policy's usual absence. "Monday" is the first
    one after the mail was received."""
    calendar, reading = position.calendar, incoming.reading
    words = f"{reading.subject}\n{reading.reply or reading.text}"
    languages = tuple(dict.fromkeys(filter(None, (reading.language.code, *position.policy.languages))))
    day = first_day_back(words, languages=languages, today=calendar.local_date(incoming.row.mail.received_at))
    if day is not None:
        return calendar.next_open(calendar.opening(day))
    return calendar.next_open(calendar.due(now, position.policy.away.lasts).at + timedelta(seconds=1))
