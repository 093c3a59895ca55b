"""The road of a mail: claim a batch, read, find the case, decide, compose, save; one transaction for each batch.

A claim is committed with its attempt counted before any work begins, so that even a crash counts. A mail that fails
fails alone: it is tried again later, and after some attempts set aside for a person, who is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from config.faults import TryAgain
from config.policy import Policy
from daemon import absence, caseload, filing, floods, lookups, their_numbers
from daemon.apply import change_of
from daemon.arrival import Arrival, reading_of
from daemon.came_twice import came_again
from daemon.decide import decide
from daemon.decide.happenings import Happening, StaffRefused, StaffWrote
from daemon.decide.outcome import NOTHING_BEYOND
from daemon.find import Trail, letters_answered, trails
from daemon.form_mail import form_mail
from daemon.office import Office
from daemon.opening import opens
from daemon.quarantine import manager_for
from daemon.understand import on_case
from daemon.worked import Worked, about_erased, answers_a_list, held, summary, unopened, without_consent
from parsers.mail import read_mail
from parsers.reading import Reading, Sort, Strength
from parsers.tokens import Token
from storage import absences, cases, correspondents, inbox, ledger, outbox
from storage.engine import Database
from storage.inbox import Finished
from storage.records import Case, InboxRow

log = structlog.get_logger("intake")


def work_off(db: Database, office: Office, now: datetime) -> int:
    """Work off one batch of the inbox; the number of mails claimed. Raises TryAgain while the database is away."""
    rows = inbox.claim(db, now=now, limit=office.pace.batch, lease=office.pace.lease)
    arrivals = _read_all(db, office, rows, now)
    waiting = list(arrivals)
    while waiting:
        # Two mails of one case, or a mail and the answer to it, never share a transaction: the later one is decided
        # upon the case as the earlier one left it.
        together, waiting = _independent(waiting)
        _work_together(db, office, together, now)
        waiting = _traced_again(db, office, waiting)
    return len(rows)


def _traced_again(db: Database, office: Office, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """What the earlier mails of a batch opened, its later ones may belong to."""
    found = trails(db, [arrival.reading for arrival in arrivals], office.keys) if arrivals else []
    return [
        arrival if arrival.trail or arrival.row.as_new or arrival.form else replace(arrival, trail=trail)
        for arrival, trail in zip(arrivals, found, strict=True)
    ]


def _independent(arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
    together: list[Arrival] = []
    later: list[Arrival] = []
    ids: set[str] = set()
    touched: set[object] = set()
    for arrival in arrivals:
        case = arrival.trail.ticket_id if arrival.trail else None
        sender = arrival.writer  # of ten forms from one address, ten people
        answers = {evidence.value for evidence in arrival.reading.evidence}
        clashes = (case is not None and case in touched) or bool(answers & ids) or (bool(sender) and sender in touched)
        (later if clashes else together).append(arrival)
        ids.add(arrival.reading.message_id)
        touched.update({case, sender} - {None, ""})
    return together, later


def _read_all(db: Database, office: Office, rows: Sequence[InboxRow], now: datetime) -> list[Arrival]:
    read: list[tuple[InboxRow, Reading]] = []
    for row in rows:
        try:
            read.append((row, reading_of(row, office, read_mail)))
        except Exception as error:  # a bug in a parser must not stop the others, nor lose this one
            _failed(db, office, row, error, now)
    found = trails(db, [reading for _, reading in read], office.keys)
    arrivals: list[Arrival] = []
    for (row, reading), trail in zip(read, found, strict=True):
        try:
            arrivals.append(_arrival(row, reading, trail, office, now))
        except Exception as error:
            _failed(db, office, row, error, now)
    return their_numbers.follow(db, office, arrivals)


def _arrival(row: InboxRow, reading: Reading, trail: Trail | None, office: Office, now: datetime) -> Arrival:
    """A mail with its trail. A form opens a case of its own, whatever it quotes, unless it answers a letter of ours."""
    form = form_mail(reading, office.policies[office.address_of(reading.recipients).policy], office.house)
    if form is not None and not (trail and trail.token):
        return Arrival(row, reading, None, now.date(), form=form)
    return Arrival(row, reading, None if row.as_new else trail or _of_bounce(reading, office), now.date())


def _of_bounce(reading: Reading, office: Office) -> Trail | None:
    """A delivery report belongs to the case of the letter it gives back."""
    tokens: list[Token] = letters_answered(reading, office.keys) if reading.sort is Sort.BOUNCE else []
    how = "our letter in a delivery report"
    return Trail(tokens[0].ticket, Strength.OWN_MESSAGE_ID, how, tokens[0]) if tokens else None


# ------------------------------------------------------------------------------------------------- one transaction


def _work_together(db: Database, office: Office, arrivals: Sequence[Arrival], now: datetime) -> None:
    known = caseload.load(db, office, [arrival.trail.ticket_id for arrival in arrivals if arrival.trail], now)
    arrivals = lookups.past_erased(lookups.follow_merges(db, office, arrivals, known, now), known)
    fresh = _reserve(db, office, [a for a in arrivals if not a.trail or a.trail.ticket_id not in known], now)
    away = absences.standing_in_for(db, now) if fresh else frozenset()
    worked: list[Worked] = []
    for arrival in arrivals:
        try:
            done = _work(db, office, arrival, now, known=known, fresh=fresh, away=away)
            worked.append(replace(done, away=absence.told_by(arrival, known, office, now)))
        except Exception as error:
            _failed(db, office, arrival.row, error, now)
    try:
        _save(db, office, worked, now)
    except inbox.Taken as taken:
        log.info("worked off by another node", reason=taken.reason)
    except Exception as error:
        if isinstance(error, TryAgain) and not isinstance(error, cases.Stale):
            raise
        _one_by_one(db, office, arrivals, error, now)


def _one_by_one(db: Database, office: Office, arrivals: Sequence[Arrival], error: Exception, now: datetime) -> None:
    """They cannot be stored together: a case was changed meanwhile, or one of them cannot be stored at all. Decide
    and store each alone, so that only that one waits."""
    if len(arrivals) > 1:
        for arrival in arrivals:
            _work_together(db, office, [arrival], now)
        return
    for arrival in arrivals:
        _failed(db, office, arrival.row, error, now)


def _reserve(db: Database, office: Office, arrivals: Sequence[Arrival], now: datetime) -> dict[int, tuple[int, str]]:
    """Ids and references for the mails that may open a case, by inbox row; unused ones leave a gap."""
    by_prefix: dict[str, list[int]] = {}
    for arrival in arrivals:
        if arrival.form is not None or arrival.reading.sort is Sort.PERSON or arrival.row.as_new:
            by_prefix.setdefault(_policy_of(arrival, office).reference, []).append(arrival.row.id)
    reserved: dict[int, tuple[int, str]] = {}
    if by_prefix:
        with db.write() as conn:
            for prefix, rows in by_prefix.items():
                reserved |= zip(rows, cases.reserve(conn, prefix, now.year, len(rows)), strict=True)
    return reserved


def _policy_of(arrival: Arrival, office: Office) -> Policy:
    return office.policies[office.address_of(arrival.reading.recipients).policy]


def _work(
    db: Database,
    office: Office,
    arrival: Arrival,
    now: datetime,
    *,
    known: dict[int, Case],
    fresh: dict[int, tuple[int, str]],
    away: frozenset[str],
) -> Worked:
    case = known.get(arrival.trail.ticket_id) if arrival.trail else None
    if case is not None and case.ticket.erased_at and not lookups.from_staff(arrival):
        return about_erased(arrival, case)
    if case is not None:
        happening = on_case(arrival, case, office.policies[case.ticket.policy], office)
        happening = lookups.looked_up(db, office, arrival, case, happening, now=now)
        return _decided(db, office, arrival, case, happening, now=now)
    if listed := answers_a_list(arrival, office, now):
        return listed
    if again := came_again(db, arrival, now):
        return again
    policy = _policy_of(arrival, office)
    arrival = replace(arrival, trail=None, known=lookups.known_of(db, arrival))
    wrote, why_not = opens(arrival, policy, office)
    if wrote is None and arrival.form is not None:
        return without_consent(db, office, arrival, policy, now)
    if wrote is None:
        return unopened(arrival, why_not)
    why_not, whom = floods.why_held(db, office, arrival, policy, now)
    if why_not and not arrival.row.as_new:
        return held(arrival, why_not, whom)
    wrote = filing.recognised(db, policy, wrote)
    new = replace(lookups.new_case(wrote, policy, fresh[arrival.row.id], now), away=away)
    return _decided(db, office, arrival, caseload.with_taken(db, office, new, now), wrote, now=now)


def _decided(
    db: Database, office: Office, arrival: Arrival, case: Case, happening: Happening, *, now: datetime
) -> Worked:
    policy = office.policies[case.ticket.policy]
    outcome = decide(case, happening, policy, now)
    log.info(outcome.verdict, inbox_id=arrival.row.id, ticket=case.ticket.reference)
    case = caseload.told_now(db, office, case, outcome.ticket)
    done = Finished(
        id=arrival.row.id,
        verdict=outcome.verdict,
        ticket_id=case.ticket.id,
        message_id=arrival.reading.message_id,
        summary=summary(arrival),
    )
    return Worked(
        arrival.row,
        done,
        change_of(case, outcome, office, now, caseload.raws(db, outcome, arrival.row)),
        outcome.replays,
        outcome=outcome,
        others=lookups.also_changed(db, office, case, outcome, now),
        back=happening.member if isinstance(happening, StaffWrote) else "",
        refused=f"staff mail not obeyed: {happening.why}" if isinstance(happening, StaffRefused) else "",
    )


def _save(db: Database, office: Office, worked: Sequence[Worked], now: datetime) -> None:
    if not worked:
        return
    with db.write() as conn:
        inbox.finish_all(conn, [one.done for one in worked if not (one.set_aside or one.refused)])
        changes = [change for one in worked for change in ((one.change, *one.others) if one.change else ())]
        if late := lookups.lost(changes, cases.save(conn, changes)):
            raise cases.Stale(late)
        outbox.add(conn, [letter for one in worked for letter in one.letters])
        for one in worked:
            _remember_language(conn, one)
            if one.outcome and one.outcome.beyond is not NOTHING_BEYOND:
                filing.store(conn, office, one.outcome.ticket, one.outcome.beyond, now)
            for row in one.replays:
                inbox.replay(conn, row, as_new=True)
            if one.refused and not inbox.set_aside(
                conn, one.row.id, error=one.refused, attempt=one.row.attempts, ticket_id=one.done.ticket_id
            ):
                raise inbox.Taken([one.row.id])
            if one.set_aside:
                _set_aside(conn, office, one.row, one.set_aside, now, once=one.once)
        for one in worked:
            if one.back:
                absence.back(conn, one.back, now)
            absence.store(conn, office, one.away, now)
        ledger.append(conn, [entry for one in worked for entry in one.ledger])  # last: other nodes wait for it


def _remember_language(conn: Any, one: Worked) -> None:
    if one.change and one.change.is_new and one.change.parties:
        customer = one.change.parties[0]
        if customer.address:
            correspondents.note(conn, customer.address, language=customer.language)


# ------------------------------------------------------------------------------------------------------- failures


def _failed(db: Database, office: Office, row: InboxRow, error: Exception, now: datetime) -> None:
    """A mail that could not be worked: again later, and after some attempts set aside, and a person told."""
    if isinstance(error, TryAgain) and not isinstance(error, cases.Stale):
        raise error
    reason = f"{type(error).__name__}: {error}"[:500]
    log.error("mail failed", inbox_id=row.id, attempts=row.attempts, reason=reason, exc_info=error)
    with db.write() as conn:
        if row.attempts >= office.pace.attempts:
            _set_aside(conn, office, row, reason, now)
        else:
            wait = office.pace.again * row.attempts
            inbox.again(conn, row.id, error=reason, not_before=now + wait, attempt=row.attempts)


def _set_aside(conn: Any, office: Office, row: InboxRow, reason: str, now: datetime, *, once: str = "") -> None:
    inbox.set_aside(conn, row.id, error=reason, attempt=row.attempts)
    policy = office.policies[office.address_of(row.mail.recipients).policy]
    letter = office.tell_of_quarantine(row, reason, now, manager_for(policy))
    if letter is not None:
        outbox.add(conn, [replace(letter, key=f"quarantine/{once}") if once else letter])
