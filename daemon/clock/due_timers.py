"""The road of a deadline: claim the timers that are due, ask the same decide as a mail would, save the same way.

A tick that comes late, twice, or on two nodes ends in the same state: a timer that is no longer on its case does
nothing, and whoever saves second is told that the case has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.faults import TryAgain
from daemon.cases import conflicts, load, record_changes
from daemon.cases.apply import change_of
from daemon.clock import (
    appointment_board,
    failed_timers,
    invitations,
    monthly_report,
    retention,
    unread_mail,
    worklists,
)
from daemon.decide import decide
from daemon.decide.events import Happening, LetterFailed, LetterSent, TimerCame
from daemon.decide.outcome import NOTHING_BEYOND, Outcome
from daemon.installation import Office
from daemon.outbound.sender import Delivery, Sent
from daemon.staff import absence, set_aside_list
from storage import cases, inbox, timers
from storage.engine import Database
from storage.timers import TimerDue
from storage.values import Case, CaseChange, Letter

log = structlog.get_logger("sweep")
_SHORTLY = timedelta(seconds=2)


def sweep(db: Database, office: Office, now: datetime) -> int:
    """Work off the timers due by `now`, a batch at most; how many were claimed. What fails beside them is raised at the
    end: no deadline waits for it."""
    others, failures = failed_timers.beside(db, office, _BESIDE, now)
    pace = office.pace
    due = timers.claim(db, now=now, limit=pace.batch, lease=pace.lease, longest=failed_timers.LONGEST)
    waiting = unread_mail.without_held(db, office, due, now)
    while waiting:
        together, waiting = _one_of_each(waiting)
        _sweep_together(db, office, together, now)
    failed_timers.tell(db, office, now)
    if failures:
        raise failures[0]
    return len(due) + others


def _one_of_each(due: Sequence[TimerDue]) -> tuple[list[TimerDue], list[TimerDue]]:
    first: dict[int, TimerDue] = {}
    later: list[TimerDue] = []
    for one in due:
        if one.ticket_id in first:
            later.append(one)
        else:
            first[one.ticket_id] = one
    return list(first.values()), later


def _sweep_together(db: Database, office: Office, due: Sequence[TimerDue], now: datetime) -> None:
    """Work off timers of as many cases; one that cannot be worked off fails alone."""
    by_ticket = {one.ticket_id: one for one in due}

    def fails(ticket_id: int, error: Exception) -> None:
        if isinstance(error, TryAgain):
            raise error
        failed_timers.failed(db, office, by_ticket[ticket_id], error, now)

    happenings = [(one.ticket_id, TimerCame(timer=one.timer)) for one in due]
    for ticket_id, _ in _happen(db, office, happenings, now, fails):
        _put_off(db, by_ticket[ticket_id], now + _SHORTLY)


def _put_off(db: Database, one: TimerDue, until: datetime) -> None:
    with db.write() as conn:
        timers.postpone(conn, one.ticket_id, one.timer.key, until)


def happen(db: Database, office: Office, happenings: Sequence[tuple[int, Happening]], now: datetime) -> None:
    """Let something happen to each of these cases, each once, and save it together; a case that is changed meanwhile is
    decided upon again. Raises Stale where that goes on, and whatever deciding or saving raises."""

    def fails(_ticket_id: int, error: Exception) -> None:
        raise error

    if late := _happen(db, office, happenings, now, fails):
        raise cases.Stale(ticket_id for ticket_id, _ in late)


def happen_in(conn: Any, office: Office, ticket_id: int, happening: Happening, now: datetime) -> None:
    """Let something happen to a case inside a transaction that is open already; nobody changes the case meanwhile."""
    cases.lock(conn, [ticket_id])
    [case] = load.load(conn, office, [ticket_id], now).values()
    _save(conn, office, [_decided(office, case, happening, now)], now)


_Happenings = Sequence[tuple[int, Happening]]
_Fails = Callable[[int, Exception], None]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What happened to a case, and what comes of it."""

    happening: Happening
    change: CaseChange
    outcome: Outcome


