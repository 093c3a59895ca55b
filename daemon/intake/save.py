"""Save what became of a batch of mails: their cases, letters and inbox rows, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from daemon.cases import transaction
from daemon.installation import Installation
from daemon.intake.result import IntakeResult
from daemon.staff import absence, set_aside_list
from storage import correspondents, inbox, ledger, outbox, set_aside
from storage.engine import Database
from storage.mail_values import Ending, SetAsideReason

log = structlog.get_logger("intake")


def save_results(db: Database, installation: Installation, worked: Sequence[IntakeResult], now: datetime) -> None:
    """Save what became of these mails in one transaction, but those that another node has finished meanwhile.

    Raises Stale if a case was changed since it was read, and TryAgain while the database is away.
    """
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
        transaction.save_changes(conn, installation, [result.changed for result in worked if result.changed], now)
        outbox.add(conn, [letter for result in worked for letter in result.letters])
        for result in worked:
            _remember_language(conn, result)
        _keep_set_aside(conn, installation, worked, now)
        for result in worked:
            if result.returned_member:
                absence.end_absence(conn, result.returned_member, now)
            absence.save_absences(conn, installation, result.away, now)
        ledger.append(conn, [entry for result in worked for entry in result.ledger])  # last: other nodes wait for it


def _remember_language(conn: Any, result: IntakeResult) -> None:
    change = result.changed.change if result.changed else None
    if change and change.is_new and change.parties:
        customer = change.parties[0]
        if customer.address:
            correspondents.save_facts(conn, customer.address, language=customer.language)


def _keep_set_aside(conn: Any, installation: Installation, worked: Sequence[IntakeResult], now: datetime) -> None:
    """Set aside those of these mails that are to be, and see that people are told. Raises AlreadyTaken."""
    desks: dict[str, bool] = {}
    for result in worked:
        if not (result.aside or result.refused):
            continue
        desk = result.done.desk or installation.address_of(result.row.mail.recipients or result.recipients).policy
        if not _put(conn, result, desk):
            raise inbox.AlreadyTaken([result.row.id])
        if result.aside or result.nobody_told:
            desks[desk] = desks.get(desk, False) or bool(result.aside and result.aside.urgent)
    for desk in sorted(desks):
        set_aside_list.tell_of_set_aside(conn, installation, desk, now, urgent=desks[desk])


def _put(conn: Any, result: IntakeResult, desk: str) -> bool:
    aside, done = result.aside, result.done
    return set_aside.store(
        conn,
        result.row.id,
        desk=desk,
        why=aside.why if aside else SetAsideReason.REFUSED,
        reason=aside.reason if aside else result.refused,
        attempt=result.row.attempts,
        urgent=aside is not None and aside.urgent,
        ending=Ending.SET_ASIDE if aside else Ending.REFUSED,
        ticket_id=done.ticket_id,
        message_id=done.message_id,
        summary=done.summary,
        untold=aside is not None or result.nobody_told,
    )
