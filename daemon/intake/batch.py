"""The road of a mail: claim a batch, read, find the case, decide, compose, save; one transaction for each batch.

A claim is committed with its attempt counted before any work begins, so that even a crash counts. A mail that fails
fails alone: it is tried again later, and after some attempts set aside for a person, who is told. A mail that was tried
before is worked alone, after the new ones: it may be what ended the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from config.faults import TryAgain
from config.policy import Policy
from daemon.cases import conflicts, load, record_changes
from daemon.cases.apply import change_of
from daemon.decide import decide
from daemon.decide.events import CustomerWrote, Happening, StaffRefused, StaffWrote
from daemon.installation import Office
from daemon.intake import (
    delivery_reports,
    failed_mail,
    lookups,
    out_of_office,
    rate_limits,
    reply_to,
    save,
    unknown_case,
    unmarked_mail,
)
from daemon.intake.case_match import Trail, trails
from daemon.intake.form_mail import form_mail
from daemon.intake.incoming_mail import Arrival, reading_of
from daemon.intake.interpret import on_case
from daemon.intake.new_case import opens
from daemon.intake.result import (
    Worked,
    about_erased,
    answers_a_list,
    came_back_of_no_case,
    held,
    summary,
    unopened,
    without_consent,
)
from daemon.intake.second_copy import came_again
from daemon.intake.set_aside import SetAside
from parsers.reading import Reading, Sort
from storage import absences, inbox, retries
from storage.engine import Database
from storage.mail_values import Ending, Finished
from storage.values import Case, InboxRow, RawMail

log = structlog.get_logger("intake")


def work_off(db: Database, office: Office, now: datetime) -> int:
    """Work off one batch of new mail, and then one mail that was tried before, alone; the number of mails claimed.
    Raises TryAgain while the database is away."""
    pace = office.pace
    rows = inbox.claim(db, now=now, limit=pace.batch, lease=pace.lease, most_bytes=pace.batch_bytes)
    _work_rows(db, office, rows, now)
    tried = retries.claim_one(db, now=now, lease=pace.lease, attempts=pace.attempts, longest=pace.longest)
    if tried is not None and tried.spent:
        failed_mail.spent(db, office, tried.row, now)
    elif tried is not None:
        _work_rows(db, office, [tried.row], now)
    return len(rows) + (tried is not None)


_MADE_UP = (
    b"From: Somebody <somebody@example.org>\r\nSubject: It does not work\r\nMessage-ID: <1@example.org>\r\n\r\n"
    b"The device that I bought from you last week does not switch on any more.\r\nPlease help.\r\n"
)


def prepare(office: Office, now: datetime) -> None:
    """Work off a made-up mail and throw away what comes of it, so that all that is loaded at first use is there before
    a real mail is in hand: a process that is killed while it starts has then counted no attempt of anybody's."""
    try:
        row = InboxRow(id=0, mail=RawMail(raw=_MADE_UP, received_at=now, source="file"), sha256="", attempts=0)
        arrival = Arrival(row, reading_of(row, office), None, now.date())
        policy = _policy_of(arrival, office)
        wrote = opens(arrival, policy, office)
        if isinstance(wrote, CustomerWrote):
            case = lookups.new_case(wrote, policy, (0, f"{policy.reference}-{now.year}-000000"), now, nonce=1)
            change_of(case, decide(case, wrote, policy, now), office, now)
    except Exception as error:  # a mistake in a letter, say: real mails will meet it, and tell of it
        log.warning("could not prepare", exc_info=error)


def _work_rows(db: Database, office: Office, rows: Sequence[InboxRow], now: datetime) -> None:
    try:
        waiting = list(_read_all(db, office, rows, now))
        while waiting:
            # Two mails of one case, or a mail and the answer to it, never share a transaction: the later one is decided
            # upon the case as the earlier one left it.
            together, waiting = _independent(waiting)
            _work_together(db, office, together, now)
            waiting = _traced_again(db, office, waiting)
    except TryAgain:
        failed_mail.give_back(db, office, rows, now)
        raise


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
        # Of many delivery reports in doubt only a few are told of, so each is decided knowing the one before.
        alone = {case, sender, Sort.BOUNCE if arrival.reading.sort is Sort.BOUNCE else None} - {None, ""}
        (later if alone & touched or answers & ids else together).append(arrival)
        ids.add(arrival.reading.message_id)
        touched.update(alone)
    return together, later


def _read_all(db: Database, office: Office, rows: Sequence[InboxRow], now: datetime) -> list[Arrival]:
    read: list[tuple[InboxRow, Reading]] = []
    for row in rows:
        try:
            read.append((row, reading_of(row, office)))
        except Exception as error:  # a bug in a parser must not stop the others, nor lose this one
            failed_mail.failed(db, office, row, error, now)
    found = trails(db, [reading for _, reading in read], office.keys)
    arrivals: list[Arrival] = []
    together = [(row, reading, trail) for (row, reading), trail in zip(read, found, strict=True)]
    for row, reading, trail in delivery_reports.follow(db, office.keys, together, now):
        try:
            arrivals.append(_arrival(row, reading, trail, office, now))
        except Exception as error:
            failed_mail.failed(db, office, row, error, now)
    return unmarked_mail.follow(db, office, arrivals)


