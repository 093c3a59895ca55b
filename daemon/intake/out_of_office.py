"""What a mail tells of staff who cannot act: an automatic answer of their own, or a report that they get no letters.

Only an answer to a letter of ours counts, proven by the token in its address or by our Message-ID: nobody can send
somebody else away by a forged mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from config.policy_shapes.periods import Unit
from daemon.installation import Office
from daemon.intake import delivery_reports
from daemon.intake.case_match import Trail, is_return_path, is_staff_token
from daemon.intake.incoming_mail import Arrival
from daemon.staff.absence import Post, post_of, unreachable
from parsers.reading import Sort
from parsers.sender.away import first_day_back
from parsers.sender.returned_mail import Meant, failure_of
from parsers.sender.tokens import recipient_nonce
from storage import outbox
from storage.absences import Absence, Why
from storage.engine import Source
from storage.values import Case

_DAILY = (Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS)


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
