"""The road of a deadline: claim the timers that are due, ask the same decide as a mail would, save the same way.

A tick that comes late, twice, or on two nodes ends in the same state: a timer that is no longer on its case does
nothing, and whoever saves second is told that the case has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.faults import TryAgain
from daemon import absence, aside_list, caseload, erasing, filing, inviter, monthly, mornings, rounds
from daemon.apply import change_of
from daemon.decide import decide
from daemon.decide.happenings import Happening, LetterFailed, LetterSent, TimerCame
from daemon.decide.outcome import NOTHING_BEYOND, Outcome
from daemon.office import Office
from daemon.send import Delivery, Sent
from storage import cases, inbox, timers
from storage.engine import Database
from storage.records import CaseChange, Letter, TimerDue

log = structlog.get_logger("sweep")
_SHORTLY = timedelta(seconds=2)
_PUT_OFF = timedelta(hours=1)  # a case that cannot be decided must not hold up the others at every tick


def sweep(db: Database, office: Office, now: datetime) -> int:
    """Work off the timers due by `now`, a batch at most; how many were claimed."""
    invited = inviter.invite(db, office, now) + rounds.go(db, office, now) + monthly.go(db, office, now)
    invited += mornings.go(db, office, now, happen)
    invited += aside_list.go(db, office, now)
    invited += erasing.keep_no_longer(db, office, now)
    due = timers.claim(db, now=now, limit=office.pace.batch, lease=office.pace.lease)
    waiting = _not_before_the_mail(db, due, now)
    while waiting:
        together, waiting = _one_of_each(waiting)
        _sweep_together(db, office, together, now)
    return len(due) + invited


def _not_before_the_mail(db: Database, due: Sequence[TimerDue], now: datetime) -> list[TimerDue]:
    """A step is never left for silence while there is mail that nobody has read yet: it may be the answer."""
    silences = [one for one in due if one.timer.sort == "after"]
    if not silences or inbox.oldest_new(db) is None:
        return list(due)
    for one in silences:
        _put_off(db, one, now + _SHORTLY)
    return [one for one in due if one.timer.sort != "after"]


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
    try:
        happen(db, office, [(one.ticket_id, TimerCame(timer=one.timer)) for one in due], now)
    except Exception as error:
        if isinstance(error, TryAgain) and not isinstance(error, cases.Stale):
            raise
        for one in due:
            _sweep_alone(db, office, one, now)


def _sweep_alone(db: Database, office: Office, one: TimerDue, now: datetime) -> None:
    try:
        happen(db, office, [(one.ticket_id, TimerCame(timer=one.timer))], now)
    except cases.Stale as stale:
        log.info("decided again at the next tick", reason=stale.reason)
        _put_off(db, one, now + _SHORTLY)
    except TryAgain:
        raise
    except Exception as error:
        log.error("timer failed", ticket_id=one.ticket_id, timer=one.timer.key, exc_info=error)
        _put_off(db, one, now + _PUT_OFF)


def _put_off(db: Database, one: TimerDue, until: datetime) -> None:
    with db.write() as conn:
        timers.postpone(conn, one.ticket_id, one.timer.key, until)


def happen(db: Database, office: Office, happenings: Sequence[tuple[int, Happening]], now: datetime) -> None:
    """Let something happen to each of these cases, each once, and save it together."""
    decided = _decide(db, office, happenings, now)
    with db.write() as conn:
        _save(conn, office, decided, now)


def happen_in(conn: Any, office: Office, ticket_id: int, happening: Happening, now: datetime) -> None:
    """Let something happen to a case inside a transaction that is open already."""
    _save(conn, office, _decide(conn, office, [(ticket_id, happening)], now), now)


def _decide(
    source: Any, office: Office, happenings: Sequence[tuple[int, Happening]], now: datetime
) -> list[tuple[CaseChange, Outcome]]:
    known = caseload.load(source, office, [ticket_id for ticket_id, _ in happenings], now)
    decided = []
    for ticket_id, happening in happenings:
        case = known[ticket_id]
        outcome = decide(case, happening, office.policies[case.ticket.policy], now)
        log.info(outcome.verdict, ticket=case.ticket.reference)
        decided.append((change_of(case, outcome, office, now), outcome))
    return decided


def _save(conn: Any, office: Office, decided: Sequence[tuple[CaseChange, Outcome]], now: datetime) -> None:
    cases.save(conn, [change for change, _ in decided])
    for _, outcome in decided:
        for row in outcome.replays:
            inbox.replay(conn, row, as_new=True)
        if outcome.beyond is not NOTHING_BEYOND:
            filing.store(conn, office, outcome.ticket, outcome.beyond, now)


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
