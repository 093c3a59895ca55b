"""What became of a batch of mails is stored: their cases, their letters, and that they are done, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from daemon.cases import conflicts, record_changes
from daemon.decide.outcome import NO_RECORD_CHANGES
from daemon.installation import Installation
from daemon.intake import failed_mail, lookups
from daemon.intake.result import IntakeResult
from daemon.staff import absence, set_aside_list
from storage import cases, correspondents, inbox, ledger, outbox, set_aside
from storage.engine import Database
from storage.mail_values import Ending, SetAsideReason
from storage.values import CaseChange

log = structlog.get_logger("intake")


def store(
    db: Database, installation: Installation, worked: Sequence[IntakeResult], now: datetime
) -> list[IntakeResult]:
    """Store what became of these mails; those whose case was changed meanwhile are returned, to be decided again.

    One that cannot be stored fails alone. Raises TryAgain while the database is away.
    """
    return conflicts.store(
        worked,
        lambda some: _save_ours(db, installation, some, now),
        lambda result: [change.ticket.id for change in _changes(result)],
        lambda result, error: failed_mail.failed(db, installation, result.row, error, now),
    )


def _changes(result: IntakeResult) -> tuple[CaseChange, ...]:
    return (result.change, *result.others) if result.change else ()


def _save_ours(db: Database, installation: Installation, worked: Sequence[IntakeResult], now: datetime) -> None:
    """Save those that no other node has worked off meanwhile."""
    mine = list(worked)
    while mine:
        try:
            _save(db, installation, mine, now)
            return
        except inbox.AlreadyTaken as taken:
            log.info("worked off by another node", reason=taken.reason)
            mine = [result for result in mine if result.row.id not in taken.ids]


def _save(db: Database, installation: Installation, worked: Sequence[IntakeResult], now: datetime) -> None:
    with db.write() as conn:
        inbox.finish_all(conn, [result.done for result in worked if not (result.aside or result.refused)])
        changes = [change for result in worked for change in _changes(result)]
        if late := lookups.lost(changes, cases.save(conn, changes)):
            raise cases.Stale(late)
        outbox.add(conn, [letter for result in worked for letter in result.letters])
        for result in worked:
            _remember_language(conn, result)
            if result.outcome and result.outcome.record_changes is not NO_RECORD_CHANGES:
                record_changes.store(conn, installation, result.outcome.ticket, result.outcome.record_changes, now)
            for row in result.replays:
                inbox.replay(conn, row, as_new=True)
        _keep_set_aside(conn, installation, worked, now)
        for result in worked:
            if result.back:
                absence.back(conn, result.back, now)
            absence.store(conn, installation, result.away, now)
        ledger.append(conn, [entry for result in worked for entry in result.ledger])  # last: other nodes wait for it


def _remember_language(conn: Any, result: IntakeResult) -> None:
    if result.change and result.change.is_new and result.change.parties:
        customer = result.change.parties[0]
        if customer.address:
            correspondents.note(conn, customer.address, language=customer.language)


def _keep_set_aside(conn: Any, installation: Installation, worked: Sequence[IntakeResult], now: datetime) -> None:
    """Set aside what is to be set aside of these mails, and see that people are told. Raises Taken."""
    desks: dict[str, bool] = {}
    for result in worked:
        if not (result.aside or result.refused):
            continue
        desk = result.done.desk or installation.address_of(result.row.mail.recipients or result.recipients).policy
        if not _put(conn, result, desk):
            raise inbox.AlreadyTaken([result.row.id])
        if result.aside or result.untold:
            desks[desk] = desks.get(desk, False) or bool(result.aside and result.aside.urgent)
    for desk in sorted(desks):
        set_aside_list.tell(conn, installation, desk, now, urgent=desks[desk])


def _put(conn: Any, result: IntakeResult, desk: str) -> bool:
    about: dict[str, Any] = {"desk": desk, "attempt": result.row.attempts, "message_id": result.done.message_id}
    if result.aside:
        why, reason, urgent = result.aside.why, result.aside.reason, result.aside.urgent
        ticket = result.done.ticket_id
        return set_aside.put(
            conn,
            result.row.id,
            why=why,
            reason=reason,
            urgent=urgent,
            ticket_id=ticket,
            summary=result.done.summary,
            **about,
        )
    return set_aside.put(
        conn,
        result.row.id,
        why=SetAsideReason.REFUSED,
        reason=result.refused,
        ending=Ending.REFUSED,
        ticket_id=result.done.ticket_id,
        summary=result.done.summary,
        untold=result.untold,
        **about,
    )
