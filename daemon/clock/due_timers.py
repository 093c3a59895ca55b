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
from daemon.decide.events import Event, LetterFailed, LetterSent, TimerDue
from daemon.decide.outcome import NO_RECORD_CHANGES, Outcome
from daemon.installation import Installation
from daemon.outbound.sender import Delivery, Sent
from daemon.staff import absence, set_aside_list
from storage import cases, inbox, timers
from storage.engine import Database
from storage.timers import DueTimer
from storage.values import Case, CaseChange, Letter

log = structlog.get_logger("sweep")
_SHORTLY = timedelta(seconds=2)


def work_due_timers(db: Database, installation: Installation, now: datetime) -> int:
    """Work off the timers due by `now`, a batch at most; how many were claimed. What fails beside them is raised at the
    end: no deadline waits for it."""
    others, failures = failed_timers.beside(db, installation, _BESIDE, now)
    pace = installation.pace
    due = timers.claim(db, now=now, limit=pace.batch, lease=pace.lease, longest=failed_timers.LONGEST)
    waiting = unread_mail.without_held(db, installation, due, now)
    while waiting:
        together, waiting = _one_of_each(waiting)
        _sweep_together(db, installation, together, now)
    failed_timers.tell(db, installation, now)
    if failures:
        raise failures[0]
    return len(due) + others


def _one_of_each(due: Sequence[DueTimer]) -> tuple[list[DueTimer], list[DueTimer]]:
    first: dict[int, DueTimer] = {}
    later: list[DueTimer] = []
    for due_timer in due:
        if due_timer.ticket_id in first:
            later.append(due_timer)
        else:
            first[due_timer.ticket_id] = due_timer
    return list(first.values()), later


def _sweep_together(db: Database, installation: Installation, due: Sequence[DueTimer], now: datetime) -> None:
    """Work off timers of as many cases; one that cannot be worked off fails alone."""
    by_ticket = {due_timer.ticket_id: due_timer for due_timer in due}

    def fails(ticket_id: int, error: Exception) -> None:
        if isinstance(error, TryAgain):
            raise error
        failed_timers.failed(db, installation, by_ticket[ticket_id], error, now)

    events = [(due_timer.ticket_id, TimerDue(timer=due_timer.timer)) for due_timer in due]
    for ticket_id, _ in _happen(db, installation, events, now, fails):
        _put_off(db, by_ticket[ticket_id], now + _SHORTLY)


def _put_off(db: Database, due_timer: DueTimer, until: datetime) -> None:
    with db.write() as conn:
        timers.postpone(conn, due_timer.ticket_id, due_timer.timer.key, until)


def apply_events(db: Database, installation: Installation, events: Sequence[tuple[int, Event]], now: datetime) -> None:
    """Let something happen to each of these cases, each once, and save it together; a case that is changed meanwhile is
    decided upon again. Raises Stale where that goes on, and whatever deciding or saving raises."""

    def fails(_ticket_id: int, error: Exception) -> None:
        raise error

    if late := _happen(db, installation, events, now, fails):
        raise cases.Stale(ticket_id for ticket_id, _ in late)


def apply_event_in(conn: Any, installation: Installation, ticket_id: int, event: Event, now: datetime) -> None:
    """Let something happen to a case inside a transaction that is open already; nobody changes the case meanwhile."""
    cases.lock(conn, [ticket_id])
    [case] = load.load(conn, installation, [ticket_id], now).values()
    _save(conn, installation, [_decided(installation, case, event, now)], now)


_Happenings = Sequence[tuple[int, Event]]
_Fails = Callable[[int, Exception], None]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What happened to a case, and what comes of it."""

    event: Event
    change: CaseChange
    outcome: Outcome


def _happen(db: Database, installation: Installation, events: _Happenings, now: datetime, fails: _Fails) -> _Happenings:
    """Let these happen; those that lost their case to others every time are returned. `fails` is told of each that
    cannot be decided, written or saved."""
    waiting = events
    for _ in range(conflicts.ROUNDS):
        decided = _decide(db, installation, waiting, now, fails)
        late = conflicts.store(
            decided,
            lambda some: _save_together(db, installation, some, now),
            lambda one: [one.change.ticket.id],
            lambda one, error: fails(one.change.ticket.id, error),
        )
        waiting = [(one.change.ticket.id, one.event) for one in late]
        if not waiting:
            break
    return waiting


def _decide(
    db: Database, installation: Installation, events: _Happenings, now: datetime, fails: _Fails
) -> list[_Decided]:
    known = load.load(db, installation, [ticket_id for ticket_id, _ in events], now)
    decided: list[_Decided] = []
    for ticket_id, event in events:
        try:
            decided.append(_decided(installation, known[ticket_id], event, now))
        except Exception as error:
            fails(ticket_id, error)
    return decided


def _decided(installation: Installation, case: Case, event: Event, now: datetime) -> _Decided:
    outcome = decide(case, event, installation.policies[case.ticket.policy], now)
    log.info(outcome.verdict, ticket=case.ticket.reference)
    return _Decided(event, change_of(case, outcome, installation, now), outcome)


def _save_together(db: Database, installation: Installation, decided: Sequence[_Decided], now: datetime) -> None:
    with db.write() as conn:
        _save(conn, installation, decided, now)


def _save(conn: Any, installation: Installation, decided: Sequence[_Decided], now: datetime) -> None:
    cases.save(conn, [one.change for one in decided])
    for one in decided:
        for row in one.outcome.replays:
            inbox.replay(conn, row, as_new=True)
        if one.outcome.record_changes is not NO_RECORD_CHANGES:
            record_changes.store(conn, installation, one.outcome.ticket, one.outcome.record_changes, now)


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


def after_delivery(installation: Installation, conn: Any, delivery: Delivery) -> None:
    """What follows from a letter taken or given up, in the transaction that stores it."""
    letter = delivery.letter
    if delivery.result is Sent.FAILED and not delivery.held:
        absence.letter_failed(conn, installation, letter.recipient, delivery.reason, delivery.at)
    if letter.ticket_id is None or (delivery.result is Sent.SENT and not letter.keeps):
        return
    sent = delivery.result is Sent.SENT
    lost = given_up(letter, delivery.reason, held=delivery.held)
    event: Event = delivered(letter, delivery.at) if sent else lost
    apply_event_in(conn, installation, letter.ticket_id, event, delivery.at)


def _lists(db: Database, installation: Installation, now: datetime) -> int:
    return worklists.send_due_worklists(db, installation, now, apply_events)


_BESIDE: Mapping[str, failed_timers.Work] = {
    "invitations": invitations.invite,
    "boards of appointments": appointment_board.send_due_boards,
    "monthly reports": monthly_report.send_due_reports,
    "lists of the morning": _lists,
    "mail that was set aside": set_aside_list.send_due_lists,
    "erasing cases that are over": retention.keep_no_longer,
}