def _arrival(row: InboxRow, reading: Reading, trail: Trail | None, office: Office, now: datetime) -> Arrival:
    """A mail with its trail. A form opens a case of its own, whatever it quotes, unless it answers a letter of ours."""
    form = form_mail(reading, office.policies[office.address_of(reading.recipients).policy], office.house)
    if form is not None and not (trail and trail.token):
        return Arrival(row, reading, None, now.date(), form=form)
    return Arrival(row, reading, None if row.as_new else trail, now.date())


# ------------------------------------------------------------------------------------------------- one transaction


def _work_together(db: Database, office: Office, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Decide and save; those whose case was changed meanwhile at once again, upon the case as it now is."""
    waiting = list(arrivals)
    fresh: dict[int, tuple[int, str]] = {}
    for _ in range(conflicts.ROUNDS):
        worked = _worked(db, office, waiting, now, fresh)
        outrun = {one.row.id for one in save.store(db, office, worked, now)}
        waiting = [arrival for arrival in waiting if arrival.row.id in outrun]
        if not waiting:
            return
    failed_mail.give_back(db, office, [arrival.row for arrival in waiting], now)


def _worked(
    db: Database, office: Office, arrivals: Sequence[Arrival], now: datetime, fresh: dict[int, tuple[int, str]]
) -> list[Worked]:
    """What becomes of each; one that cannot be worked fails alone. `fresh` keeps the numbers reserved for them."""
    known = load.load(db, office, [arrival.trail.ticket_id for arrival in arrivals if arrival.trail], now)
    arrivals = lookups.follow_merges(db, office, unknown_case.told_apart(arrivals, known), known, now)
    arrivals = lookups.past_erased(arrivals, known)
    new = [a for a in arrivals if (not a.trail or a.trail.ticket_id not in known) and a.row.id not in fresh]
    fresh |= _reserve(db, office, new, now)
    away = absences.standing_in_for(db, now) if fresh else frozenset()
    worked: list[Worked] = []
    for arrival in arrivals:
        try:
            done = _work(db, office, arrival, now, known=known, fresh=fresh, away=away)
            worked.append(replace(done, away=out_of_office.told_by(db, arrival, known, office, now)))
        except Exception as error:
            failed_mail.failed(db, office, arrival.row, error, now)
    return worked


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
                reserved |= zip(rows, office.numbering.reserve(conn, prefix, now.year, len(rows)), strict=True)
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
    of_none = answers_a_list(db, arrival, office, now) or came_back_of_no_case(arrival)
    if of_none := of_none or unknown_case.of_staff(arrival, office, now):
        return of_none
    if again := came_again(db, arrival, now):
        return again
    policy = _policy_of(arrival, office)
    tied = arrival
    arrival = reply_to.answered_at(db, office, replace(arrival, trail=None), policy)
    wrote = opens(arrival, policy, office)
    if wrote is None:
        return without_consent(db, office, arrival, policy, now)
    if isinstance(wrote, SetAside):
        return unopened(db, office, tied, wrote)
    why_not = rate_limits.why_held(db, office, arrival, policy, now)
    if why_not and not arrival.row.as_new:
        return held(arrival, why_not)
    wrote = record_changes.recognised(db, policy, wrote)
    new = lookups.new_case(wrote, policy, fresh[arrival.row.id], now, nonce=office.draw_nonce())
    new = replace(new, away=away)
    return _decided(db, office, arrival, load.with_taken(db, office, new, now), wrote, now=now)


def _decided(
    db: Database, office: Office, arrival: Arrival, case: Case, happening: Happening, *, now: datetime
) -> Worked:
    policy = office.policies[case.ticket.policy]
    outcome = decide(case, happening, policy, now)
    log.info(outcome.verdict, inbox_id=arrival.row.id, ticket=case.ticket.reference)
    case = load.told_now(db, office, case, outcome.ticket)
    done = Finished(
        id=arrival.row.id,
        verdict=outcome.verdict,
        ticket_id=case.ticket.id,
        message_id=arrival.reading.message_id,
        summary=summary(arrival),
        ending=Ending.OPENED if outcome.is_new else Ending.ON_CASE,
        desk=policy.name,
        way=happening.way if isinstance(happening, CustomerWrote) else "",
    )
    return Worked(
        arrival.row,
        done,
        change_of(case, outcome, office, now, load.raws(db, outcome, arrival.row)),
        outcome.replays,
        outcome=outcome,
        others=lookups.also_changed(db, office, case, outcome, now),
        back=happening.member if isinstance(happening, StaffWrote) else "",
        refused=f"staff mail not obeyed: {happening.why}" if isinstance(happening, StaffRefused) else "",
        untold=not outcome.notices,
    )