def _happen(db: Database, office: Office, happenings: _Happenings, now: datetime, fails: _Fails) -> _Happenings:
    """Let these happen; those that lost their case to others every time are returned. `fails` is told of each that
    cannot be decided, written or saved."""
    waiting = happenings
    for _ in range(conflicts.ROUNDS):
        decided = _decide(db, office, waiting, now, fails)
        late = conflicts.store(
            decided,
            lambda some: _save_together(db, office, some, now),
            lambda one: [one.change.ticket.id],
            lambda one, error: fails(one.change.ticket.id, error),
        )
        waiting = [(one.change.ticket.id, one.happening) for one in late]
        if not waiting:
            break
    return waiting


def _decide(db: Database, office: Office, happenings: _Happenings, now: datetime, fails: _Fails) -> list[_Decided]:
    known = load.load(db, office, [ticket_id for ticket_id, _ in happenings], now)
    decided: list[_Decided] = []
    for ticket_id, happening in happenings:
        try:
            decided.append(_decided(office, known[ticket_id], happening, now))
        except Exception as error:
            fails(ticket_id, error)
    return decided


def _decided(office: Office, case: Case, happening: Happening, now: datetime) -> _Decided:
    outcome = decide(case, happening, office.policies[case.ticket.policy], now)
    log.info(outcome.verdict, ticket=case.ticket.reference)
    return _Decided(happening, change_of(case, outcome, office, now), outcome)


def _save_together(db: Database, office: Office, decided: Sequence[_Decided], now: datetime) -> None:
    with db.write() as conn:
        _save(conn, office, decided, now)


def _save(conn: Any, office: Office, decided: Sequence[_Decided], now: datetime) -> None:
    cases.save(conn, [one.change for one in decided])
    for one in decided:
        for row in one.outcome.replays:
            inbox.replay(conn, row, as_new=True)
        if one.outcome.beyond is not NOTHING_BEYOND:
            record_changes.store(conn, office, one.outcome.ticket, one.outcome.beyond, now)


def delivered(letter: Letter, at: datetime) -> LetterSent:
    """The happening of a letter that the relay took."""
    return LetterSent(
        key=letter.key,
        notice=letter.notice,
        occurrence=letter.occurrence,
        party=letter.party,
        at=at,
        message_id=letter.message_id.strip("<>"),
    )


def given_up(letter: Letter, reason: str, *, held: bool = False) -> LetterFailed:
    """The happening of a letter that will never be delivered."""
    return LetterFailed(key=letter.key, notice=letter.notice, party=letter.party, reason=reason, held=held)


def follow(office: Office, conn: Any, delivery: Delivery) -> None:
    """What follows from a letter taken or given up, in the transaction that stores it."""
    letter = delivery.letter
    if delivery.result is Sent.FAILED and not delivery.held:
        absence.letter_failed(conn, office, letter.recipient, delivery.reason, delivery.at)
    if letter.ticket_id is None or (delivery.result is Sent.SENT and not letter.keeps):
        return
    sent = delivery.result is Sent.SENT
    lost = given_up(letter, delivery.reason, held=delivery.held)
    happening: Happening = delivered(letter, delivery.at) if sent else lost
    happen_in(conn, office, letter.ticket_id, happening, delivery.at)


def _lists(db: Database, office: Office, now: datetime) -> int:
    return worklists.go(db, office, now, happen)


_BESIDE: Mapping[str, failed_timers.Work] = {
    "invitations": invitations.invite,
    "boards of appointments": appointment_board.go,
    "monthly reports": monthly_report.go,
    "lists of the morning": _lists,
    "mail that was set aside": set_aside_list.go,
    "erasing cases that are over": retention.keep_no_longer,
}
