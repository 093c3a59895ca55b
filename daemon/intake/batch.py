"""Work off incoming mail: claim a batch, read, find the case, decide, compose, save; one transaction for each batch.

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
from daemon.cases import load, record_changes
from daemon.cases.apply import change_of
from daemon.cases.open import new_case
from daemon.cases.transaction import apply_event, decide_and_save, each_alone
from daemon.decide import decide
from daemon.decide.events import CustomerWrote, Event, StaffNotProven, StaffWrote
from daemon.installation import Installation
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
from daemon.intake.case_match import CaseMatch, match_cases
from daemon.intake.form_mail import read_form_mail
from daemon.intake.incoming_mail import IncomingMail, read_row
from daemon.intake.interpret import event_on_case
from daemon.intake.new_case import opening_event
from daemon.intake.result import (
    IntakeResult,
    answer_to_worklist,
    bounce_of_no_case,
    form_without_consent,
    mail_about_erased_case,
    mail_held_back,
    reading_summary,
    result_without_case,
)
from daemon.intake.second_copy import result_of_second_copy
from daemon.intake.set_aside import SetAside
from parsers.reading import MailKind, Reading
from storage import absences, inbox, retries
from storage.engine import Database
from storage.mail_values import Ending, Finished
from storage.values import Case, InboxRow, RawMail

log = structlog.get_logger("intake")


def work_batch(db: Database, installation: Installation, now: datetime) -> int:
    """Work off one batch of new mail, and then one mail that was tried before, alone; return how many were claimed.
    Raises TryAgain while the database is away."""
    pace = installation.work
    rows = inbox.claim(db, now=now, limit=pace.batch, lease=pace.lease, most_bytes=pace.batch_bytes)
    _work_rows(db, installation, rows, now)
    tried = retries.claim_one(db, now=now, lease=pace.lease, attempts=pace.attempts, longest=pace.longest_wait)
    if tried is not None and tried.is_last:
        failed_mail.set_aside_spent(db, installation, tried.row, now)
    elif tried is not None:
        _work_rows(db, installation, [tried.row], now)
    return len(rows) + (tried is not None)


_MADE_UP = (
    b"From: Somebody <somebody@example.org>\r\nSubject: It does not work\r\nMessage-ID: <1@example.org>\r\n\r\n"
    b"The device that I bought from you last week does not switch on any more.\r\nPlease help.\r\n"
)


def prepare(installation: Installation, now: datetime) -> None:
    """Work off a made-up mail and discard the result, so that all that is loaded at first use is loaded before a real
    mail is claimed: a process that is killed while it starts has then counted no attempt."""
    try:
        row = InboxRow(id=0, mail=RawMail(raw=_MADE_UP, received_at=now, source="file"), sha256="", attempts=0)
        incoming = IncomingMail(row, read_row(row, installation), None, now.date())
        policy = _policy_of(incoming, installation)
        wrote = opening_event(incoming, policy, installation)
        if isinstance(wrote, CustomerWrote):
            number = (0, f"{policy.reference}-{now.year}-000000")
            case = new_case(wrote, installation, number, now, policy=policy.name, nonce=1)
            change_of(case, decide(case, wrote, policy, now), installation, now)
    except Exception as error:  # a mistake in a letter, say: real mails will meet it, and tell of it
        log.warning("could not prepare", exc_info=error)


def _work_rows(db: Database, installation: Installation, rows: Sequence[InboxRow], now: datetime) -> None:
    try:
        waiting = list(_read_all(db, installation, rows, now))
        while waiting:
            # Two mails of one case, or a mail and the answer to it, never share a transaction: the later one is decided
            # upon the case as the earlier one left it.
            together, waiting = _independent(waiting)
            _work_together(db, installation, together, now)
            waiting = _match_again(db, installation, waiting)
    except TryAgain:
        failed_mail.give_back(db, installation, rows, now)
        raise


def _match_again(db: Database, installation: Installation, mails: Sequence[IncomingMail]) -> list[IncomingMail]:
    """Match the later mails of a batch again: they may belong to a case that an earlier one opened."""
    found = match_cases(db, [incoming.reading for incoming in mails], installation.keys) if mails else []
    return [
        incoming if incoming.match or incoming.row.as_new or incoming.form else replace(incoming, match=match)
        for incoming, match in zip(mails, found, strict=True)
    ]


def _independent(mails: Sequence[IncomingMail]) -> tuple[list[IncomingMail], list[IncomingMail]]:
    together: list[IncomingMail] = []
    later: list[IncomingMail] = []
    ids: set[str] = set()
    touched: set[object] = set()
    for incoming in mails:
        case = incoming.match.ticket_id if incoming.match else None
        sender = incoming.writer  # a form names its person: ten forms from one address are ten people
        answers = {clue.value for clue in incoming.reading.case_clues}
        # Of many delivery reports in doubt only a few are told of, so each is decided knowing the one before.
        alone = {case, sender, MailKind.BOUNCE if incoming.reading.kind is MailKind.BOUNCE else None} - {None, ""}
        (later if alone & touched or answers & ids else together).append(incoming)
        ids.add(incoming.reading.message_id)
        touched.update(alone)
    return together, later


def _read_all(db: Database, installation: Installation, rows: Sequence[InboxRow], now: datetime) -> list[IncomingMail]:
    read = each_alone(
        rows,
        lambda row: read_row(row, installation),
        lambda row, error: failed_mail.note_failure(db, installation, row, error, now),
    )
    found = match_cases(db, [reading for _, reading in read], installation.keys)
    together = [(row, reading, match) for (row, reading), match in zip(read, found, strict=True)]
    mails = each_alone(
        delivery_reports.match_reports(db, installation.keys, together, now),
        lambda matched: _incoming(matched, installation, now),
        lambda matched, error: failed_mail.note_failure(db, installation, matched[0], error, now),
    )
    return unmarked_mail.match_by_outside_number(db, installation, [incoming for _, incoming in mails])


def _incoming(
    matched: tuple[InboxRow, Reading, CaseMatch | None], installation: Installation, now: datetime
) -> IncomingMail:
    """A mail with the case it belongs to. A form opens a case of its own, whatever it quotes, unless it answers a
    letter of ours."""
    row, reading, match = matched
    form = read_form_mail(
        reading, installation.policies[installation.address_of(reading.recipients).policy], installation.ours
    )
    if form is not None and not (match and match.token):
        return IncomingMail(row, reading, None, now.date(), form=form)
    return IncomingMail(row, reading, None if row.as_new else match, now.date())


# ------------------------------------------------------------------------------------------------- one transaction


def _work_together(db: Database, installation: Installation, mails: Sequence[IncomingMail], now: datetime) -> None:
    """Decide and save these mails; those that lose every race for their case are due again at once."""
    fresh: dict[int, tuple[int, str]] = {}  # the numbers reserved for them, by inbox row
    late = decide_and_save(
        mails,
        lambda waiting: _worked(db, installation, waiting, now, fresh),
        lambda results: save.save_results(db, installation, results, now),
        lambda incoming, error: failed_mail.note_failure(db, installation, incoming.row, error, now),
    )
    if late:
        failed_mail.give_back(db, installation, [incoming.row for incoming in late], now)


def _worked(
    db: Database,
    installation: Installation,
    mails: Sequence[IncomingMail],
    now: datetime,
    fresh: dict[int, tuple[int, str]],
) -> list[tuple[IncomingMail, IntakeResult]]:
    """What becomes of each; one that cannot be worked fails alone."""
    original = {incoming.row.id: incoming for incoming in mails}
    known = load.load(db, installation, [incoming.match.ticket_id for incoming in mails if incoming.match], now)
    mails = lookups.follow_merges(db, installation, unknown_case.mark_unknown(mails, known), known, now)
    mails = lookups.detach_from_erased(mails, known)
    new = [a for a in mails if (not a.match or a.match.ticket_id not in known) and a.row.id not in fresh]
    fresh |= _reserve(db, installation, new, now)
    away = absences.substituted(db, now) if fresh else frozenset()

    def work(incoming: IncomingMail) -> IntakeResult:
        done = _work(db, installation, incoming, now, known=known, fresh=fresh, away=away)
        return replace(done, away=out_of_office.absences_in(db, incoming, known, installation, now))

    done = each_alone(
        mails, work, lambda incoming, error: failed_mail.note_failure(db, installation, incoming.row, error, now)
    )
    return [(original[incoming.row.id], result) for incoming, result in done]


def _reserve(
    db: Database, installation: Installation, mails: Sequence[IncomingMail], now: datetime
) -> dict[int, tuple[int, str]]:
    """Ids and references for the mails that may open a case, by inbox row; unused ones leave a gap."""
    by_prefix: dict[str, list[int]] = {}
    for incoming in mails:
        if incoming.form is not None or incoming.reading.kind is MailKind.PERSON or incoming.row.as_new:
            by_prefix.setdefault(_policy_of(incoming, installation).reference, []).append(incoming.row.id)
    reserved: dict[int, tuple[int, str]] = {}
    if by_prefix:
        with db.write() as conn:
            for prefix, rows in by_prefix.items():
                reserved |= zip(rows, installation.numbering.reserve(conn, prefix, now.year, len(rows)), strict=True)
    return reserved


def _policy_of(incoming: IncomingMail, installation: Installation) -> Policy:
    return installation.policies[installation.address_of(incoming.reading.recipients).policy]


def _work(
    db: Database,
    installation: Installation,
    incoming: IncomingMail,
    now: datetime,
    *,
    known: dict[int, Case],
    fresh: dict[int, tuple[int, str]],
    away: frozenset[str],
) -> IntakeResult:
    case = known.get(incoming.match.ticket_id) if incoming.match else None
    if case is not None and case.ticket.erased_at and not lookups.is_from_staff(incoming):
        return mail_about_erased_case(incoming, case)
    if case is not None:
        event = event_on_case(incoming, case, installation.policies[case.ticket.policy], installation)
        event = lookups.complete_event(db, installation, incoming, case, event, now=now)
        return _decided(db, installation, incoming, case, event, now=now)
    of_none = answer_to_worklist(db, incoming, installation, now) or bounce_of_no_case(incoming)
    if of_none := of_none or unknown_case.refuse_staff_mail(incoming, installation, now):
        return of_none
    if again := result_of_second_copy(db, incoming, now):
        return again
    policy = _policy_of(incoming, installation)
    tied = incoming
    incoming = reply_to.with_addressee(db, installation, replace(incoming, match=None), policy)
    wrote = opening_event(incoming, policy, installation)
    if wrote is None:
        return form_without_consent(db, installation, incoming, policy, now)
    if isinstance(wrote, SetAside):
        return result_without_case(db, installation, tied, wrote)
    why_not = rate_limits.why_held(db, installation, incoming, policy, now)
    if why_not and not incoming.row.as_new:
        return mail_held_back(incoming, why_not)
    wrote = record_changes.add_record_of_writer(db, policy, wrote)
    new = new_case(wrote, installation, fresh[incoming.row.id], now, policy=policy.name)
    new = replace(new, away=away)
    return _decided(db, installation, incoming, load.with_taken_slots(db, installation, new, now), wrote, now=now)


def _decided(
    db: Database, installation: Installation, incoming: IncomingMail, case: Case, event: Event, *, now: datetime
) -> IntakeResult:
    changed = apply_event(db, installation, case, event, now, incoming.row)
    outcome = changed.outcome
    done = Finished(
        id=incoming.row.id,
        verdict=outcome.verdict,
        ticket_id=case.ticket.id,
        message_id=incoming.reading.message_id,
        summary=reading_summary(incoming),
        ending=Ending.OPENED if outcome.changes.is_new else Ending.ON_CASE,
        desk=case.ticket.policy,
        way=event.sender_header if isinstance(event, CustomerWrote) else "",
    )
    return IntakeResult(
        incoming.row,
        done,
        changed,
        returned_member=event.member if isinstance(event, StaffWrote) else "",
        refused=f"staff mail not obeyed: {event.why}" if isinstance(event, StaffNotProven) else "",
        nobody_told=not outcome.notices,
    )
